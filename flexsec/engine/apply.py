"""Carry out a plan: one write at a time per server, journal first, every change read back, everything judged again.

A lock per server refuses a second run. What was not finished stands in the journal and is finished by `resume`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import __version__
from ..errors import FlexSecError, StalePlan
from ..model.encoding import to_data
from ..model.event import Event
from ..model.resource import ServerId
from ..model.run import ChangeStatus, Run, RunStatus
from .basis import check_seal, differences, facts
from .carry_out import Beginning, Means, carry_out
from .earlier_runs import new_run_id, refuse_overtaken, refuse_unfinished
from .history import as_run, read_all
from .journal import Journal, reopen
from .observe import PARTS, observe
from .turn import DONE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..model.plan import Plan
    from ..model.run import Outcome
    from ..model.server import ServerState
    from ..model.verdict import Assessment


def apply(plan: Plan, means: Means, *, kind: str = "apply", observed: ServerState | None = None) -> Run:
    """Carry out a plan.

    Args:
        kind: what the run is called in the journal.
        observed: the server as just read; without it, or when a run ended since, the server is read again and held
            against the plan.

    Returns:
        The run; a change that failed is in it, not raised. A plan without changes makes a run without an id, which is
        not recorded and for which nothing is sent.

    Raises:
        PlanInvalid: the plan was edited.
        StalePlan: the server is no longer as the plan found it.
        RunInProgress: another run holds the server, or an earlier one is unfinished.
        NotFound, Unauthorized, CredentialUnavailable: the server cannot be read.
    """
    check_seal(plan)
    server = ServerId.parse(plan.server_id)
    if not plan.changes:
        refuse_unfinished(server, means.journals)
        return _nothing_to_write(plan, means, kind)
    run_id = new_run_id(means.journals, means.connection.clock)
    with means.journals.lock(server.key, run_id):
        last = refuse_unfinished(server, means.journals)
        state = observed if observed and not _ended_since(last, observed) else _observe(plan, server, means)
        _refuse_stale(plan, state)
        journal = Journal(means.journals, run_id, means.connection.clock)
        journal.write(
            "started",
            {
                "kind": kind,
                "rolls_back": plan.undoes,
                "flexsec": __version__,
                "identity": means.connection.identity(),
                "plan": to_data(plan),
            },
        )
        beginning = Beginning(ended={}, begun={}, fresh=state is observed)
        ended, why = carry_out(plan, journal, state, server=server, means=means, beginning=beginning)
        _finish(journal, server, means, ended, why)
    return as_run(means.journals, run_id)


def resume(run_id: str, means: Means, *, settle_only: bool = False) -> Run:
    """Finish a run that another process left unfinished.

    What was begun is followed to its end or looked up before anything is sent; what was not begun is written if the
    server still is as the run knew it, and the guards still allow it.

    Args:
        settle_only: find out what became of what was begun, and send nothing.

    Raises:
        UnknownName: no such run.
        JournalDamaged: the journal cannot be trusted.
        RunInProgress: the run, or another on this server, still goes on.
        StalePlan: the run had come to an end, and a later one has written to the server since.
    """
    before = as_run(means.journals, run_id)
    if before.status is RunStatus.COMPLETE:
        return before
    server = ServerId.parse(before.server_id)
    with means.journals.lock(server.key, run_id):
        refuse_unfinished(server, means.journals, resumed=run_id)
        refuse_overtaken(run_id, server, means.journals)
        journal, records = reopen(means.journals, run_id, means.connection.clock)
        history = read_all(records)
        state = _observe(history.plan, server, means)
        journal.write("resumed", {"identity": means.connection.identity(), "flexsec": __version__})
        ended = {number: outcome for number, outcome in history.outcomes.items() if outcome.status in DONE}
        doubted = history.doubted | {number for number, outcome in history.outcomes.items() if outcome.doubted}
        beginning = Beginning(ended=ended, begun=history.begun, doubted=doubted, fresh=False, settle_only=settle_only)
        ended_now, why = carry_out(history.plan, journal, state, server=server, means=means, beginning=beginning)
        _finish(journal, server, means, ended_now, why)
    return as_run(means.journals, run_id)


def _nothing_to_write(plan: Plan, means: Means, kind: str) -> Run:
    now = means.connection.clock.now()
    return Run(
        run_id="",
        kind=kind,
        server_id=plan.server_id,
        baseline=plan.baseline,
        status=RunStatus.COMPLETE,
        started_at=now,
        ended_at=now,
        identity="",
        outcomes=(),
        rolls_back=plan.undoes,
        withheld=plan.withheld,
        left=plan.left,
    )


def _finish(journal: Journal, server: ServerId, means: Means, ended: Mapping[int, Outcome], ends_run: str) -> None:
    status = _status({outcome.status for outcome in ended.values()}, interrupted=means.stopped())
    verified = None if status is RunStatus.INTERRUPTED else _judged_again(server, means)
    record = {"status": status.value, "verified": to_data(verified) if verified else None, "reason": ends_run}
    journal.write("ended", record)
    means.on_event(Event(stage="finished", message=f"Run {journal.run_id}: {status.value}."))


def _judged_again(server: ServerId, means: Means) -> Assessment | None:
    if means.judge is None or means.deadline.passed:
        return None
    means.on_event(Event(stage="verifying", message="Reading everything again and judging it."))
    try:
        parts = means.judge.parts
        return means.judge(observe(means.connection, server, means.observers, deadline=means.deadline, parts=parts))
    except FlexSecError:
        return None  # the run's own outcomes stand; that it was not judged again shows as no assessment


def _status(statuses: set[ChangeStatus], *, interrupted: bool) -> RunStatus:
    if ChangeStatus.INDETERMINATE in statuses:
        return RunStatus.INDETERMINATE
    if statuses <= set(DONE):
        return RunStatus.COMPLETE
    return RunStatus.INTERRUPTED if interrupted else RunStatus.PARTIAL


def _observe(plan: Plan, server: ServerId, means: Means) -> ServerState:
    return observe(means.connection, server, means.observers, deadline=means.deadline, parts=_parts_of(plan))


def _parts_of(plan: Plan) -> tuple[str, ...]:
    """The parts of a server that a plan rests on: those that were read when it was made."""
    read = {
        "parameters": "parameters waiting for a restart" in plan.basis,
        "firewall": plan.basis.get("firewall rules") != "unobserved",
        "administrators": plan.basis.get("Entra administrators") != "unobserved",
        "threat_protection": plan.basis.get("threat protection") != "unobserved",
    }
    return tuple(part for part in PARTS if read.get(part, True))


def _refuse_stale(plan: Plan, state: ServerState) -> None:
    names = [name.removeprefix("parameter ") for name in plan.basis if name.startswith("parameter ")]
    moved = differences(plan.basis, facts(state, names))
    if moved:
        raise StalePlan(
            ("the server is no longer as it was when the plan was made; make a new plan", *(f"  {m}" for m in moved))
        )


def _ended_since(run: Run | None, state: ServerState) -> bool:
    """Whether a run ended after the state was read, so that the state tells of the time before it."""
    return run is not None and run.ended_at is not None and run.ended_at > state.observed_at
