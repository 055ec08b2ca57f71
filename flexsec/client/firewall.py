"""A server's firewall rules, for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import UnknownName
from ..model.change_record import NO_RECORD
from ..model.connections import Evidence
from ..model.desire import DesiredFirewallRule, DesiredFirewallRuleAbsent
from ..model.event import silent
from ..model.firewall import rule
from ..model.leave import Leave
from .given import observed

if TYPE_CHECKING:
    import builtins
    from collections.abc import Iterable

    from ..model.change_record import ChangeRecord
    from ..model.desire import Desire
    from ..model.event import Listener
    from ..model.firewall import FirewallRule
    from ..model.plan import Plan
    from ..model.run import Run
    from ..model.server import ServerState
    from .server import Asked, ServerHandle

_NO_LEAVE = Leave()
_NO_EVIDENCE = Evidence()
_PARTS = ("server", "firewall")
_WHAT = "the firewall rules"


class Firewall:
    """A server's firewall rules. Writing needs .../flexibleServers/firewallRules/write and .../delete."""

    def __init__(self, server: ServerHandle) -> None:
        self._server = server

    def list(self) -> tuple[FirewallRule, ...]:
        """All rules, sorted by name. Requires .../flexibleServers/firewallRules/read.

        Raises:
            NotObserved: they could not be read, with the reason.
        """
        return observed(self._server.observe(_PARTS).firewall, _WHAT)

    def allow(
        self,
        name: str,
        addresses: str,
        *,
        end: str | None = None,
        leave: Leave = _NO_LEAVE,
        evidence: Evidence = _NO_EVIDENCE,
        record: ChangeRecord = NO_RECORD,
        on_event: Listener = silent,
    ) -> Run:
        """Add a rule, or change the one of that name in place.

        Args:
            addresses: one IPv4 address, "a-b", or a CIDR block; with `end`, the first address.

        Raises:
            InvalidValue: a name or addresses that the service refuses, or a server on which rules have no effect.
            LeaveRequired: the rule admits so much that a control fails, or narrows an existing rule.
        """
        asked = self._reconciled(
            [rule(name, addresses, end)], remove_others=False, leave=leave, evidence=evidence, record=record
        )
        return self._server.carry_out(asked.plan, "firewall allow", on_event, observed=asked.state)

    def remove(
        self,
        name: str,
        *,
        leave: Leave = _NO_LEAVE,
        evidence: Evidence = _NO_EVIDENCE,
        record: ChangeRecord = NO_RECORD,
        on_event: Listener = silent,
    ) -> Run:
        """Remove a rule. Needs `leave.closing` with "firewall" and evidence of who still connects, or a reason.

        Raises:
            UnknownName: no rule of that name.
            LeaveRequired, GuardRefused: leave or evidence is missing, or someone would be cut off.
        """
        asked = self._removed(name, leave=leave, evidence=evidence, record=record)
        return self._server.carry_out(asked.plan, "firewall remove", on_event, observed=asked.state)

    def reconcile(
        self,
        rules: Iterable[FirewallRule],
        *,
        remove_others: bool = False,
        leave: Leave = _NO_LEAVE,
        evidence: Evidence = _NO_EVIDENCE,
        record: ChangeRecord = NO_RECORD,
        on_event: Listener = silent,
    ) -> Run:
        """Bring about a set of rules; only what differs is written.

        Args:
            remove_others: also remove the rules that are not in the set; otherwise they are kept.

        Raises:
            as `allow` and `remove`.
        """
        asked = self._reconciled(rules, remove_others=remove_others, leave=leave, evidence=evidence, record=record)
        return self._server.carry_out(asked.plan, "firewall reconcile", on_event, observed=asked.state)

    def plan_allow(
        self,
        name: str,
        addresses: str,
        *,
        end: str | None = None,
        leave: Leave = _NO_LEAVE,
        evidence: Evidence = _NO_EVIDENCE,
        record: ChangeRecord = NO_RECORD,
    ) -> Plan:
        """What `allow` would write."""
        return self.plan_reconcile([rule(name, addresses, end)], leave=leave, evidence=evidence, record=record)

    def plan_remove(
        self,
        name: str,
        *,
        leave: Leave = _NO_LEAVE,
        evidence: Evidence = _NO_EVIDENCE,
        record: ChangeRecord = NO_RECORD,
    ) -> Plan:
        """What `remove` would write."""
        return self._removed(name, leave=leave, evidence=evidence, record=record).plan

    def _removed(self, name: str, *, leave: Leave, evidence: Evidence, record: ChangeRecord) -> Asked:
        def desires(state: ServerState) -> builtins.list[Desire]:
            known = observed(state.firewall, _WHAT)
            found = next((item for item in known if item.name.casefold() == name.casefold()), None)
            if found is None:
                names = ", ".join(item.name for item in known) or "none"
                raise UnknownName(f"there is no firewall rule {name!r}; the rules are: {names}")
            return [_absent(found)]

        return self._server.direct(desires, _PARTS, leave=leave, evidence=evidence, record=record)

    def plan_reconcile(
        self,
        rules: Iterable[FirewallRule],
        *,
        remove_others: bool = False,
        leave: Leave = _NO_LEAVE,
        evidence: Evidence = _NO_EVIDENCE,
        record: ChangeRecord = NO_RECORD,
    ) -> Plan:
        """What `reconcile` would write."""
        return self._reconciled(rules, remove_others=remove_others, leave=leave, evidence=evidence, record=record).plan

    def _reconciled(
        self,
        rules: Iterable[FirewallRule],
        *,
        remove_others: bool,
        leave: Leave,
        evidence: Evidence,
        record: ChangeRecord,
    ) -> Asked:
        wanted = [rule(item.name, item.start, item.end) for item in rules]
        names = {item.name.casefold() for item in wanted}

        def desires(state: ServerState) -> builtins.list[Desire]:
            known = observed(state.firewall, _WHAT)
            others = [item for item in known if item.name.casefold() not in names] if remove_others else []
            present = [DesiredFirewallRule(name=item.name, start=item.start, end=item.end) for item in wanted]
            return [*present, *(_absent(item) for item in others)]

        return self._server.direct(desires, _PARTS, leave=leave, evidence=evidence, record=record)


def _absent(found: FirewallRule) -> DesiredFirewallRuleAbsent:
    return DesiredFirewallRuleAbsent(name=found.name, start=found.start, end=found.end)
