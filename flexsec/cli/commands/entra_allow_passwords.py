"""`flexsec entra allow-passwords`."""

from __future__ import annotations

import click

from ...passwords.policy import check
from ...reporting import plan as plan_report
from ...reporting.run import document
from ..confirm import ask, require_answerable
from ..exit_codes import of_run
from ..given import Given, pass_given
from ..interrupts import stoppable
from ..options import (
    lowering_option,
    output_options,
    record_options,
    settings_options,
    target_options,
    yes_option,
)
from ..output import check_files, say, show
from ..progress import progress
from ..refusals import refuse
from ..secret_input import PASSWORD_FILE, read_secret
from ..sections import Command
from ..session import Session, leave_of, record_of
from ..targets import only_id
from ..writing import tell_next


@click.command("allow-passwords", cls=Command)
@click.argument("server", nargs=-1, metavar="[ARM_ID]")
@click.option(
    "--login", required=True, metavar="LOGIN", help="The administrator login that the server had; it never changes."
)
@PASSWORD_FILE
@click.option("--with-put", is_flag=True,
              help="Send a PUT of the server instead of a PATCH, should the service refuse the PATCH: with its place, "
                   "size and tags as they are. What else a PUT changes is not known.")  # fmt: skip
@target_options
@lowering_option
@record_options
@yes_option
@output_options
@settings_options
@pass_given
def command(given: Given, server: tuple[str, ...], *, login: str, password_file: str | None, with_put: bool) -> int:
    """Enable password authentication again. The service takes it only together with the login and a new password.

    Needs --allow-lowering. The password is checked by the service's rules first.
    """
    only_id(server, given.target)
    check_files(given)
    require_answerable(given, "entra allow-passwords")
    leave, record = leave_of(given.leave), record_of(given.record)
    secret = read_secret(password_file)
    check(secret, login=login)
    with Session(given) as session:
        client, handle = session.server()
        plan = handle.entra.plan_allow_passwords(login, by_put=with_put, leave=leave, record=record)
        refuse(plan)
        if plan.changes:
            ask(plan_report.document(plan), "Enable password authentication?", given)
        with stoppable(client.stop), progress(given) as shown:
            run = handle.entra.allow_passwords(
                login, secret, by_put=with_put, leave=leave, record=record, on_event=shown.listen
            )
    show(document(run), given)
    tell_next(run, given)
    if run.changed:
        say("the new password was not tried; `flexsec password reset` with the same one logs in with it")
    return of_run(run)
