"""Carry out a plan: one write at a time per server, journal first, every change read back, everything judged again.

A lock per server refuses a second run. What was not finished stands in the journal and is finished by `resume`.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .. import __version__
from ..errors import FlexSecError, RunInProgress, StalePlan
from ..model.encoding import to_data
from ..model.event import Event
from ..model.resource import ServerId
from ..model.run import ChangeStatus, Outcome, Run, RunStatus
from ..model.server import Server
from .access import ServerAccess
from .basis import check_seal, differences, facts
from .history import as_run, read_all, server_of
from .journal import Journal, reopen
from .observe import PARTS, observe
from .turn import DONE, looked_at_again, not_now
from .write import Begun, ChangeWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..azure.connection import Connection
    from ..model.acceptance import Acceptance
    from ..model.clock import Deadline
    from ..model.event import Listener
    from ..model.journal import JournalStore
    from ..model.plan import Plan
    from ..model.server import ServerState
    from ..model.verdict import Assessment
    from ..operations.operation import Operation
    from .observe import Observers


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What every run needs: where the server is, what reads and changes it, and where the journal goes.

    Attributes:
        stopped: tells that the user asked to stop.
        judge: evaluates a state under a baseline named by the plan; None when the plan has none to judge by.
    """

    connection: Connection
    observers: Observers
    operations: Mapping[str, Operation]
    journals: JournalStore
    deadline: Deadline
    on_event: Listener
    stopped: Callable[[], bool]
    judge: Callable[[ServerState], Assessment] | None


def apply(
    plan: Plan, means: Means, *, kind: str = "apply", rolls_back: str = "", observed: ServerState | None = None
) -> Run:
    """Carry out a plan.

    Args:
        kind: what the run is called in the journal.
        rolls_back: the run that this one undoes.
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
        _refuse_unfinished(server, means)
        return _nothing_to_write(plan, means, kind, rolls_back)
    run_id = _new_run_id(means)
    with means.journals.lock(server.key, run_id):
        last = _refuse_unfinished(server, means)
        state = observed if observed and not _ended_since(last, observed) else _observe(plan, server, means)
        _refuse_stale(plan, state)
        journal = Journal(means.journals, run_id, means.connection.clock)
        journal.write(
            "started",
            {
                "kind": kind,
                "rolls_back": rolls_back,
                "flexsec": __version__,
                "identity": means.connection.identity(),
                "plan": to_data(plan),
            },
        )
        _carry_out(plan, journal, state, server, means, ended={}, begun={}, resuming=False, restoring=bool(rolls_back))
    return as_run(means.journals, run_id)


def _nothing_to_write(plan: Plan, means: Means, kind: str, rolls_back: str) -> Run:
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
        rolls_back=rolls_back,
    )


def resume(run_id: str, means: Means) -> Run:
    """Finish a run that another process left unfinished.

    What was begun is followed to its end or looked up before anything is sent; what was not begun is written if the
    server still is as the run knew it, and the guards still allow it.

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
        _refuse_unfinished(server, means, resumed=run_id)
        _refuse_overtaken(run_id, server, means)
        journal, records = reopen(means.journals, run_id, means.connection.clock)
        history = read_all(records)
        plan = history.plan
        state = _observe(plan, server, means)
        journal.write("resumed", {"identity": means.connection.identity(), "flexsec": __version__})
        ended = {number: outcome for number, outcome in history.outcomes.items() if outcome.status in DONE}
        restoring = bool(history.rolls_back)
        _carry_out(
            plan, journal, state, server, means, ended=ended, begun=history.begun, resuming=True, restoring=restoring
        )
    return as_run(means.journals, run_id)


def _carry_out(
    plan: Plan,
    journal: Journal,
    state: ServerState,
    server: ServerId,
    means: Means,
    *,
    ended: dict[int, Outcome],
    begun: Mapping[int, Acceptance | None],
    resuming: bool,
    restoring: bool,
) -> None:
    access = ServerAccess(
        connection=means.connection,
        server=server,
        observers=means.observers,
        operations=means.operations,
        deadline=means.deadline,
    )
    ends_run = _not_ready(access, state) if len(ended) < len(plan.changes) else ""
    written_last = "" if _is_ready(state) else "something else"
    for position, change in enumerate(plan.changes):
        if position in ended:
            continue
        ends_run = ends_run or _reason_to_stop(means)
        if ends_run:
            status = ChangeStatus.INDETERMINATE if position in begun else ChangeStatus.NOT_STARTED
            ended[position] = Outcome(change=change, status=status, message=ends_run)
            continue
        known = state
        if position not in begun:
            known = state if written_last in ("", change.kind) else looked_at_again(access, change, state)
            refused = not_now(
                change,
                known,
                plan,
                means.operations[change.kind],
                ended=ended.values(),
                resuming=resuming,
                restoring=restoring,
                moment=access.clock.now(),
            )
            if refused is not None:
                ended[position] = refused
                record = {"change": position, "status": refused.status.value, "message": refused.message}
                journal.write("outcome", record)
                continue
        writer = ChangeWriter(
            access,
            journal,
            change,
            known,
            number=position + 1,
            total=len(plan.changes),
            on_event=means.on_event,
            stopped=means.stopped,
        )
        written = writer.write(Begun(begun[position]) if position in begun else None)
        ended[position], state, ends_run = written.outcome, written.state, written.ends_run
        written_last = change.kind
    _finish(journal, server, means, ended, ends_run)


def _not_ready(access: ServerAccess, state: ServerState) -> str:
    """Wait for a server that is at work on something else; why nothing is written when that does not end well."""
    if _is_ready(state):
        return ""
    try:
        access.wait_until_ready()
    except FlexSecError as error:
        return error.message
    return ""


def _is_ready(state: ServerState) -> bool:
    return not isinstance(state.server, Server) or state.server.state.casefold() == "ready"


def _reason_to_stop(means: Means) -> str:
    if means.stopped():
        return "stopped on request; `flexsec resume` goes on"
    return "the time given is used up; `flexsec resume` goes on" if means.deadline.passed else ""


def _finish(journal: Journal, server: ServerId, means: Means, ended: Mapping[int, Outcome], ends_run: str) -> None:
    status = _status(list(ended.values()), interrupted=means.stopped())
    verified = None if status is RunStatus.INTERRUPTED else _judged_again(server, means)
    record = {"status": status.value, "verified": to_data(verified) if verified else None, "reason": ends_run}
    journal.write("ended", record)
    means.on_event(Event(stage="finished", message=f"Run {journal.run_id}: {status.value}."))


def _judged_again(server: ServerId, means: Means) -> Assessment | None:
    if means.judge is None or means.deadline.passed:
        return None
    means.on_event(Event(stage="verifying", message="Reading everything again and judging it."))
    try:
        return means.judge(observe(means.connection, server, means.observers, deadline=means.deadline))
    except FlexSecError:
        return None  # the run's own outcomes stand; that it was not judged again shows as no assessment


def _status(outcomes: Sequence[Outcome], *, interrupted: bool) -> RunStatus:
    statuses = {outcome.status for outcome in outcomes}
    if ChangeStatus.INDETERMINATE in statuses:
        return RunStatus.INDETERMINATE
    if statuses <= set(DONE):
        return RunStatus.COMPLETE
    return RunStatus.INTERRUPTED if interrupted else RunStatus.PARTIAL


def _observe(plan: Plan, server: ServerId, means: Means) -> ServerState:
    return observe(means.connection, server, means.observers, deadline=means.deadline, parts=parts_of(plan))


def parts_of(plan: Plan) -> tuple[str, ...]:
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


def _refuse_unfinished(server: ServerId, means: Means, *, resumed: str = "") -> Run | None:
    """The last run on this server (other than the one that is resumed), which must have ended."""
    for run_id in reversed(means.journals.runs()):
        if run_id == resumed or server_of(means.journals, run_id) != server.key:
            continue
        run = as_run(means.journals, run_id, damaged_is_none=True)
        if run is None:
            continue
        if run.ended_at is None or run.status is RunStatus.INDETERMINATE:
            raise RunInProgress(
                f"run {run_id} on this server ended without finishing; `flexsec resume {run_id}` finishes it first"
            )
        return run
    return None


def _refuse_overtaken(run_id: str, server: ServerId, means: Means) -> None:
    """What a run still had to write was decided before a later run wrote, so it is decided anew instead."""
    for later in reversed(means.journals.runs()):
        if later <= run_id:
            return
        if server_of(means.journals, later) != server.key:
            continue
        run = as_run(means.journals, later, damaged_is_none=True)
        if run is not None and run.changed:
            raise StalePlan(
                f"run {later} has written to this server since; make a new plan instead of resuming {run_id}"
            )


def _new_run_id(means: Means) -> str:
    """An id that sorts after those before it, also within one second."""
    second = f"{means.connection.clock.now():%Y%m%dT%H%M%SZ}"
    earlier = sum(run_id.startswith(second) for run_id in means.journals.runs())
    return f"{second}-{min(earlier, 255):02x}{secrets.token_hex(3)}"


def with_history(run: Run, runs: Sequence[Run]) -> Run:
    """The run, marked as rolled back when a complete later run undid it."""
    undone = any(r.rolls_back == run.run_id and r.status is RunStatus.COMPLETE for r in runs)
    return replace(run, status=RunStatus.ROLLED_BACK) if undone else run
