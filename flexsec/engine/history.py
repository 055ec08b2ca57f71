"""What a journal tells of a run: its plan, what became of each change, and what was begun and not ended."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, overload

from ..errors import JournalDamaged
from ..model.acceptance import Acceptance
from ..model.change_record import Approval, ChangeRecord
from ..model.encoding import from_data
from ..model.plan import Plan
from ..model.resource import SubscriptionId, parse_target
from ..model.run import ChangeStatus, Outcome, Run, RunStatus
from ..model.verdict import Assessment
from .journal import Record, read

if TYPE_CHECKING:
    from datetime import datetime

    from ..model.journal import JournalStore


@dataclass(slots=True)
class History:
    """A journal, folded.

    Attributes:
        record: what was said about the run, last when it was gone on with.
        approval_required: the run was refused unless a second identity had approved its plan.
        notes: what could not be checked before the run began, or went on last.
        ends_run: why what was not started was not, when something ended the run early.
        outcomes: by the change's position in the plan; the last word counts.
        begun: what was sent and has no end yet: the acceptance, or None when no answer was recorded.
        doubted: what was sent again before the end of an earlier attempt was known: a rejection ends the later alone.
    """

    kind: str
    rolls_back: str
    identity: str
    plan: Plan
    started_at: datetime
    record: ChangeRecord
    approvals: tuple[Approval, ...] = ()
    approval_required: bool = False
    ended_at: datetime | None = None
    status: RunStatus | None = None
    verified: Assessment | None = None
    ends_run: str = ""
    notes: tuple[str, ...] = ()
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    begun: dict[int, Acceptance | None] = field(default_factory=dict)
    doubted: set[int] = field(default_factory=set)


def read_all(records: list[Record]) -> History:
    """Fold the records of a run.

    Raises:
        JournalDamaged: the first record is not the start of a run.
    """
    if not records or records[0].kind != "started":
        raise JournalDamaged("the journal does not begin with the start of a run; nothing was written by it")
    first = records[0]
    history = History(
        kind=first.data["kind"],
        rolls_back=first.data["rolls_back"],
        identity=first.data["identity"],
        plan=from_data(Plan, first.data["plan"]),
        started_at=first.at,
        record=from_data(ChangeRecord, first.data.get("record", {})),
        approvals=tuple(from_data(Approval, each) for each in first.data.get("approvals", ())),
        approval_required=first.data.get("approval_required", False),
        notes=tuple(first.data.get("notes", ())),
    )
    for record in records[1:]:
        _fold(history, record)
    return history


def _fold(history: History, record: Record) -> None:
    data: dict[str, Any] = record.data
    match record.kind:
        case "intent":
            if data["change"] in history.begun:
                history.doubted.add(data["change"])
            history.begun[data["change"]] = None
        case "accepted":
            history.begun[data["change"]] = Acceptance(
                status_url=data["status_url"],
                retry_after=data["retry_after"],
                operation=data["operation"],
                request_id=data["request_id"],
            )
        case "rejected":
            history.begun.pop(data["change"], None)
            if data["change"] in history.doubted:
                history.begun[data["change"]] = None
        case "outcome":
            _fold_outcome(history, data)
        case "resumed":
            history.ended_at, history.status, history.verified, history.ends_run = None, None, None, ""
            history.notes = tuple(data.get("notes", ()))
            history.record = history.record.overlaid(from_data(ChangeRecord, data.get("record", {})))
        case "ended":
            history.ended_at, history.status = record.at, RunStatus(data["status"])
            history.ends_run = data.get("reason", "")
            history.verified = from_data(Assessment, data["verified"]) if data["verified"] else None


def _fold_outcome(history: History, data: dict[str, Any]) -> None:
    position = data["change"]
    others = ("change", "status", "warnings", "side_effects")
    words = {key: value for key, value in data.items() if key not in others}
    outcome = Outcome(
        change=history.plan.changes[position],
        status=ChangeStatus(data["status"]),
        warnings=tuple(data.get("warnings", ())),
        side_effects=tuple(data.get("side_effects", ())),
        **words,
    )
    history.outcomes[position] = outcome
    if outcome.status is not ChangeStatus.INDETERMINATE:
        history.begun.pop(position, None)
        history.doubted.discard(position)


@overload
def as_run(store: JournalStore, run_id: str) -> Run: ...
@overload
def as_run(store: JournalStore, run_id: str, *, damaged_is_none: Literal[True]) -> Run | None: ...
def as_run(store: JournalStore, run_id: str, *, damaged_is_none: bool = False) -> Run | None:
    """A run as its journal tells it.

    Args:
        damaged_is_none: a journal that cannot be trusted is None, for listings.

    Raises:
        UnknownName: no such run.
        JournalDamaged: the journal cannot be trusted.
    """
    try:
        history = read_all(read(store, run_id))
    except JournalDamaged:
        if damaged_is_none:
            return None
        raise
    not_started = (
        Outcome(change=change, status=ChangeStatus.NOT_STARTED, message=history.ends_run)
        for change in history.plan.changes
    )
    outcomes = tuple(
        history.outcomes.get(position) or _begun_or(outcome, position in history.begun)
        for position, outcome in enumerate(not_started)
    )
    return Run(
        run_id=run_id,
        kind=history.kind,
        server_id=history.plan.server_id,
        baseline=history.plan.baseline,
        status=history.status or RunStatus.INDETERMINATE,
        started_at=history.started_at,
        ended_at=history.ended_at,
        identity=history.identity,
        outcomes=outcomes,
        verified=history.verified,
        rolls_back=history.rolls_back,
        withheld=history.plan.withheld,
        left=history.plan.left,
        handed_over=history.plan.handed_over,
        fights=history.plan.fights,
        notes=_restart_owed(outcomes) + _of_subscription(history.plan) + history.notes,
        record=history.record,
        approvals=history.approvals,
    )


def _restart_owed(outcomes: tuple[Outcome, ...]) -> tuple[str, ...]:
    """Static parameters that the run set and no restart of its own brought into force."""
    waiting: list[str] = []
    for outcome in outcomes:
        if outcome.status is not ChangeStatus.APPLIED:
            continue
        if outcome.change.restarts:
            waiting.clear()
        elif outcome.change.kind == "parameters" and (outcome.change.after or {}).get("dynamic") == "false":
            waiting.append(outcome.change.name)
    if not waiting:
        return ()
    return (
        f"{', '.join(waiting)} is set and waits for a restart; `flexsec harden --allow-restart` restarts the server.",
    )


def _of_subscription(plan: Plan) -> tuple[str, ...]:
    """What a plan for a subscription says besides: the servers that it bills, each by name."""
    return plan.notes if isinstance(parse_target(plan.server_id), SubscriptionId) else ()


def _begun_or(outcome: Outcome, begun: bool) -> Outcome:
    if not begun:
        return outcome
    return Outcome(change=outcome.change, status=ChangeStatus.INDETERMINATE, message="begun; its end was not recorded")


def plan_of(store: JournalStore, run_id: str) -> Plan:
    """The plan that a run carries out.

    Raises:
        UnknownName, JournalDamaged: no such run, or not to be trusted.
    """
    return read_all(read(store, run_id)).plan


def server_of(store: JournalStore, run_id: str) -> str:
    """The key of the server that a run is about, from its first line; "" when a dead process left that half-written.

    Raises:
        JournalDamaged: the first line is whole and cannot be read.
    """
    first = store.head(run_id)
    if not first.endswith(b"\n"):
        return ""
    try:
        return str(json.loads(first)["data"]["plan"]["server_id"]).lower()
    except (ValueError, KeyError, TypeError):
        raise JournalDamaged(f"the journal of run {run_id} is damaged at line 1") from None
