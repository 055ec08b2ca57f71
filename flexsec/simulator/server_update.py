"""PATCH of a server: which members it takes, what it does with them, and what it refuses.

Recorded: clients send whole blocks (sku, storage, backup, maintenance window, authentication, network, tags) of
which most say what already is; enumerations ignore case. Documented: public access is ignored on a VNet server,
geo-redundancy and the login never change, enabling Entra restarts the server, a password reset while password
authentication is off succeeds and changes nothing. Reported: enabling password authentication without credentials
and weak passwords fail in the poll. Inferred: the sentence for what cannot change; that switching both ways of
signing in off is refused; that switching Entra off removes its administrators.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import wire_errors
from .change import Change
from .server_states import refuse_by_state
from .state import Server, password_digest

if TYPE_CHECKING:
    from .call import Call

SWITCH = {"enabled": "Enabled", "disabled": "Disabled"}
TIERS = {each.lower(): each for each in ("Burstable", "GeneralPurpose", "MemoryOptimized")}
BLOCKS = {
    "network": ("publicNetworkAccess", "delegatedSubnetResourceId", "privateDnsZoneArmResourceId"),
    "authConfig": ("activeDirectoryAuth", "passwordAuth", "tenantId"),
    "backup": ("backupRetentionDays", "geoRedundantBackup"),
    "maintenanceWindow": ("customWindow", "dayOfWeek", "startHour", "startMinute"),
    "storage": ("storageSizeGB", "autoGrow", "type", "tier", "iops"),
    "highAvailability": ("mode", "standbyAvailabilityZone"),
}
PLAIN = ("administratorLogin", "administratorLoginPassword")
NOT_MODELLED = ("identity", "createMode", "replicationRole", "replica", "version", "dataEncryption", "availabilityZone")


def write(call: Call) -> Change:
    """A change of some of the server's properties."""
    server = call.server()
    refuse_by_state(call, server)
    content = call.content()
    properties = _object(content, "properties")
    _refuse_unknown(content, properties)
    plain: dict[str, Any] = {}
    _network(server, _object(properties, "network"), plain)
    _backup(server, _object(properties, "backup"), plain)
    _maintenance(server, _object(properties, "maintenanceWindow"), plain)
    _storage(server, _object(properties, "storage"), plain)
    _high_availability(server, _object(properties, "highAvailability"))
    restarts = _sku(server, _object(content, "sku"), plain)
    restarts |= _authentication(call, server, _object(properties, "authConfig"), plain)
    if "tags" in content:
        plain["tags"] = _tags(content["tags"])
    _login(server, properties, plain)
    parts = sorted({*properties, *(key for key in ("sku", "tags") if key in content)} - {"administratorLoginPassword"})
    effect: dict[str, Any] = {"plain": plain, "restarts": restarts, "parts": parts}
    error = _password(call, server, properties, plain, effect)
    return Change("server", "write", server.name, effect, error=error)


def _refuse_unknown(content: dict[str, Any], properties: dict[str, Any]) -> None:
    for key in (*content, *properties):
        if key in NOT_MODELLED:
            raise wire_errors.not_modelled(f"a PATCH of {key}")
    for key in content:
        if key not in {"properties", "sku", "tags", "location", "id", "name", "type", "systemData"}:
            raise wire_errors.invalid_parameter_value(key)
    for key in properties:
        if key not in BLOCKS and key not in PLAIN:
            raise wire_errors.invalid_parameter_value(key)
    for block, members in BLOCKS.items():
        for key in _object(properties, block):
            if key not in members:
                raise wire_errors.invalid_parameter_value(key)


def _object(holder: dict[str, Any], key: str) -> dict[str, Any]:
    value = holder.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise wire_errors.invalid_content(f"The member '{key}' is not an object")
    return value


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
        window[key] = _whole(block, key, int(window[key]), 0, high)
    plain["maintenance"] = window


def _storage(server: Server, block: dict[str, Any], plain: dict[str, Any]) -> None:
    if "storageSizeGB" in block:
        plain["storage_size_gb"] = _whole(block, "storageSizeGB", server.storage_size_gb, server.storage_size_gb, 65536)
    if "autoGrow" in block:
        plain["storage_auto_grow"] = _word(block, "autoGrow", SWITCH, server.storage_auto_grow)
    for key, present in (("type", ""), ("tier", server.storage_tier), ("iops", server.storage_iops)):
        if block.get(key) not in (None, present):
            raise wire_errors.not_modelled(f"a PATCH of storage.{key}")


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


def _tags(value: Any) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise wire_errors.invalid_content("The member 'tags' is not an object of strings")
    return dict(value)


def _login(server: Server, properties: dict[str, Any], plain: dict[str, Any]) -> None:
    login = properties.get("administratorLogin")
    if login is None or login == server.administrator_login:
        return
    if server.administrator_login or not isinstance(login, str) or not login:
        raise wire_errors.invalid_parameter_value("administratorLogin")
    plain["administrator_login"] = login


def _password(
    call: Call, server: Server, properties: dict[str, Any], plain: dict[str, Any], effect: dict[str, Any]
) -> dict[str, str] | None:
    """Takes over a new password as a salted hash, or tells how the operation will fail."""
    password = properties.get("administratorLoginPassword")
    if password is not None and not isinstance(password, str):
        raise wire_errors.invalid_parameter_value("administratorLoginPassword")
    stays_off = plain.get("password_auth", server.password_auth) == "Disabled"
    switched_on = server.password_auth == "Disabled" and not stays_off  # noqa: S105 - a switch
    login = plain.get("administrator_login", server.administrator_login)
    if switched_on and not (password and login):
        message = (
            "The admin credentials are required for creating admin role while enabling Password Authentication "
            "and must be provided."
        )
        return {"code": "EngineCredentialsNotProvided", "message": message}
    if password is None or stays_off:
        return None
    if server.source_server_id is not None or not strong_enough(password, login):
        return wire_errors.internal_server_error(call.world.new_id()).error
    salt = call.world.new_id()
    effect["password"] = {"salt": salt, "digest": password_digest(password, salt)}
    return None


def strong_enough(password: str, login: str) -> bool:
    """The portal's rules: 8 to 128 characters, three of four classes.

    Not the login nor three characters of it in a row.
    """
    classes = (str.isupper, str.islower, str.isdigit, lambda each: not each.isalnum())
    kinds = sum(any(belongs(each) for each in password) for belongs in classes)
    lowered, name = password.lower(), login.lower()
    pieces = (name[at : at + 3] for at in range(len(name) - 2))
    return (
        8 <= len(password) <= 128 and kinds >= 3 and not any(piece.isalnum() and piece in lowered for piece in pieces)
    )
