"""`flexsec password recover`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ...reporting.password import recovery_document
from ..exit_codes import OK, RESUMABLE, UNOBSERVED
from ..given import Given, pass_given
from ..options import login_options, output_options, settings_options, store_options, target_options
from ..output import check_files, show
from ..password_store import login_of, store_of
from ..progress import progress
from ..sections import Command
from ..session import Session
from ..targets import only_id

if TYPE_CHECKING:
    from ...model.secret_store import Recovery


@click.command("recover", cls=Command)
@click.argument("server", nargs=-1, metavar="[ARM_ID]")
@store_options
@login_options
@target_options
@output_options
@settings_options
@pass_given
def command(given: Given, server: tuple[str, ...]) -> int:
    """Find out which stored password works, by logging in with each, and put the store right.

    A rotation that was cut off here is followed to its end first. Nothing is sent to Azure but reads. Ends with 5 when
    it is still not settled, with 4 when no stored password is known to work.
    """
    only_id(server, given.target)
    check_files(given)
    with Session(given) as session:
        _, handle = session.server()
        store = store_of(given, session, handle.id.name)
        login = login_of(given, session, handle)
        with progress(given) as shown:
            recovery = handle.admin_password.recover(store, verify=login, on_event=shown.listen)
    show(recovery_document(handle.id.arm_id, recovery), given)
    return _code(recovery)


def _code(recovery: Recovery) -> int:
    if not recovery.settled:
        return RESUMABLE
    return OK if recovery.works is not None else UNOBSERVED
