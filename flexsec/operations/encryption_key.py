"""The customer-managed key of a server that has one: another key, another identity, or both, by one PATCH.

What is sent names the whole pair (on a geo-redundant server both pairs, which the service wants together: reported as
CMKInvalidEncryptionParameters otherwise) and nothing else, save an identity that the server does not have yet. The kind
of key is fixed when a server is created, so a server with Microsoft's key is told so and never written to (F2). No
recording shows such a request: the members are the official client's, the pairing is azure-cli's.

Requires Microsoft.DBforPostgreSQL/flexibleServers/write, the one coarse action there is, and the right to follow the
operation; giving the server an identity also needs Microsoft.ManagedIdentity/userAssignedIdentities/assign/action.
"""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from ..controls.keys import NEEDS_NEW_SERVER, OWN, PLATFORM
from ..model.change import Change, Phase
from ..model.desire import DesiredEncryptionKey
from ..model.key_vault_key import key_identifier
from ..model.server import CustomerKey, Server
from .operation import Obstacle, Operation

if TYPE_CHECKING:
    from ..azure.connection import Connection
    from ..model.acceptance import Acceptance
    from ..model.desire import Desire
    from ..model.resource import ServerId
    from ..model.server import ServerState

KIND = "encryption_key"
NAME = "dataEncryption"
CLOSING = "encryption-key"
ACTIONS = (
    "Microsoft.DBforPostgreSQL/flexibleServers/read",
    "Microsoft.DBforPostgreSQL/flexibleServers/write",
    "Microsoft.DBforPostgreSQL/locations/azureAsyncOperation/read",
)
ASSIGN = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"
"""Needed beside them, at the identity, to give the server one that it does not have (Microsoft documentation)."""
# Recorded of other changes: a PATCH of a server is reported done after 60 to 1,026 seconds, 61 at the median.
_TYPICAL_SECONDS = 61
_MEMBERS = {
    "key": ("uri", "primaryKeyURI"),
    "identity": ("identity", "primaryUserAssignedIdentityId"),
    "geo_backup_key": ("geo_backup_uri", "geoBackupKeyURI"),
    "geo_backup_identity": ("geo_backup_identity", "geoBackupUserAssignedIdentityId"),
}
"""A property of the change: the attribute of `CustomerKey`, and the service's member."""
_GEO, _READERS = ("geo_backup_key", "geo_backup_identity"), ("identity", "geo_backup_identity")
_IN_WORDS = {"key": "key", "identity": "identity", "geo_backup_key": "geo-key", "geo_backup_identity": "geo-identity"}
_IDENTITY = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.ManagedIdentity/userAssignedIdentities/[^/]+",
    re.IGNORECASE,
)


def diff(desire: Desire, state: ServerState) -> Change | Obstacle | None:
    """The PATCH that exchanges keys and identities, None when they are so already, or why it is not written."""
    if not isinstance(desire, DesiredEncryptionKey):
        raise TypeError(f"not a desired encryption key: {desire!r}")
    server = state.server
    if not isinstance(server, Server):
        return Obstacle(desire=desire, reason=f"the server was not read: {server.reason}")
    asked = {name: text for name in _MEMBERS if (text := str(getattr(desire, name)).strip())}
    refused = _of_server(server) or _of_form(asked) or _of_geo(asked, server)
    if refused:
        return Obstacle(desire=desire, reason=refused)
    before = _told(server.customer_key)
    after = {**before, **asked}
    if _same(before, after):
        return None
    if _folded(after["identity"]) == _folded(after.get("geo_backup_identity", "")):
        return Obstacle(desire=desire, reason="the two identities must differ: one lives in each region")
    return _change(before, after)


def _of_server(server: Server) -> str:
    """Why the service would not exchange this server's key, or flexsec could not bring it back; ""."""
    kind = server.encryption.casefold()
    if kind == PLATFORM:
        return f"the server's key is managed by Microsoft, which cannot be changed: {NEEDS_NEW_SERVER}"
    if kind != OWN:
        return f"the service tells {server.encryption or 'nothing'} about whose key encrypts the server"
    if not (server.customer_key.uri and server.customer_key.identity):
        return "the service does not tell the server's key and identity, so they could not be brought back"
    return ""


def _of_form(asked: dict[str, str]) -> str:
    """Which text is no identifier of a key or of an identity."""
    for name, text in asked.items():
        if name.endswith("identity") and not _IDENTITY.fullmatch(text):
            return (
                f"{_IN_WORDS[name]}={text!r} is not the resource id of a user-assigned identity (/subscriptions/.../"
                "providers/Microsoft.ManagedIdentity/userAssignedIdentities/NAME)"
            )
        if name.endswith("key") and (key_identifier(text) is None or not text.casefold().startswith("https://")):
            example = "https://VAULT.vault.azure.net/keys/NAME"
            return f"{_IN_WORDS[name]}={text!r} is not the identifier of a key, such as {example}"
    return ""


def _of_geo(asked: dict[str, str], server: Server) -> str:
    """Whether both pairs are named just where the server has geo-redundant backups (F1)."""
    geo = server.geo_redundant_backup.casefold()
    if geo not in ("enabled", "disabled"):
        return f"the service tells {server.geo_redundant_backup or 'nothing'} about geo-redundant backups"
    if geo == "disabled":
        given = [_IN_WORDS[name] for name in _GEO if name in asked]
        return f"{' and '.join(given)} given, and the server has no geo-redundant backups" if given else ""
    missing = [name for name in _MEMBERS if name not in asked]
    if not missing:
        return ""
    now = _told(server.customer_key)
    shown = ", ".join(f"{_IN_WORDS[name]} (now {now.get(name, 'none')})" for name in missing)
    return (
        "the server has geo-redundant backups: the service wants both keys and both identities in one request, and "
        f"{shown} is not given"
    )


def _told(key: CustomerKey) -> dict[str, str]:
    found = {name: str(getattr(key, attribute)) for name, (attribute, _) in _MEMBERS.items()}
    return {name: text for name, text in found.items() if text}


def _same(one: dict[str, str], other: dict[str, str]) -> bool:
    return {k: _folded(v) for k, v in one.items()} == {k: _folded(v) for k, v in other.items()}


def _folded(text: str) -> str:
    return text.strip().rstrip("/").casefold()


def _change(before: dict[str, str], after: dict[str, str], *, back: bool = False) -> Change:
    changed = [name for name in after if _folded(after[name]) != _folded(before.get(name, ""))]
    words = " and ".join(f"the {_IN_WORDS[name]} {after[name]} (now {before.get(name, 'none')})" for name in changed)
    return Change(
        kind=KIND,
        name=NAME,
        before=before,
        after=after,
        sentence=f"Encrypt the server {'again ' if back else ''}with {words}. "
        "Keep the former key enabled until this has taken effect.",
        phase=Phase.CLOSE,
        closing=CLOSING,
        reversible=after.keys() <= before.keys(),
        lowers_security=_pinned(after) and not _pinned(before),
        permissions=ACTIONS,
        typical_seconds=_TYPICAL_SECONDS,
    )


def _pinned(keys: dict[str, str]) -> bool:
    found = key_identifier(keys["key"])
    return found is not None and bool(found.version)


def write(connection: Connection, server: ServerId, change: Change, state: ServerState) -> Acceptance:
    """PATCH the keys and identities, and with them an identity that the server does not have.

    Raises:
        TypeError: the server was not read, which the engine does not let happen.
    """
    if not isinstance(state.server, Server) or change.after is None:
        raise TypeError(f"keys are exchanged on a server that was read: {state.server!r}")
    body: Any = _body(change.after, state.server)
    return connection.write(
        lambda client, keep: client.servers.begin_update(
            server.resource_group, server.name, body, polling=False, cls=keep
        ),
        what=f"exchange the encryption key of {server.name}",
    )


def _body(after: dict[str, str], server: Server) -> dict[str, Any]:
    told = {member: after[name] for name, (_, member) in _MEMBERS.items() if name in after}
    body: dict[str, Any] = {"properties": {"dataEncryption": {"type": "AzureKeyVault", **told}}}
    held = {_folded(each) for each in server.identities}
    new = [after[name] for name in _READERS if name in after and _folded(after[name]) not in held]
    if new:
        system = "systemassigned" in server.identity_type.casefold()
        kinds = "SystemAssigned,UserAssigned" if system else "UserAssigned"
        body["identity"] = {"type": kinds, "userAssignedIdentities": {each: {} for each in new}}
    return body


def current(change: Change, state: ServerState) -> dict[str, str] | None:
    """The keys and identities as observed."""
    return _told(state.server.customer_key) if isinstance(state.server, Server) else None


def holds(change: Change, state: ServerState) -> bool:
    """Whether the server names the wanted keys and identities."""
    return _same(current(change, state) or {}, change.after or {})


def untouched(change: Change, state: ServerState) -> bool:
    """Whether the server still names those from before the change."""
    return _same(current(change, state) or {}, change.before or {})


def undo(change: Change) -> Change | None:
    """The write that brings the former keys back; None where geo-redundant backups had none."""
    if change.before is None or change.after is None or not change.reversible:
        return None
    return _change(change.after, change.before, back=True)


def predict(change: Change, state: ServerState) -> ServerState:
    """The state with the keys as wanted."""
    server = state.server
    if not isinstance(server, Server) or change.after is None:
        return state
    wanted = {attribute: change.after[name] for name, (attribute, _) in _MEMBERS.items() if name in change.after}
    held = {_folded(each) for each in server.identities}
    new = [change.after[name] for name in _READERS if name in change.after]
    identities = (*server.identities, *(each for each in new if _folded(each) not in held))
    key = replace(server.customer_key, **wanted)
    return replace(state, server=replace(server, customer_key=key, identities=tuple(sorted(identities))))


def side_effects(change: Change, before: ServerState, after: ServerState) -> tuple[str, ...]:
    """What became of the keys' statuses: a key that is named and cannot be used is no success."""
    if not isinstance(before.server, Server) or not isinstance(after.server, Server):
        return ()
    was, now = before.server.customer_key, after.server.customer_key
    found = [
        f"{each.name} was {getattr(was, each.name) or 'not told'} and is now {getattr(now, each.name) or 'not told'}"
        for each in fields(CustomerKey)
        if each.name in ("status", "geo_backup_status") and getattr(was, each.name) != getattr(now, each.name)
    ]
    stopped = after.server.state.casefold() == "inaccessible"
    return (*found, *(("the server is Inaccessible: it cannot use its key",) if stopped else ()))


OPERATION = Operation(
    kind=KIND,
    desires=("encryption_key",),
    reads=("server",),
    actions=ACTIONS,
    diff=diff,
    write=write,
    current=current,
    holds=holds,
    untouched=untouched,
    undo=undo,
    predict=predict,
    side_effects=side_effects,
)
