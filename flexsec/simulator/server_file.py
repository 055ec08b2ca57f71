"""A server in a world file: only what differs from a fresh server is written, and what cannot be is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from . import catalogue, compute
from .extras_file import SERVER_KEYS, read_server_extras, write_server_extras
from .file_reading import Node, written
from .locations import LOCATIONS
from .server_checks import refuse_the_impossible
from .state import (
    STATES,
    Administrator,
    FirewallRange,
    ParameterState,
    PasswordRecord,
    Server,
    ThreatProtection,
    ipv4,
)

SWITCH = ("Enabled", "Disabled")
TIERS = ("Burstable", "GeneralPurpose", "MemoryOptimized")
HIGH_AVAILABILITY = ("Disabled", "SameZone", "ZoneRedundant")
ROLES = ("Primary", "AsyncReplica", "GeoAsyncReplica", "None")
ENCRYPTION = ("SystemManaged", "AzureKeyVault")
STORAGE_TYPES = ("", "Premium_LRS", "PremiumV2_LRS", "UltraSSD_LRS")
STANDBY_STATES = (
    "", "NotEnabled", "CreatingStandby", "ReplicatingData", "FailingOver", "Healthy", "RemovingStandby",
    "RecreatingStandby", "ComputeUpdatingByFailover",
)  # fmt: skip
PRINCIPAL_TYPES = ("User", "Group", "ServicePrincipal", "Unknown")
SERVER_NAME = re.compile(r"[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*")
# As the service took names before 2025-08-01; what was made then is still there.
RULE_NAME = re.compile(r"[-\w.]{1,128}", re.ASCII)

Reader = Callable[[Node], Any]

# Members that are one value each: key in the file, attribute, reader. Everything else is read by name below.
PLAIN: tuple[tuple[str, str, Reader], ...] = (
    ("version", "version", lambda node: node.choice(catalogue.versions())),
    ("minor_version", "minor_version", Node.text),
    ("sku", "sku_name", Node.text),
    ("tier", "sku_tier", lambda node: node.choice(TIERS)),
    ("state", "state", lambda node: node.choice(STATES)),
    ("created", "created", Node.optional_moment),
    ("administrator_login", "administrator_login", Node.string),
    ("password_auth", "password_auth", lambda node: node.choice(SWITCH)),
    ("entra_auth", "entra_auth", lambda node: node.choice(SWITCH)),
    ("tenant_id", "tenant_id", Node.optional_text),
    ("public_network_access", "public_network_access", lambda node: node.choice(SWITCH)),
    ("delegated_subnet_id", "delegated_subnet_id", Node.optional_text),
    ("private_dns_zone_id", "private_dns_zone_id", Node.optional_text),
    ("data_encryption", "data_encryption", lambda node: node.choice(ENCRYPTION)),
    ("storage_size_gb", "storage_size_gb", lambda node: node.whole(32, 65536)),
    ("storage_auto_grow", "storage_auto_grow", lambda node: node.choice(SWITCH)),
    ("storage_iops", "storage_iops", Node.whole),
    ("storage_tier", "storage_tier", Node.text),
    ("storage_type", "storage_type", lambda node: node.choice(STORAGE_TYPES)),
    ("backup_retention_days", "backup_retention_days", lambda node: node.whole(7, 35)),
    ("geo_redundant_backup", "geo_redundant_backup", lambda node: node.choice(SWITCH)),
    ("immutable_backup", "immutable_backup", lambda node: node.optional_choice(SWITCH)),
    ("fips_mode", "fips_mode", lambda node: node.optional_choice(SWITCH)),
    ("high_availability", "high_availability", lambda node: node.choice(HIGH_AVAILABILITY)),
    ("high_availability_state", "high_availability_state", lambda node: node.optional_choice(STANDBY_STATES)),
    ("availability_zone", "availability_zone", Node.string),
    ("standby_zone", "standby_zone", Node.optional_text),
    ("replication_role", "replication_role", lambda node: node.choice(ROLES)),
    ("source_server_id", "source_server_id", Node.optional_text),
    ("tags", "tags", Node.texts),
    ("system_assigned_identity", "system_assigned_identity", Node.flag),
    ("wedged", "wedged", Node.flag),
    ("busy_until", "busy_until", Node.optional_moment),
    ("busy_at_submit", "busy_at_submit", Node.flag),
)
NESTED = ("parameters", "firewall_rules", "administrators", "threat_protection", "maintenance_window", "password")
KEYS = ("name", "location", *(key for key, _, _ in PLAIN), *NESTED, *SERVER_KEYS)


def read_server(node: Node) -> Server:
    """A server from its entry.

    Raises:
        WorldError: an unknown key or value, or a combination that cannot be.
    """
    members = node.members(KEYS)
    if "name" not in members:
        raise node.fail("a member 'name'", "an object without it")
    server = Server(_server_name(members["name"]))
    if "location" in members:
        server.location = members["location"].choice(tuple(LOCATIONS))
    for key, attribute, reader in PLAIN:
        if key in members:
            setattr(server, attribute, reader(members[key]))
    if "tier" in members and "sku" not in members:
        server.sku_name = compute.SIZES[server.sku_tier]
    elif "sku" in members and "tier" not in members:
        server.sku_tier = compute.tier_of(server.sku_name) or server.sku_tier
    server.minor_version = server.minor_version or catalogue.minor_version(server.version)
    if "parameters" in members:
        server.parameters = _parameters(members["parameters"], server)
    if "firewall_rules" in members:
        server.firewall = dict(_rule(each) for each in members["firewall_rules"].members().items())
    if "administrators" in members:
        server.administrators = {key: _administrator(each) for key, each in members["administrators"].members().items()}
    if "threat_protection" in members:
        server.threat_protection = _threat_protection(members["threat_protection"])
    if "maintenance_window" in members:
        server.maintenance = _maintenance(members["maintenance_window"])
    if "password" in members:
        server.password = _password(members["password"])
    read_server_extras(members, server)
    refuse_the_impossible(node, members, server)
    return server


def write_server(server: Server) -> dict[str, Any]:
    """The entry of a server: its name, its location and whatever differs from a fresh server."""
    fresh = Server(server.name)
    entry: dict[str, Any] = {"name": server.name, "location": server.location, "version": server.version}
    for key, attribute, _ in PLAIN:
        value = getattr(server, attribute)
        usual = catalogue.minor_version(server.version) if key == "minor_version" else getattr(fresh, attribute)
        if key != "version" and value != usual:
            entry[key] = written(value) if key in {"created", "busy_until"} else value
    if server.in_virtual_network:
        entry["private_dns_zone_id"] = server.private_dns_zone_id
    if server.parameters:
        entry["parameters"] = {name: _parameter_entry(state) for name, state in sorted(server.parameters.items())}
    if server.firewall:
        entry["firewall_rules"] = {name: f"{rule.start}-{rule.end}" for name, rule in server.firewall.items()}
    if server.administrators:
        entry["administrators"] = {
            key: {"type": each.principal_type, "name": each.principal_name, "tenant_id": each.tenant_id}
            for key, each in server.administrators.items()
        }
    if server.threat_protection != ThreatProtection():
        entry["threat_protection"] = {
            "state": server.threat_protection.state,
            "since": written(server.threat_protection.since),
        }
    if server.maintenance != fresh.maintenance:
        entry["maintenance_window"] = dict(server.maintenance)
    if server.password.version:
        record = server.password
        entry["password"] = {"salt": record.salt, "digest": record.digest, "version": record.version}
        if record.verifier:
            entry["password"]["verifier"] = record.verifier
    return entry | write_server_extras(server)


def _server_name(node: Node) -> str:
    name = node.text()
    if not 3 <= len(name) <= 63 or not SERVER_NAME.fullmatch(name):
        raise node.fail("3 to 63 letters, digits and single hyphens")
    return name


def _parameters(node: Node, server: Server) -> dict[str, ParameterState]:
    known = catalogue.parameters(server.version)
    states = {}
    for name, entry in node.members(tuple(known)).items():
        states[name] = state = _parameter(entry)
        if state.pending and state.running is None:
            state.running = known[name].value
        if not state.absent and not known[name].is_read_only and not known[name].admits(state.value):
            raise entry.fail(f"a value that {name} can have: {known[name].allowed_values}", repr(state.value))
        if state.pending and known[name].is_dynamic:
            raise entry.fail(f"pending only for parameters that need a restart, which {name} does not", "pending true")
    return states


def _parameter(node: Node) -> ParameterState:
    if node.value is None:
        return ParameterState(absent=True)
    if isinstance(node.value, str):
        return ParameterState(node.value)
    members = node.members(("value", "source", "pending", "running"))
    if "value" not in members:
        raise node.fail('a text, null for absent, or an object with "value"')
    state = ParameterState(members["value"].string())
    if "source" in members:
        state.source = members["source"].choice(("user-override", "system-default"))
    if "pending" in members:
        state.pending = members["pending"].flag()
    if "running" in members:
        state.running = members["running"].string()
    return state


def _parameter_entry(state: ParameterState) -> Any:
    if state.absent:
        return None
    if state.source == "user-override" and not state.pending:
        return state.value
    entry: dict[str, Any] = {"value": state.value}
    if state.source != "user-override":
        entry["source"] = state.source
    if state.pending:
        entry |= {"pending": True, "running": state.running}
    return entry


def _rule(entry: tuple[str, Node]) -> tuple[str, FirewallRange]:
    name, node = entry
    if not RULE_NAME.fullmatch(name):
        raise node.fail("a rule name: up to 128 letters, digits, hyphens, underscores and dots", repr(name))
    return name, _range(node)


def _range(node: Node) -> FirewallRange:
    start, _, end = node.text().partition("-")
    first, last = ipv4(start.strip()), ipv4(end.strip())
    if first is None or last is None:
        raise node.fail('two IPv4 addresses such as "203.0.113.0-203.0.113.15"')
    if first > last:
        raise node.fail("a range whose start is not above its end")
    return FirewallRange(start.strip(), end.strip())


def _administrator(node: Node) -> Administrator:
    members = node.members(("type", "name", "tenant_id"))
    for key in ("type", "name", "tenant_id"):
        if key not in members:
            raise node.fail(f"a member {key!r}", "an object without it")
    return Administrator(members["type"].choice(PRINCIPAL_TYPES), members["name"].text(), members["tenant_id"].text())


def _threat_protection(node: Node) -> ThreatProtection:
    members = node.members(("state", "since"))
    setting = ThreatProtection(
        members["state"].choice(SWITCH) if "state" in members else "Disabled",
        members["since"].optional_moment() if "since" in members else None,
    )
    if setting.state == "Enabled" and setting.since is None:
        raise node.fail("a member 'since' with the time at which it was enabled", "state Enabled without it")
    return setting


def _maintenance(node: Node) -> dict[str, int | str]:
    members = node.members(("customWindow", "dayOfWeek", "startHour", "startMinute"))
    window: dict[str, int | str] = dict(Server("fresh").maintenance)
    for key, high in (("dayOfWeek", 6), ("startHour", 23), ("startMinute", 59)):
        if key in members:
            window[key] = members[key].whole(0, high)
    if "customWindow" in members:
        window["customWindow"] = members["customWindow"].choice(SWITCH)
    return window


def _password(node: Node) -> PasswordRecord:
    members = node.members(("salt", "digest", "version", "verifier"))
    if not {"salt", "digest", "version"} <= set(members):
        raise node.fail(
            "salt, digest and version (never a password)", "an object with " + (", ".join(members) or "none of them")
        )
    verifier = members["verifier"].string() if "verifier" in members else ""
    return PasswordRecord(members["salt"].string(), members["digest"].string(), members["version"].whole(), verifier)
