"""Who can sign in to a world: applications with secrets, and the managed identities of the machine that asks.

A world that names none has one application and one system-assigned identity, which stand for its default principal.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .state import Principal

if TYPE_CHECKING:
    from .file_reading import Node

GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
FALLBACK_TENANT = "33333333-3333-3333-3333-333333333333"
USUAL_CLIENT = "44444444-4444-4444-4444-444444444444"
USUAL_MACHINE = "55555555-5555-5555-5555-555555555555"


@dataclass(slots=True)
class Application:
    """Something that signs in.

    `client_secret` is simulated and empty for a managed identity; without a `principal` it acts as the world's default
    one.
    """

    client_id: str
    client_secret: str = field(default="", repr=False)
    principal: Principal | None = None


@dataclass(slots=True)
class SignIn:
    """The tenant's sign-in service: its tenant, its applications and managed identities, by client id in lower case."""

    tenant_id: str | None = None
    applications: dict[str, Application] = field(default_factory=dict)
    managed_identities: dict[str, Application] = field(default_factory=dict)

    def application(self, client_id: str, seed: int) -> Application | None:
        """An application by its client id, whatever the case."""
        usual = {} if self.applications else {USUAL_CLIENT: Application(USUAL_CLIENT, usual_secret(seed))}
        return (self.applications or usual).get(client_id.lower())

    def first_application(self, seed: int) -> Application:
        """The application that a user of the world is told about."""
        return next(iter(self.applications.values()), None) or Application(USUAL_CLIENT, usual_secret(seed))

    def managed_identity(self, chosen: str | None) -> Application | None:
        """A managed identity by client id or object id; None chooses the first, which is the system-assigned one."""
        found = self.managed_identities or {USUAL_MACHINE: Application(USUAL_MACHINE)}
        if chosen is None:
            return next(iter(found.values()))
        wanted = chosen.lower()
        return next(
            (
                each
                for key, each in found.items()
                if key == wanted or (each.principal is not None and each.principal.object_id.lower() == wanted)
            ),
            None,
        )


def usual_secret(seed: int) -> str:
    """The secret of the application that a world has when it names none; the same for the same seed."""
    return "simulated-" + hashlib.sha256(f"{seed}/client secret".encode()).hexdigest()[:32]


def read_rights(members: dict[str, Node]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The actions and data actions of a world file's entry.

    All of both when it names neither. As in Azure, whoever may do anything with resources may still do nothing with
    the data in them: beside `allowed_actions`, no `data_actions` are none.
    """
    found = {
        key: tuple(action.text() for action in members[key].items())
        for key in ("allowed_actions", "data_actions")
        if key in members
    }
    return found.get("allowed_actions", ("*",)), found.get("data_actions", () if found else ("*",))


def write_rights(principal: Principal) -> dict[str, list[str]]:
    """The rights as `read_rights` reads them."""
    entry = {"allowed_actions": list(principal.allowed_actions)}
    return entry | ({"data_actions": list(principal.data_actions)} if principal.data_actions else {})


def read_sign_in(node: Node) -> SignIn:
    """The sign-in service of a world file.

    Raises:
        WorldError: an unknown key, or something that is no GUID or stands there twice.
    """
    members = node.members(("tenant_id", "applications", "managed_identities"))
    sign_in = SignIn()
    if "tenant_id" in members:
        sign_in.tenant_id = _guid(members["tenant_id"])
    for key, secret in (("applications", True), ("managed_identities", False)):
        if key in members:
            setattr(sign_in, key, _applications(members[key], secret=secret))
    return sign_in


def write_sign_in(sign_in: SignIn) -> dict[str, Any]:
    """The entry of a world file; empty for a world that names nobody."""
    entry: dict[str, Any] = {"tenant_id": sign_in.tenant_id} if sign_in.tenant_id else {}
    for key in ("applications", "managed_identities"):
        found: dict[str, Application] = getattr(sign_in, key)
        if found:
            entry[key] = [_entry(each) for each in found.values()]
    return entry


def _applications(node: Node, *, secret: bool) -> dict[str, Application]:
    found: dict[str, Application] = {}
    keys = ("client_id", *(("client_secret",) if secret else ()), "object_id", "allowed_actions", "data_actions")
    for each in node.items():
        members = each.members(keys)
        for key in keys[: 2 if secret else 1]:
            if key not in members:
                raise each.fail(f"a member {key!r}", "an object without it")
        client_id = _guid(members["client_id"])
        if client_id.lower() in found:
            raise members["client_id"].fail("a client id that no other entry has")
        application = Application(client_id)
        if secret:
            application.client_secret = _secret(members["client_secret"])
        if members.keys() & {"allowed_actions", "data_actions"} and "object_id" not in members:
            raise each.fail("a member 'object_id' beside what it may do", "an object without it")
        if "object_id" in members:
            application.principal = Principal(_guid(members["object_id"]), *read_rights(members))
        found[client_id.lower()] = application
    return found


def _entry(application: Application) -> dict[str, Any]:
    entry: dict[str, Any] = {"client_id": application.client_id}
    if application.client_secret:
        entry["client_secret"] = application.client_secret
    if application.principal is not None:
        entry["object_id"] = application.principal.object_id
        return entry | write_rights(application.principal)
    return entry


def _secret(node: Node) -> str:
    if not isinstance(node.value, str) or not node.value:
        raise node.fail("a text", "something else")
    return node.value


def _guid(node: Node) -> str:
    if not GUID.fullmatch(node.text()):
        raise node.fail("a GUID such as 11111111-1111-1111-1111-111111111111")
    return node.text()
