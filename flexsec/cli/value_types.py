"""Kinds of values that click does not know."""

from __future__ import annotations

import re
from typing import Any

import click

_DURATION = re.compile(r"^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s?)?$")


class Duration(click.ParamType[float]):
    """A length of time: "90" or "90s", "45m", "1h30m", "2d"; seconds as a number."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read the text."""
        if isinstance(value, float):
            return value
        found = _DURATION.match(str(value).strip().lower())
        if not found or not any(found.groups()):
            self.fail(f"{value!r} is not a length of time such as 90s, 45m or 1h30m", param, ctx)
        days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
        total = days * 86400 + hours * 3600 + minutes * 60 + seconds
        if total <= 0:
            self.fail(f"{value!r} is nothing; give more than no time", param, ctx)
        return total
