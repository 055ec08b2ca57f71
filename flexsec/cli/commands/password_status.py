"""`flexsec password status`."""

from __future__ import annotations

import click

from ...model.secret_store import Stage
from ...reporting.password import status_document
from ..exit_codes import OK, RESUMABLE
from ..given import Given, pass_given
from ..options import output_options, settings_options, store_options, target_options
from ..output import check_files, show
from ..password_store import store_of
from ..sections import Command
from ..session import Session
from ..targets import only_id


@click.command("status", cls=Command)
@click.argument("server", nargs=-1, metavar="[ARM_ID]")
@store_options
@target_options
@output_options
@settings_options
@pass_given
def command(given: Given, server: tuple[str, ...]) -> int:
    """Show which passwords are stored for a server, how old they are, and whether a rotation is unsettled (exit 5)."""
    only_id(server, given.target)
    check_files(given)
    with Session(given) as session:
        _, handle = session.server()
        store = store_of(given, session, handle.id.name)
        versions = handle.admin_password.status(store)
        now = session.now()
    show(status_document(handle.id.arm_id, store.place, versions, now=now), given)
    return RESUMABLE if any(version.stage is Stage.PENDING for version in versions) else OK
