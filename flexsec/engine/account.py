"""Tells what becomes of one change, step by step: to the journal before the deed, and to whoever listens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.event import Event
from ..model.run import ChangeStatus

if TYPE_CHECKING:
    from ..errors import ArmError
    from ..model.acceptance import Acceptance
    from ..model.change import Change
    from ..model.clock import Clock
    from ..model.event import Listener
    from ..model.run import Outcome
    from .journal import Journal

_ENDED_WELL = (ChangeStatus.APPLIED, ChangeStatus.ALREADY, ChangeStatus.UNVERIFIED)


class Account:
    """The account of one change.

    Args:
        number, total: which change of how many (1-based).
    """

    def __init__(
        self, journal: Journal, change: Change, clock: Clock, *, number: int, total: int, on_event: Listener
    ) -> None:
        self._journal = journal
        self._change = change
        self._clock = clock
        self._number = number
        self._total = total
        self._on_event = on_event
        self._began = clock.monotonic()

    def intent(self, attempt: int) -> None:
        """A write is about to be sent."""
        self._journal.write("intent", {"change": self._number - 1, "attempt": attempt})

    def accepted(self, attempt: int, acceptance: Acceptance) -> None:
        """The service took the write."""
        told = {
            "status_url": acceptance.status_url,
            "retry_after": acceptance.retry_after,
            "operation": acceptance.operation,
            "request_id": acceptance.request_id,
        }
        self._journal.write("accepted", {"change": self._number - 1, "attempt": attempt, **told})

    def rejected(self, attempt: int, error: ArmError) -> None:
        """The write changed nothing and may be sent again."""
        told = {"code": error.code, "detail": error.detail}
        self._journal.write("rejected", {"change": self._number - 1, "attempt": attempt, **told})

    def ended(self, outcome: Outcome) -> None:
        """The change has come to its end."""
        told = {
            "status": outcome.status.value,
            "message": outcome.message,
            "attempts": outcome.attempts,
            "proof": outcome.proof,
            "code": outcome.code,
            "request_id": outcome.request_id,
            "tracking_id": outcome.tracking_id,
            "missing_action": outcome.missing_action,
            "scope": outcome.scope,
            "warnings": list(outcome.warnings),
            "doubted": outcome.doubted,
            "side_effects": list(outcome.side_effects),
        }
        self._journal.write("outcome", {"change": self._number - 1, **told})
        stage = "skipped" if outcome.status is ChangeStatus.NOT_STARTED else "failed"
        self.tell("done" if outcome.status in _ENDED_WELL else stage, outcome.message)

    def tell(self, stage: str, message: str = "") -> None:
        """Tell whoever listens; without a message, the change's own sentence."""
        self._on_event(
            Event(
                stage=stage,
                message=message or self._change.sentence,
                number=self._number,
                total=self._total,
                typical_seconds=self._change.typical_seconds,
                elapsed_seconds=self._clock.monotonic() - self._began,
            )
        )
