"""PUT and DELETE of servers: created anew, as a replica or from a backup; updated when they are there; dropped.

Recorded: 202 with the operation of each kind, the bodies that clients send, the body of a replica, the refusal to
drop a primary with replicas, 204 for dropping what is not there, the location's display name in the URLs of a drop.
Documented: reserved logins, at most five replicas, none of a Burstable server; a replica takes its source's
parameters over and has no geo-redundant backups. Inferred: that a server shows as Provisioning until it is there and
as Dropping until it is gone; that a replica starts without firewall rules; the refusals' form.
"""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

from . import capabilities, catalogue, compute, pricings, resource_errors, server_body, server_update, wire_errors
from .change import Change
from .locations import LOCATIONS, located
from .names import SERVER_NAME
from .state import PasswordRecord, Server, ThreatProtection

if TYPE_CHECKING:
    from datetime import datetime

    from .call import Call
    from .long_running import Operation
    from .request import Response

MODES = {
    "default": "server", "create": "server", "update": "server", "replica": "replica", "pointintimerestore": "restore",
}  # fmt: skip
RESERVED = re.compile(r"azure_superuser|azure_pg_admin|admin|administrator|root|guest|public|pg_.*", re.IGNORECASE)
MOST_REPLICAS = 5
KINDS = ("server", "replica", "restore")


def put(call: Call) -> Change:
    """Creates a server, or updates the one that is there."""
    group = call.group()
    if call.route.server.lower() in group.servers:
        return server_update.write(call)
    name, content = call.route.server, call.content()
    properties = server_body.block_of(content, "properties")
    mode = (server_body.text_of(properties, "createMode") or "default").lower()
    if mode not in MODES:
        raise wire_errors.not_modelled(f"createMode {properties['createMode']}")
    if not SERVER_NAME.fullmatch(name):
        raise wire_errors.invalid_parameter_value("serverName")
    if call.world.find_server(name) is not None:
        raise resource_errors.name_taken()
    location = _location(content)
    effect: dict[str, Any] = {}
    if MODES[mode] == "server":
        server, error = _fresh(call, Server(name, location), content, properties, effect)
    else:
        server, error = _copied(call, Server(name, location), content, MODES[mode], effect)
    server.state, server.created = "Provisioning", call.now
    group.servers[name.lower()] = server
    return Change(MODES[mode], "create", name, effect, error=error)


def delete(call: Call) -> Change | Response:
    """Drops a server; 204 when there is none."""
    server = call.group().servers.get(call.route.server.lower())
    if server is None:
        return call.raw(204, b"")
    own = call.server_id().lower()
    replicas = sum((each.source_server_id or "").lower() == own for _, each in call.world.servers())
    if replicas:
        raise resource_errors.replicas_exist(server.name, replicas)
    kind = "server" if server.source_server_id is None else "replica"
    return Change(kind, "delete", server.name, {"source": server.source_server_id} if kind == "replica" else {})


def complete(server: Server, operation: Operation, now: datetime) -> bool:
    """Makes a created server ready; what a drop removes is the world's business."""
    if operation.verb == "delete":
        return True
    server.state = "Ready"
    if password := operation.effect.get("password"):
        server.password = PasswordRecord(password["salt"], password["digest"], 1, password.get("verifier", ""))
    if operation.effect.get("protected"):
        server.threat_protection = ThreatProtection("Enabled", now)
    return True


def _location(content: dict[str, Any]) -> str:
    if content.get("location") is None:
        raise resource_errors.location_required()
    location = located(content["location"])
    if location is None:
        raise resource_errors.unknown_location(str(content["location"]), tuple(LOCATIONS))
    return location


def _fresh(
    call: Call, server: Server, content: dict[str, Any], properties: dict[str, Any], effect: dict[str, Any]
) -> tuple[Server, dict[str, str] | None]:
    """A server of its own, with what the body says about it."""
    _fix(server, properties)
    sku = content.get("sku")
    if not isinstance(sku, dict) or not sku.get("name"):
        raise wire_errors.invalid_parameter_value("Sku")
    server.administrator_login = ""
    plain: dict[str, Any] = {}
    server_body.read_blocks(call, server, content, properties, plain)
    for attribute, value in plain.items():
        setattr(server, attribute, value)
    if server.password_auth == "Enabled":  # noqa: S105 - a switch
        for key, value in (
            ("administratorLogin", server.administrator_login),
            ("administratorLoginPassword", properties.get("administratorLoginPassword")),
        ):
            if not value:
                raise wire_errors.invalid_parameter_value(key)
    if RESERVED.fullmatch(server.administrator_login):
        raise wire_errors.invalid_parameter_value("administratorLogin")
    error = server_update.set_password(call, server, properties, {}, effect)
    if not compute.fits(server.sku_name, server.sku_tier):
        error = server_update.size_error()
    _protect(call, effect)
    return server, error


def _fix(server: Server, properties: dict[str, Any]) -> None:
    """Takes over what is decided once and for all; everything else is read as for an update."""
    version = server_body.text_of(properties, "version") or server.version
    if version not in catalogue.versions():
        raise wire_errors.invalid_parameter_value("Version")
    server.version, server.minor_version = version, catalogue.minor_version(version)
    server.availability_zone = server_body.text_of(properties, "availabilityZone") or "1"
    network, backup, availability, storage = (
        server_body.block_of(properties, key) for key in ("network", "backup", "highAvailability", "storage")
    )
    server.delegated_subnet_id = server_body.text_of(network, "delegatedSubnetResourceId") or None
    server.private_dns_zone_id = server_body.text_of(network, "privateDnsZoneArmResourceId") or None
    if (server.delegated_subnet_id is None) != (server.private_dns_zone_id is None):
        raise wire_errors.invalid_parameter_value("network")
    if server.in_virtual_network:
        server.public_network_access = "Disabled"
    for word in ("Enabled", "Disabled"):
        if str(backup.get("geoRedundantBackup", "")).lower() == word.lower():
            server.geo_redundant_backup = word
    for word in ("SameZone", "ZoneRedundant"):
        if str(availability.get("mode", "")).lower() == word.lower():
            server.high_availability = word
            own = server.availability_zone
            usual = own if word == "SameZone" else "1" if own == "2" else "2"
            server.standby_zone = server_body.text_of(availability, "standbyAvailabilityZone") or usual
            if (server.standby_zone == own) != (word == "SameZone"):
                raise wire_errors.invalid_parameter_value("standbyAvailabilityZone")
    size = storage.get("storageSizeGB")
    server.storage_size_gb = 32
    if isinstance(size, int) and 32 <= size <= 32767:
        server.storage_tier, server.storage_iops = capabilities.storage_of(size)
        server.storage_size_gb = size


def _copied(
    call: Call, server: Server, content: dict[str, Any], kind: str, effect: dict[str, Any]
) -> tuple[Server, dict[str, str] | None]:
    """A replica of another server, or its restored copy."""
    properties = server_body.block_of(content, "properties")
    source_id = server_body.text_of(properties, "sourceServerResourceId") or ""
    source = next((each for key, each in call.world.servers() if key.lower() == source_id.lower()), None)
    if source is None or source.state != "Ready":
        raise wire_errors.invalid_parameter_value("sourceServerResourceId")
    if kind == "restore" and not server_body.text_of(properties, "pointInTimeUTC"):
        raise wire_errors.invalid_parameter_value("pointInTimeUTC")
    made = copy.deepcopy(source)
    made.name, made.location, made.tags = server.name, server.location, {}
    made.availability_zone = server_body.text_of(properties, "availabilityZone") or source.availability_zone
    made.high_availability, made.standby_zone, made.threat_protection = "Disabled", None, ThreatProtection()
    made.high_availability_state = None
    made.private_endpoint_connections, made.identities, made.system_assigned_identity = {}, [], False
    made.busy_until, made.busy_at_submit, made.wedged = None, False, False
    made.restarted()
    if kind == "replica":
        _refuse_replica(call, source, source_id)
        made.firewall, made.geo_redundant_backup = {}, "Disabled"
        made.customer_key = {key: value for key, value in made.customer_key.items() if not key.startswith("geoBackup")}
        made.source_server_id = next(key for key, each in call.world.servers() if each is source)
        made.replication_role = "AsyncReplica" if made.location == source.location else "GeoAsyncReplica"
        effect["source"] = made.source_server_id
    kept = {key: value for key, value in properties.items() if key in {"storage", "network", "backup"}}
    plain: dict[str, Any] = {}
    sent = {key: value for key, value in content.items() if key in {"sku", "tags", "name"}}
    server_body.read_blocks(call, made, sent, kept, plain)
    for attribute, value in plain.items():
        setattr(made, attribute, value)
    _protect(call, effect)
    return made, None if compute.fits(made.sku_name, made.sku_tier) else server_update.size_error()


def _refuse_replica(call: Call, source: Server, source_id: str) -> None:
    if source.sku_tier == "Burstable":
        raise wire_errors.invalid_parameter_value("Tier")
    count = sum((each.source_server_id or "").lower() == source_id.lower() for _, each in call.world.servers())
    if source.source_server_id is not None or count >= MOST_REPLICAS:
        raise wire_errors.invalid_parameter_value("sourceServerResourceId")


def _protect(call: Call, effect: dict[str, Any]) -> None:
    if pricings.covers_databases(call.subscription()):
        effect["protected"] = True
