"""A change as Bicep: child resources of the server by their whole name, or the properties of the server's resource.

A deployment is incremental: it removes nothing that is no longer in the file, so a removal is not Bicep's to make
(Microsoft documentation). Resources of one file are deployed at once, while the service takes one write at a time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..model.server_setting import AUTO_GROW, RETENTION, WINDOW, parse_window
from .settings import authentication, is_tag, tags, wanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..model.change import Change
    from ..model.resource import ServerId
    from ..model.server import ServerState

SERVER_TYPE = "Microsoft.DBforPostgreSQL/flexibleServers"
API_VERSION = "2024-08-01"
_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_UNPRINTED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")

Properties = dict[str, "str | Properties"]
"""Members as Bicep expressions, or as objects."""


def patch(change: Change, server: ServerId, state: ServerState) -> str:
    """The change in Bicep; "" for one that Bicep has no words for."""
    match change.kind:
        case "parameters":
            value: Properties = {"value": text(wanted(change)), "source": text("user-override")}
            return _child("configurations", change.name, server, value)
        case "firewall":
            return _rule(change, server)
        case "threat_protection":
            state_word = text((change.after or {}).get("state", ""))
            return _child("advancedThreatProtectionSettings", change.name, server, {"state": state_word})
        case "server_setting":
            return _setting(change, server, state)
        case "authentication":
            return _authentication(change, server, state)
        case "administrators":
            return _administrator(change, server)
        case _:
            return ""


def text(value: str) -> str:
    """A value as a Bicep string: nothing in it is interpolated, ends the string or the line."""
    escaped = "".join(_ESCAPES.get(each, each) for each in value).replace("${", "\\${")
    return "'" + _UNPRINTED.sub(lambda found: f"\\u{{{ord(found[0]):x}}}", escaped) + "'"


def symbol(*names: str) -> str:
    """A symbolic name for a resource."""
    return re.sub(r"[^0-9A-Za-z_]", "_", "_".join(names))


def _rule(change: Change, server: ServerId) -> str:
    if change.after is None:
        return (
            f"// Delete the resource of type {SERVER_TYPE}/firewallRules named {text(change.name)} from the file.\n"
            "// A deployment removes nothing: the rule goes with the az command below, or in a deployment stack.\n"
        )
    addresses: Properties = {
        "startIpAddress": text(change.after["start"]),
        "endIpAddress": text(change.after["end"]),
    }
    return _child("firewallRules", change.name, server, addresses)


def _authentication(change: Change, server: ServerId, state: ServerState) -> str:
    """The whole block: what is left out of it is not known to stay. A password stands in no file."""
    switches = authentication(change, state)
    if not switches:
        return ""
    return _server(server, {"properties": {"authConfig": {name: text(word) for name, word in switches.items()}}})


def _administrator(change: Change, server: ServerId) -> str:
    if change.after is None:
        return (
            f"// Delete the resource of type {SERVER_TYPE}/administrators named {text(change.name)} from the file.\n"
            "// A deployment removes nothing: it goes with the az command below, or in a deployment stack.\n"
        )
    principal: Properties = {
        "principalType": text(change.after["type"]),
        "principalName": text(change.after["principal"]),
        "tenantId": text(change.after["tenant"]),
    }
    return _child("administrators", change.name, server, principal)


def _setting(change: Change, server: ServerId, state: ServerState) -> str:
    if is_tag(change):
        return _server(server, {"tags": {text(key): text(value) for key, value in tags(change, state).items()}})
    if change.name == RETENTION:
        return _server(server, {"properties": {"backup": {"backupRetentionDays": str(int(wanted(change)))}}})
    if change.name == AUTO_GROW:
        return _server(server, {"properties": {"storage": {"autoGrow": text(wanted(change))}}})
    return _server(server, {"properties": {"maintenanceWindow": _window(change)}}) if change.name == WINDOW else ""


def _window(change: Change) -> Properties:
    found = parse_window(wanted(change))
    return {
        "customWindow": text(found.custom),
        "dayOfWeek": str(found.day_of_week),
        "startHour": str(found.start_hour),
        "startMinute": str(found.start_minute),
    }


def _child(collection: str, name: str, server: ServerId, properties: Properties) -> str:
    head = f"resource {symbol(collection, name)} '{SERVER_TYPE}/{collection}@{API_VERSION}' = "
    body: Properties = {"name": text(f"{server.name}/{name}"), "properties": properties}
    return (
        "// The server takes one write at a time: chain what stands beside this with dependsOn.\n"
        f"{head}{_object(body)}\n"
    )


def _server(server: ServerId, members: Properties) -> str:
    head = f"resource server '{SERVER_TYPE}@{API_VERSION}' = "
    body: Properties = {"name": text(server.name), **members}
    return f"// In the existing resource; what else stands in it stays as it is.\n{head}{_object(body)}\n"


def _object(members: Mapping[str, str | Properties], depth: int = 1) -> str:
    inner = "  " * depth
    lines = [
        f"{inner}{key}: {_object(value, depth + 1) if isinstance(value, dict) else value}"
        for key, value in members.items()
    ]
    return "\n".join(["{", *lines, "  " * (depth - 1) + "}"])
