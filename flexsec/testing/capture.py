"""Reads real servers and writes them down as a simulated world, to rehearse on the copy what the servers will get.

Only reads, and nothing secret: see captured_server.py for what is never taken over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import AnswerLost, ArmError, DeadlineExceeded, FlexSecError, InvalidTarget, NotFound, Unauthorized
from ..model.clock import Deadline
from ..model.resource import ServerId
from ..observers.reading import word
from ..simulator import World, WorldError
from ..simulator.locations import located
from . import captured_server as parts
from .masking import masked as without_identifiers
from .scope import Scope

if TYPE_CHECKING:
    from ..azure.connection import Connection
    from .captured_server import Captured

Connect = Callable[[str], "Connection"]
_RESOURCES_VERSION = "2022-12-01"
_GROUPS_VERSION = "2022-09-01"
_SECURITY_VERSION = "2024-01-01"
_UNKNOWN_TENANT = "00000000-0000-0000-0000-000000000000"
# Reads that a server's state rules out: reported for Stopped, Provisioning and Dropping, inferred for the others.
_CHILDREN = ("configurations", "firewallRules", "administrators", "databases", "advancedThreatProtectionSettings")
_CLOSED = {
    "stopped": ("configurations", "administrators"),
    "provisioning": ("configurations",),
    "inaccessible": ("configurations",),
    "disabled": ("configurations",),
    "dropping": _CHILDREN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A captured world.

    Attributes:
        world: the data of a world file.
        servers: how many servers it holds.
        lacks: what of the real servers it does not hold, one sentence each; unmasked, for whoever captured.
    """

    world: dict[str, Any]
    servers: int
    lacks: tuple[str, ...]


def capture(
    scopes: Iterable[Scope],
    connect: Connect,
    *,
    timeout: float = 3600.0,
    masked: bool = False,
    on_server: Callable[[str], None] = lambda _: None,
) -> Capture:
    """Capture servers as a world.

    Actions: Microsoft.DBforPostgreSQL/flexibleServers/read and the read actions below it; with those on subscriptions,
    resource groups and Microsoft.Security/pricings the copy is more exact.

    Args:
        scopes: what to capture. A replica's source comes with it.
        connect: gives the connection of a subscription.
        timeout: seconds for all reads of a subscription.
        masked: replace identifiers: ids, names, addresses, logins, the values of tags.
        on_server: told the name of each server before it is read.

    Returns:
        The world, which the simulator has accepted.

    Raises:
        ArmError: the servers cannot be listed, or a server cannot be read at all.
        AnswerLost, DeadlineExceeded, CredentialUnavailable: as `Connection.read`.
        FlexSecError: what was read is no world that the simulator can hold.
    """
    copying = _Copying(connect, timeout, on_server)
    for scope in scopes:
        copying.take(scope)
    copying.follow_sources()
    document = copying.document()
    if masked:
        document = without_identifiers(document)
    return Capture(world=document, servers=len(copying.servers), lacks=tuple(copying.lacks))


@dataclass(slots=True)
class _Subscription:
    connection: Connection
    deadline: Deadline
    entry: dict[str, Any]


class _Copying:
    """One capture: what has been read so far."""

    def __init__(self, connect: Connect, timeout: float, on_server: Callable[[str], None]) -> None:
        self._connect = connect
        self._timeout = timeout
        self._on_server = on_server
        self._subscriptions: dict[str, _Subscription] = {}
        self._groups: dict[tuple[str, str], dict[str, Any]] = {}
        self.servers: dict[str, Captured] = {}
        self._left_out: dict[str, str] = {}
        self._places: dict[str, ServerId] = {}
        self.lacks: list[str] = []

    def take(self, scope: Scope) -> None:
        """Reads every server of a scope."""
        at = self._subscription(scope.subscription_id)
        if scope.server:
            bodies = [at.connection.read(scope.path, what=f"read {scope.server}", deadline=at.deadline)]
        else:
            what = f"list the servers of {scope.group or 'subscription ' + scope.subscription_id}"
            bodies = at.connection.read_list(scope.path, what=what, deadline=at.deadline)
        for body in bodies:
            self._take_server(at, body)

    def follow_sources(self) -> None:
        """Reads the sources of replicas, and theirs; a replica whose source cannot be read is left out."""
        asked: set[str] = set()
        while missing := sorted(self._missing_sources() - asked):
            for source in missing:
                asked.add(source)
                try:
                    self.take(Scope.parse(source))
                except (ArmError, InvalidTarget) as error:
                    self._left_out[source] = error.message
        while orphans := [key for key, each in self.servers.items() if self._source(each) not in {"", *self.servers}]:
            for key in orphans:
                source = self._source(self.servers[key])
                reason = self._left_out.get(source, "it is not in the copy either")
                self._leave_out(key, f"it is a replica whose source cannot be copied: {reason}")

    def document(self) -> dict[str, Any]:
        """The world of everything that was read, in the simulator's own spelling."""
        for key, captured in self.servers.items():
            place = self._places[key]
            self._group(place).setdefault("servers", []).append(captured.entry)
            self.lacks += captured.lacks
        clock = next((each.connection.clock.now() for each in self._subscriptions.values()), None)
        document: dict[str, Any] = {
            "format": 1,
            "about": f"A copy of {len(self.servers)} real servers.",
            "subscriptions": [each.entry for each in self._subscriptions.values()],
        }
        if clock is not None:
            document["clock"] = clock.isoformat()
        try:
            return World.from_dict(document).to_dict()
        except WorldError as problem:
            raise FlexSecError(f"the simulator cannot hold what was read: {problem}") from None

    def _missing_sources(self) -> set[str]:
        return {self._source(each) for each in self.servers.values()} - {"", *self.servers}

    @staticmethod
    def _source(captured: Captured) -> str:
        return str(captured.entry.get("source_server_id", "")).lower()

    def _leave_out(self, key: str, reason: str) -> None:
        self.lacks.append(f"{self.servers[key].entry['name']} is left out: {reason}")
        self._left_out[key] = reason
        del self.servers[key]

    # Reading

    def _subscription(self, subscription_id: str) -> _Subscription:
        key = subscription_id.lower()
        if key not in self._subscriptions:
            connection = self._connect(subscription_id)
            deadline = Deadline(connection.clock, self._timeout)
            at = _Subscription(connection, deadline, {"id": subscription_id, "name": "captured", "resource_groups": []})
            self._subscriptions[key] = at
            self._describe_subscription(at)
        return self._subscriptions[key]

    def _describe_subscription(self, at: _Subscription) -> None:
        path, whose = f"/subscriptions/{at.entry['id']}", f"subscription {at.entry['id']}"
        at.entry["tenant_id"] = _UNKNOWN_TENANT
        body = self._optional(at, path, whose, "its name and tenant", _RESOURCES_VERSION)
        if body is not None:
            at.entry["name"] = word(body, "displayName") or "captured"
            at.entry["tenant_id"] = word(body, "tenantId") or _UNKNOWN_TENANT
            if found := parts.tags(body, self.lacks, whose):
                at.entry["tags"] = found
        plans = self._optional(
            at, f"{path}/providers/Microsoft.Security/pricings", whose, "its Defender plans", _SECURITY_VERSION
        )
        if found := parts.plans(plans or {}, self.lacks, whose, at.connection.clock.now()):
            at.entry["plans"] = found

    def _group(self, place: ServerId) -> dict[str, Any]:
        at = self._subscription(place.subscription_id)
        key = (place.subscription_id.lower(), place.resource_group.lower())
        if key not in self._groups:
            path = f"/subscriptions/{place.subscription_id}/resourceGroups/{place.resource_group}"
            whose = f"resource group {place.resource_group}"
            body = self._optional(at, path, whose, "its location and tags", _GROUPS_VERSION) or {}
            entry: dict[str, Any] = {"name": word(body, "name") or place.resource_group}
            if location := located(word(body, "location")):
                entry["location"] = location
            if found := parts.tags(body, self.lacks, whose):
                entry["tags"] = found
            self._groups[key] = entry
            at.entry["resource_groups"].append(entry)
        return self._groups[key]

    def _take_server(self, at: _Subscription, body: dict[str, Any]) -> None:
        place = ServerId.parse(word(body, "id"))
        if place.key in self.servers or place.key in self._left_out:
            return
        self._on_server(place.name)
        captured = parts.server_entry(body)
        parts.connections_entry(captured, body)
        self.servers[place.key] = captured
        self._places[place.key] = place
        now = at.connection.clock.now()
        for kind, add in zip(_CHILDREN, parts.CHILDREN, strict=True):
            listed = self._children(at, place, captured, kind)
            if listed is not None:
                add(captured, listed, now)
        try:
            _check(captured.entry)
        except WorldError as problem:
            self._leave_out(place.key, f"the simulator cannot hold it: {problem}")

    def _children(
        self, at: _Subscription, place: ServerId, captured: Captured, kind: str
    ) -> list[dict[str, Any]] | None:
        """What a server has of a kind; None, and a sentence about it, when that cannot be read."""
        state = str(captured.entry.get("state", ""))
        if kind in _CLOSED.get(state.lower(), ()):
            reason = f"the server is {state}"
        else:
            try:
                return at.connection.read_list(
                    f"{place.arm_id}/{kind}", what=f"read the {kind} of {place.name}", deadline=at.deadline
                )
            except (Unauthorized, DeadlineExceeded):
                raise
            except (ArmError, AnswerLost) as error:
                reason = error.message
        captured.lacks.append(f"{place.name}: its {kind} are those of a fresh server: {reason}")
        return None

    def _optional(self, at: _Subscription, path: str, whose: str, what: str, api_version: str) -> dict[str, Any] | None:
        try:
            return at.connection.read(path, what=f"read {whose}", deadline=at.deadline, api_version=api_version)
        except (Unauthorized, DeadlineExceeded):
            raise
        except NotFound as error:
            if what.endswith("tenant"):
                raise
            self.lacks.append(f"{whose}: {what} could not be read: {error.message}")
        except (ArmError, AnswerLost) as error:
            self.lacks.append(f"{whose}: {what} could not be read: {error.message}")
        return None


def _check(entry: dict[str, Any]) -> None:
    """Refuses a server that the simulator cannot hold, whatever its source."""
    alone = {key: value for key, value in entry.items() if key != "source_server_id"}
    if "source_server_id" in entry:
        alone["replication_role"] = "Primary"
    group = {"name": "check", "servers": [alone]}
    tenant = _UNKNOWN_TENANT
    World.from_dict(
        {"subscriptions": [{"id": tenant, "name": "check", "tenant_id": tenant, "resource_groups": [group]}]}
    )


__all__ = ["Capture", "Connect", "Scope", "capture"]
