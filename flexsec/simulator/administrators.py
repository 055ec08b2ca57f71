"""Microsoft Entra administrators, kept under their object id; there is no PATCH.

Recorded: the body, whose `name` is the principal's name while the id ends with the object id; an empty list on a
server that has none, also while Entra authentication is off. Inferred: the refusal of a new administrator while it
is off, 204 for deleting one that is not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import stale_reads, wire_errors
from .change import Change
from .paging import answer_list
from .server_states import refuse_by_state
from .state import Administrator, Server

if TYPE_CHECKING:
    from datetime import datetime

    from .call import Call
    from .long_running import Operation
    from .request import Response

KIND = "administrators"
TYPE = "Microsoft.DBforPostgreSQL/flexibleServers/administrators"
PRINCIPAL_TYPES = {each.lower(): each for each in ("User", "Group", "ServicePrincipal", "Unknown")}


def read(call: Call) -> Response:
    """One administrator, or all of them."""
    server = stale_reads.seen(call, KIND)
    refuse_by_state(call, call.server())
    server_id = call.server_id()
    if call.route.name is None:
        return answer_list(call, [_entry(server_id, key, each) for key, each in server.administrators.items()])
    key = _stored_key(server, call.route.name)
    if key is None:
        raise wire_errors.child_not_found(TYPE, call.route.name)
    return call.answer(200, _entry(server_id, key, server.administrators[key]))


def write(call: Call) -> Change:
    """A new or changed administrator."""
    server = call.server()
    refuse_by_state(call, server)
    properties = call.properties(frozenset({"principalType", "principalName", "tenantId", "objectId"}))
    kind = PRINCIPAL_TYPES.get(str(properties.get("principalType", "")).lower())
    if kind is None:
        raise wire_errors.invalid_parameter_value("principalType")
    texts = {key: properties.get(key) for key in ("principalName", "tenantId")}
    for key, value in texts.items():
        if not isinstance(value, str) or not value:
            raise wire_errors.invalid_parameter_value(key)
    if server.entra_auth != "Enabled":
        raise not_enabled(server.name)
    effect = {"type": kind, "name": texts["principalName"], "tenant_id": texts["tenantId"]}
    return Change(KIND, "write", _stored_key(server, call.route.name or "") or call.route.name or "", effect)


def delete(call: Call) -> Change | Response:
    """Removes an administrator; 204 when there is none."""
    server = call.server()
    refuse_by_state(call, server)
    key = _stored_key(server, call.route.name or "")
    return call.raw(204, b"") if key is None else Change(KIND, "delete", key)


def apply(server: Server, operation: Operation, now: datetime) -> bool:
    """Stores or removes the administrator; false when Entra authentication was switched off meanwhile."""
    if operation.verb == "delete":
        return server.administrators.pop(operation.name, None) is not None
    if server.entra_auth != "Enabled":
        return False
    effect = operation.effect
    server.administrators[operation.name] = Administrator(effect["type"], effect["name"], effect["tenant_id"])
    return True


def not_enabled(server: str) -> wire_errors.WireError:
    """400: Entra authentication is off.

    Only the phrase 'authentication is not enabled' is reported; code and status are inferred.
    """
    message = f"Microsoft Entra authentication is not enabled on server '{server}'."
    return wire_errors.WireError(400, "MicrosoftEntraAuthenticationNotEnabled", message)


def validation_error() -> dict[str, str]:
    """The error of a principal that the service cannot look up. The text is reported, the empty code inferred."""
    reason = "Reason - 0LP01: An unexpected error occurred while trying to validate user."
    return {"code": "", "message": f"Failed to create Azure AD Principal. {reason}"}


def _stored_key(server: Server, object_id: str) -> str | None:
    return next((key for key in server.administrators if key.lower() == object_id.lower()), None)


def _entry(server_id: str, object_id: str, administrator: Administrator) -> dict[str, Any]:
    return {
        "properties": {
            "principalType": administrator.principal_type,
            "principalName": administrator.principal_name,
            "objectId": object_id,
            "tenantId": administrator.tenant_id,
        },
        "id": f"{server_id}/administrators/{object_id}",
        "name": administrator.principal_name,
        "type": TYPE,
    }
