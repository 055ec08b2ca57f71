"""Reads the server resource itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..model.server import Networking, PrivateEndpoint, Server
from .reading import inner, properties, word

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
    (recorded). Authentication methods that the answer leaves out are the service's defaults, password only
    (documented).
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
