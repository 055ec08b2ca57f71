"""A change as Terraform with the azurerm provider: resources of their own, or lines of the server's resource.

azurerm has no resource for threat protection (its documentation lists none); the azapi provider writes it. Neither has
one for a restart: azurerm restarts the server itself when it changes a parameter that needs it, unless its feature
`restart_server_on_configuration_value_change` is off (documentation of the provider).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..model.server_setting import AUTO_GROW, RETENTION, SYSTEM_MANAGED, WINDOW, parse_window
from .settings import authentication, is_tag, tags, wanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..model.change import Change
    from ..model.resource import ServerId
    from ..model.server import ServerState

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
# Control characters and the like, and what opens a template: written as \uNNNN, none of them means anything.
_WRITTEN_OUT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]|[$%](?=\\{)")
_RULE = "azurerm_postgresql_flexible_server_firewall_rule"


def patch(change: Change, server: ServerId, state: ServerState) -> str:
    """The change in HCL; "" for one that Terraform has no words for."""
    match change.kind:
        case "parameters":
            return _parameter(change, server)
        case "firewall":
            return _rule(change, server) if change.after is not None else _removal(change, server)
        case "threat_protection":
            return _threat_protection(change, server)
        case "server_setting":
            return _setting(change, server, state)
        case "authentication":
            return _authentication(change, server, state)
        case "administrators":
            return _administrator(change, server)
        case _:
            return ""


def text(value: str) -> str:
    """A value as an HCL string: nothing in it is a template, an end of the string or a line."""
    escaped = "".join(_ESCAPES.get(each, each) for each in value)
    return '"' + _WRITTEN_OUT.sub(lambda found: f"\\u{ord(found[0]):04x}", escaped) + '"'


def label(name: str) -> str:
    """A name as an HCL identifier."""
    found = re.sub(r"[^0-9A-Za-z_]", "_", name)
    return found if re.match(r"[A-Za-z]", found) else f"r_{found}"


def _parameter(change: Change, server: ServerId) -> str:
    return _block(
        f'resource "azurerm_postgresql_flexible_server_configuration" "{label(change.name)}"',
        {"name": text(change.name), "server_id": text(str(server)), "value": text(wanted(change))},
    )


def _rule(change: Change, server: ServerId) -> str:
    after = change.after or {}
    return _block(
        f'resource "{_RULE}" "{label(change.name)}"',
        {
            "name": text(change.name),
            "server_id": text(str(server)),
            "start_ip_address": text(after["start"]),
            "end_ip_address": text(after["end"]),
        },
    )


def _removal(change: Change, server: ServerId) -> str:
    """What takes a rule away: Terraform deletes what it manages and no longer finds, and nothing else."""
    address = f"{_RULE}.{label(change.name)}"
    named = text(change.name)
    return (
        f"# Delete the resource block {_RULE} whose name is {named}: the next apply then removes the rule.\n"
        "# This block does the same and says so (Terraform 1.7 or newer); put your own address for the rule in it.\n"
        "removed {\n"
        f"  from = {address}\n\n"
        "  lifecycle {\n"
        "    destroy = true\n"
        "  }\n"
        "}\n"
        "# Terraform leaves a rule alone that it does not manage; then import it before, or remove it with az:\n"
        f"#   terraform import {address} {text(f'{server}/firewallRules/{change.name}')}\n"
    )


def _threat_protection(change: Change, server: ServerId) -> str:
    state = (change.after or {}).get("state", "")
    return (
        "# azurerm has no resource for threat protection; the azapi provider writes it.\n"
        f'resource "azapi_update_resource" "{label(server.name)}_threat_protection" {{\n'
        '  type      = "Microsoft.DBforPostgreSQL/flexibleServers/advancedThreatProtectionSettings@2024-08-01"\n'
        f"  parent_id = {text(str(server))}\n"
        '  name      = "Default"\n\n'
        "  body = {\n"
        "    properties = {\n"
        f"      state = {text(state)}\n"
        "    }\n"
        "  }\n"
        "}\n"
    )


def _authentication(change: Change, server: ServerId, state: ServerState) -> str:
    """The whole block, as azurerm has it. A password stands in no file."""
    switches = authentication(change, state)
    if not switches:
        return ""
    attributes = {
        "active_directory_auth_enabled": _truth(switches["activeDirectoryAuth"]),
        "password_auth_enabled": _truth(switches["passwordAuth"]),
        **({"tenant_id": text(switches["tenantId"])} if "tenantId" in switches else {}),
    }
    where = f"# In the existing resource azurerm_postgresql_flexible_server of {comment(server.name)}:\n"
    return where + _block("authentication", attributes)


def _truth(word: str) -> str:
    return "true" if word.casefold() == "enabled" else "false"


def _administrator(change: Change, server: ServerId) -> str:
    kind = "azurerm_postgresql_flexible_server_active_directory_administrator"
    if change.after is None:
        return (
            f"# Delete the resource block {kind} whose object_id is {text(change.name)}:\n"
            "# the next apply then removes the administrator.\n"
        )
    return _block(
        f'resource "{kind}" "{label(change.after["principal"])}"',
        {
            "server_name": text(server.name),
            "resource_group_name": text(server.resource_group),
            "tenant_id": text(change.after["tenant"]),
            "object_id": text(change.name),
            "principal_name": text(change.after["principal"]),
            "principal_type": text(change.after["type"]),
        },
    )


def _setting(change: Change, server: ServerId, state: ServerState) -> str:
    where = f"# In the existing resource azurerm_postgresql_flexible_server of {comment(server.name)}:\n"
    if is_tag(change):
        return where + "# all its tags as they shall be\n" + _map("tags", tags(change, state))
    if change.name == RETENTION:
        return f"{where}backup_retention_days = {int(wanted(change))}\n"
    if change.name == AUTO_GROW:
        return f"{where}auto_grow_enabled = {'true' if wanted(change) == 'Enabled' else 'false'}\n"
    return where + _window(change) if change.name == WINDOW else ""


def _window(change: Change) -> str:
    found = parse_window(wanted(change))
    if found.custom != "Enabled":
        return f"# delete the block maintenance_window: without it the window is {SYSTEM_MANAGED}\n"
    return _block(
        "maintenance_window",
        {
            "day_of_week": str(found.day_of_week),
            "start_hour": str(found.start_hour),
            "start_minute": str(found.start_minute),
        },
    )


def _block(head: str, attributes: Mapping[str, str]) -> str:
    width = max(map(len, attributes))
    lines = [f"  {name.ljust(width)} = {value}" for name, value in attributes.items()]
    return "\n".join([f"{head} {{", *lines, "}"]) + "\n"


def _map(name: str, entries: Mapping[str, str]) -> str:
    return (
        "\n".join([f"{name} = {{", *(f"  {text(key)} = {text(value)}" for key, value in entries.items()), "}"]) + "\n"
    )


def comment(value: str) -> str:
    """A value as it may stand in a comment: on one line."""
    return text(value)[1:-1]
