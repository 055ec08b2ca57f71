"""`flexsec baseline list`."""

from __future__ import annotations

import click

from ...reporting.baseline import list_document
from ..given import Given, pass_given
from ..options import output_options, settings_options
from ..output import check_files, show
from ..sections import Command


@click.command("list", cls=Command)
@output_options
@settings_options
@pass_given
def command(given: Given) -> int:
    """List the built-in baselines, with how many controls each judges."""
    from ...baselines.loader import load, names

    check_files(given)
    show(list_document(tuple(load(name) for name in names())), given)
    return 0
