"""`flexsec password reset`."""

from __future__ import annotations

import click

from ...reporting import plan as plan_report
from ...reporting.run import document
from ..confirm import ask, require_answerable
from ..exit_codes import of_run
from ..given import Given, pass_given
from ..interrupts import stoppable
from ..options import (
    login_options,
    output_options,
    record_options,
    settings_options,
    target_options,
    yes_option,
)
from ..output import check_files, show
from ..password_store import login_of
from ..progress import progress
from ..secret_input import PASSWORD_FILE, read_secret
from ..sections import Command
from ..session import Session, record_of
from ..targets import only_id
from ..writing import tell_next


@click.command("reset", cls=Command)
@click.argument("server", nargs=-1, metavar="[ARM_ID]")
@PASSWORD_FILE
@login_options
@target_options
@record_options
@yes_option
@output_options
@settings_options
@pass_given
def command(given: Given, server: tuple[str, ...], *, password_file: str | None) -> int:
    """Set a password that you have, and try it by logging in.

    It is checked by the service's rules first, which the service itself answers with an internal error. Nothing is
    stored; `flexsec password rotate` is the way that cannot lose a password.
    """
    only_id(server, given.target)
    check_files(given)
    require_answerable(given, "password reset")
    secret = read_secret(password_file)
    with Session(given) as session:
        client, handle = session.server()
        login = login_of(given, session, handle)
        record = record_of(given.record)
        ask(plan_report.document(handle.admin_password.plan(record=record)), "Set this password?", given)
        with stoppable(client.stop), progress(given) as shown:
            run = handle.admin_password.reset(secret, verify=login, record=record, on_event=shown.listen)
    show(document(run), given)
    tell_next(run, given)
    return of_run(run)
