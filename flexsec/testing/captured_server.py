"""Turns what the service tells about one server into that server's entry in a world file.

Nothing here is secret: the service never returns a password, parameters that can hold a credential are not taken over,
and neither are tags whose name says that their value is one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..observers.reading import flag, inner, word
from ..simulator import catalogue, customer_key
from ..simulator.locations import located
from ..simulator.pricings import PLANS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Commands and connection strings of replication and archiving: on the service's side they hold keys and tokens.
NEVER_TAKEN = frozenset(
    {
        "archive_cleanup_command", "archive_command", "primary_conninfo", "recovery_end_command", "restore_command",
        "ssl_passphrase_command",
    }
)  # fmt: skip
_SECRET_TAG = re.compile(
    r"password|passwd|pwd|secret|token|credential|connection.?string|(access|api|private).?key", re.IGNORECASE
)
_NEVER = "0001-01-01"  # the creation time of a threat protection that was never enabled (recorded)
_OWN_DATABASES = frozenset({"azure_maintenance", "azure_sys", "postgres"})

_PROPERTIES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("version", (), "version"),
    ("minor_version", (), "minorVersion"),
    ("state", (), "state"),
    ("administrator_login", (), "administratorLogin"),
    ("password_auth", ("authConfig",), "passwordAuth"),
    ("entra_auth", ("authConfig",), "activeDirectoryAuth"),
    ("tenant_id", ("authConfig",), "tenantId"),
    ("public_network_access", ("network",), "publicNetworkAccess"),
    ("delegated_subnet_id", ("network",), "delegatedSubnetResourceId"),
    ("private_dns_zone_id", ("network",), "privateDnsZoneArmResourceId"),
    ("data_encryption", ("dataEncryption",), "type"),
    ("storage_auto_grow", ("storage",), "autoGrow"),
    ("storage_tier", ("storage",), "tier"),
    ("storage_type", ("storage",), "type"),
    ("geo_redundant_backup", ("backup",), "geoRedundantBackup"),
    ("high_availability", ("highAvailability",), "mode"),
    ("standby_zone", ("highAvailability",), "standbyAvailabilityZone"),
    ("replication_role", (), "replicationRole"),
    ("source_server_id", (), "sourceServerResourceId"),
)
_NUMBERS = (
    ("storage_size_gb", "storage", "storageSizeGB"),
    ("storage_iops", "storage", "iops"),
    ("backup_retention_days", "backup", "backupRetentionDays"),
)


@dataclass(frozen=True, slots=True)
class Captured:
    """A server's entry in a world file, and what of the server it does not hold, one sentence each."""

    entry: dict[str, Any]
    lacks: list[str] = field(default_factory=list)


def server_entry(body: Mapping[str, Any]) -> Captured:
    """The entry of a server from its own resource, without what lies below it."""
    properties = inner(body, "properties")
    name = word(body, "name")
    captured = Captured({"name": name, "location": located(word(body, "location")) or word(body, "location")})
    entry = captured.entry
    for key, path, member in _PROPERTIES:
        holder = properties
        for step in path:
            holder = inner(holder, step)
        if found := word(holder, member):
            entry[key] = found
    for key, block, member in _NUMBERS:
        value = inner(properties, block).get(member)
        if isinstance(value, int) and not isinstance(value, bool):
            entry[key] = value
    entry |= {key: word(inner(body, "sku"), member) for key, member in (("sku", "name"), ("tier", "tier"))}
    entry["availability_zone"] = word(properties, "availabilityZone")
    if "delegated_subnet_id" in entry:
        entry.setdefault("private_dns_zone_id", None)
    entry.setdefault("administrator_login", "")  # not returned while password authentication is off
    if (created := _moment(word(inner(body, "systemData"), "createdAt"))) is not None:
        entry["created"] = created
    if window := _maintenance(inner(properties, "maintenanceWindow")):
        entry["maintenance_window"] = window
    if labels := tags(body, captured.lacks, name):
        entry["tags"] = labels
    entry |= _identities(inner(body, "identity"))
    if keys := _texts(inner(properties, "dataEncryption"), customer_key.MEMBERS):
        entry["customer_key"] = keys
    entry["fips_mode"] = word(properties, "fipsMode") or None
    entry["immutable_backup"] = word(inner(properties, "backup"), "immutableBackup") or None
    if (standby := _unusual_standby(inner(properties, "highAvailability"))) is not None:
        entry["high_availability_state"] = standby
    return captured


def _identities(told: Mapping[str, Any]) -> dict[str, Any]:
    """The user-assigned identities, and whether there is a system-assigned one beside them."""
    found: dict[str, Any] = {}
    if assigned := inner(told, "userAssignedIdentities"):
        found["identities"] = list(assigned)
    if "systemassigned" in word(told, "type").casefold():
        found["system_assigned_identity"] = True
    return found


def _texts(told: Mapping[str, Any], members: Iterable[str]) -> dict[str, str]:
    return {name: text for name in members if (text := word(told, name))}


def _unusual_standby(told: Mapping[str, Any]) -> str | None:
    """The state of the standby where it does not follow from the mode; the service also tells an empty one."""
    if "state" not in told:
        return None
    usual = "NotEnabled" if word(told, "mode") == "Disabled" else "Healthy"
    return None if word(told, "state") == usual else word(told, "state")


def tags(body: Mapping[str, Any], lacks: list[str], whose: str) -> dict[str, str]:
    """The tags of a resource, less the values of those that are named as if they held a secret."""
    found = {}
    for key, value in inner(body, "tags").items():
        if _SECRET_TAG.search(key):
            lacks.append(f"{whose}: the value of the tag {key!r} is left out, as it may be a secret")
        found[key] = "" if _SECRET_TAG.search(key) else str(value)
    return found


def parameters_entry(captured: Captured, listed: Iterable[Mapping[str, Any]], now: datetime) -> None:
    """Adds the parameters, as far as they differ from those of a fresh simulated server."""
    version = captured.entry.get("version", "")
    known = catalogue.parameters(version) if version in catalogue.versions() else {}
    found: dict[str, Any] = {}
    strange: list[str] = []
    seen = set()
    for each in listed:
        name, told = word(each, "name"), inner(each, "properties")
        seen.add(name)
        facts = known.get(name)
        if facts is None:
            strange.append(name)
        elif name not in NEVER_TAKEN and not _usual(facts, told):
            entry = _parameter(facts, told)
            found |= {} if entry is None else {name: entry}
            strange += [name] if entry is None else []
    found |= dict.fromkeys((name for name in known if name not in seen), None)
    if found:
        captured.entry["parameters"] = found
    if strange:
        captured.lacks.append(
            f"{captured.entry['name']}: the simulator cannot hold {len(strange)} of its parameters: "
            + ", ".join(sorted(strange))
        )


def _usual(facts: catalogue.ParameterFacts, told: Mapping[str, Any]) -> bool:
    same = word(told, "value") == facts.value and word(told, "source") in {facts.source, ""}
    return same and not flag(told, "isConfigPendingRestart")


def _parameter(facts: catalogue.ParameterFacts, told: Mapping[str, Any]) -> Any:
    """The entry of a parameter; None for a value that the simulated service would not take."""
    value = word(told, "value")
    if not facts.is_read_only and not facts.admits(value):
        return None
    entry: dict[str, Any] = {"value": value}
    if word(told, "source") == "system-default":
        entry["source"] = "system-default"
    if flag(told, "isConfigPendingRestart") and not facts.is_dynamic:
        entry["pending"] = True
    return entry if len(entry) > 1 else value


def firewall_entry(captured: Captured, listed: Iterable[Mapping[str, Any]], now: datetime) -> None:
    """Adds the firewall rules, addresses as they are stored."""
    rules = {
        word(each, "name"): "-".join(word(inner(each, "properties"), key) for key in ("startIpAddress", "endIpAddress"))
        for each in listed
    }
    if rules:
        captured.entry["firewall_rules"] = rules


def administrators_entry(captured: Captured, listed: Iterable[Mapping[str, Any]], now: datetime) -> None:
    """Adds the Entra administrators under their object ids."""
    if captured.entry.get("entra_auth", "").casefold() != "enabled":
        return
    found = {}
    for each in listed:
        told = inner(each, "properties")
        key = word(told, "objectId") or word(each, "id").rpartition("/")[2]
        found[key] = {
            "type": word(told, "principalType") or "Unknown",
            "name": word(told, "principalName") or word(each, "name"),
            "tenant_id": word(told, "tenantId") or captured.entry.get("tenant_id", ""),
        }
    if found:
        captured.entry["administrators"] = found


def threat_protection_entry(captured: Captured, listed: Iterable[Mapping[str, Any]], now: datetime) -> None:
    """Adds the threat protection setting; one that is on without saying since when counts from `now`."""
    for each in listed:
        told = inner(each, "properties")
        state, since = word(told, "state"), _moment(word(told, "creationTime"))
        if since is None and state.casefold() == "enabled":
            since = now.isoformat()
        if since is not None:
            captured.entry["threat_protection"] = {"state": state, "since": since}


def databases_entry(captured: Captured, listed: Iterable[Mapping[str, Any]], now: datetime) -> None:
    """Adds the databases that were created beside the service's own."""
    found = {
        word(each, "name"): {key: word(inner(each, "properties"), key) for key in ("charset", "collation")}
        for each in listed
        if word(each, "name") not in _OWN_DATABASES
    }
    if found:
        captured.entry["databases"] = found


def connections_entry(captured: Captured, body: Mapping[str, Any]) -> None:
    """Adds the private endpoint connections that stand in a server's own resource."""
    listed = inner(body, "properties").get("privateEndpointConnections")
    found = {}
    for each in listed if isinstance(listed, list) else ():
        told = inner(each, "properties")
        decision = inner(told, "privateLinkServiceConnectionState")
        name = word(each, "name") or word(each, "id").rpartition("/")[2]
        found[name] = {
            "private_endpoint_id": word(inner(told, "privateEndpoint"), "id"),
            "status": word(decision, "status"),
        } | ({"description": word(decision, "description")} if word(decision, "description") else {})
    if found:
        captured.entry["private_endpoint_connections"] = found


def plans(body: Mapping[str, Any], lacks: list[str], whose: str, now: datetime) -> dict[str, Any]:
    """The Defender plans of a subscription that are on; one that does not say since when counts from `now`."""
    found: dict[str, Any] = {}
    listed = body.get("value")
    for each in listed if isinstance(listed, list) else ():
        name, told = word(each, "name"), inner(each, "properties")
        if word(told, "pricingTier").casefold() != "standard":
            continue
        if name not in PLANS:
            lacks.append(f"{whose}: the simulator does not know the Defender plan {name}")
            continue
        found[name] = {"tier": "Standard", "since": _moment(word(told, "enablementTime")) or now.isoformat()}
        for key, member in (("sub_plan", "subPlan"), ("enforce", "enforce")):
            if text := word(told, member):
                found[name][key] = text
        if extensions := told.get("extensions"):
            found[name]["extensions"] = {word(one, "name"): word(one, "isEnabled").title() for one in extensions}
    return found


def _maintenance(told: Mapping[str, Any]) -> dict[str, Any]:
    return {key: told[key] for key in ("customWindow", "dayOfWeek", "startHour", "startMinute") if key in told}


def _moment(text: str) -> str | None:
    """A time as a world file holds it; None for none, and for the year 1."""
    if not text or text.startswith(_NEVER):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return text if found.tzinfo is not None else None


# What adds each kind of child; `now` is the time of the reading.
CHILDREN = (parameters_entry, firewall_entry, administrators_entry, databases_entry, threat_protection_entry)
