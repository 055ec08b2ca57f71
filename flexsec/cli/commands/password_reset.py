"""`flexsec password reset`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ...errors import UsageError
from ...model.secret import Secret
from ...reporting import plan as plan_report
from ...reporting.run import document
from ..confirm import ask, can_ask, require_answerable
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
from ..sections import Command
from ..session import Session, record_of
from ..targets import only_id
from ..writing import tell_next

_LARGEST = 4096


@click.command("reset", cls=Command)
@click.argument("server", nargs=-1, metavar="[ARM_ID]")
@click.option(
    "--password-file", metavar="FILE",
    help="Read the password from this file, or from standard input (-). Default: ask on the terminal.",
)  # fmt: skip
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
    secret = _secret(password_file)
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


def _secret(source: str | None) -> Secret:
    """The password from where it is kept; one line end after it is not part of it.

    Raises:
        UsageError: there is none, or it cannot be read.
    """
    if source is None:
        if not can_ask():
            raise UsageError("which password? give --password-file FILE, or - for standard input")
        return Secret(click.prompt("New password", hide_input=True, confirmation_prompt=True, err=True))
    try:
        if source == "-":
            content = sys.stdin.buffer.read(_LARGEST + 1)
        else:
            with Path(source).open("rb") as file:
                content = file.read(_LARGEST + 1)
        text = content.decode()
    except OSError as error:
        raise UsageError(f"cannot read the password from {source}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise UsageError(f"the password in {source} is not UTF-8 text") from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text or len(content) > _LARGEST:
        raise UsageError(f"{source} holds no password" if not text else f"{source} is too large to be a password")
    return Secret(text)
