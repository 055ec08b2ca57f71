"""Firewall rules: IPv4 ranges under a name; PUT creates or overwrites, there is no PATCH.

Recorded: the body, overlaps and duplicates allowed, private ranges stored without effect. Documented: with public
access off, rules stay stored and changes to them are discarded. Reported: a rule on a VNet server is stored.
Inferred: the refusal of a start above its end (no recording or thread shows the service's own answer), 204 for
deleting what is not there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from . import stale_reads, wire_errors
from .change import Change
from .paging import answer_list
from .server_states import refuse_by_state
from .state import FirewallRange, Server, ipv4

if TYPE_CHECKING:
    from datetime import datetime

    from .call import Call
    from .long_running import Operation
    from .request import Response

KIND = "firewallRules"
OLD_NAME = re.compile(r"[-\w._]+", re.ASCII)
NEW_NAME = re.compile(r"[a-zA-Z0-9][-_a-zA-Z0-9]{0,79}(?<!-)", re.ASCII)
LEADING_ZERO = re.compile(r"(^|\.)0\d")


def read(call: Call) -> Response:
    """One rule, or all of them."""
    server = stale_reads.seen(call, KIND)
    refuse_by_state(call, call.server())
    server_id = call.server_id()
    if call.route.name is None:
        return answer_list(call, [_entry(server_id, name, rule) for name, rule in server.firewall.items()])
    name = _stored_name(server, call.route.name)
    if name is None:
        raise wire_errors.child_not_found("Microsoft.DBforPostgreSQL/flexibleServers", call.route.name)
    return call.answer(200, _entry(server_id, name, server.firewall[name]))


def write(call: Call) -> Change:
    """A new or changed rule."""
    server = call.server()
    refuse_by_state(call, server)
    name = call.route.name or ""
    pattern = NEW_NAME if call.api_version >= "2025-08-01" else OLD_NAME
    if not pattern.fullmatch(name):
        raise wire_errors.invalid_parameter_value("firewallRuleName")
    properties = call.properties(frozenset({"startIpAddress", "endIpAddress"}))
    start = _address(call, properties, "startIpAddress")
    end = _address(call, properties, "endIpAddress")
    if (ipv4(start) or 0) > (ipv4(end) or 0):
        raise wire_errors.invalid_parameter_value("endIpAddress")
    return Change(KIND, "write", name, {"start": start, "end": end})


def delete(call: Call) -> Change | Response:
    """Removes a rule; 204 when there is none."""
    server = call.server()
    refuse_by_state(call, server)
    name = _stored_name(server, call.route.name or "")
    return call.raw(204, b"") if name is None else Change(KIND, "delete", name)


def apply(server: Server, operation: Operation, now: datetime) -> bool:
    """Stores or removes the rule; discards the change on a server whose public access is off."""
    if server.public_network_access == "Disabled" and not server.in_virtual_network:
        return False
    name = _stored_name(server, operation.name)
    if operation.verb == "delete":
        return name is not None and server.firewall.pop(name, None) is not None
    server.firewall[name or operation.name] = FirewallRange(operation.effect["start"], operation.effect["end"])
    return True


def _stored_name(server: Server, name: str) -> str | None:
    if name in server.firewall:
        return name
    return next((each for each in server.firewall if each.lower() == name.lower()), None)


def _address(call: Call, properties: dict[str, Any], key: str) -> str:
    value = properties.get(key)
    if not isinstance(value, str) or ipv4(value) is None:
        raise wire_errors.invalid_parameter_value(key)
    if call.api_version >= "2024-08-01" and LEADING_ZERO.search(value):
        raise wire_errors.invalid_parameter_value(key)
    return value


def _entry(server_id: str, name: str, rule: FirewallRange) -> dict[str, Any]:
    return {
        "properties": {"startIpAddress": rule.start, "endIpAddress": rule.end},
        "id": f"{server_id}/firewallRules/{name}",
        "name": name,
        "type": "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules",
    }
