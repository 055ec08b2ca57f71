"""The subscription's plan of Microsoft Defender for open-source relational databases, for scripts.

Its own operation, with its own leave, because it bills every flexible server of the subscription; a server's harden
never touches it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..engine import apply as applying
from ..engine.carry_out import Means
from ..engine.observe_subscription import observe_subscription
from ..engine.refuse import refuse_withheld
from ..engine.rollback import rollback_plan
from ..engine.subscription_plan import SubscriptionPlanner
from ..errors import InvalidValue, PlanInvalid
from ..model.change import Change
from ..model.change_record import NO_RECORD
from ..model.clock import Deadline
from ..model.connections import Evidence
from ..model.desire import DesiredDefenderPlan
from ..model.event import silent
from ..model.leave import Leave
from ..model.resource import SubscriptionId, parse_target
from ..operations.operation import Obstacle
from ..operations.registry import operations_about
from .given import check_given, observed
from .reading import observers

if TYPE_CHECKING:
    from ..model.change_record import ChangeRecord
    from ..model.event import Listener
    from ..model.plan import Plan
    from ..model.run import Run
    from ..model.subscription import SubscriptionState
    from .flexsec import FlexSec

_NO_LEAVE = Leave()
_NO_EVIDENCE = Evidence()


@dataclass(frozen=True, slots=True)
class _Asked:
    plan: Plan
    state: SubscriptionState


class Defender:
    """The plan of one subscription. Reading needs Microsoft.Security/pricings/read at the subscription."""

    def __init__(self, flexsec: FlexSec) -> None:
        self._flexsec = flexsec
        self.id = SubscriptionId(flexsec.subscription_id)
        self.operations = operations_about("subscription")

    def show(self) -> SubscriptionState:
        """Both levels: the plan, and each server that it covers with the server's own setting.

        One request for the plan, one for the list of servers (Microsoft.Resources/subscriptions/resources/read) and one
        for each PostgreSQL server (.../advancedThreatProtectionSettings/read); what is not allowed comes back
        `Unobserved`.

        Raises:
            NotFound, Unauthorized, CredentialUnavailable: there is nothing to read, or nobody to read as.
        """
        return observe_subscription(
            self._flexsec.connection, self.id, observers(self._flexsec.shared), deadline=self._deadline()
        )

    def enable_plan(
        self, *, leave: Leave = _NO_LEAVE, record: ChangeRecord = NO_RECORD, on_event: Listener = silent
    ) -> Run:
        """Switch the plan on for the whole subscription and read it back. Requires Microsoft.Security/pricings/write.

        Another change of the subscription's plans that is going on is waited for, minutes at a time, within the
        client's `timeout`.

        Args:
            leave: needs `subscription_cost`: every flexible server, PostgreSQL and MySQL, is billed.

        Returns:
            The run; `side_effects` of its outcome tell what the service changed besides, such as servers' own settings.

        Raises:
            LeaveRequired: naming every server that would be billed.
            GuardRefused: the servers could not be listed, so the bill is not known.
            InvalidValue: the plan cannot be changed here, with the reason.
            NotObserved: the plan could not be read.
        """
        asked = self._asked(enabled=True, leave=leave, record=record)
        return self.carry_out(asked.plan, "defender enable-plan", on_event, observed=asked.state)

    def disable_plan(
        self, *, leave: Leave = _NO_LEAVE, record: ChangeRecord = NO_RECORD, on_event: Listener = silent
    ) -> Run:
        """Switch the plan off for the whole subscription and read it back; servers keep their own settings.

        Args:
            leave: needs `lower_security`.

        Raises:
            as `enable_plan`; InvalidValue also for a plan that is inherited from another scope.
        """
        asked = self._asked(enabled=False, leave=leave, record=record)
        return self.carry_out(asked.plan, "defender disable-plan", on_event, observed=asked.state)

    def plan_enable(self, *, leave: Leave = _NO_LEAVE, record: ChangeRecord = NO_RECORD) -> Plan:
        """What `enable_plan` would write, with the servers that it bills among the notes."""
        return self._asked(enabled=True, leave=leave, record=record).plan

    def plan_disable(self, *, leave: Leave = _NO_LEAVE, record: ChangeRecord = NO_RECORD) -> Plan:
        """What `disable_plan` would write."""
        return self._asked(enabled=False, leave=leave, record=record).plan

    # -- for the facade's own parts --------------------------------------------------------------------------------

    def plan_rollback(self, run: Run, *, leave: Leave, record: ChangeRecord) -> Plan:
        """What undoing a run on this subscription would write."""
        state = self.show()
        planner = self._planner(state, record)
        return rollback_plan(run, state, self.operations, planner, leave=leave, evidence=_NO_EVIDENCE)

    def carry_out(self, plan: Plan, kind: str, on_event: Listener, *, observed: SubscriptionState | None = None) -> Run:
        """Apply a plan for this subscription; what its servers share is read anew afterwards.

        Raises:
            LeaveRequired, GuardRefused: a change is withheld; nothing is written.
        """
        refuse_withheld(plan)
        return self.apply(plan, kind, on_event, observed=observed)

    def apply(
        self,
        plan: Plan,
        kind: str,
        on_event: Listener,
        *,
        observed: SubscriptionState | None = None,
        record: ChangeRecord = NO_RECORD,
    ) -> Run:
        """Apply a plan for this subscription, a rollback's too."""
        try:
            return applying.apply(self.own(plan), self.means(on_event), kind=kind, observed=observed, record=record)
        finally:
            self._flexsec.shared.forget()

    def resume(self, run_id: str, on_event: Listener, *, record: ChangeRecord) -> Run:
        """Finish a run on this subscription."""
        try:
            return applying.resume(run_id, self.means(on_event), record=record)
        finally:
            self._flexsec.shared.forget()

    def own(self, plan: Plan) -> Plan:
        """The plan, when it is for this subscription.

        Raises:
            PlanInvalid: it is for something else.
        """
        if parse_target(plan.server_id).key != self.id.key:
            raise PlanInvalid(f"the plan is for {plan.server_id}, not for {self.id}")
        return plan

    def means(self, on_event: Listener) -> Means:
        """What a run on this subscription needs; no baseline judges it."""
        return Means(
            connection=self._flexsec.connection,
            observers=observers(self._flexsec.shared),
            operations=self.operations,
            journals=self._flexsec.journals,
            deadline=self._deadline(),
            on_event=on_event,
            stopped=self._flexsec.stopped,
            judge=None,
        )

    def _asked(self, *, enabled: bool, leave: Leave, record: ChangeRecord) -> _Asked:
        check_given(leave, _NO_EVIDENCE, record)
        state = self.show()
        observed(state.defender_plan, "the Defender plan")
        planner = self._planner(state, record)
        found = planner.diff(DesiredDefenderPlan(enabled=enabled))
        if isinstance(found, Obstacle):
            raise InvalidValue(found.reason)
        changes = [found] if isinstance(found, Change) else []
        return _Asked(planner.assemble(changes, leave=leave, evidence=_NO_EVIDENCE), state)

    def _planner(self, state: SubscriptionState, record: ChangeRecord) -> SubscriptionPlanner:
        return SubscriptionPlanner(
            self.operations,
            state,
            now=self._flexsec.clock.now(),
            record=record,
            made_by=self._flexsec.connection.identity(),
        )

    def _deadline(self) -> Deadline:
        return Deadline(self._flexsec.clock, self._flexsec.timeout)
