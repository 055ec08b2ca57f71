"""The whole of a world as plain data, in the form of a world file, and back."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .fault_plan import FaultPlan
from .file_reading import Node, WorldError, written
from .long_running import DURATIONS, Operation
from .operation_file import read_operations, write_operations
from .server_file import read_server, write_server
from .state import LOCATIONS, Principal, ResourceGroup, Server, Subscription, server_id
from .throttling import Limit, Throttle

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FORMAT = 1
EPOCH = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
DEFAULT_PRINCIPAL = Principal("22222222-2222-2222-2222-222222222222")
KEYS = (
    "format", "about", "clock", "seed", "sequence", "subscriptions", "principals", "durations", "throttling", "faults",
    "operations", "stale_reads", "effects",
)  # fmt: skip
GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(slots=True)
class StaleReads:
    """What reads of one kind on one server still show, and for how many reads."""

    server_id: str
    kind: str
    remaining: int
    server: Server


@dataclass(slots=True)
class State:
    """Everything that a world consists of, but for the request log and the levels of the token buckets."""

    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    principals: dict[str, Principal] = field(default_factory=dict)
    durations: dict[str, float] = field(default_factory=dict)
    throttle: Throttle | None = None
    faults: FaultPlan = field(default_factory=FaultPlan)
    operations: dict[str, Operation] = field(default_factory=dict)
    stale: list[StaleReads] = field(default_factory=list)
    effects: dict[str, list[str]] = field(default_factory=dict)
    clock: datetime = EPOCH
    seed: int = 0
    sequence: int = 0
    about: str = ""

    def duration(self, kind: str, verb: str) -> float:
        """How long an operation takes, in seconds: the world's own word, or the typical time."""
        for key in (f"{kind} {verb}", kind):
            if key in self.durations:
                return self.durations[key]
        return DURATIONS.get(f"{kind} {verb}", DURATIONS[kind])

    def servers(self) -> Iterator[tuple[str, Server]]:
        """All servers with their resource ids."""
        for subscription in self.subscriptions.values():
            for group in subscription.groups.values():
                for server in group.servers.values():
                    yield server_id(subscription, group, server), server


def parse(text: bytes, name: str) -> State:
    """The state in the text of a world file, called `name` in errors.

    Raises:
        WorldError: not JSON, or not a world.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise WorldError(name, f"no JSON ({problem})", "a world file") from None
    return read(document)


def read(document: Mapping[str, Any]) -> State:
    """The state that a world file describes.

    Raises:
        WorldError: with the JSON path to what is wrong.
    """
    root = Node(document)
    members = root.members(KEYS)
    if "subscriptions" not in members:
        raise root.fail("a member 'subscriptions'", "an object without it")
    if "format" in members and members["format"].value != FORMAT:
        raise members["format"].fail(f"{FORMAT}, the only format there is")
    state = State(subscriptions=_subscriptions(members["subscriptions"]))
    for key, attribute, reader in (
        ("about", "about", Node.string),
        ("clock", "clock", Node.moment),
        ("seed", "seed", Node.whole),
        ("sequence", "sequence", Node.whole),
        ("principals", "principals", _principals),
        ("durations", "durations", _durations),
        ("throttling", "throttle", _throttling),
        ("faults", "faults", _faults),
        ("operations", "operations", read_operations),
        ("stale_reads", "stale", _stale_reads),
        ("effects", "effects", _effects),
    ):
        if key in members:
            setattr(state, attribute, reader(members[key]))
    _refuse_strangers(root, state)
    return state


def write(state: State) -> dict[str, Any]:
    """The world file of a state; only what differs from an empty world is written."""
    document: dict[str, Any] = {"format": FORMAT}
    if state.about:
        document["about"] = state.about
    document |= {"clock": written(state.clock), "seed": state.seed}
    document["subscriptions"] = [_subscription_entry(each) for each in state.subscriptions.values()]
    parts: dict[str, Any] = {
        "sequence": state.sequence,
        "principals": {
            token: {"object_id": each.object_id, "allowed_actions": list(each.allowed_actions)}
            for token, each in state.principals.items()
        },
        "durations": dict(state.durations),
        "throttling": _throttling_entry(state.throttle),
        "faults": state.faults.to_list(),
        "operations": write_operations(state.operations),
        "stale_reads": [
            {
                "server_id": each.server_id,
                "kind": each.kind,
                "remaining": each.remaining,
                "server": write_server(each.server),
            }
            for each in state.stale
        ],
        "effects": {key: list(lines) for key, lines in state.effects.items()},
    }
    return document | {key: value for key, value in parts.items() if value}


def _subscriptions(node: Node) -> dict[str, Subscription]:
    found: dict[str, Subscription] = {}
    for each in node.items():
        members = each.members(("id", "name", "tenant_id", "resource_groups"))
        for key in ("id", "name", "tenant_id"):
            if key not in members:
                raise each.fail(f"a member {key!r}", "an object without it")
        subscription_id = members["id"].text()
        for key in ("id", "tenant_id"):
            if not GUID.fullmatch(members[key].text()):
                raise members[key].fail("a GUID such as 11111111-1111-1111-1111-111111111111")
        if subscription_id.lower() in found:
            raise members["id"].fail("an id that no other subscription has")
        subscription = Subscription(subscription_id, members["name"].text(), members["tenant_id"].text())
        if "resource_groups" in members:
            subscription.groups = _groups(members["resource_groups"])
        found[subscription_id.lower()] = subscription
    return found


def _groups(node: Node) -> dict[str, ResourceGroup]:
    found: dict[str, ResourceGroup] = {}
    for each in node.items():
        members = each.members(("name", "location", "tags", "servers"))
        if "name" not in members:
            raise each.fail("a member 'name'", "an object without it")
        group = ResourceGroup(members["name"].text())
        if not re.fullmatch(r"[-\w.()]{1,90}(?<!\.)", group.name):
            raise members["name"].fail("a resource group name: letters, digits, _ - . ( ), not ending in a dot")
        if group.name.lower() in found:
            raise members["name"].fail("a name that no other group of the subscription has")
        if "location" in members:
            group.location = members["location"].choice(tuple(LOCATIONS))
        if "tags" in members:
            group.tags = members["tags"].texts()
        for entry in members["servers"].items() if "servers" in members else ():
            server = read_server(entry)
            if server.name.lower() in group.servers:
                raise WorldError(
                    f"{entry.where}.name", repr(server.name), "a name that no other server of the group has"
                )
            group.servers[server.name.lower()] = server
        found[group.name.lower()] = group
    return found


def _subscription_entry(subscription: Subscription) -> dict[str, Any]:
    groups = []
    for group in subscription.groups.values():
        entry: dict[str, Any] = {"name": group.name, "location": group.location}
        if group.tags:
            entry["tags"] = dict(group.tags)
        entry["servers"] = [write_server(server) for server in group.servers.values()]
        groups.append(entry)
    return {
        "id": subscription.id,
        "name": subscription.name,
        "tenant_id": subscription.tenant_id,
        "resource_groups": groups,
    }


def _principals(node: Node) -> dict[str, Principal]:
    found = {}
    for token, each in node.members().items():
        members = each.members(("object_id", "allowed_actions"))
        if "object_id" not in members:
            raise each.fail("a member 'object_id'", "an object without it")
        actions = (
            tuple(action.text() for action in members["allowed_actions"].items())
            if "allowed_actions" in members
            else ("*",)
        )
        found[token] = Principal(members["object_id"].text(), actions)
    return found


def _durations(node: Node) -> dict[str, float]:
    return {kind: each.number(0, 86400) for kind, each in node.members(tuple(DURATIONS)).items()}


def _throttling(node: Node) -> Throttle | None:
    if isinstance(node.value, bool):
        return Throttle() if node.value else None
    throttle = Throttle()
    members = node.members(("reads", "writes", "deletes", "global_factor"))
    for kind in throttle.limits:
        if kind in members:
            bounds = members[kind].members(("size", "refill"))
            limit = throttle.limits[kind]
            size = bounds["size"].number(1) if "size" in bounds else limit.size
            refill = bounds["refill"].number() if "refill" in bounds else limit.refill
            throttle.limits[kind] = Limit(size, refill)
    if "global_factor" in members:
        throttle.global_factor = members["global_factor"].number(0.01)
    return throttle


def _throttling_entry(throttle: Throttle | None) -> dict[str, Any] | None:
    if throttle is None:
        return None
    entry: dict[str, Any] = {kind: {"size": each.size, "refill": each.refill} for kind, each in throttle.limits.items()}
    return entry | {"global_factor": throttle.global_factor}


def _faults(node: Node) -> FaultPlan:
    entries = []
    for each in node.items():
        each.members()
        try:
            FaultPlan.from_list([each.value])
        except ValueError as problem:
            raise WorldError(
                each.where, f"a fault that cannot be ({problem})", "an id, a place and arguments that go with it"
            ) from None
        entries.append(each.value)
    return FaultPlan.from_list(entries)


def _stale_reads(node: Node) -> list[StaleReads]:
    found = []
    for each in node.items():
        members = each.members(("server_id", "kind", "remaining", "server"))
        if len(members) != 4:
            raise each.fail("server_id, kind, remaining and server")
        old = read_server(members["server"])
        found.append(StaleReads(members["server_id"].text(), members["kind"].text(), members["remaining"].whole(), old))
    return found


def _effects(node: Node) -> dict[str, list[str]]:
    return {key.lower(): [line.text() for line in lines.items()] for key, lines in node.members().items()}


def _refuse_strangers(root: Node, state: State) -> None:
    """Refuses a replica whose source is not in the world, and operations on servers that are not."""
    known = {each.lower() for each, _ in state.servers()}
    for each, server in state.servers():
        if server.source_server_id is not None and server.source_server_id.lower() not in known:
            raise WorldError(
                f"{root.where} server {each}",
                repr(server.source_server_id),
                "the id of a server in this world as source_server_id",
            )
    for operation in state.operations.values():
        if not operation.done and operation.server_id.lower() not in known:
            raise WorldError(f"{root.where}.operations", repr(operation.server_id), "the id of a server in this world")
