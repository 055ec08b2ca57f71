"""`flexsec firewall list`."""

from __future__ import annotations

import click

from ...reporting.firewall import document
from ..given import Given, pass_given
from ..options import output_options, settings_options, target_options
from ..output import check_files, show
from ..sections import Command
from ..session import Session
from ..targets import only_id


@click.command("list", cls=Command)
@click.argument("server", nargs=-1, metavar="[ARM_ID]")
@target_options
@output_options
@settings_options
@pass_given
def command(given: Given, server: tuple[str, ...]) -> int:
    """List the rules, and how many public addresses they admit together."""
    only_id(server, given.target)
    check_files(given)
    with Session(given) as session:
        _, handle = session.server()
        rules = handle.firewall.list()
    show(document(handle.id.arm_id, rules), given)
    return 0
