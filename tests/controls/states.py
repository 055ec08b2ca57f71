"""Server states from the few parts that a test is about; every other part is unobserved, so that nobody reads it unseen."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flexsec.model.admin_secret import AdminSecret
from flexsec.model.defender import DefenderPlan
from flexsec.model.firewall import FirewallRule
from flexsec.model.key_vault_key import CustomerKeys, VaultKey
from flexsec.model.observation import Unobserved
from flexsec.model.parameter import Parameter
from flexsec.model.role import Grant
from flexsec.model.role_assignment import AssignedRole
from flexsec.model.secret_store import Stage, StoredVersion
from flexsec.model.server import (
    Administrator,
    CustomerKey,
    MaintenanceWindow,
    Networking,
    PrivateEndpoint,
    Region,
    Server,
    ServerState,
    ThreatProtection,
)
from flexsec.simulator import catalogue

SERVER_ID = (
    "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shop"
    "/providers/Microsoft.DBforPostgreSQL/flexibleServers/shop-db"
)
LEFT_OUT = Unobserved("left out of this case")
_SERVER = {
    "location": "westeurope",
    "minor_version": "",
    "state": "Ready",
    "tier": "GeneralPurpose",
    "sku": "Standard_D2s_v3",
    "role": "Primary",
    "source_server_id": "",
    "networking": "public",
    "public_network_access": "Enabled",
    "private_endpoints": [],
    "entra_auth": "Enabled",
    "password_auth": "Enabled",
    "administrator_login": "dba",
    "high_availability_mode": "Disabled",
    "high_availability_state": "NotEnabled",
    "encryption": "SystemManaged",
}


_KEY = {
    "vault_id": "/subscriptions/1/resourceGroups/shop/providers/Microsoft.KeyVault/vaults/shop",
    "name": "db",
    "kind": "RSA",
    "size": 2048,
    "current_version": "0123456789abcdef0123456789abcdef",
    "used_version": "0123456789abcdef0123456789abcdef",
    "enabled": True,
    "not_before": None,
    "expires_at": None,
    "soft_delete": True,
    "purge_protection": True,
}


def state(case: dict[str, Any]) -> ServerState:
    """The state that a case file describes."""
    version = case.get("version", "16")
    return ServerState(
        server_id=case.get("server_id", SERVER_ID),
        observed_at=datetime(2026, 5, 4, 12, 0, tzinfo=UTC),
        server=_server(case.get("server", {}), version),
        parameters=_parameters(case["parameters"], version) if "parameters" in case else LEFT_OUT,
        firewall=_part(case, "firewall", lambda rules: tuple(FirewallRule(*rule) for rule in rules)),
        administrators=_part(case, "administrators", lambda found: tuple(Administrator(**one) for one in found)),
        threat_protection=_part(case, "threat_protection", lambda enabled: ThreatProtection(enabled=enabled)),
        defender_plan=_part(case, "defender_plan", lambda plan: DefenderPlan(**plan)),
        region=_part(case, "region", lambda found: Region(name="westeurope", **found)),
        customer_keys=_part(case, "customer_keys", _keys),
        role_assignments=_part(case, "role_assignments", lambda found: tuple(_assigned(one) for one in found)),
        admin_secret=_part(case, "admin_secret", _secret),
    )


def _keys(found):
    return CustomerKeys(**{name: _unobserved(one) or _key(one) for name, one in found.items()})


def _key(one):
    """A key of vault shop that is as it should be, but for what is given."""
    whole = {**_KEY, **one}
    for name in ("not_before", "expires_at"):
        whole[name] = datetime.fromisoformat(whole[name]) if whole[name] else None
    return VaultKey(**whole)


def _assigned(one):
    return AssignedRole(**{**one, "grants": tuple(Grant(**{k: tuple(v) for k, v in g.items()}) for g in one["grants"])})


def _secret(versions):
    found = []
    for one in versions:
        whole = {"version": "v1", "stage": "current", "server_id": SERVER_ID, "login": "dba", **one}
        for name in ("created_at", "expires_at"):
            whole[name] = datetime.fromisoformat(whole[name]) if whole.get(name) else None
        found.append(StoredVersion(**{**whole, "stage": Stage(whole["stage"])}))
    return AdminSecret(
        place="vault https://kv-shop.vault.azure.net secret shop-db-admin-password", versions=tuple(found)
    )


def _part(case, name, read):
    if name not in case:
        return LEFT_OUT
    return _unobserved(case[name]) or read(case[name])


def _unobserved(data):
    if isinstance(data, dict) and "unobserved" in data:
        return Unobserved(data["unobserved"], data.get("missing_action", ""))
    return None


def _server(data, version):
    missing = _unobserved(data)
    if missing:
        return missing
    whole = {**_SERVER, "version": version, **data}
    whole["networking"] = Networking(whole["networking"])
    whole["private_endpoints"] = tuple(PrivateEndpoint(**one) for one in whole["private_endpoints"])
    whole["identities"] = tuple(whole.get("identities", ()))
    whole["customer_key"] = CustomerKey(**whole.get("customer_key", {}))
    window = whole.get("maintenance_window")
    whole["maintenance_window"] = MaintenanceWindow(**window) if window else None
    return Server(**whole)


def _parameters(data, version):
    missing = _unobserved(data)
    if missing:
        return missing
    return tuple(parameter(name, given, version) for name, given in sorted(data.items()))


def parameter(name: str, given: str | dict[str, Any], version: str = "16") -> Parameter:
    """A parameter with the catalogue's facts for the version; a text replaces its value, a mapping any of its fields."""
    facts = catalogue.parameters(version).get(name)
    fields: dict[str, Any] = {"name": name, "read_only": False, "pending_restart": False, "source": "system-default"}
    if facts is not None:
        fields |= {
            "default": facts.default,
            "data_type": facts.data_type,
            "allowed_values": facts.allowed_values or "",
            "dynamic": facts.is_dynamic,
            "read_only": facts.is_read_only,
            "unit": facts.unit or "",
        }
    return Parameter(**{**fields, **({"value": given} if isinstance(given, str) else given)})
