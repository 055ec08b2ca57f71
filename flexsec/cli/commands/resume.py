"""`flexsec resume`: finish a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ...errors import UnknownName, UsageError
from ...model.run import ChangeStatus
from ...reporting.run import RESUMABLE, document
from ..confirm import ask, require_answerable
from ..exit_codes import of_applied
from ..given import Given, pass_given
from ..interrupts import stoppable
from ..options import judgement_options, output_options, record_options, settings_options, yes_option
from ..output import check_files, show
from ..progress import progress
from ..sections import Command
from ..session import Session, record_of
from ..writing import needs_asking, tell_next

if TYPE_CHECKING:
    from ...client import FlexSec
    from ...model.change import Change
    from ...model.run import Run


@click.command("resume", cls=Command)
@click.argument("run_id", metavar="[RUN]", default="")
@record_options
@yes_option
@judgement_options
@output_options
@settings_options
@pass_given
def command(given: Given, run_id: str) -> int:
    """Finish a run that was interrupted or applied in part.

    Without RUN, the only run that can be resumed. What was begun is looked up before anything is written. The leave is
    the run's own; when what is left takes access away, lowers security or restarts the server, it is asked again on
    a terminal and needs --yes elsewhere. A reason given here is put over the run's own; a run that needed an approval
    is not finished by who approved it.
    """
    from ...engine.history import plan_of

    check_files(given)
    record = record_of(given.record)
    with Session(given) as session:
        recorder = session.recorder()
        begun = recorder.run(run_id or _only_one(recorder))
        if needs_asking(_left_to_do(begun)):
            require_answerable(given, "resume")
            ask(document(begun), f"Go on with run {begun.run_id}?", given)
        client = session.client_of(begun)
        held_back = bool(plan_of(client.journals, begun.run_id).withheld)
        with stoppable(client.stop), progress(given) as shown:
            run = client.resume(begun.run_id, record=record, on_event=shown.listen)
    show(document(run), given)
    tell_next(run, given)
    return of_applied(run, held_back=held_back, fail_on=given.judgement.fail_on, exit_zero=given.judgement.exit_zero)


def _left_to_do(run: Run) -> tuple[Change, ...]:
    if run.status not in RESUMABLE:
        return ()
    ended = (ChangeStatus.APPLIED, ChangeStatus.ALREADY, ChangeStatus.UNVERIFIED)
    return tuple(outcome.change for outcome in run.outcomes if outcome.status not in ended)


def _only_one(recorder: FlexSec) -> str:
    found: list[str] = []
    overtaken: set[str] = set()  # servers that a later run has written to
    for run in recorder.runs():
        if run.status in RESUMABLE and run.server_id.casefold() not in overtaken:
            found.append(run.run_id)
        if run.changed:
            overtaken.add(run.server_id.casefold())
    if not found:
        raise UnknownName("there is no run to resume; `flexsec runs` lists what is recorded")
    if len(found) > 1:
        raise UsageError(f"which run? {', '.join(found)} can be resumed")
    return found[0]
