"""`flexsec entra show`."""

from __future__ import annotations

import click

from ...model.observation import Unobserved
from ...reporting.entra import document
from ..exit_codes import OK, UNOBSERVED
from ..given import Given, pass_given
from ..options import output_options, settings_options, target_options
from ..output import check_files, show
from ..sections import Command
from ..session import Session
from ..targets import only_id


@click.command("show", cls=Command)
@click.argument("server", nargs=-1, metavar="[ARM_ID]")
@target_options
@output_options
@settings_options
@pass_given
def command(given: Given, server: tuple[str, ...]) -> int:
    """Show the ways of signing in, the administrators, and what going over to Microsoft Entra alone still needs."""
    only_id(server, given.target)
    check_files(given)
    with Session(given) as session:
        _, handle = session.server()
        found = handle.entra.show()
    show(document(handle.id.arm_id, found), given)
    return UNOBSERVED if isinstance(found.administrators, Unobserved) else OK
