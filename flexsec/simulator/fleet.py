"""A whole estate as a world: many servers in three subscriptions, of every version, tier and state.

What a server is like is told by its number alone, so that the same fleet comes out everywhere and every time, of any
size.
"""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple, TypeVar

from . import catalogue
from .compute import SIZES
from .state import STATES

TENANT = "33333333-3333-3333-3333-333333333333"
SUBSCRIPTIONS = (
    ("11111111-1111-1111-1111-111111111111", "Contoso production"),
    ("11111111-1111-1111-1111-222222222222", "Contoso staging"),
    ("11111111-1111-1111-1111-333333333333", "Contoso research"),
)
TEAMS = ("billing", "catalog", "identity", "logistics", "reporting", "search", "shop", "support")
LOCATIONS = ("westeurope", "northeurope", "eastus2", "uksouth", "germanywestcentral", "southeastasia")
TIERS = tuple(SIZES)
RULES = (
    ("AllowAllAzureServicesAndResourcesWithinAzureIps_2024-3-1_9-15-0", "0.0.0.0-0.0.0.0"),
    ("office", "203.0.113.0-203.0.113.15"),
    ("vpn", "198.51.100.20-198.51.100.20"),
    ("partner", "192.0.2.64-192.0.2.127"),
    ("temp-debug", "0.0.0.0-255.255.255.255"),
    ("half-of-it", "0.0.0.1-127.255.255.255"),
    ("datacentre", "10.20.0.0-10.20.255.255"),
)
# How servers are found to be configured, from hardened to neglected.
HABITS: tuple[dict[str, str], ...] = (
    {
        "require_secure_transport": "on", "ssl_min_protocol_version": "TLSv1.3", "connection_throttle.enable": "on",
        "azure.accepted_password_auth_method": "scram-sha-256", "log_checkpoints": "on", "log_disconnections": "on",
        "logfiles.download_enable": "on", "logfiles.retention_days": "7", "pgaudit.log": "ddl,role",
    },
    {"log_checkpoints": "ON", "connection_throttle.enable": "On", "log_statement": "ddl"},
    {},
    {"require_secure_transport": "off", "log_connections": "off", "log_disconnections": "off"},
    {
        "require_secure_transport": "OFF", "password_encryption": "md5", "log_checkpoints": "off",
        "log_error_verbosity": "terse", "logfiles.retention_days": "1",
    },
)  # fmt: skip
Choice = TypeVar("Choice")


class _Source(NamedTuple):
    """A server that replicas may be made of."""

    id: str
    entry: dict[str, Any]


def mixed_fleet(servers: int = 200) -> dict[str, Any]:
    """The fleet as the data of a world file.

    Args:
        servers: how many; from 180 on every pair of version and tier, and every state, is among them.
    """
    groups: dict[tuple[int, str], list[dict[str, Any]]] = {}
    sources: dict[int, _Source] = {}
    for number in range(servers):
        place = number % len(SUBSCRIPTIONS)
        team = _pick(number, "team", TEAMS)
        source = sources.get(place)
        if number % 16 == 15 and source is not None:
            entry = _replica(number, source)
            del sources[place]
        else:
            entry = _server(number)
            if entry["tier"] != "Burstable" and "state" not in entry:
                sources[place] = _Source(_id(place, team, entry["name"]), entry)
        groups.setdefault((place, team), []).append(entry)
    return {
        "format": 1,
        "about": f"An estate of {servers} servers in three subscriptions: every version, tier and state.",
        "clock": "2026-01-05T09:00:00Z",
        "seed": 4,
        "subscriptions": [
            {"id": key, "name": name, "tenant_id": TENANT, "resource_groups": _groups(place, groups)}
            for place, (key, name) in enumerate(SUBSCRIPTIONS)
        ],
    }


def _groups(place: int, groups: dict[tuple[int, str], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [
        {"name": f"rg-{team}", "location": "westeurope", "tags": {"team": team}, "servers": groups[place, team]}
        for team in TEAMS
        if (place, team) in groups
    ]


def _pick(number: int, aspect: str, choices: tuple[Choice, ...]) -> Choice:
    """One of the choices, always the same for a number and an aspect."""
    digest = hashlib.sha256(f"{aspect}/{number}".encode()).digest()
    return choices[int.from_bytes(digest[:4], "big") % len(choices)]


def _id(place: int, team: str, name: str) -> str:
    return (
        f"/subscriptions/{SUBSCRIPTIONS[place][0]}/resourceGroups/rg-{team}"
        f"/providers/Microsoft.DBforPostgreSQL/flexibleServers/{name}"
    )


def _common(number: int, version: str, tier: str, sku: str) -> dict[str, Any]:
    month = 1 + number % 12
    entry: dict[str, Any] = {
        "name": f"{_pick(number, 'name', TEAMS)}-{number:04}",
        "location": _pick(number, "location", LOCATIONS),
        "version": version,
        "tier": tier,
        "sku": sku,
        "created": f"2024-{month:02}-{1 + number % 28:02}T08:30:00Z",
        "administrator_login": "dbadmin",
        "parameters": _parameters(number, version),
    }
    if _pick(number, "tags", (True, False)):
        entry["tags"] = {"owner": _pick(number, "owner", TEAMS), "env": _pick(number, "env", ("prod", "test"))}
    if since := _pick(number, "threat protection", ("", "2024-06-01T12:00:00Z", "")):
        entry["threat_protection"] = {"state": "Enabled", "since": since}
    return entry


def _server(number: int) -> dict[str, Any]:
    versions = catalogue.versions()
    version, tier = versions[number % len(versions)], TIERS[number // len(versions) % len(TIERS)]
    size = _pick(number, "size", ("2", "4", "8"))
    sku = SIZES[tier] if tier == "Burstable" else SIZES[tier].replace("2", size, 1)
    entry = _common(number, version, tier, sku)
    if number % 8 == 6 and (state := STATES[number // 8 % len(STATES)]) != "Ready":
        entry["state"] = state
    if tier == "Burstable":
        entry["storage_size_gb"] = 32
    else:
        entry |= _pick(
            number,
            "availability",
            ({}, {}, {"high_availability": "SameZone", "standby_zone": "1"},
             {"high_availability": "ZoneRedundant", "standby_zone": "2"}),
        )  # fmt: skip
    if _pick(number, "backup", (True, False)):
        entry |= {"backup_retention_days": 35, "geo_redundant_backup": "Enabled"}
    return entry | _network(number) | _authentication(number)


def _replica(number: int, source: _Source) -> dict[str, Any]:
    """A replica: the kind of server that its source is, with parameters and rules of its own."""
    entry = _common(number, source.entry["version"], source.entry["tier"], source.entry["sku"])
    role = "AsyncReplica" if entry["location"] == source.entry["location"] else "GeoAsyncReplica"
    return entry | _rules(number) | {"replication_role": role, "source_server_id": source.id}


def _parameters(number: int, version: str) -> dict[str, Any]:
    known = catalogue.parameters(version)
    found: dict[str, Any] = {
        name: value
        for name, value in _pick(number, "habit", HABITS).items()
        if name in known and not known[name].is_read_only
    }
    if _pick(number, "pending", (True, *(False,) * 9)):
        found["max_connections"] = {"value": "400", "pending": True}
    return found


def _rules(number: int) -> dict[str, Any]:
    count = _pick(number, "rules", (0, 1, 2, 3))
    chosen = dict(_pick(number, f"rule {each}", RULES) for each in range(count))
    return {"firewall_rules": chosen} if chosen else {}


def _network(number: int) -> dict[str, Any]:
    match _pick(number, "network", ("public", "public", "closed", "vnet")):
        case "closed":
            return {"public_network_access": "Disabled", **_rules(number)}
        case "vnet":
            network = (
                f"/subscriptions/{SUBSCRIPTIONS[number % len(SUBSCRIPTIONS)][0]}/resourceGroups/rg-network"
                "/providers/Microsoft.Network"
            )
            return {
                "delegated_subnet_id": f"{network}/virtualNetworks/hub/subnets/db-{number % 9}",
                "private_dns_zone_id": f"{network}/privateDnsZones/contoso.private.postgres.database.azure.com",
            }
        case _:
            return _rules(number)


def _authentication(number: int) -> dict[str, Any]:
    ways = _pick(number, "authentication", ("password", "both", "entra"))
    if ways == "password":
        return {}
    team = _pick(number, "administrators", TEAMS)
    group = {"type": "Group", "name": f"dba-{team}", "tenant_id": TENANT}
    return {
        "entra_auth": "Enabled",
        "tenant_id": TENANT,
        "password_auth": "Enabled" if ways == "both" else "Disabled",
        "administrators": {f"66666666-6666-6666-6666-{TEAMS.index(team):012}": group},
    }
