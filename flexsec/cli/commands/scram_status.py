"""`flexsec scram status`."""

from __future__ import annotations

import click

from ...reporting.scram import document
from ..given import Given, pass_given
from ..options import output_options, role_hashes_option, settings_options, target_options
from ..output import check_files, show
from ..sections import Command
from ..session import Session, evidence_of
from ..targets import only_id


@click.command("status", cls=Command)
@click.argument("server", nargs=-1, metavar="[ARM_ID]")
@target_options
@role_hashes_option
@output_options
@settings_options
@pass_given
def command(given: Given, server: tuple[str, ...]) -> int:
    """Show how far a server is on the way from md5 to SCRAM, and what comes next."""
    only_id(server, given.target)
    check_files(given)
    evidence = evidence_of(given.leave)
    with Session(given) as session:
        _, handle = session.server()
        status = handle.scram.status(evidence)
    show(document(handle.id.arm_id, status), given)
    return 0
