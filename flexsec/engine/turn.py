"""When a change's turn comes: whether it is still to be written, since time has passed since the plan was made.

Asked immediately before every request that writes, also before one that is sent again: what someone else set meanwhile
is left alone, and the guards see the server as it is then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..model.run import ChangeStatus, Outcome
from ..model.subscription import SubscriptionState
from . import guards, subscription_guards
from .observe import unread_part

if TYPE_CHECKING:
    from collections.abc import Collection

    from ..model.change import Change
    from ..model.clock import Clock
    from ..model.plan import Plan, Withheld
    from ..model.subscription import State
    from ..operations.operation import Operation

DONE = (ChangeStatus.APPLIED, ChangeStatus.ALREADY, ChangeStatus.UNVERIFIED)
"""The ends after which a change need not be taken up again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One change's turn.

    Attributes:
        ended: what became of the changes before it.
        clock: tells whether the restart window is open.
    """

    change: Change
    plan: Plan
    operation: Operation
    ended: Collection[Outcome]
    clock: Clock

    def refused(self, state: State) -> Outcome | None:
        """Why the change is not written in this state, or that it is not needed; None when it may be."""
        failed = [
            o.change.sentence for o in self.ended if o.change.target in self.change.requires and o.status not in DONE
        ]
        if failed:
            return self._ending(ChangeStatus.FAILED, f"it needs this first, which failed: {failed[0]}")
        unread = unread_part(state, self.operation.reads)
        if unread is not None:
            return self._ending(ChangeStatus.NOT_STARTED, f"what it rests on could not be read again: {unread.reason}")
        if self.operation.holds(self.change, state):
            shows = "the subscription" if isinstance(state, SubscriptionState) else "the server"
            return self._ending(ChangeStatus.ALREADY, f"{shows} shows it already")
        if not self.operation.untouched(self.change, state):
            return self._ending(ChangeStatus.FAILED, "someone changed it since the plan was made; make a new plan")
        held = self._withheld(state)
        return self._ending(ChangeStatus.NOT_STARTED, held.reason) if held is not None else None

    def _withheld(self, state: State) -> Withheld | None:
        if isinstance(state, SubscriptionState):
            return subscription_guards.withheld(self.change, state, leave=self.plan.leave)
        return guards.withheld(
            self.change,
            state,
            leave=self.plan.leave,
            evidence=self.plan.evidence,
            moment=self.clock.now(),
            restoring=bool(self.plan.undoes),
        )

    def _ending(self, status: ChangeStatus, message: str) -> Outcome:
        return Outcome(change=self.change, status=status, message=message)
