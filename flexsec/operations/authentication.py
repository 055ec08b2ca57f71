"""The two ways of signing in to a server: one PATCH of authConfig and nothing else.

Both switches are sent, the other one as read right before the request: every recorded client sends both, and what a
missing one means to the service is not known. Enabling Microsoft Entra authentication loads an extension and restarts
the server (Microsoft documentation). Password authentication comes back only with a login and a new password in the
same request (reported: EngineCredentialsNotProvided), and the official client's model of a PATCH has no login.

Requires Microsoft.DBforPostgreSQL/flexibleServers/write, the one coarse action there is, and the right to follow the
operation.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

from ..errors import SecretStoreFailure
from ..model.change import Change, Phase
from ..model.desire import DesiredAuthentication
from ..model.observation import Unobserved
from ..model.server import Server
from .operation import Obstacle, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..azure.connection import Connection
    from ..model.acceptance import Acceptance
    from ..model.desire import Desire
    from ..model.resource import ServerId
    from ..model.secret import Secret
    from ..model.server import ServerState

KIND = "authentication"
ENTRA, PASSWORD = "entra", "password"
ON, OFF = "Enabled", "Disabled"
ACTIONS = (
    "Microsoft.DBforPostgreSQL/flexibleServers/read",
    "Microsoft.DBforPostgreSQL/flexibleServers/write",
    "Microsoft.DBforPostgreSQL/locations/azureAsyncOperation/read",
)
# Recorded: a PATCH of a server is reported done after 60 to 1,026 seconds, 61 at the median; a restart takes 62.
_TYPICAL_SECONDS = 61
_WITH_RESTART_SECONDS = 120
_IN_WORDS = {ENTRA: "Microsoft Entra authentication", PASSWORD: "password authentication"}
_MEMBERS = {ENTRA: "activeDirectoryAuth", PASSWORD: "passwordAuth"}


def diff(desire: Desire, state: ServerState) -> Change | Obstacle | None:
    """The PATCH that switches a way of signing in, None when it is so, or why it is not written."""
    if not isinstance(desire, DesiredAuthentication):
        raise TypeError(f"not a desired way of signing in: {desire!r}")
    server = state.server
    if isinstance(server, Unobserved):
        return Obstacle(desire=desire, reason=f"the server was not read: {server.reason}")
    now, wanted = method_of(server, desire.method), ON if desire.enabled else OFF
    refused = _refusal(desire, server, now)
    if refused:
        return Obstacle(desire=desire, reason=refused)
    if now.casefold() == wanted.casefold():
        return None
    if not desire.enabled:
        return _switched_off(desire.method)
    if desire.method == PASSWORD:
        reason = "it comes back only with a login and a new password: use `flexsec entra allow-passwords`"
        return Obstacle(desire=desire, reason=f"password authentication is off, and {reason}")
    return _entra_on(desire.tenant_id)


def _refusal(desire: DesiredAuthentication, server: Server, now: str) -> str:
    if now.casefold() not in (ON.casefold(), OFF.casefold()):
        return f"the service tells {now or 'nothing'} about {_IN_WORDS[desire.method]}, which is not known here"
    if server.is_replica:
        return f"the server is a read replica, which follows {primary_of(server)}: set it there"
    if desire.method == ENTRA and desire.tenant_id and server.tenant_id not in ("", desire.tenant_id):
        return f"the server's tenant is {server.tenant_id}, not {desire.tenant_id}; flexsec does not move it"
    return ""


def primary_of(server: Server) -> str:
    """The server that a replica follows, in words."""
    return f"its primary {server.source_server_id.rpartition('/')[2]}" if server.source_server_id else "its primary"


def method_of(server: Server, method: str) -> str:
    """Whether a way of signing in is Enabled or Disabled, in the service's words."""
    return server.entra_auth if method == ENTRA else server.password_auth


def _entra_on(tenant_id: str) -> Change:
    return Change(
        kind=KIND,
        name=ENTRA,
        before={"state": OFF},
        after={"state": ON, **({"tenant": tenant_id} if tenant_id else {})},
        sentence=f"Enable {_IN_WORDS[ENTRA]} (now {OFF}); this restarts the server.",
        phase=Phase.RESTART,
        restarts=True,
        permissions=ACTIONS,
        typical_seconds=_WITH_RESTART_SECONDS,
    )


def _switched_off(method: str) -> Change:
    told = {
        ENTRA: "its administrators go with it, and enabling it again restarts the server.",
        PASSWORD: "it comes back with a login and a new password (`flexsec entra allow-passwords`).",
    }
    return Change(
        kind=KIND,
        name=method,
        before={"state": ON},
        after={"state": OFF},
        sentence=f"Disable {_IN_WORDS[method]} (now {ON}); {told[method]}",
        phase=Phase.CLOSE,
        closing="entra-administrators" if method == ENTRA else "password-authentication",
        reversible=False,
        lowers_security=method == ENTRA,
        permissions=ACTIONS,
        typical_seconds=_TYPICAL_SECONDS,
    )


def passwords_back(login: str, *, by_put: bool = False) -> Change:
    """The change that enables password authentication for a login whose new password is at hand when it is sent.

    Args:
        login: the administrator login; fixed once the server has one.
        by_put: send a PUT of the server with createMode Update, for a service that does not take the PATCH.
    """
    how = "a PUT of the server with createMode Update" if by_put else "a PATCH"
    return Change(
        kind=KIND,
        name=PASSWORD,
        before={"state": OFF},
        after={"state": ON, "login": login, "method": "PUT" if by_put else "PATCH"},
        sentence=f"Enable {_IN_WORDS[PASSWORD]} (now {OFF}) for the login {login} with a new password, by {how}.",
        phase=Phase.IDENTITIES,
        lowers_security=True,
        permissions=ACTIONS,
        typical_seconds=_TYPICAL_SECONDS,
    )


def coinciding(change: Change, restart: Change) -> Change:
    """Enabling Entra instead of a restart of its own: what waits comes into force with it."""
    waiting = (restart.before or {}).get("pending", "").replace(",", ", ")
    return replace(
        change,
        sentence=f"{change.sentence.removesuffix('.')}, once, which brings {waiting} into force.",
        controls=tuple(dict.fromkeys((*change.controls, *restart.controls))),
    )


def write(connection: Connection, server: ServerId, change: Change, state: ServerState) -> Acceptance:
    """PATCH both switches; passwords come back only where the new one is at hand (`operation`)."""
    if (change.after or {}).get("login"):
        _not_at_hand()
    return _patch(connection, server, change, {"properties": {"authConfig": _switches(change, _read(state))}})


def operation(secret: Callable[[], Secret]) -> Operation:
    """How authentication is changed where a new password is at hand.

    Args:
        secret: gives it; asked when it is sent.
    """

    def write_with_password(connection: Connection, server: ServerId, change: Change, state: ServerState) -> Acceptance:
        after, found = change.after or {}, _read(state)
        if not after.get("login"):
            return write(connection, server, change, state)
        new = secret()
        connection.hide(new)
        properties: dict[str, Any] = {
            "administratorLogin": after["login"],
            "administratorLoginPassword": new.reveal(),
            "authConfig": _switches(change, found),
        }
        if after.get("method") == "PUT":
            return _put(connection, server, change, found, properties)
        return _patch(connection, server, change, {"properties": properties})

    return replace(OPERATION, write=write_with_password)


def _patch(connection: Connection, server: ServerId, change: Change, body: Any) -> Acceptance:
    return connection.write(
        lambda client, keep: client.servers.begin_update(
            server.resource_group, server.name, body, polling=False, cls=keep
        ),
        what=_what(change, server),
    )


def _put(
    connection: Connection, server: ServerId, change: Change, found: Server, properties: dict[str, Any]
) -> Acceptance:
    """PUT of the server as an update: with its place, size and tags as read, since a PUT may drop what it lacks."""
    body: Any = {
        "location": found.location,
        "sku": {"name": found.sku, "tier": found.tier},
        "properties": {"createMode": "Update", **properties},
        **({"tags": dict(found.tags)} if found.tags else {}),
    }
    return connection.write(
        lambda client, keep: client.servers.begin_create_or_update(
            server.resource_group, server.name, body, polling=False, cls=keep
        ),
        what=_what(change, server),
    )


def _what(change: Change, server: ServerId) -> str:
    verb = "enable" if _wanted(change) == ON else "disable"
    return f"{verb} {_IN_WORDS[change.name]} on {server.name}"


def _switches(change: Change, server: Server) -> dict[str, str]:
    """Both switches, and the tenant beside enabled Entra authentication."""
    found = {_MEMBERS[method]: method_of(server, method) or OFF for method in (ENTRA, PASSWORD)}
    found[_MEMBERS[change.name]] = _wanted(change)
    tenant = (change.after or {}).get("tenant") or server.tenant_id
    return {**found, "tenantId": tenant} if found[_MEMBERS[ENTRA]].casefold() == ON.casefold() and tenant else found


def _read(state: ServerState) -> Server:
    if not isinstance(state.server, Server):
        raise TypeError(f"authentication is written over what was read: {state.server!r}")
    return state.server


def _not_at_hand() -> NoReturn:
    raise SecretStoreFailure("the new password is not at hand here; run `flexsec entra allow-passwords` again")


def current(change: Change, state: ServerState) -> dict[str, str] | None:
    """The switch as observed, with the tenant where the change names one."""
    if not isinstance(state.server, Server):
        return None
    tenant = {"tenant": state.server.tenant_id} if "tenant" in (change.after or {}) else {}
    return {"state": method_of(state.server, change.name), **tenant}


def holds(change: Change, state: ServerState) -> bool:
    """Whether the switch is as wanted, with the tenant or the login that was asked for."""
    server, after = state.server, change.after or {}
    if not isinstance(server, Server) or not _is(change, state, _wanted(change)):
        return False
    tenant, login = after.get("tenant", server.tenant_id), after.get("login", "")
    return server.tenant_id.casefold() == tenant.casefold() and (not login or server.administrator_login in ("", login))


def untouched(change: Change, state: ServerState) -> bool:
    """Whether the switch is as it was before the change."""
    return _is(change, state, (change.before or {}).get("state", ""))


def _is(change: Change, state: ServerState, word: str) -> bool:
    return isinstance(state.server, Server) and method_of(state.server, change.name).casefold() == word.casefold()


def undo(change: Change) -> Change | None:
    """Switched off again what was switched on; what was switched off needs more than its former state."""
    return _switched_off(change.name) if _wanted(change) == ON else None


def predict(change: Change, state: ServerState) -> ServerState:
    """The state with the switch as wanted; a restart leaves nothing pending, and without Entra there are no admins."""
    server, wanted = state.server, _wanted(change)
    if isinstance(server, Unobserved):
        return state
    if change.name == PASSWORD:
        return replace(state, server=replace(server, password_auth=wanted))
    tenant = ((change.after or {}).get("tenant") or server.tenant_id) if wanted == ON else ""
    after = replace(state, server=replace(server, entra_auth=wanted, tenant_id=tenant))
    if wanted == ON and not isinstance(state.parameters, Unobserved):
        return replace(after, parameters=tuple(replace(p, pending_restart=False) for p in state.parameters))
    return after if wanted == ON or isinstance(state.administrators, Unobserved) else replace(after, administrators=())


def side_effects(change: Change, before: ServerState, after: ServerState) -> tuple[str, ...]:
    """Whether the other switch moved as well: both stand in the one block that is written."""
    if not isinstance(before.server, Server) or not isinstance(after.server, Server):
        return ()
    other = PASSWORD if change.name == ENTRA else ENTRA
    was, now = method_of(before.server, other), method_of(after.server, other)
    return () if was.casefold() == now.casefold() else (f"{_IN_WORDS[other]} was {was} and is now {now}",)


def _wanted(change: Change) -> str:
    return (change.after or {}).get("state", "")


OPERATION = Operation(
    kind=KIND,
    desires=("authentication",),
    reads=("server", "administrators"),
    actions=(*ACTIONS, "Microsoft.DBforPostgreSQL/flexibleServers/administrators/read"),
    diff=diff,
    write=write,
    current=current,
    holds=holds,
    untouched=untouched,
    undo=undo,
    predict=predict,
    side_effects=side_effects,
)
