"""`flexsec baseline diff`."""

from __future__ import annotations

import click

from ...reporting.baseline_difference import document
from ..given import Given, pass_given
from ..inputs import of_name
from ..options import output_options, settings_options
from ..output import check_files, show
from ..sections import Command


@click.command("diff", cls=Command)
@click.argument("left", metavar="NAME|FILE")
@click.argument("right", metavar="NAME|FILE")
@output_options
@settings_options
@pass_given
def command(given: Given, left: str, right: str) -> int:
    """Show what the second baseline asks for that the first does not, and the reverse.

    Controls, arguments, waivers, owners and scope are compared, defaults counting as if they were written down. An
    argument is called stricter or weaker only where it has an order. Baselines that differ end the command with 0 too:
    it is no finding.
    """
    from ...baselines.difference import difference
    from ...baselines.loader import load

    check_files(given, *of_name(left), *of_name(right))
    show(document(difference(load(left), load(right))), given)
    return 0
