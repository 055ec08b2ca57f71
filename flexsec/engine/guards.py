"""What keeps a plan from locking someone out: pure functions from (observed, evidence, leave) to refusals.

Never the last working way in. Missing evidence is unknown, never clear.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.change import CLOSING_CLASSES
from ..model.connections import PLAINTEXT
from ..model.firewall import FirewallRule, RuleClass
from ..model.observation import Unobserved
from ..model.parameter import Parameter, same_value
from ..model.plan import Withheld
from ..model.server import CHILDREN_UNREADABLE, NOT_BECOMING_READY, Networking, Server
from . import credential_guards, encryption_guards
from .password_guards import password_refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ..model.change import Change
    from ..model.connections import Connection, Evidence
    from ..model.leave import Leave
    from ..model.server import ServerState

_LOWERED = {
    "backup_retention_days": "backups are kept for fewer days than now",
    "fips_mode": "algorithms that FIPS 140 does not admit may be used again",
    "storage_auto_grow": "the storage no longer grows by itself, and a full disk makes the server read-only",
}
_EVIDENCE_FLAGS = "--connections FILE (or --without-evidence REASON)"
_TLS_MINIMUM, _TLS_MAXIMUM = "ssl_min_protocol_version", "ssl_max_protocol_version"
_TLS_ORDER = {"tlsv1": 10, "tlsv1.0": 10, "tlsv1.1": 11, "tlsv1.2": 12, "tlsv1.3": 13}


def withheld(
    change: Change,
    state: ServerState,
    *,
    leave: Leave,
    evidence: Evidence,
    moment: datetime,
    restoring: bool = False,
) -> Withheld | None:
    """Why this change is not made in this state, or None.

    Args:
        state: as it will be when the change's turn comes (earlier changes predicted).
        moment: now, in UTC, for the restart window.
        restoring: the change brings back what was there before a run.
    """
    return (
        _server_writable(change, state)
        or _never_written(change, restoring=restoring)
        or _leave_to_lower(change, leave)
        or _leave_to_close(change, leave, evidence)
        or _leave_to_restart(change, state, leave, moment)
        or _firewall_refusal(change, state, leave, evidence)
        or _plaintext_refusal(change, evidence)
        or _tls_refusal(change, state, leave, evidence)
        or password_refusal(change, state)
        or encryption_guards.fips_refusal(change, leave, evidence)
        or credential_guards.withheld(change, state, leave=leave, evidence=evidence, moment=moment)
    )


def in_safe_order(changes: Sequence[Change], state: ServerState, evidence: Evidence) -> list[Change]:
    """The same changes by phase; in the closing phase what admits the caller goes last."""

    def admits_caller(change: Change) -> bool:
        found = _rule(change, before=change.before is not None)
        return found is not None and bool(evidence.caller_address) and found.admits(evidence.caller_address)

    def rank(item: tuple[int, Change]) -> tuple[int, bool, bool, int]:
        position, change = item
        static = change.kind == "parameters" and (change.after or {}).get("dynamic") == "false"
        return change.phase, static, admits_caller(change), position

    return _tls_in_order([change for _, change in sorted(enumerate(changes), key=rank)], state)


def _tls_in_order(changes: list[Change], state: ServerState) -> list[Change]:
    """The two TLS bounds change places where the first alone would leave the minimum above the maximum."""
    bounds = [i for i, c in enumerate(changes) if c.kind == "parameters" and c.name in (_TLS_MINIMUM, _TLS_MAXIMUM)]
    if len(bounds) != 2 or changes[bounds[0]].phase is not changes[bounds[1]].phase:
        return changes
    first, second = bounds
    low, high = _tls_bounds(changes[first], state)
    if low and high and low > high:
        changes[first], changes[second] = changes[second], changes[first]
    return changes


def _server_writable(change: Change, state: ServerState) -> Withheld | None:
    if not isinstance(state.server, Server):
        return Withheld(change=change, by="guard", reason=f"the server was not read: {state.server.reason}")
    if state.server.state.casefold() in NOT_BECOMING_READY | CHILDREN_UNREADABLE.keys():
        return Withheld(
            change=change, by="guard", reason=f"the server is {state.server.state}: nothing is written to it"
        )
    return None


def _never_written(change: Change, *, restoring: bool) -> Withheld | None:
    value = (change.after or {}).get("value", "").casefold()
    if restoring or change.kind != "parameters" or change.name != "log_statement" or value == "none":
        return None
    return Withheld(
        change=change,
        by="guard",
        reason=f"log_statement={value} writes role passwords into the server log; audit DDL with pgaudit.log instead",
    )


def _leave_to_lower(change: Change, leave: Leave) -> Withheld | None:
    if not change.lowers_security or leave.lower_security:
        return None
    setting = _LOWERED.get(change.name) if change.kind == "server_setting" else credential_guards.lowered(change)
    reason = setting or "it makes a control fail that passes now"
    return Withheld(change=change, by="leave", reason=reason, needs="--allow-lowering")


def _leave_to_close(change: Change, leave: Leave, evidence: Evidence) -> Withheld | None:
    if not change.closing or change.closing in leave.closing:
        return None
    clients_matter = change.closing not in encryption_guards.CLASSES_WITHOUT_CLIENTS
    unknown = clients_matter and evidence.connections is None and not leave.without_evidence
    return Withheld(
        change=change,
        by="leave",
        reason=f"it takes access away ({CLOSING_CLASSES[change.closing]})",
        needs=f"--allow-closing {change.closing}" + (f" and {_EVIDENCE_FLAGS}" if unknown else ""),
    )


def _leave_to_restart(change: Change, state: ServerState, leave: Leave, moment: datetime) -> Withheld | None:
    if not change.restarts:
        return None
    if not leave.restart:
        return Withheld(change=change, by="leave", reason="it restarts the server", needs="--allow-restart")
    if leave.restart_window is not None and not leave.restart_window.holds(moment):
        return Withheld(
            change=change,
            by="window",
            reason=f"it is {moment:%H:%M} UTC, outside the restart window {leave.restart_window}",
        )
    server = state.server
    if isinstance(server, Server) and _standby_unhealthy(server):
        return Withheld(
            change=change,
            by="guard",
            reason=f"high availability is {server.high_availability_state or 'in an unknown state'}, not Healthy",
        )
    return None


def _standby_unhealthy(server: Server) -> bool:
    if server.high_availability_mode.casefold() == "disabled":
        return False
    return server.high_availability_state.casefold() != "healthy"


def _firewall_refusal(change: Change, state: ServerState, leave: Leave, evidence: Evidence) -> Withheld | None:
    if change.closing != "firewall" or isinstance(state.firewall, Unobserved):
        return None
    before = state.firewall
    after = _after(change, before)
    if _ways_in(before) and not _ways_in(after) and not _private_way_in(state):
        return Withheld(
            change=change,
            by="guard",
            reason="it is the last way in: no other firewall rule or private endpoint remains",
        )
    caller = evidence.caller_address
    if caller and _admitted(caller, before) and not _admitted(caller, after):
        return Withheld(
            change=change,
            by="guard",
            reason=f"it would cut off your own address {caller}; allow that address first",
            needs=f"firewall allow NAME {caller}",
        )
    if evidence.connections is None:
        return _without_evidence(change, leave)
    cut = sorted(
        {c.address for c in evidence.connections if _admitted(c.address, before) and not _admitted(c.address, after)}
    )
    if cut:
        return Withheld(
            change=change,
            by="guard",
            reason=f"it would cut off {len(cut)} client address{'es' if len(cut) > 1 else ''} "
            f"seen in {evidence.source}: "
            f"{', '.join(cut[:5])}{', ...' if len(cut) > 5 else ''}; allow what is needed first",
        )
    return _azure_services_unknown(change, leave)


def _azure_services_unknown(change: Change, leave: Leave) -> Withheld | None:
    """An address says nothing about who came in as an Azure service, so evidence by address is no evidence here."""
    found = _rule(change, before=True)
    if found is None or found.kind is not RuleClass.AZURE_SERVICES or leave.without_evidence:
        return None
    return Withheld(
        change=change,
        by="leave",
        reason="addresses do not tell which clients come in as Azure services, so who is cut off is unknown",
        needs="--without-evidence REASON",
    )


def _without_evidence(change: Change, leave: Leave) -> Withheld | None:
    if leave.without_evidence:
        return None
    return Withheld(
        change=change,
        by="leave",
        reason="nobody looked at who still connects, so who is cut off is unknown",
        needs=_EVIDENCE_FLAGS,
    )


def _plaintext_refusal(change: Change, evidence: Evidence) -> Withheld | None:
    """Requiring TLS needs no leave, but a client that is known to do without it is not cut off."""
    if change.kind != "parameters" or change.name != "require_secure_transport":
        return None
    if not same_value((change.after or {}).get("value", ""), "on", "Boolean"):
        return None
    plain = sorted({c.address for c in evidence.connections or () if c.tls_version.strip().casefold() == PLAINTEXT})
    if not plain:
        return None
    return Withheld(
        change=change,
        by="guard",
        reason=f"clients seen in {evidence.source} connect without TLS: {', '.join(plain[:5])}"
        f"{', ...' if len(plain) > 5 else ''}; let them use TLS first",
    )


def _tls_refusal(change: Change, state: ServerState, leave: Leave, evidence: Evidence) -> Withheld | None:
    if change.kind != "parameters" or change.name not in (_TLS_MINIMUM, _TLS_MAXIMUM):
        return None
    low, high = _tls_bounds(change, state)
    if low and high and low > high:
        return Withheld(
            change=change, by="guard", reason="the minimum TLS version would be above the maximum: nobody could connect"
        )
    if not change.closing:
        return None
    if evidence.connections is None:
        return _without_evidence(change, leave)
    wanted = _TLS_ORDER.get((change.after or {}).get("value", "").casefold(), 0)
    older = sorted({c.address for c in evidence.connections if 0 < _tls_of(c) < wanted})
    if older:
        return Withheld(
            change=change,
            by="guard",
            reason=f"clients seen in {evidence.source} use an older TLS version: {', '.join(older[:5])}",
        )
    if not all(_tls_of(c) for c in evidence.connections):
        return _without_evidence(change, leave)
    return None


def _tls_of(connection: Connection) -> int:
    """The rank of a client's TLS version, 0 when it is not known."""
    return _TLS_ORDER.get(connection.tls_version.strip().casefold(), 0)


def _tls_bounds(change: Change, state: ServerState) -> tuple[int, int]:
    bounds = []
    for name in (_TLS_MINIMUM, _TLS_MAXIMUM):
        found = state.parameter(name)
        value = (change.after or {}).get("value", "") if change.name == name else ""
        if change.name != name and isinstance(found, Parameter):
            value = found.value
        bounds.append(_TLS_ORDER.get(value.strip().casefold(), 0))
    return bounds[0], bounds[1]


def _private_way_in(state: ServerState) -> bool:
    server = state.server
    if not isinstance(server, Server):
        return False
    approved = any(endpoint.status.casefold() == "approved" for endpoint in server.private_endpoints)
    return approved or server.networking is Networking.VNET


def _ways_in(rules: Sequence[FirewallRule]) -> bool:
    """Whether a rule lets anyone in at all: private addresses in a rule have no effect."""
    return any(item.kind not in (RuleClass.PRIVATE, RuleClass.UNREADABLE) for item in rules)


def _admitted(address: str, rules: Sequence[FirewallRule]) -> bool:
    return any(item.admits(address) for item in rules)


def _after(change: Change, rules: Sequence[FirewallRule]) -> list[FirewallRule]:
    others = [item for item in rules if item.name.casefold() != change.name.casefold()]
    wanted = _rule(change)
    return [*others, wanted] if wanted and change.after else others


def _rule(change: Change, *, before: bool = False) -> FirewallRule | None:
    """The rule that a firewall change is about: as it will be, or as it was when nothing shall remain."""
    properties = change.before if before or change.after is None else change.after
    if change.kind != "firewall" or properties is None:
        return None
    return FirewallRule(change.name, properties["start"], properties["end"])
