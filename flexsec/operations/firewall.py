"""Firewall rules: PUT in place or DELETE, one at a time, never delete and create.

Requires Microsoft.DBforPostgreSQL/flexibleServers/firewallRules/write or /delete and the right to follow the operation.
Rules are refused on a VNet-integrated server (the service may store them without effect) and while public access is
off (documented: changes are discarded).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..errors import InvalidValue
from ..model.change import Change, Phase
from ..model.desire import DesiredFirewallRule, DesiredFirewallRuleAbsent
from ..model.firewall import FirewallRule, check_rule_name, plain_address
from ..model.observation import Unobserved
from ..model.server import Networking, Server
from .operation import Obstacle, Operation

if TYPE_CHECKING:
    from ..azure.connection import Connection
    from ..model.acceptance import Acceptance
    from ..model.desire import Desire
    from ..model.resource import ServerId
    from ..model.server import ServerState

_STATUS_READ = "Microsoft.DBforPostgreSQL/locations/azureAsyncOperation/read"
_READ = "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules/read"
PUT_ACTIONS = (_READ, "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules/write", _STATUS_READ)
DELETE_ACTIONS = (_READ, "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules/delete", _STATUS_READ)
# Recorded: 0 to 182 seconds, 61 at the median.
_TYPICAL_SECONDS = 60


def diff(desire: Desire, state: ServerState) -> Change | Obstacle | None:
    """The write that adds, changes or removes a rule, None when nothing differs, or why it is not written."""
    if not isinstance(desire, DesiredFirewallRule | DesiredFirewallRuleAbsent):
        raise TypeError(f"not a desired firewall rule: {desire!r}")
    if isinstance(state.firewall, Unobserved):
        return Obstacle(desire=desire, reason=f"the firewall rules were not read: {state.firewall.reason}")
    found = _find(desire.name, state)
    if isinstance(desire, DesiredFirewallRuleAbsent):
        if found is None:
            return None
        if (found.start, found.end) != (desire.start, desire.end):
            return Obstacle(desire=desire, reason=f"rule {found} is no longer {desire.start}-{desire.end}")
        return _pointless(desire, state) or _removal(found)
    wanted = FirewallRule(desire.name, desire.start, desire.end)
    if found is not None and found.range == wanted.range:
        return None
    return _pointless(desire, state) or _put(found, wanted)


def _pointless(desire: Desire, state: ServerState) -> Obstacle | None:
    server = state.server
    if not isinstance(server, Server):
        return Obstacle(desire=desire, reason="the server was not read, so it is unknown whether rules have an effect")
    if server.networking is Networking.VNET:
        return Obstacle(desire=desire, reason="the server is VNet-integrated: firewall rules have no effect on it")
    if server.public_network_access.casefold() == "disabled":
        return Obstacle(
            desire=desire,
            reason="public network access is off: rules are not enforced and the service discards changes to them",
        )
    return None


def _put(found: FirewallRule | None, wanted: FirewallRule) -> Change:
    before = found.range if found else None
    after = wanted.range
    narrows = (
        before is not None and after is not None and not (after.first <= before.first and before.last <= after.last)
    )
    verb = f"Change firewall rule {found} to" if found else f"Allow {wanted.name}:"
    return Change(
        kind="firewall",
        name=wanted.name,
        before=_properties(found) if found else None,
        after=_properties(wanted),
        sentence=f"{verb} {_span(wanted)}.",
        phase=Phase.CLOSE if narrows else Phase.ADD,
        closing="firewall" if narrows else "",
        permissions=PUT_ACTIONS,
        typical_seconds=_TYPICAL_SECONDS,
    )


def _removal(found: FirewallRule) -> Change:
    again = _may_come_back(found)
    return Change(
        kind="firewall",
        name=found.name,
        before=_properties(found),
        after=None,
        sentence=f"Remove firewall rule {found}"
        + ("." if again else "; the service takes no new rule of this name, so this cannot be undone."),
        phase=Phase.CLOSE,
        closing="firewall",
        reversible=again,
        permissions=DELETE_ACTIONS,
        typical_seconds=_TYPICAL_SECONDS,
    )


def _may_come_back(found: FirewallRule) -> bool:
    """Whether the service would take the rule again: names that older api-versions allowed are refused now."""
    try:
        check_rule_name(found.name)
    except InvalidValue:
        return False
    return found.range is not None


def write(connection: Connection, server: ServerId, change: Change, _state: ServerState) -> Acceptance:
    """PUT the rule, or DELETE it when nothing shall remain."""
    if change.after is None:
        return connection.write(
            lambda client, keep: client.firewall_rules.begin_delete(
                server.resource_group, server.name, change.name, polling=False, cls=keep
            ),
            what=f"remove firewall rule {change.name} from {server.name}",
        )
    start, end = plain_address(change.after["start"]), plain_address(change.after["end"])
    body: Any = {"properties": {"startIpAddress": start, "endIpAddress": end}}
    return connection.write(
        lambda client, keep: client.firewall_rules.begin_create_or_update(
            server.resource_group,
            server.name,
            change.name,
            body,
            polling=False,
            cls=keep,
        ),
        what=f"write firewall rule {change.name} on {server.name}",
    )


def current(change: Change, state: ServerState) -> dict[str, str] | None:
    """The rule as observed, None when absent."""
    found = _find(change.name, state)
    return _properties(found) if found else None


def holds(change: Change, state: ServerState) -> bool:
    """Whether the rule has the wanted addresses, or is gone."""
    return _same(change.after, _find(change.name, state), state)


def untouched(change: Change, state: ServerState) -> bool:
    """Whether the rule is as it was before the change."""
    return _same(change.before, _find(change.name, state), state)


def undo(change: Change) -> Change | None:
    """Put the earlier rule back, or remove the one that was added."""
    earlier, now = _rule(change.name, change.before), _rule(change.name, change.after)
    if earlier is not None:
        return _put(now, earlier)
    return _removal(now) if now is not None else None


def predict(change: Change, state: ServerState) -> ServerState:
    """The state with the rule as wanted."""
    if isinstance(state.firewall, Unobserved):
        return state
    others = [item for item in state.firewall if item.name.casefold() != change.name.casefold()]
    wanted = _rule(change.name, change.after)
    return replace(state, firewall=tuple(sorted([*others, wanted] if wanted else others)))


def _find(name: str, state: ServerState) -> FirewallRule | None:
    if isinstance(state.firewall, Unobserved):
        return None
    return next((item for item in state.firewall if item.name.casefold() == name.casefold()), None)


def _same(properties: dict[str, str] | None, found: FirewallRule | None, state: ServerState) -> bool:
    if isinstance(state.firewall, Unobserved):
        return False
    if properties is None or found is None:
        return properties is None and found is None
    return FirewallRule(found.name, properties["start"], properties["end"]).range == found.range


def _rule(name: str, properties: dict[str, str] | None) -> FirewallRule | None:
    return FirewallRule(name, properties["start"], properties["end"]) if properties else None


def _properties(found: FirewallRule) -> dict[str, str]:
    return {"start": found.start, "end": found.end}


def _span(found: FirewallRule) -> str:
    return found.start if found.start == found.end else f"{found.start}-{found.end}"


OPERATION = Operation(
    kind="firewall",
    desires=("firewall_rule", "firewall_rule_absent"),
    reads=("server", "firewall"),
    actions=(*PUT_ACTIONS, *DELETE_ACTIONS),
    diff=diff,
    write=write,
    current=current,
    holds=holds,
    untouched=untouched,
    undo=undo,
    predict=predict,
)
