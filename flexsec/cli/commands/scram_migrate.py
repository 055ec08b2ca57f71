"""`flexsec scram migrate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ...reporting import plan as plan_report
from ...reporting.scram import migration_document
from ..confirm import ask, require_answerable
from ..exit_codes import OK, REFUSED, of_run
from ..given import Given, pass_given
from ..interrupts import stoppable
from ..options import (
    closing_options,
    login_options,
    output_options,
    record_options,
    settings_options,
    store_options,
    target_options,
    yes_option,
)
from ..output import check_files, show
from ..password_store import login_of, store_of
from ..progress import progress
from ..sections import Command
from ..session import Session, evidence_of, leave_of, record_of
from ..targets import only_id

if TYPE_CHECKING:
    from ...client import ServerHandle
    from ...client.scram import RotatesPassword
    from ...model.change_record import ChangeRecord
    from ...model.event import Listener
    from ...model.plan import Plan
    from ...model.run import Run
    from ...model.scram import ScramMigration


@click.command("migrate", cls=Command)
@click.argument("server", nargs=-1, metavar="[ARM_ID]")
@target_options
@store_options
@login_options
@closing_options
@record_options
@yes_option
@output_options
@settings_options
@pass_given
def command(given: Given, server: tuple[str, ...]) -> int:
    """Take the steps that are left, in their order, and stop at the first that cannot be taken; run it again to go on.

    The administrator's password is rotated through the store (--vault or --store-file); without one that step is left
    to `flexsec password rotate`. The last step needs --allow-closing md5, --role-hashes, --connections with a column
    authentication, and --allow-lockout for each role that is md5 or unknown.
    """
    only_id(server, given.target)
    check_files(given)
    require_answerable(given, "scram migrate")
    leave, evidence, record = leave_of(given.leave), evidence_of(given.leave), record_of(given.record)

    def approve(plan: Plan) -> bool:
        ask(plan_report.document(plan), "Take this step?", given)
        return True

    with Session(given) as session:
        client, handle = session.server()
        rotate = _rotation(given, session, handle)
        with stoppable(client.stop), progress(given) as shown:
            migration = handle.scram.migrate(
                rotate, leave=leave, evidence=evidence, record=record, approve=approve, on_event=shown.listen
            )
    show(migration_document(handle.id.arm_id, migration), given)
    return _code(migration)


def _rotation(given: Given, session: Session, handle: ServerHandle) -> RotatesPassword | None:
    """The rotation through the store that the command line names; None when it names none."""
    if not (given.store.vault or given.store.file or given.store.key_file):
        return None
    store, login = store_of(given, session, handle.id.name), login_of(given, session, handle)

    def rotate(*, record: ChangeRecord, on_event: Listener) -> Run:
        plan = handle.admin_password.plan(place=store.place, record=record)
        ask(plan_report.document(plan), "Rotate the password?", given)
        return handle.admin_password.rotate(store, verify=login, record=record, on_event=on_event)

    return rotate


def _code(migration: ScramMigration) -> int:
    worst = max((of_run(run) for run in migration.runs), default=OK)
    return worst or (OK if migration.done else REFUSED)
