"""Microsoft Entra administrators: PUT by object id or DELETE, one at a time; the service has no PATCH for them.

What is there already is not put again, since even an unchanged administrator is a real operation that a busy server
fails (reported). Replicas list their primary's administrators and take none of their own (Microsoft documentation).
That the service keeps no two administrators of one name is inferred from PostgreSQL, where the name is the role's.

Requires Microsoft.DBforPostgreSQL/flexibleServers/administrators/write or /delete and the right to follow the
operation.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..model.change import Change, Phase
from ..model.desire import DesiredAdministrator, DesiredAdministratorAbsent
from ..model.observation import Unobserved
from ..model.server import Administrator, Server
from .authentication import primary_of
from .operation import Obstacle, Operation

if TYPE_CHECKING:
    from ..azure.connection import Connection
    from ..model.acceptance import Acceptance
    from ..model.desire import Desire
    from ..model.resource import ServerId
    from ..model.server import ServerState

KIND = "administrators"
_STATUS_READ = "Microsoft.DBforPostgreSQL/locations/azureAsyncOperation/read"
_READ = (
    "Microsoft.DBforPostgreSQL/flexibleServers/read",
    "Microsoft.DBforPostgreSQL/flexibleServers/administrators/read",
)
PUT_ACTIONS = (*_READ, "Microsoft.DBforPostgreSQL/flexibleServers/administrators/write", _STATUS_READ)
DELETE_ACTIONS = (*_READ, "Microsoft.DBforPostgreSQL/flexibleServers/administrators/delete", _STATUS_READ)
# Recorded: 60 seconds for a new administrator, 30 for a removal.
_PUT_SECONDS, _DELETE_SECONDS = 60, 30


def diff(desire: Desire, state: ServerState) -> Change | Obstacle | None:
    """The write that adds or removes an administrator, None when nothing differs, or why it is not written."""
    if not isinstance(desire, DesiredAdministrator | DesiredAdministratorAbsent):
        raise TypeError(f"not a desired administrator: {desire!r}")
    server = state.server
    if isinstance(server, Unobserved):
        return Obstacle(desire=desire, reason=f"the server was not read: {server.reason}")
    if isinstance(state.administrators, Unobserved):
        return Obstacle(desire=desire, reason=f"the administrators were not read: {state.administrators.reason}")
    if server.is_replica:
        reason = f"the server is a read replica and has the administrators of {primary_of(server)}: change them there"
        return Obstacle(desire=desire, reason=reason)
    found = _find(desire.object_id, state)
    if isinstance(desire, DesiredAdministratorAbsent):
        return _removal(found) if found is not None else None
    return _wanted_there(desire, found, server, state.administrators)


def _wanted_there(
    desire: DesiredAdministrator, found: Administrator | None, server: Server, others: tuple[Administrator, ...]
) -> Change | Obstacle | None:
    if server.entra_auth.casefold() != "enabled":
        told = server.entra_auth or "not told by the service"
        reason = f"Microsoft Entra authentication is {told}: enable it first (`flexsec entra enable`)"
        return Obstacle(desire=desire, reason=reason)
    tenant = desire.tenant_id or server.tenant_id
    problem = _tenant_problem(desire, server)
    wanted = Administrator(
        object_id=desire.object_id, name=desire.name, principal_type=desire.principal_type, tenant_id=tenant
    )
    if problem:
        return Obstacle(desire=desire, reason=problem)
    if found is not None:
        return None if _equal(found, wanted) else Obstacle(desire=desire, reason=_is_another(found, wanted))
    namesake = next((one for one in others if one.name.casefold() == wanted.name.casefold()), None)
    if namesake is not None:
        return Obstacle(
            desire=desire,
            reason=f"{shown(namesake)} has the object id {namesake.object_id}; PostgreSQL has one role of a name, so "
            "remove that administrator first, with another one in place",
        )
    return _addition(wanted)


def _tenant_problem(desire: DesiredAdministrator, server: Server) -> str:
    if desire.tenant_id and server.tenant_id and desire.tenant_id.casefold() != server.tenant_id.casefold():
        return f"the tenant of {desire.name} is given as {desire.tenant_id}, and the server's is {server.tenant_id}"
    return "" if desire.tenant_id or server.tenant_id else "the service does not tell the server's tenant: give it"


def _is_another(found: Administrator, wanted: Administrator) -> str:
    return (
        f"{found.object_id} is an administrator already, as {shown(found)}, not as {shown(wanted)}; there is no "
        "changing one: remove it, with another administrator in place, and add it anew"
    )


def shown(one: Administrator) -> str:
    """An administrator in words: name and type."""
    return f"{one.name or one.object_id} ({one.principal_type})"


def _addition(wanted: Administrator) -> Change:
    return Change(
        kind=KIND,
        name=wanted.object_id,
        before=None,
        after=_properties(wanted),
        sentence=f"Add {shown(wanted)} as a Microsoft Entra administrator, object id {wanted.object_id}.",
        phase=Phase.IDENTITIES,
        permissions=PUT_ACTIONS,
        typical_seconds=_PUT_SECONDS,
    )


def _removal(found: Administrator) -> Change:
    return Change(
        kind=KIND,
        name=found.object_id,
        before=_properties(found),
        after=None,
        sentence=f"Remove the Microsoft Entra administrator {shown(found)}, object id {found.object_id}.",
        phase=Phase.CLOSE,
        closing="entra-administrators",
        permissions=DELETE_ACTIONS,
        typical_seconds=_DELETE_SECONDS,
    )


def write(connection: Connection, server: ServerId, change: Change, _state: ServerState) -> Acceptance:
    """PUT the administrator, or DELETE it when nothing shall remain."""
    if change.after is None:
        return connection.write(
            lambda client, keep: client.administrators_microsoft_entra.begin_delete(
                server.resource_group, server.name, change.name, polling=False, cls=keep
            ),
            what=f"remove the Microsoft Entra administrator {change.name} from {server.name}",
        )
    body: Any = {
        "properties": {
            "principalType": change.after["type"],
            "principalName": change.after["principal"],
            "tenantId": change.after["tenant"],
        }
    }
    return connection.write(
        lambda client, keep: client.administrators_microsoft_entra.begin_create_or_update(
            server.resource_group, server.name, change.name, body, polling=False, cls=keep
        ),
        what=f"add the Microsoft Entra administrator {change.after['principal']} on {server.name}",
    )


def current(change: Change, state: ServerState) -> dict[str, str] | None:
    """The administrator as observed, None when absent."""
    found = _find(change.name, state)
    return _properties(found) if found else None


def holds(change: Change, state: ServerState) -> bool:
    """Whether the administrator is there with every part as wanted, or gone."""
    return _same(change.after, _find(change.name, state), state)


def untouched(change: Change, state: ServerState) -> bool:
    """Whether the administrator is as before the change."""
    return _same(change.before, _find(change.name, state), state)


def undo(change: Change) -> Change | None:
    """Removed again what was added, or added again what was removed."""
    if change.before is not None:
        return _addition(_administrator(change.name, change.before))
    return _removal(_administrator(change.name, change.after)) if change.after is not None else None


def predict(change: Change, state: ServerState) -> ServerState:
    """The state with the administrator as wanted."""
    if isinstance(state.administrators, Unobserved):
        return state
    others = [one for one in state.administrators if one.object_id.casefold() != change.name.casefold()]
    wanted = [_administrator(change.name, change.after)] if change.after else []
    return replace(state, administrators=tuple(sorted([*others, *wanted], key=lambda one: (one.name, one.object_id))))


def _find(object_id: str, state: ServerState) -> Administrator | None:
    if isinstance(state.administrators, Unobserved):
        return None
    return next((one for one in state.administrators if one.object_id.casefold() == object_id.casefold()), None)


def _same(properties: dict[str, str] | None, found: Administrator | None, state: ServerState) -> bool:
    if isinstance(state.administrators, Unobserved):
        return False
    if properties is None or found is None:
        return properties is None and found is None
    return _equal(found, _administrator(found.object_id, properties))


def _equal(found: Administrator, wanted: Administrator) -> bool:
    """Every part is the same; a tenant that the service does not tell is no difference."""
    return (
        found.name.casefold() == wanted.name.casefold()
        and found.principal_type.casefold() == wanted.principal_type.casefold()
        and found.tenant_id.casefold() in ("", wanted.tenant_id.casefold())
    )


def _administrator(object_id: str, properties: dict[str, str]) -> Administrator:
    return Administrator(
        object_id=object_id,
        name=properties["principal"],
        principal_type=properties["type"],
        tenant_id=properties["tenant"],
    )


def _properties(found: Administrator) -> dict[str, str]:
    return {"principal": found.name, "type": found.principal_type, "tenant": found.tenant_id}


OPERATION = Operation(
    kind=KIND,
    desires=("administrator", "administrator_absent"),
    reads=("server", "administrators"),
    actions=tuple(dict.fromkeys((*PUT_ACTIONS, *DELETE_ACTIONS))),
    diff=diff,
    write=write,
    current=current,
    holds=holds,
    untouched=untouched,
    undo=undo,
    predict=predict,
)
