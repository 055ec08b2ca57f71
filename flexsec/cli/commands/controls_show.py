"""`flexsec controls show`."""

from __future__ import annotations

import click

from ...reporting.controls import document
from ..given import Given, pass_given
from ..options import output_options, settings_options
from ..output import check_files, show
from ..sections import Command


@click.command("show", cls=Command)
@click.argument("control_id", metavar="CONTROL")
@output_options
@settings_options
@pass_given
def command(given: Given, control_id: str) -> int:
    """Show what a control checks, why, what mends it, and its arguments."""
    from ...controls.catalogue import control

    check_files(given)
    show(document(control(control_id)), given)
    return 0
