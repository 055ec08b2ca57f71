"""`flexsec password rotate`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...reporting import plan as plan_report
from ...reporting.run import document
from ..confirm import ask, require_answerable
from ..exit_codes import OK, of_run
from ..given import Given, pass_given
from ..interrupts import stoppable
from ..options import (
    login_options,
    output_options,
    record_options,
    settings_options,
    store_options,
    target_options,
    yes_option,
)
from ..output import check_files, say, show
from ..password_store import login_of, store_of
from ..progress import progress
from ..sections import Command
from ..session import Session, record_of
from ..targets import only_id

if TYPE_CHECKING:
    from ...model.run import Run
    from ...model.secret_store import SecretStore


@click.command("rotate", cls=Command)
@click.argument("server", nargs=-1, metavar="[ARM_ID]")
@click.option("--length", type=click.IntRange(16, 128), default=32, show_default=True, help="Characters.")
@click.option("--exclude", default="", metavar="CHARACTERS", help="Characters that a consumer cannot take.")
@click.option(
    "--replace-within", type=click.IntRange(1, 3650), default=90, show_default=True, metavar="DAYS",
    help="Mark the password in the store as to be replaced after so many days.",
)  # fmt: skip
@click.option(
    "--reveal-to", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Write the new password to this new file too, readable by you alone.",
)  # fmt: skip
@store_options
@login_options
@target_options
@record_options
@yes_option
@output_options
@settings_options
@pass_given
def command(
    given: Given,
    server: tuple[str, ...],
    *,
    length: int,
    exclude: str,
    replace_within: int,
    reveal_to: Path | None,
) -> int:
    """Make a new password, store it as pending, set it, log in with it, and make it the current one.

    What consumers read changes only at the end. Whatever breaks in between, a stored password works, and
    `flexsec password recover` finds out which. Where the server cannot be reached for a login, the run says unverified.
    """
    from ...passwords.policy import PasswordPolicy
    from ...passwords.reveal import Revealing

    only_id(server, given.target)
    check_files(given)
    policy = PasswordPolicy(length=length, excluded=exclude)
    require_answerable(given, "password rotate")
    with Session(given) as session:
        client, handle = session.server()
        store = store_of(given, session, handle.id.name)
        login = login_of(given, session, handle)
        plan = handle.admin_password.plan(place=store.place, record=record_of(given.record))
        ask(plan_report.document(plan), "Rotate the password?", given)
        with Revealing(reveal_to) as revealing:
            with stoppable(client.stop), progress(given) as shown:
                run = handle.admin_password.rotate(
                    store,
                    policy=policy,
                    verify=login,
                    expires_in=timedelta(days=replace_within),
                    record=record_of(given.record),
                    on_event=shown.listen,
                )
            code = of_run(run)
            if code == OK and reveal_to is not None:
                revealing.write(store.get(_current(store, run)))
    show(document(run), given)
    if code != OK:
        say("which password works is not settled: `flexsec password recover` with the same store finds out")
    return code


def _current(store: SecretStore, run: Run) -> str:
    return next(kept.version for kept in store.versions() if kept.run_id == run.run_id and kept.stage == "current")
