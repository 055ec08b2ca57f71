"""Plans for a whole subscription: few changes, asked for by name, each with its bill.

No baseline asks for them and no control is judged for them: such a plan is never part of a server's hardening.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.change_record import NO_RECORD
from ..model.plan import Left, Plan, Withheld
from ..model.verdict import Assessment
from .basis import sealed, subscription_facts
from .plan import PLAN_FORMAT
from .subscription_guards import billed, bills, withheld

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from ..model.change import Change
    from ..model.change_record import ChangeRecord
    from ..model.connections import Evidence
    from ..model.desire import Desire
    from ..model.leave import Leave
    from ..model.subscription import SubscriptionState
    from ..operations.operation import Obstacle, Operation


class SubscriptionPlanner:
    """Puts plans together for one subscription's state.

    Args:
        operations: by kind.
        state: what was observed.
        now: the moment of planning, in UTC.
        record: what the caller says about the change.
        made_by: object id of who plans, or "".
    """

    def __init__(
        self,
        operations: Mapping[str, Operation],
        state: SubscriptionState,
        *,
        now: datetime,
        record: ChangeRecord = NO_RECORD,
        made_by: str = "",
    ) -> None:
        self._by_desire = {kind: op for op in operations.values() for kind in op.desires}
        self._state = state
        self._now = now
        self._record = record
        self._made_by = made_by

    def diff(self, desire: Desire) -> Change | Obstacle | None:
        """One desire against the state, by the operation that fulfils it."""
        return self._by_desire[desire.kind].diff(desire, self._state)

    def assemble(
        self,
        changes: list[Change],
        *,
        left: Iterable[Left] = (),
        notes: Iterable[str] = (),
        leave: Leave,
        evidence: Evidence,
        undoes: str = "",
    ) -> Plan:
        """Hold back what lacks leave or a guard refuses, name what is billed, and seal the plan.

        Args:
            undoes: the run that the plan rolls back, or "".
        """
        judged = [(change, withheld(change, self._state, leave=leave)) for change in changes]
        bill = billed(self._state) if any(bills(change) for change in changes) else ""
        plan = Plan(
            format=PLAN_FORMAT,
            server_id=self._state.server_id,
            baseline="",
            baseline_source="",
            made_at=self._now,
            basis=subscription_facts(self._state),
            changes=tuple(change for change, refused in judged if refused is None),
            withheld=_refused(refused for _, refused in judged),
            left=tuple(left),
            notes=(*notes, *((bill,) if bill else ())),
            leave=leave,
            evidence=evidence,
            assessment=self._not_judged(),
            record=self._record,
            made_by=self._made_by,
            undoes=undoes,
        )
        return sealed(plan)

    def _not_judged(self) -> Assessment:
        return Assessment(
            server_id=self._state.server_id,
            baseline="",
            observed_at=self._state.observed_at,
            server_state="",
            verdicts=(),
        )


def _refused(found: Iterable[Withheld | None]) -> tuple[Withheld, ...]:
    return tuple(each for each in found if each is not None)
