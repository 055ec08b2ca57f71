"""The strictest arguments by which a control still passes on a server, found by judging it again and again."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from ..model.observation import Unobserved
from ..model.parameter import Parameter, members
from ..model.verdict import Status
from .strictness import order

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..controls.control import Argument, Control, Value
    from ..model.server import ServerState

ROUNDED = ("net-fw-range-bounded.max_addresses", "net-fw-range-bounded.max_rule_addresses")
"""Budgets of addresses are rounded up to a power of two, as networks are sized."""

MOVED_BY_TIME = ("auth-admin-password-rotation.max_days", "enc-key-health.days")
"""What a server meets today and not tomorrow: as strictly as it is met, it would fail by itself."""

_FARTHEST = 1_000_000


def _tenants(state: ServerState) -> tuple[str, ...]:
    return () if isinstance(state.server, Unobserved) or not state.server.tenant_id else (state.server.tenant_id,)


def _extensions(state: ServerState) -> tuple[str, ...]:
    found = state.parameter("azure.extensions")
    return tuple(sorted(members(found.value))) if isinstance(found, Parameter) else ()


FOUND: Mapping[str, Callable[[ServerState], tuple[str, ...]]] = MappingProxyType(
    {
        "auth-tenant-pinned.tenants": _tenants,
        "ext-allowlist-minimal.approved": _extensions,
    }
)
"""Lists that are empty by default and are taken from the server; one that it does not pass by is not used."""


def tightened(control: Control, state: ServerState) -> dict[str, Value]:
    """The arguments, one tightened after the other; the control passes by its defaults, and by these.

    Lists and texts that are as they are by default are left out: the file would only repeat long or empty ones.
    """
    found = control.defaults
    for argument in control.arguments:
        passes = _trial(control, state, argument.name, found)
        value = _strictest(control.id, argument, state, passes)
        if passes(value):
            found = {**found, argument.name: value}
    return {one.name: found[one.name] for one in control.arguments if _worth_writing(one, found[one.name])}


def _worth_writing(argument: Argument, value: Value) -> bool:
    plain = isinstance(value, bool | int) or bool(argument.allowed)
    return argument.admits(value) and (plain or value != argument.default)


def _trial(control: Control, state: ServerState, name: str, held: dict[str, Value]) -> Callable[[Value], bool]:
    """Whether the control passes with one argument at a value and the others as they are held."""
    return lambda value: control.judge(state, {**held, name: value}).status == Status.PASS


def _strictest(control_id: str, argument: Argument, state: ServerState, passes: Callable[[Value], bool]) -> Value:
    default, direction = argument.default, order(control_id, argument.name)
    if f"{control_id}.{argument.name}" in FOUND:
        found = FOUND[f"{control_id}.{argument.name}"](state)
        return found if found and argument.admits(found) else default
    if f"{control_id}.{argument.name}" in MOVED_BY_TIME:
        return default
    match argument.kind:
        case "integer" if isinstance(default, int) and direction == "higher":
            most = argument.maximum if argument.maximum is not None else _FARTHEST
            return _last(default, most, passes)
        case "integer" if isinstance(default, int) and direction == "lower":
            least = -_last(-default, -(argument.minimum or 0), lambda value: passes(-_number(value)))
            rounded = f"{control_id}.{argument.name}" in ROUNDED
            return min(_power_of_two(least), default) if rounded else least
        case "text" if direction in ("higher", "lower"):
            texts = argument.allowed if direction == "higher" else argument.allowed[::-1]
            return next((text for text in reversed(texts) if passes(text)), default)
        case "texts" if isinstance(default, tuple) and direction in ("fewer", "more"):
            return _list(default, argument, passes, more=direction == "more")
        case _:
            return default


def _last(first: int, last: int, passes: Callable[[Value], bool]) -> int:
    """The last number that passes, of numbers of which the first passes, and none after one that does not."""
    while first < last:
        middle = (first + last + 1) // 2
        if passes(middle):
            first = middle
        else:
            last = middle - 1
    return first


def _list(
    default: tuple[str, ...], argument: Argument, passes: Callable[[Value], bool], *, more: bool
) -> tuple[str, ...]:
    """The default with every further text that passes, or without every text that may go; never emptied."""
    found = default
    if more:
        for text in argument.allowed:
            if text not in found and passes((*found, text)):
                found = (*found, text)
        return found
    for text in default:
        fewer = tuple(each for each in found if each != text)
        if fewer and passes(fewer):
            found = fewer
    return found


def _number(value: Value) -> int:
    return value if isinstance(value, int) else 0


def _power_of_two(number: int) -> int:
    """The number itself when it is 0 or a power of two, else the next one above."""
    return 1 << (number - 1).bit_length() if number > 0 else 0
