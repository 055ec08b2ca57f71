"""Operations in a world file: what runs or has lately ended, so that another process can follow it."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from .file_reading import Node, written
from .long_running import NAMES, Operation
from .state import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ENDED_OPERATIONS_KEPT = 50

# What the effect of each kind of write must hold; a delete, a restart and an operation that will fail need nothing.
EFFECT_MEMBERS = {
    "configurations": ("value", "source"),
    "firewallRules": ("start", "end"),
    "administrators": ("type", "name", "tenant_id"),
    "advancedThreatProtectionSettings": ("state",),
}
PATCHED = frozenset(each.name for each in fields(Server))


def read_operations(node: Node) -> dict[str, Operation]:
    """The operations of a world file by id, in order.

    Raises:
        WorldError: an entry that the simulator cannot have written.
    """
    found: dict[str, Operation] = {}
    for each in node.items():
        members = each.members(tuple(OPERATION_READERS))
        try:
            operation = Operation(**{key: OPERATION_READERS[key](member) for key, member in members.items()})
        except TypeError:
            raise each.fail(f"an operation as the simulator saves it, with {', '.join(OPERATION_READERS)}") from None
        _check_effect(operation, members.get("effect", each))
        found[operation.id] = operation
    return found


def _check_effect(operation: Operation, node: Node) -> None:
    """Refuses an effect that could not be carried out."""
    if operation.error is not None or operation.verb == "delete":
        return
    for key in EFFECT_MEMBERS.get(operation.kind, ()):
        if not isinstance(operation.effect.get(key), str):
            raise node.fail(f"an effect with the text {key!r}")
    plain = operation.effect.get("plain", {})
    if not isinstance(plain, dict) or not plain.keys() <= PATCHED:
        raise node.fail("an effect whose member 'plain' names attributes of a server")


def _optional_texts(node: Node) -> dict[str, str] | None:
    return None if node.value is None else node.texts()


OPERATION_READERS: Mapping[str, Callable[[Node], Any]] = {
    **dict.fromkeys(("id", "server_id", "location", "api_version"), Node.text),
    "kind": lambda node: node.choice(tuple(each for each in NAMES if " " not in each)),
    "verb": lambda node: node.choice(("write", "create", "delete")),
    "name": Node.string,
    "started": Node.moment,
    "due": Node.optional_moment,
    "effect": lambda node: {key: member.value for key, member in node.members().items()},
    "outcome": lambda node: node.choice(("Succeeded", "Failed", "Canceled")),
    **dict.fromkeys(("error", "fails_afterwards"), _optional_texts),
    **dict.fromkeys(("holds", "ignored", "done", "applied"), Node.flag),
    "says": Node.optional_text,
    "stale_reads": Node.whole,
    "settles": Node.number,
    **dict.fromkeys(("caller", "action", "method"), Node.string),
}


def _worth_keeping(operations: Mapping[str, Operation]) -> list[Operation]:
    """All running operations and the latest ended ones, in order."""
    ended = [each.id for each in operations.values() if each.done]
    forgotten = set(ended[:-ENDED_OPERATIONS_KEPT])
    return [each for each in operations.values() if each.id not in forgotten]


def write_operations(operations: Mapping[str, Operation]) -> list[dict[str, Any]]:
    """The entries of all running operations and the latest ended ones."""
    return [_operation_entry(each) for each in _worth_keeping(operations)]


def _operation_entry(operation: Operation) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    for each in fields(Operation):
        value = getattr(operation, each.name)
        if each.name in {"started", "due"}:
            entry[each.name] = written(value)
        elif value not in (each.default, {}):
            entry[each.name] = value
    return entry
