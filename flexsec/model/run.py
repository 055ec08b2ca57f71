"""A run: what became of each change, and of the whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ..errors import RunIncomplete
from .change import Change
from .change_record import NO_RECORD, Approval, ChangeRecord
from .ownership import Fight, HandOver
from .plan import Left, Plan, Withheld
from .verdict import Assessment


class ChangeStatus(StrEnum):
    """What became of one change."""

    APPLIED = "applied"  # written, and read back as wanted
    ALREADY = "already"  # found as wanted before anything was written
    UNVERIFIED = "unverified"  # written and reported done; it cannot be read back
    FAILED = "failed"  # the service refused it, or it did not take effect
    INDETERMINATE = "indeterminate"  # begun; whether it took effect is not known
    NOT_STARTED = "not_started"


class RunStatus(StrEnum):
    """What became of a run. Only `partial`, `indeterminate` and `interrupted` can be resumed."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    INDETERMINATE = "indeterminate"
    INTERRUPTED = "interrupted"
    ROLLED_BACK = "rolled_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One change's end.

    Attributes:
        message: one sentence; for a failure the service's words and what to do.
        attempts: how many times the write was sent.
        proof: how it is known ("read back", "reported done", "read back after a lost answer").
        code, request_id, tracking_id: for a support ticket.
        missing_action, scope: on 403.
        doubted: a write was sent that was not seen to take effect and may yet do so, whatever the status.
        side_effects: what else changed while it was written: by the service itself, or by somebody else.
    """

    change: Change
    status: ChangeStatus
    message: str = ""
    attempts: int = 0
    proof: str = ""
    code: str = ""
    request_id: str = ""
    tracking_id: str = ""
    missing_action: str = ""
    scope: str = ""
    warnings: tuple[str, ...] = ()
    doubted: bool = False
    side_effects: tuple[str, ...] = ()

    @property
    def may_have_taken_effect(self) -> bool:
        """Whether the server has, or may yet show, what was written."""
        wrote = (ChangeStatus.APPLIED, ChangeStatus.UNVERIFIED, ChangeStatus.INDETERMINATE)
        return self.doubted or self.status in wrote


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of changes against one server, or against a subscription (`server_id` is then the subscription's id).

    Attributes:
        kind: apply, rollback, or the high-level operation that made it ("parameters set").
        identity: object id of who ran it, from the token; "" when the token does not tell.
        withheld, left, handed_over, fights, record: as in the run's plan.
        approvals: who had agreed to the plan when it was applied.
        verified: the assessment made after the last change, or None when the run did not get there.
    """

    run_id: str
    kind: str
    server_id: str
    baseline: str
    status: RunStatus
    started_at: datetime
    ended_at: datetime | None
    identity: str
    outcomes: tuple[Outcome, ...]
    verified: Assessment | None = None
    rolls_back: str = ""
    withheld: tuple[Withheld, ...] = ()
    left: tuple[Left, ...] = ()
    notes: tuple[str, ...] = field(default=())
    handed_over: tuple[HandOver, ...] = ()
    fights: tuple[Fight, ...] = ()
    record: ChangeRecord = NO_RECORD
    approvals: tuple[Approval, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the run wrote anything that took effect or may have."""
        return any(outcome.may_have_taken_effect for outcome in self.outcomes)

    @property
    def whole(self) -> bool:
        """Whether all that was asked for was done: complete, nothing withheld, left or handed over."""
        return self.status is RunStatus.COMPLETE and not (self.withheld or self.left or self.handed_over)

    def raise_unless_complete(self) -> Run:
        """The run itself, when every change in it was made; for scripts that do not look at `status`.

        What was withheld or left is not looked at (see `whole`).

        Raises:
            RunIncomplete: a change failed, was not started, or its end is not known; `run` is attached.
        """
        if self.status is RunStatus.COMPLETE:
            return self
        settled = (ChangeStatus.APPLIED, ChangeStatus.ALREADY, ChangeStatus.UNVERIFIED)
        open_ = [outcome for outcome in self.outcomes if outcome.status not in settled]
        told = "".join(
            f"\n{outcome.status.value.replace('_', ' ')}: {outcome.change.sentence} {outcome.message}".rstrip()
            for outcome in open_
        )
        ending = "" if self.status is RunStatus.ROLLED_BACK else f"; `flexsec resume {self.run_id}` goes on with it"
        raise RunIncomplete(f"run {self.run_id} is {self.status.value.replace('_', ' ')}{ending}{told}", self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardening:
    """What `harden` did: judged before, planned, run (None when there was nothing to write), judged after.

    Attributes:
        rolled_back: the run that undid `run`, when it failed and the caller asked for that.
        not_rolled_back: why it was not undone although the caller asked for that, or "".
    """

    before: Assessment
    plan: Plan
    run: Run | None
    after: Assessment
    rolled_back: Run | None = None
    not_rolled_back: str = ""
