"""Reads the server resource itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..model.server import CustomerKey, MaintenanceWindow, Networking, PrivateEndpoint, Server
from .reading import inner, number, properties, word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..azure.connection import Connection
    from ..model.clock import Deadline
    from ..model.resource import ServerId

ACTIONS = ("Microsoft.DBforPostgreSQL/flexibleServers/read",)


def observe(connection: Connection, server: ServerId, *, deadline: Deadline) -> Server:
    """Read the server: one request, action Microsoft.DBforPostgreSQL/flexibleServers/read.

    Raises:
        ArmError, AnswerLost, DeadlineExceeded, CredentialUnavailable: as `Connection.read`.
        Unreadable: the answer is not a server.
    """
    what = f"read server {server.name}"
    return parse(connection.read(server.arm_id, what=what, deadline=deadline), what=what)


def parse(resource: Mapping[str, Any], *, what: str) -> Server:
    """The server that a resource describes.

    VNet integration is told by the delegated subnet: "publicNetworkAccess" is "Disabled" on such servers too
    (recorded). What the answer leaves out is an empty word, an authentication method too: nothing is guessed.
    """
    told = properties(resource, what=what)
    network, auth, availability = inner(told, "network"), inner(told, "authConfig"), inner(told, "highAvailability")
    sku = inner(resource, "sku")
    return Server(
        location=word(resource, "location"),
        version=word(told, "version"),
        minor_version=word(told, "minorVersion"),
        state=word(told, "state"),
        tier=word(sku, "tier"),
        sku=word(sku, "name"),
        role=word(told, "replicationRole") or word(inner(told, "replica"), "role"),
        source_server_id=word(told, "sourceServerResourceId"),
        networking=Networking.VNET if word(network, "delegatedSubnetResourceId") else Networking.PUBLIC,
        public_network_access=word(network, "publicNetworkAccess"),
        private_endpoints=_private_endpoints(told.get("privateEndpointConnections")),
        entra_auth=word(auth, "activeDirectoryAuth"),
        password_auth=word(auth, "passwordAuth"),
        administrator_login=word(told, "administratorLogin"),
        high_availability_mode=word(availability, "mode"),
        high_availability_state=word(availability, "state"),
        encryption=word(inner(told, "dataEncryption"), "type"),
        tags={str(key): str(value) for key, value in inner(resource, "tags").items()},
        tenant_id=word(auth, "tenantId"),
        customer_key=_customer_key(inner(told, "dataEncryption")),
        identity_type=word(inner(resource, "identity"), "type"),
        identities=tuple(sorted(str(key) for key in inner(inner(resource, "identity"), "userAssignedIdentities"))),
        backup_retention_days=number(inner(told, "backup"), "backupRetentionDays"),
        geo_redundant_backup=word(inner(told, "backup"), "geoRedundantBackup"),
        immutable_backup=word(inner(told, "backup"), "immutableBackup"),
        storage_auto_grow=word(inner(told, "storage"), "autoGrow"),
        storage_type=word(inner(told, "storage"), "type"),
        maintenance_window=_maintenance_window(inner(told, "maintenanceWindow")),
        fips_mode=word(told, "fipsMode"),
        delegated_subnet_id=word(network, "delegatedSubnetResourceId"),
        private_dns_zone_id=word(network, "privateDnsZoneArmResourceId"),
        fqdn=word(told, "fullyQualifiedDomainName"),
    )


def _customer_key(told: Mapping[str, Any]) -> CustomerKey:
    return CustomerKey(
        uri=word(told, "primaryKeyURI"),
        identity=word(told, "primaryUserAssignedIdentityId"),
        status=word(told, "primaryEncryptionKeyStatus"),
        geo_backup_uri=word(told, "geoBackupKeyURI"),
        geo_backup_identity=word(told, "geoBackupUserAssignedIdentityId"),
        geo_backup_status=word(told, "geoBackupEncryptionKeyStatus"),
    )


def _maintenance_window(told: Mapping[str, Any]) -> MaintenanceWindow | None:
    """None when the answer has none: a replica's may be left out."""
    if not told:
        return None
    return MaintenanceWindow(
        custom=word(told, "customWindow"),
        day_of_week=number(told, "dayOfWeek") or 0,
        start_hour=number(told, "startHour") or 0,
        start_minute=number(told, "startMinute") or 0,
    )


def _private_endpoints(told: object) -> tuple[PrivateEndpoint, ...]:
    entries = [item for item in told if isinstance(item, dict)] if isinstance(told, list) else []
    found = [
        PrivateEndpoint(
            name=word(entry, "name"),
            status=word(inner(inner(entry, "properties"), "privateLinkServiceConnectionState"), "status"),
        )
        for entry in entries
    ]
    return tuple(sorted(found, key=lambda endpoint: endpoint.name))
