"""What belongs to someone else is not written: which changes are whose, and which restart serves whom. Pure.

A restart is the owner's of the parameters that it serves, unless the baseline names an owner for restarts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..model.change import Change
from ..model.desire import DesiredRestart
from ..model.observation import Unobserved
from ..model.ownership import FLEXSEC
from ..model.pattern import fits
from ..model.plan import Left

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..model.server import ServerState
    from ..operations.operation import Operation

Owner = Callable[[str], str]
RESTART = "restart/server"


def flexsecs_own(_: str) -> str:
    """The owner of everything where nobody else is named."""
    return FLEXSEC


def as_meant(owner: Owner) -> Owner:
    """The owners, with flexsec itself under its own name however a baseline spells it."""

    def meant(target: str) -> str:
        found = owner(target)
        return FLEXSEC if found.strip().casefold() == FLEXSEC else found

    return meant


@dataclass(frozen=True, slots=True)
class Owned:
    """A change of what belongs to `owner`."""

    owner: str
    change: Change


@dataclass(frozen=True, slots=True)
class Shares:
    """Changes by whose they are.

    Attributes:
        own: flexsec's.
        foreign: everyone else's, restarts apart.
        restart: the restart that a control asked for and that serves others alone, or None.
        waiting: what flexsec does not write before somebody else wrote the rest, by the controls that it is for.
    """

    own: tuple[Change, ...] = ()
    foreign: tuple[Owned, ...] = ()
    restart: Change | None = None
    waiting: tuple[Left, ...] = ()


NOTHING_SHARED = Shares()
"""Nothing that a failing control wants: what was asked for by name, or is restored, is written whoever owns it."""


def share(changes: Iterable[Change], owner: Owner) -> Shares:
    """Who is to make which of the changes that failing controls want."""
    own: list[Change] = []
    foreign: list[Owned] = []
    restart = None
    for change in changes:
        if change.kind == "restart":
            if any(_restarter(name, owner) == FLEXSEC for name in _pending(change)):
                own.append(change)
            else:
                restart = change
        elif owner(change.target) == FLEXSEC:
            own.append(change)
        else:
            foreign.append(Owned(owner(change.target), change))
    waiting = _waiting(own, foreign)
    left = tuple(
        Left(control=control, reason=_wait(change, awaited))
        for change, awaited in waiting
        for control in change.controls
    )
    kept = tuple(change for change in own if all(change is not other for other, _ in waiting))
    return Shares(kept, tuple(foreign), restart, left)


def _waiting(own: list[Change], foreign: list[Owned]) -> list[tuple[Change, Owned]]:
    """Parameters, and the restart for them, that serve only controls which somebody else has to serve too.

    A control that judges several parameters passes with all of them or not at all: half of them would change the
    server, or even restart it, for nothing. Rules and settings each count by themselves.
    """
    blocked: dict[str, Owned] = {}
    for item in foreign:
        if item.change.kind == "parameters":
            for control in item.change.controls:
                blocked.setdefault(control, item)
    found = [
        (change, blocked[change.controls[0]])
        for change in own
        if change.kind in ("parameters", "restart") and change.controls and set(change.controls) <= blocked.keys()
    ]
    held = {change.target for change, _ in found}
    restarts_anyway = any(is_static(change) for change in own if change.target not in held)
    return [(change, awaited) for change, awaited in found if not (change.kind == "restart" and restarts_anyway)]


def _wait(change: Change, awaited: Owned) -> str:
    return f"it waits for {awaited.owner}, who owns {awaited.change.target}; flexsec's part then: {change.sentence}"


def foreign_restarts(
    shares: Shares, planned: Iterable[Change], owner: Owner, state: ServerState, operation: Operation
) -> list[Owned]:
    """The restarts that others have to make, one each: for what they are to write, and for what waits already.

    Args:
        planned: what flexsec means to write; a restart of its own brings into force what waits.
        operation: the one that restarts.
    """
    planned = tuple(planned)
    controls: dict[str, dict[str, tuple[str, ...]]] = {}
    for change in (*planned, *(item.change for item in shares.foreign)):
        if change.controls and is_static(change):
            controls.setdefault(_restarter(change.name, owner), {})[change.name] = change.controls
    if shares.restart is not None and not any(change.restarts for change in planned):
        for name in _pending(shares.restart):
            controls.setdefault(_restarter(name, owner), {})[name] = shares.restart.controls
    return [
        Owned(who, replace(restart, controls=tuple(sorted({each for ids in names.values() for each in ids}))))
        for who, names in controls.items()
        if who != FLEXSEC and isinstance(restart := _restart_for(tuple(names), state, operation), Change)
    ]


def idle(owners: Mapping[str, str], state: ServerState) -> list[str]:
    """The patterns of parameters and firewall rules that fit nothing on the server, and so may be misspelt.

    A bare * means whatever there is, also when that is nothing.
    """
    present = {"parameters": state.parameters, "firewall": state.firewall}
    found = []
    for pattern in owners:
        kind, _, name = pattern.partition("/")
        things = present.get(kind.casefold(), ())
        if name == "*" or kind.casefold() not in present or isinstance(things, Unobserved):
            continue
        if not any(fits(f"{kind}/{each.name}", pattern) for each in things):
            found.append(pattern)
    return found


def is_static(change: Change) -> bool:
    """Whether a change writes a parameter that comes into force with a restart."""
    return change.kind == "parameters" and (change.after or {}).get("dynamic") == "false"


def _restart_for(names: tuple[str, ...], state: ServerState, operation: Operation) -> object:
    """The restart of a server on which these parameters wait, and no others."""
    if isinstance(state.parameters, Unobserved):
        return None
    waiting = tuple(replace(each, pending_restart=each.name in names) for each in state.parameters)
    return operation.diff(DesiredRestart(parameters=names), replace(state, parameters=waiting))


def _restarter(name: str, owner: Owner) -> str:
    """Who restarts the server for a parameter."""
    named = owner(RESTART)
    return named if named != FLEXSEC else owner(f"parameters/{name}")


def _pending(restart: Change) -> list[str]:
    return [name for name in (restart.before or {}).get("pending", "").split(",") if name]
