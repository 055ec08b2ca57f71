"""The blocks of a server's body as clients send them: which members there are, and what may change to what.

Recorded: clients send whole blocks (sku, storage, backup, maintenance window, authentication, network, tags) of
which most say what already is; enumerations ignore case; a larger storage brings its own tier and speed; identities
are added by name and removed by null. Documented: public access is ignored on a VNet server, geo-redundancy and the
login never change, storage never shrinks. Inferred: the sentence for what cannot change; that switching both ways of
signing in off is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import customer_key, key_change, resource_errors, wire_errors
from .capabilities import storage_of
from .locations import located
from .tags import read_tags

if TYPE_CHECKING:
    from .call import Call
    from .state import Server

SWITCH = {"enabled": "Enabled", "disabled": "Disabled"}
TIERS = {each.lower(): each for each in ("Burstable", "GeneralPurpose", "MemoryOptimized")}
BLOCKS = {
    "network": ("publicNetworkAccess", "delegatedSubnetResourceId", "privateDnsZoneArmResourceId"),
    "authConfig": ("activeDirectoryAuth", "passwordAuth", "tenantId"),
    "backup": ("backupRetentionDays", "geoRedundantBackup", "earliestRestoreDate", "immutableBackup"),
    "maintenanceWindow": ("customWindow", "dayOfWeek", "startHour", "startMinute"),
    "storage": ("storageSizeGB", "autoGrow", "type", "tier", "iops", "throughput"),
    "highAvailability": ("mode", "standbyAvailabilityZone", "state"),
    "dataEncryption": ("type", *customer_key.MEMBERS),
    "replica": ("role", "capacity"),
}
PLAIN = (
    "administratorLogin", "administratorLoginPassword", "createMode", "version", "availabilityZone", "replicationRole",
    "sourceServerResourceId", "pointInTimeUTC", "fipsMode",
)  # fmt: skip
# Known since this version only: the block ("" for properties itself) and the member.
SINCE_NEWEST = (("", "fipsMode"), ("backup", "immutableBackup"))
NEWEST = "2026-10-01"
# Told by the service alone; clients that send back what they read are not refused.
READ_ONLY = ("fullyQualifiedDomainName", "minorVersion", "state", "replicaCapacity", "privateEndpointConnections")
ENVELOPE = ("properties", "sku", "tags", "identity", "location", "id", "name", "type", "systemData")
UPDATE_MODES = ("default", "create", "update")


def read_blocks(
    call: Call, server: Server, content: dict[str, Any], properties: dict[str, Any], plain: dict[str, Any]
) -> bool:
    """Reads what a PUT or PATCH says about a server into attributes; tells whether it restarts the server.

    Args:
        call: the request.
        server: as it is, or as it is to be created.
        content: the body.
        properties: its `properties`.
        plain: gets the new values of the server's attributes.

    Raises:
        WireError: 400 for what cannot be or cannot change, 501 for a change that is not modelled.
    """
    _refuse_unknown(call.api_version, content, properties)
    _refuse_what_stays(call, server, content, properties)
    _network(server, block_of(properties, "network"), plain)
    _backup(server, block_of(properties, "backup"), plain)
    _maintenance(server, block_of(properties, "maintenanceWindow"), plain)
    _storage(server, block_of(properties, "storage"), plain)
    _high_availability(server, block_of(properties, "highAvailability"))
    restarts = _sku(server, block_of(content, "sku"), plain)
    restarts |= _authentication(call, server, block_of(properties, "authConfig"), plain)
    if "tags" in content:
        plain["tags"] = read_tags(content["tags"])
    if "identity" in content:
        plain["identities"] = _identities(server, block_of(content, "identity"))
    _login(server, properties, plain)
    _fips_mode(server, properties, plain)
    if (wanted := key_change.read(server, block_of(properties, "dataEncryption"))) is not None:
        plain["customer_key"] = wanted
    return restarts


def block_of(holder: dict[str, Any], key: str) -> dict[str, Any]:
    """A member that is an object; empty when it is missing or null.

    Raises:
        WireError: 400 for anything else.
    """
    value = holder.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise wire_errors.invalid_content(f"The member '{key}' is not an object")
    return value


def text_of(block: dict[str, Any], key: str) -> str | None:
    """A member that is a text, or None."""
    value = block.get(key)
    if value is not None and not isinstance(value, str):
        raise wire_errors.invalid_parameter_value(key)
    return value


def _refuse_unknown(version: str, content: dict[str, Any], properties: dict[str, Any]) -> None:
    for key in content:
        if key not in ENVELOPE:
            raise wire_errors.invalid_parameter_value(key)
    for key in properties:
        if key not in BLOCKS and key not in PLAIN and key not in READ_ONLY:
            raise wire_errors.invalid_parameter_value(key)
    for block, members in BLOCKS.items():
        for key in block_of(properties, block):
            if key not in members and not (block == "replica" and key in {"promoteMode", "promoteOption"}):
                raise wire_errors.invalid_parameter_value(key)
    for block, key in SINCE_NEWEST:
        if version < NEWEST and key in (block_of(properties, block) if block else properties):
            raise wire_errors.invalid_parameter_value(key)


def _refuse_what_stays(call: Call, server: Server, content: dict[str, Any], properties: dict[str, Any]) -> None:
    """Refuses another location and the changes that are not modelled, but not what says what already is."""
    name, location = text_of(content, "name"), content.get("location")
    if name is not None and name.lower() != server.name.lower():
        raise wire_errors.invalid_parameter_value("serverName")
    if location is not None and located(location) != server.location:
        raise resource_errors.server_elsewhere(server.name, server.location, str(location), call.route.group)
    role = block_of(properties, "replica").get("role", properties.get("replicationRole"))
    same = {
        "a major version upgrade": (text_of(properties, "version"), server.version),
        "a change of the availability zone": (text_of(properties, "availabilityZone"), server.availability_zone),
        "the promotion of a replica": (role, server.replication_role),
        "a change of immutable backup": (
            text_of(block_of(properties, "backup"), "immutableBackup"),
            server.immutable_backup or "",
        ),
    }
    for what, (wanted, present) in same.items():
        if wanted not in {None, ""} and str(wanted).lower() != present.lower():
            raise wire_errors.not_modelled(what)
    if (properties.get("sourceServerResourceId") or "").lower() not in {"", (server.source_server_id or "").lower()}:
        raise wire_errors.invalid_parameter_value("sourceServerResourceId")


def _identities(server: Server, block: dict[str, Any]) -> list[str]:
    kinds = {each.strip() for each in str(block.get("type", "")).lower().split(",")}
    if not kinds <= {"none", "userassigned", "systemassigned"} or (len(kinds) > 1 and "none" in kinds):
        raise wire_errors.invalid_parameter_value("identity.type")
    if ("systemassigned" in kinds) != server.system_assigned_identity:
        raise wire_errors.not_modelled("a change of the system-assigned identity")
    if "userassigned" not in kinds:
        return _without_keys(server, [])
    found = {each.lower(): each for each in server.identities}
    for key, value in block_of(block, "userAssignedIdentities").items():
        if not customer_key.IDENTITY.fullmatch(key):
            raise wire_errors.invalid_parameter_value("userAssignedIdentities")
        if value is None:
            found.pop(key.lower(), None)
        else:
            found.setdefault(key.lower(), key)
    return _without_keys(server, list(found.values()))


def _without_keys(server: Server, kept: list[str]) -> list[str]:
    """The identities that are left; taking one away that a key is read with is not modelled."""
    left = {each.lower() for each in kept}
    for name in customer_key.IDENTITIES:
        reader = server.customer_key.get(name, "").lower()
        if reader in {each.lower() for each in server.identities} and reader not in left:
            raise wire_errors.not_modelled("the removal of the identity that reads the customer-managed key")
    return kept


def _word(block: dict[str, Any], key: str, words: dict[str, str], usual: str) -> str:
    if block.get(key) is None:
        return usual
    value = block[key]
    if not isinstance(value, str) or value.lower() not in words:
        raise wire_errors.invalid_parameter_value(key)
    return words[value.lower()]


def _whole(block: dict[str, Any], key: str, usual: int, low: int, high: int) -> int:
    value = block.get(key)
    if value is None:
        return usual
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise wire_errors.invalid_parameter_value(key)
    return value


def _network(server: Server, block: dict[str, Any], plain: dict[str, Any]) -> None:
    for key, present in (
        ("delegatedSubnetResourceId", server.delegated_subnet_id),
        ("privateDnsZoneArmResourceId", server.private_dns_zone_id),
    ):
        if block.get(key) is not None and str(block[key]).lower() != (present or "").lower():
            raise wire_errors.invalid_parameter_value(key)
    access = _word(block, "publicNetworkAccess", SWITCH, server.public_network_access)
    if not server.in_virtual_network and "publicNetworkAccess" in block:
        plain["public_network_access"] = access


def _backup(server: Server, block: dict[str, Any], plain: dict[str, Any]) -> None:
    if _word(block, "geoRedundantBackup", SWITCH, server.geo_redundant_backup) != server.geo_redundant_backup:
        raise wire_errors.invalid_parameter_value("geoRedundantBackup")
    if "backupRetentionDays" in block:
        plain["backup_retention_days"] = _whole(block, "backupRetentionDays", server.backup_retention_days, 7, 35)


def _maintenance(server: Server, block: dict[str, Any], plain: dict[str, Any]) -> None:
    if not block:
        return
    window = dict(server.maintenance)
    window["customWindow"] = _word(block, "customWindow", SWITCH, str(window["customWindow"]))
    for key, high in (("dayOfWeek", 6), ("startHour", 23), ("startMinute", 59)):
        sent = block.get(key)
        if isinstance(sent, str) and len(sent) <= 2 and sent.isascii() and sent.isdecimal():
            block = {**block, key: int(sent)}  # azure-cli sends the time's parts as text; that it counts is inferred
        window[key] = _whole(block, key, int(window[key]), 0, high)
    plain["maintenance"] = window


def _storage(server: Server, block: dict[str, Any], plain: dict[str, Any]) -> None:
    tier, iops = server.storage_tier, server.storage_iops
    if "storageSizeGB" in block:
        size = _whole(block, "storageSizeGB", server.storage_size_gb, server.storage_size_gb, 65536)
        plain["storage_size_gb"] = size
        if size > server.storage_size_gb:
            tier, iops = storage_of(size)
            plain |= {"storage_tier": tier, "storage_iops": iops}
    if "autoGrow" in block:
        plain["storage_auto_grow"] = _word(block, "autoGrow", SWITCH, server.storage_auto_grow)
    allowed = {
        "type": ("", server.storage_type, *(("Premium_LRS",) if not server.storage_type else ())),
        "tier": (server.storage_tier, tier),
        "iops": (server.storage_iops, iops),
        "throughput": (),
    }
    for key, present in allowed.items():
        if block.get(key) is not None and block[key] not in present:
            raise wire_errors.not_modelled(f"a change of storage.{key}")


def _high_availability(server: Server, block: dict[str, Any]) -> None:
    modes = {each.lower(): each for each in ("Disabled", "SameZone", "ZoneRedundant")}
    if _word(block, "mode", modes, server.high_availability) != server.high_availability:
        raise wire_errors.not_modelled("a change of high availability")
    if block.get("standbyAvailabilityZone") not in (None, server.standby_zone):
        raise wire_errors.not_modelled("a change of the standby zone")


def _sku(server: Server, block: dict[str, Any], plain: dict[str, Any]) -> bool:
    """Takes over the compute size; a different one restarts the server."""
    for key in block:
        if key not in {"name", "tier"}:
            raise wire_errors.invalid_parameter_value(key)
    if not block:
        return False
    name = block.get("name", server.sku_name)
    if not isinstance(name, str) or not name.startswith("Standard_"):
        raise wire_errors.invalid_parameter_value("Sku")
    tier = _word(block, "tier", TIERS, server.sku_tier)
    if tier == "Burstable" and server.high_availability != "Disabled":
        raise wire_errors.invalid_parameter_value("Tier")
    plain |= {"sku_name": name, "sku_tier": tier}
    return name.lower() != server.sku_name.lower()


def _authentication(call: Call, server: Server, block: dict[str, Any], plain: dict[str, Any]) -> bool:
    """Takes over the ways of signing in; enabling Entra restarts the server."""
    if not block:
        return False
    entra = _word(block, "activeDirectoryAuth", SWITCH, server.entra_auth)
    password = _word(block, "passwordAuth", SWITCH, server.password_auth)
    if entra == password == "Disabled":
        raise wire_errors.invalid_parameter_value("authConfig")
    tenant = block.get("tenantId")
    if tenant is not None and not isinstance(tenant, str):
        raise wire_errors.invalid_parameter_value("tenantId")
    plain |= {"entra_auth": entra, "password_auth": password}
    if entra == "Enabled":
        plain["tenant_id"] = tenant or server.tenant_id or call.subscription().tenant_id
    return entra == "Enabled" != server.entra_auth


def _fips_mode(server: Server, properties: dict[str, Any], plain: dict[str, Any]) -> None:
    """Takes over FIPS mode where the server tells it. Documented: the member; that it may change later is inferred."""
    if text_of(properties, "fipsMode") is None:
        return
    if server.fips_mode is None:
        raise wire_errors.not_modelled("FIPS mode of a server that tells none")
    plain["fips_mode"] = _word(properties, "fipsMode", SWITCH, server.fips_mode)


def _login(server: Server, properties: dict[str, Any], plain: dict[str, Any]) -> None:
    login = properties.get("administratorLogin")
    if login is None or login == server.administrator_login:
        return
    if server.administrator_login or not isinstance(login, str) or not login:
        raise wire_errors.invalid_parameter_value("administratorLogin")
    plain["administrator_login"] = login
