"""`flexsec harden`: audit, plan, write and verify in one go."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from ...reporting import plan as plan_report
from ...reporting.hardening import document
from ...reporting.neutral import plain
from ..confirm import ask, require_answerable
from ..exit_codes import of_hardening
from ..given import Given, pass_given
from ..interrupts import stoppable
from ..options import (
    baseline_option,
    judgement_options,
    leave_options,
    output_options,
    record_options,
    settings_options,
    target_options,
    yes_option,
)
from ..output import check_files, say, show
from ..progress import progress
from ..sections import Command
from ..session import Session, evidence_of, leave_of, record_of
from ..targets import only_id
from ..writing import tell_held_back, tell_next

if TYPE_CHECKING:
    from ...client import FlexSec, ServerHandle
    from ...model.change_record import ChangeRecord
    from ...model.connections import Evidence
    from ...model.leave import Leave
    from ...model.plan import Plan
    from ...model.run import Hardening


@click.command("harden", cls=Command)
@click.argument("server", nargs=-1, metavar="[ARM_ID]")
@target_options
@baseline_option
@leave_options
@record_options
@click.option("--rollback-on-failure", is_flag=True, help="Undo the run when a change fails; then exit with 7.")
@yes_option
@judgement_options
@output_options
@settings_options
@pass_given
def command(given: Given, server: tuple[str, ...], *, rollback_on_failure: bool) -> int:
    """Audit, plan, write and verify in one go.

    On a terminal the plan is shown first; elsewhere --yes is needed. What lacks leave is held back, the rest is
    written, and the command ends with 6. A server that is as the baseline asks is not written to.
    """
    only_id(server, given.target)
    check_files(given)
    require_answerable(given, "harden")
    leave, evidence, record = leave_of(given.leave), evidence_of(given.leave), record_of(given.record)
    with Session(given) as session:
        client, handle = session.server()
        hardening = _harden(
            client,
            handle,
            given,
            leave=leave,
            evidence=evidence,
            record=record,
            rollback_on_failure=rollback_on_failure,
        )
    show(document(hardening), given)
    if not sys.stdout.isatty():
        tell_held_back(hardening.plan)  # on a terminal the report has just shown it
    _tell_undone(hardening)
    last = hardening.rolled_back or hardening.run
    if last is not None:
        tell_next(last, given)
    return of_hardening(hardening, fail_on=given.judgement.fail_on, exit_zero=given.judgement.exit_zero)


def _tell_undone(hardening: Hardening) -> None:
    """Say on standard error what --rollback-on-failure did not bring back."""
    if hardening.not_rolled_back:
        say(plain(f"not rolled back: {hardening.not_rolled_back}"))
    elif hardening.rolled_back is not None and not hardening.rolled_back.whole:
        say("rolled back in part")
        tell_held_back(hardening.rolled_back)


def _harden(
    client: FlexSec,
    handle: ServerHandle,
    given: Given,
    *,
    leave: Leave,
    evidence: Evidence,
    record: ChangeRecord,
    rollback_on_failure: bool,
) -> Hardening:
    with ExitStack() as stack:
        shown = progress(given)

        def approve(plan: Plan) -> bool:
            ask(plan_report.document(plan), "Harden the server so?", given)
            stack.enter_context(stoppable(client.stop))
            stack.enter_context(shown)
            return True

        return handle.harden(
            given.judgement.baseline,
            leave=leave,
            evidence=evidence,
            approve=approve,
            rollback_on_failure=rollback_on_failure,
            record=record,
            on_event=shown.listen,
        )
