"""`flexsec baseline validate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ...errors import BaselineInvalid
from ...model.clock import SystemClock
from ...reporting.neutral import plain
from ...reporting.words import count
from ..given import Given, pass_given
from ..options import settings_options
from ..output import say
from ..sections import Command

if TYPE_CHECKING:
    from ...baselines.baseline import Baseline


@click.command("validate", cls=Command)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@settings_options
@pass_given
def command(_: Given, files: tuple[str, ...]) -> int:
    """Check baseline files. Every problem is told with its file, line and column; all right ends with 0.

    A waiver that has expired, or that is for a control that is off, is only warned about.
    """
    from ...baselines.loader import load

    problems: list[str] = []
    for file in files:
        try:
            found = load(file)
        except BaselineInvalid as error:
            problems.extend(error.problems)
        else:
            say(f"{file} is valid: {count(len(found.controls), 'control')}, {count(len(found.waivers), 'waiver')}")
            for warning in _warnings(found):
                say(f"warning: {plain(f'{file}: {warning}')}")
    if problems:
        raise BaselineInvalid(tuple(problems))
    return 0


def _warnings(baseline: Baseline) -> list[str]:
    """Waivers that waive nothing, as of today."""
    today = SystemClock().now().date()
    judged = {selection.control.id for selection in baseline.controls}
    found = []
    for waiver in baseline.waivers:
        named = f"the waiver of {waiver.control} ({waiver.ticket})"
        if waiver.control not in judged:
            found.append(f"{named} has no effect: the control is off")
        elif waiver.expires < today:
            found.append(f"{named} expired on {waiver.expires}: the finding counts again")
    return found
