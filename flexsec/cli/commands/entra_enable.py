"""`flexsec entra enable`."""

from __future__ import annotations

import click

from ..confirm import require_answerable
from ..given import Given, pass_given
from ..options import output_options, record_options, restart_options, settings_options, target_options, yes_option
from ..output import check_files
from ..sections import Command
from ..session import Session, leave_of, record_of
from ..targets import only_id
from ..writing import carry_out


@click.command("enable", cls=Command)
@click.argument("server", nargs=-1, metavar="[ARM_ID]")
@click.option("--tenant", default="", metavar="ID", help="The tenant. Default: that of the subscription.")
@target_options
@restart_options
@record_options
@yes_option
@output_options
@settings_options
@pass_given
def command(given: Given, server: tuple[str, ...], *, tenant: str) -> int:
    """Enable Microsoft Entra authentication beside passwords.

    It restarts the server, once, and so brings into force what waits for a restart: it needs --allow-restart.
    Administrators are added afterwards.
    """
    only_id(server, given.target)
    check_files(given)
    require_answerable(given, "entra enable")
    leave, record = leave_of(given.leave), record_of(given.record)
    with Session(given) as session:
        client, handle = session.server()
        plan = handle.entra.plan_enable(tenant, leave=leave, record=record)
        return carry_out(plan, "entra enable", client, handle, given, question="Enable it, and restart the server?")
