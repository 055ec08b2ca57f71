"""Private endpoint connections: who asked for a private way in, and whether the owner let them.

Recorded: the body, also inside the server's; Approved, Rejected and Pending; `description` absent while there is
none; `provisioningState` Updating while a change runs; PUT takes status and description and keeps the endpoint.
Reported as reading like a VNet server's: VNet servers have none. Inferred: 204 for deleting what is not there, and
that a connection is not created here but by Microsoft.Network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import stale_reads, wire_errors
from .busy import running
from .change import Change
from .paging import answer_list
from .server_states import refuse_by_state

if TYPE_CHECKING:
    from datetime import datetime

    from .call import Call
    from .long_running import Operation
    from .request import Response
    from .state import PrivateEndpointConnection, Server

KIND = "privateEndpointConnections"
TYPE = f"Microsoft.DBforPostgreSQL/flexibleServers/{KIND}"
STATUSES = {each.lower(): each for each in ("Approved", "Rejected", "Pending")}
WRITABLE = frozenset({"privateEndpoint", "privateLinkServiceConnectionState", "groupIds", "provisioningState"})
STATE_MEMBERS = frozenset({"status", "description", "actionsRequired"})


def read(call: Call) -> Response:
    """One connection, or all of them."""
    server = stale_reads.seen(call, KIND)
    refuse_by_state(call, call.server())
    entries = listed(call, call.server_id(), server)
    if call.route.name is None:
        return answer_list(call, entries)
    wanted = call.route.name.lower()
    for each in entries:
        if each["name"].lower() == wanted:
            return call.answer(200, each)
    raise wire_errors.child_not_found(TYPE, call.route.name)


def listed(call: Call, server_id: str, server: Server) -> list[dict[str, Any]]:
    """The bodies of a server's connections."""
    if not server.private_endpoint_connections:
        return []
    changing = {each.name for each in running(call.world.state.operations, server_id) if each.kind == KIND}
    return [
        _entry(server_id, name, each, "Updating" if name in changing else "Succeeded")
        for name, each in server.private_endpoint_connections.items()
    ]


def write(call: Call) -> Change:
    """The owner's decision on a connection."""
    server = call.server()
    refuse_by_state(call, server)
    name = _stored_name(server, call.route.name or "")
    if name is None:
        raise wire_errors.child_not_found(TYPE, call.route.name or "")
    block = call.properties(WRITABLE).get("privateLinkServiceConnectionState")
    if not isinstance(block, dict) or not set(block) <= STATE_MEMBERS:
        raise wire_errors.invalid_parameter_value("privateLinkServiceConnectionState")
    status = STATUSES.get(str(block.get("status", "")).lower())
    description = block.get("description") or ""
    if status is None or not isinstance(description, str):
        raise wire_errors.invalid_parameter_value("privateLinkServiceConnectionState")
    return Change(KIND, "write", name, {"status": status, "description": description})


def delete(call: Call) -> Change | Response:
    """Removes a connection; 204 when there is none."""
    server = call.server()
    refuse_by_state(call, server)
    name = _stored_name(server, call.route.name or "")
    return call.raw(204, b"") if name is None else Change(KIND, "delete", name)


def apply(server: Server, operation: Operation, now: datetime) -> bool:
    """Stores the decision or removes the connection."""
    connections = server.private_endpoint_connections
    if operation.verb == "delete":
        return connections.pop(operation.name, None) is not None
    if operation.name not in connections:
        return False
    connection = connections[operation.name]
    connection.status, connection.description = operation.effect["status"], operation.effect["description"]
    return True


def _stored_name(server: Server, name: str) -> str | None:
    return next((each for each in server.private_endpoint_connections if each.lower() == name.lower()), None)


def _entry(server_id: str, name: str, connection: PrivateEndpointConnection, state: str) -> dict[str, Any]:
    decision = {"status": connection.status}
    if connection.description:
        decision["description"] = connection.description
    return {
        "properties": {
            "privateEndpoint": {"id": connection.private_endpoint_id},
            "privateLinkServiceConnectionState": decision | {"actionsRequired": "None"},
            "groupIds": ["postgresqlServer"],
            "provisioningState": state,
        },
        "id": f"{server_id}/{KIND}/{name}",
        "name": name,
        "type": TYPE,
    }
