"""`flexsec controls list`."""

from __future__ import annotations

import click

from ...reporting.controls import list_document
from ..given import Given, pass_given
from ..options import output_options, settings_options
from ..output import check_files, show
from ..sections import Command


@click.command("list", cls=Command)
@output_options
@settings_options
@pass_given
def command(given: Given) -> int:
    """List the controls. Needs no server."""
    from ...controls.catalogue import controls

    check_files(given)
    show(list_document(tuple(controls())), given)
    return 0
