"""Flexible servers themselves: read, listed, and what a change of one does.

The body is recorded, with what surprises in it: the location comes back as its display name, `tags` is absent when
there are none, `privateEndpointConnections` is absent on VNet servers, `tenantId` stands only beside enabled Entra
authentication, and the administrator's login is not returned while password authentication is off.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from . import busy, private_endpoints, stale_reads
from .locations import LOCATIONS, private_dns_zone
from .paging import answer_list
from .server_states import refuse_by_state
from .state import ResourceGroup, Server, Subscription, server_id

if TYPE_CHECKING:
    from .call import Call
    from .long_running import Operation
    from .request import Response

KIND = "server"
# The first version with fipsMode and backup.immutableBackup (documented by the SDK's models, never seen on the wire).
NEWEST = "2026-10-01"
LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)  # the creation of a server whose world does not tell


def list_servers(call: Call) -> Response:
    """The servers of a resource group, or of the whole subscription."""
    subscription = call.subscription()
    groups = [call.group()] if call.route.group else subscription.groups.values()
    bodies = [_body(call, subscription, group, server) for group in groups for server in group.servers.values()]
    return answer_list(call, bodies)


def list_replicas(call: Call) -> Response:
    """The replicas of a server, wherever in the subscription they are."""
    call.server()
    subscription, source = call.subscription(), call.server_id().lower()
    bodies = [
        _body(call, subscription, group, server)
        for group in subscription.groups.values()
        for server in group.servers.values()
        if (server.source_server_id or "").lower() == source
    ]
    return answer_list(call, bodies)


def list_log_files(call: Call) -> Response:
    """The log files of a server: none, because nothing is logged in a simulated server."""
    refuse_by_state(call, call.server())
    return answer_list(call, [])


def read(call: Call) -> Response:
    """One server."""
    server = stale_reads.seen(call, KIND)
    body = _body(call, call.subscription(), call.group(), server)
    for fault, number in call.striking:
        if fault.id == "X33":
            states = fault.argument("states")
            body["properties"]["state"] = states[min(number, len(states)) - 1]
        if fault.id == "X20":
            body["properties"]["state"] = fault.argument("state")
    return call.answer(200, body)


def apply(server: Server, operation: Operation, now: datetime) -> bool:
    """Carries out the parts of a PATCH; tells whether any of them changed anything."""
    effect = operation.effect
    changed = False
    for attribute, value in effect.get("plain", {}).items():
        changed |= getattr(server, attribute) != value
        setattr(server, attribute, value)
    if server.entra_auth != "Enabled":
        server.tenant_id = None
        server.administrators.clear()
    if password := effect.get("password"):
        server.password.salt, server.password.digest = password["salt"], password["digest"]
        server.password.verifier = password.get("verifier", "")
        server.password.version += 1
        changed = True
    if effect.get("restarts"):
        server.restarted()
    return changed


def _body(call: Call, subscription: Subscription, group: ResourceGroup, server: Server) -> dict[str, Any]:
    resource_id = server_id(subscription, group, server)
    held_by = busy.running(call.world.state.operations, resource_id)
    created = server.created or LONG_AGO
    body: dict[str, Any] = {
        "sku": {"name": server.sku_name, "tier": server.sku_tier},
        "systemData": {"createdAt": _seven_decimals(created, "Z")},
        "properties": _properties(
            server,
            busy.shown_state(server, held_by, call.now),
            created,
            call.now,
            private_endpoints.listed(call, resource_id, server),
            newest=call.api_version >= NEWEST,
        ),
        "location": LOCATIONS[server.location],
    }
    if server.identities or server.system_assigned_identity:
        body["identity"] = _identity(server, resource_id, subscription.tenant_id)
    if server.tags:
        body["tags"] = dict(server.tags)
    return body | {"id": resource_id, "name": server.name, "type": "Microsoft.DBforPostgreSQL/flexibleServers"}


def _properties(
    server: Server,
    state: str,
    created: datetime,
    now: datetime,
    connections: list[dict[str, Any]],
    *,
    newest: bool,
) -> dict[str, Any]:
    role, capacity = server.replication_role, 5 if server.replication_role == "Primary" else 0
    properties: dict[str, Any] = {
        "replica": {"role": role, "capacity": capacity},
        "storage": _storage(server),
        "network": _network(server),
        "privateEndpointConnections": connections,
        "dataEncryption": {"type": server.data_encryption, **server.customer_key},
        "authConfig": _authentication(server),
        "fullyQualifiedDomainName": f"{server.name.lower()}.{private_dns_zone(server.location)}",
        "version": server.version,
        "minorVersion": server.minor_version,
        "administratorLogin": server.administrator_login,
        "state": state,
        "availabilityZone": server.availability_zone,
        "backup": _backup(server, created, now, newest=newest),
        "highAvailability": _high_availability(server),
        "maintenanceWindow": dict(server.maintenance),
        "replicationRole": role,
        "replicaCapacity": capacity,
    }
    _leave_out(properties, server)
    if server.source_server_id is not None:
        properties["sourceServerResourceId"] = server.source_server_id
    if newest and server.fips_mode is not None:
        properties["fipsMode"] = server.fips_mode
    return properties


def _leave_out(properties: dict[str, Any], server: Server) -> None:
    """Take away what the service does not tell of this server."""
    if server.in_virtual_network:
        del properties["privateEndpointConnections"]
    if server.password_auth == "Disabled" or not server.administrator_login:  # noqa: S105 - a switch
        del properties["administratorLogin"]


def _identity(server: Server, resource_id: str, tenant_id: str) -> dict[str, Any]:
    """The managed identities; their ids are made from their names.

    Recorded for user-assigned ones; a system-assigned one has its principal beside the type (documented).
    """

    def made(text: str) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, text.lower()))

    assigned = {each: {"principalId": made(each), "clientId": made(f"{each}/client")} for each in server.identities}
    identity: dict[str, Any] = {"userAssignedIdentities": assigned} if assigned else {}
    if server.system_assigned_identity:
        identity["principalId"] = made(resource_id)
    kinds = ("SystemAssigned" if server.system_assigned_identity else "", "UserAssigned" if assigned else "")
    return identity | {"type": ",".join(filter(None, kinds)), "tenantId": tenant_id}


def _storage(server: Server) -> dict[str, Any]:
    return {
        "type": server.storage_type,
        "iops": server.storage_iops,
        "tier": server.storage_tier,
        "storageSizeGB": server.storage_size_gb,
        "autoGrow": server.storage_auto_grow,
    }


def _network(server: Server) -> dict[str, str]:
    network = {"publicNetworkAccess": server.public_network_access}
    if server.delegated_subnet_id is not None:
        network["delegatedSubnetResourceId"] = server.delegated_subnet_id
    if server.private_dns_zone_id is not None:
        network["privateDnsZoneArmResourceId"] = server.private_dns_zone_id
    return network


def _authentication(server: Server) -> dict[str, str]:
    switches = {"activeDirectoryAuth": server.entra_auth, "passwordAuth": server.password_auth}
    if server.entra_auth == "Enabled" and server.tenant_id is not None:
        switches["tenantId"] = server.tenant_id
    return switches


def _backup(server: Server, created: datetime, now: datetime, *, newest: bool) -> dict[str, Any]:
    earliest = max(created, now - timedelta(days=server.backup_retention_days))
    immutable = {"immutableBackup": server.immutable_backup} if newest and server.immutable_backup is not None else {}
    return immutable | {
        "backupRetentionDays": server.backup_retention_days,
        "geoRedundantBackup": server.geo_redundant_backup,
        "earliestRestoreDate": _seven_decimals(earliest, "+00:00"),
    }


def _high_availability(server: Server) -> dict[str, str]:
    usual = "NotEnabled" if server.high_availability == "Disabled" else "Healthy"
    told = server.high_availability_state
    availability = {"mode": server.high_availability, "state": usual if told is None else told}
    if server.standby_zone is not None:
        availability["standbyAvailabilityZone"] = server.standby_zone
    return availability


def _seven_decimals(moment: datetime, zone: str) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06d}0{zone}"
