"""`flexsec baseline validate`."""

from __future__ import annotations

import click

from ...errors import BaselineInvalid
from ..given import Given, pass_given
from ..options import settings_options
from ..output import say


@click.command("validate")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@settings_options
@pass_given
def command(_: Given, files: tuple[str, ...]) -> int:
    """Check baseline files. Every problem is told with its file, line and column; all right ends with 0."""
    from ...baselines.loader import load

    problems: list[str] = []
    for file in files:
        try:
            found = load(file)
        except BaselineInvalid as error:
            problems.extend(error.problems)
        else:
            say(f"{file} is valid: {len(found.controls)} controls, {len(found.waivers)} waivers")
    if problems:
        raise BaselineInvalid(tuple(problems))
    return 0
