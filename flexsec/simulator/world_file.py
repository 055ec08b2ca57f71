"""The whole of a world as plain data, in the form of a world file, and back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from . import world_checks
from .activity_log import Event, read_events, write_events
from .conditions_file import (
    parse_json,
    read_durations,
    read_faults,
    read_principals,
    read_throttling,
    throttling_entry,
)
from .extras_file import (
    SUBSCRIPTION_KEYS,
    read_resource,
    read_subscription_extras,
    write_resource,
    write_subscription_extras,
)
from .fault_plan import FaultPlan
from .file_reading import Node, WorldError, written
from .identities import FALLBACK_TENANT, GUID, SignIn, read_sign_in, write_rights, write_sign_in
from .key_vault_file import read_vaults, write_vaults
from .locations import LOCATIONS
from .long_running import DURATIONS, Operation
from .operation_file import read_operations, write_operations
from .server_file import read_server, write_server
from .state import Principal, ResourceGroup, Server, Subscription, server_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .throttling import Throttle

FORMAT = 1
EPOCH = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
DEFAULT_PRINCIPAL = Principal("22222222-2222-2222-2222-222222222222")
KEYS = (
    "format", "about", "clock", "seed", "sequence", "subscriptions", "sign_in", "principals", "durations", "throttling",
    "faults", "operations", "stale_reads", "effects", "activity",
)  # fmt: skip


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
    sign_in: SignIn = field(default_factory=SignIn)
    principals: dict[str, Principal] = field(default_factory=dict)
    durations: dict[str, float] = field(default_factory=dict)
    throttle: Throttle | None = None
    faults: FaultPlan = field(default_factory=FaultPlan)
    operations: dict[str, Operation] = field(default_factory=dict)
    stale: list[StaleReads] = field(default_factory=list)
    effects: dict[str, list[str]] = field(default_factory=dict)
    activity: list[Event] = field(default_factory=list)
    clock: datetime = EPOCH
    seed: int = 0
    sequence: int = 0
    about: str = ""

    @property
    def home_tenant(self) -> str:
        """The tenant in which applications sign in: the sign-in service's own, or the first subscription's."""
        first = next((each.tenant_id for each in self.subscriptions.values()), FALLBACK_TENANT)
        return self.sign_in.tenant_id or first

    def tenants(self) -> list[str]:
        """All tenants, the one in which applications sign in first."""
        found = {each.lower(): each for each in (self.home_tenant, *(s.tenant_id for s in self.subscriptions.values()))}
        return list(found.values())

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
        document = parse_json(text)
    except ValueError as problem:
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
        ("clock", "clock", Node.clock),
        ("seed", "seed", Node.whole),
        ("sequence", "sequence", Node.whole),
        ("sign_in", "sign_in", read_sign_in),
        ("principals", "principals", read_principals),
        ("durations", "durations", read_durations),
        ("throttling", "throttle", read_throttling),
        ("faults", "faults", read_faults),
        ("operations", "operations", read_operations),
        ("stale_reads", "stale", _stale_reads),
        ("effects", "effects", _effects),
        ("activity", "activity", read_events),
    ):
        if key in members:
            setattr(state, attribute, reader(members[key]))
    world_checks.refuse_the_impossible(state)
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
        "sign_in": write_sign_in(state.sign_in),
        "principals": {
            token: {"object_id": each.object_id} | write_rights(each) for token, each in state.principals.items()
        },
        "durations": dict(state.durations),
        "throttling": throttling_entry(state.throttle),
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
        "activity": write_events(state.activity),
    }
    return document | {key: value for key, value in parts.items() if value}


def _subscriptions(node: Node) -> dict[str, Subscription]:
    found: dict[str, Subscription] = {}
    for each in node.items():
        members = each.members(("id", "name", "tenant_id", "resource_groups", *SUBSCRIPTION_KEYS))
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
        read_subscription_extras(members, subscription)
        found[subscription_id.lower()] = subscription
    return found


def _groups(node: Node) -> dict[str, ResourceGroup]:
    found: dict[str, ResourceGroup] = {}
    for each in node.items():
        members = each.members(("name", "location", "tags", "servers", "vaults", "identities", "resources"))
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
        read_vaults(members, group)
        if "resources" in members:
            group.resources = [read_resource(entry) for entry in members["resources"].items()]
        found[group.name.lower()] = group
    return found


def _subscription_entry(subscription: Subscription) -> dict[str, Any]:
    groups = []
    for group in subscription.groups.values():
        entry: dict[str, Any] = {"name": group.name, "location": group.location}
        if group.tags:
            entry["tags"] = dict(group.tags)
        entry["servers"] = [write_server(server) for server in group.servers.values()]
        entry |= write_vaults(group)
        if group.resources:
            entry["resources"] = [write_resource(each) for each in group.resources]
        groups.append(entry)
    return {
        "id": subscription.id,
        "name": subscription.name,
        "tenant_id": subscription.tenant_id,
        "resource_groups": groups,
    } | write_subscription_extras(subscription)


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
