"""Waits that the service asks for, told in the client's time: it lives in real seconds, the world in simulated ones."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..request import Response
    from .clock import ServedClock

HEADER = "Retry-After"


def in_client_time(response: Response, clock: ServedClock) -> Response:
    """The answer with its Retry-After, seconds or date, turned into real time; at least a second stays a second.

    What is neither is left as it is: it may be a fault's.
    """
    said = next((value for name, value in response.headers.items() if name.lower() == HEADER.lower()), None)
    if said is None or clock.scale == 1.0:
        return response
    told = _seconds(said, clock) if said.isascii() and said.isdigit() else _date(said, clock)
    headers = {name: value for name, value in response.headers.items() if name.lower() != HEADER.lower()}
    return replace(response, headers={**headers, HEADER: told})


def _seconds(text: str, clock: ServedClock) -> str:
    if len(text) > 12:
        return text
    return str(math.ceil(clock.real(int(text))))


def _date(text: str, clock: ServedClock) -> str:
    try:
        moment = parsedate_to_datetime(text)
        wait = timedelta(seconds=clock.real((moment.astimezone(UTC) - clock.now()).total_seconds()))
        return format_datetime(datetime.now(UTC) + wait, usegmt=True)
    except (ValueError, OverflowError):
        return text
