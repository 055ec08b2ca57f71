"""`flexsec rollback`: undo a run."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ...errors import UnknownName
from ...model.run import RunStatus
from ...reporting import plan as plan_report
from ...reporting.run import document
from ..confirm import ask, require_answerable
from ..exit_codes import of_run
from ..given import Given, pass_given
from ..interrupts import stoppable
from ..options import cost_option, leave_options, output_options, record_options, settings_options, yes_option
from ..output import check_files, say, show
from ..progress import progress
from ..refusals import refuse
from ..sections import Command
from ..session import Session, evidence_of, leave_of, record_of
from ..writing import tell_held_back, tell_next

if TYPE_CHECKING:
    from ...client import FlexSec
    from ...model.run import Run


@click.command("rollback", cls=Command)
@click.argument("run_id", metavar="[RUN]", default="")
@leave_options
@cost_option
@record_options
@yes_option
@output_options
@settings_options
@pass_given
def command(given: Given, run_id: str) -> int:
    """Undo a run from its journal, newest change first.

    Without RUN, the newest run that changed something and is not rolled back yet. Only values that are still the run's
    are restored. Undoing a hardening makes controls fail again: that needs --allow-lowering. Exits with 0 when all is
    restored. Undoing `defender disable-plan` needs --allow-subscription-cost.
    """
    check_files(given)
    require_answerable(given, "rollback")
    leave, evidence, record = leave_of(given.leave), evidence_of(given.leave), record_of(given.record)
    with Session(given) as session:
        recorder = session.recorder()
        undone = recorder.run(run_id) if run_id else _newest(recorder)
        if undone.status is RunStatus.ROLLED_BACK:
            say(f"run {undone.run_id} was rolled back before")
        client = session.client_of(undone)
        plan = client.plan_rollback(undone.run_id, leave=leave, evidence=evidence, record=record)
        if not plan.changes:
            refuse(plan)
        else:
            ask(plan_report.document(plan), f"Roll back run {undone.run_id} ({undone.kind}) so?", given)
        with stoppable(client.stop), progress(given) as shown:
            run = client.rollback(undone.run_id, leave=leave, evidence=evidence, plan=plan, on_event=shown.listen)
    show(document(run), given)
    if not sys.stdout.isatty():
        tell_held_back(plan)  # on a terminal the report has just shown it
    tell_next(run, given)
    return of_run(run, held_back=bool(plan.withheld or plan.left))


def _newest(recorder: FlexSec) -> Run:
    """The newest run whose changes stand."""
    for run in recorder.runs():
        if run.changed and not run.rolls_back and run.status is not RunStatus.ROLLED_BACK:
            return run
    raise UnknownName("there is no run to roll back; `flexsec runs` lists what is recorded")
