"""`flexsec baseline show`."""

from __future__ import annotations

import click

from ...reporting.baseline import document
from ..given import Given, pass_given
from ..inputs import of_name
from ..options import output_options, settings_options
from ..output import check_files, show
from ..sections import Command


@click.command("show", cls=Command)
@click.argument("baseline", metavar="[NAME|FILE]", default="recommended")
@output_options
@settings_options
@pass_given
def command(given: Given, baseline: str) -> int:
    """Show what a baseline asks for, with everything it extends. Default: recommended."""
    from ...baselines.loader import load

    check_files(given, *of_name(baseline))
    show(document(load(baseline)), given)
    return 0
