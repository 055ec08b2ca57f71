"""What goes wrong in a world, and who may do what: members of a world file, and a file of their own to lay over one.

A fault file is a list of faults, or an object with any of "faults", "throttling", "principals" and "durations", each
in the form of a world file.
"""

from __future__ import annotations

import json
from http import HTTPMethod
from typing import TYPE_CHECKING, Any

from .fault_kinds import FAULTS
from .fault_plan import FaultPlan
from .faults import Fault
from .file_reading import Node, WorldError, closest
from .identities import read_rights, read_sign_in
from .long_running import DURATIONS
from .state import Principal
from .throttling import Limit, Throttle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from .world_file import State

FAULT_KEYS = (*Fault.__dataclass_fields__, "seen", "fired")


def load(path: Path) -> dict[str, Any]:
    """What a fault file says, by the attribute of the state that it replaces.

    Raises:
        WorldError: not JSON, or a mistake; the message says where, and what was probably meant.
        OSError: the file cannot be read.
    """
    try:
        document = parse_json(path.read_bytes())
    except ValueError as problem:
        raise WorldError(path.name, f"no JSON ({problem})", "a list of faults, or an object with them") from None
    return read(document)


def read(document: Any) -> dict[str, Any]:
    """What the data of a fault file says, by the attribute of the state that it replaces.

    Raises:
        WorldError: with the JSON path to what is wrong.
    """
    root = Node(document)
    if isinstance(document, list):
        return {"faults": read_faults(root)}
    members = root.members(("format", "about", *READERS))
    if not members.keys() & READERS.keys():
        raise root.fail("a list of faults, or an object with any of " + ", ".join(READERS), "neither")
    return {attribute: reader(members[key]) for key, (attribute, reader) in READERS.items() if key in members}


def impose(found: Mapping[str, Any], state: State) -> None:
    """Replaces what a fault file mentions; everything else stays as the world has it."""
    for attribute, value in found.items():
        setattr(state, attribute, value)


def parse_json(text: bytes) -> Any:
    """JSON in which no object says a key twice, as the second one would win in silence.

    Raises:
        ValueError: not JSON, too deep, or a key said twice.
    """
    try:
        return json.loads(text, object_pairs_hook=_once)
    except RecursionError as problem:
        raise ValueError(str(problem)) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return found


def read_faults(node: Node) -> FaultPlan:
    """The faults of a list, in order.

    Raises:
        WorldError: an unknown fault, key or argument, or a value that makes no sense.
    """
    entries = []
    for each in node.items():
        members = each.members(FAULT_KEYS)
        if "id" not in members:
            raise each.fail("a member 'id'", "an object without it")
        _read_arguments(members, FAULTS[members["id"].choice(tuple(FAULTS))].arguments)
        method = members.get("method", Node(None))
        if isinstance(method.value, str) and method.value.upper() not in list(HTTPMethod):
            raise method.fail(closest(method.value, ("GET", "PUT", "PATCH", "POST", "DELETE", "HEAD")))
        try:
            FaultPlan.from_list([each.value])
        except ValueError as problem:
            raise WorldError(
                each.where, f"a fault that cannot be ({problem})", "an id, a place and arguments that go with it"
            ) from None
        entries.append(each.value)
    return FaultPlan.from_list(entries)


def _read_arguments(members: dict[str, Node], usual: Any) -> None:
    """Refuses arguments that the fault does not have, and values that they cannot have."""
    if "arguments" not in members:
        return
    fault_id = members["id"].value
    if members["arguments"].value and not usual:
        raise members["arguments"].fail(f"none: fault {fault_id} has no arguments")
    for name, argument in members["arguments"].members(tuple(usual)).items():
        if expected := FAULTS[fault_id].complaint(name, argument.value):
            raise argument.fail(expected)


def read_principals(node: Node) -> dict[str, Principal]:
    """Who may do what, by the text of the bearer token.

    Raises:
        WorldError: an entry without object id, or an action that is no text.
    """
    found = {}
    for token, each in node.members().items():
        members = each.members(("object_id", "allowed_actions", "data_actions"))
        if "object_id" not in members:
            raise each.fail("a member 'object_id'", "an object without it")
        found[token] = Principal(members["object_id"].text(), *read_rights(members))
    return found


def read_durations(node: Node) -> dict[str, float]:
    """How long operations take, in seconds by kind.

    Raises:
        WorldError: an unknown kind, or no number.
    """
    return {kind: each.number(0, 86400) for kind, each in node.members(tuple(DURATIONS)).items()}


def read_throttling(node: Node) -> Throttle | None:
    """The token buckets: true for the service's own, false for none, or their sizes.

    Raises:
        WorldError: an unknown bucket, or no number.
    """
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


def throttling_entry(throttle: Throttle | None) -> dict[str, Any] | None:
    """The token buckets as `read_throttling` reads them."""
    if throttle is None:
        return None
    entry: dict[str, Any] = {kind: {"size": each.size, "refill": each.refill} for kind, each in throttle.limits.items()}
    return entry | {"global_factor": throttle.global_factor}


READERS: Mapping[str, tuple[str, Callable[[Node], Any]]] = {
    "faults": ("faults", read_faults),
    "throttling": ("throttle", read_throttling),
    "sign_in": ("sign_in", read_sign_in),
    "principals": ("principals", read_principals),
    "durations": ("durations", read_durations),
}
