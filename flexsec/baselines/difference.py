"""Two baselines held against each other: what only one asks for, what they ask differently, and which is stricter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .strictness import compared

if TYPE_CHECKING:
    from ..controls.control import Control, Value
    from ..model.verdict import Waiver
    from .baseline import Baseline, Scope, Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class ArgumentDifference:
    """An argument that both baselines settle, each its own way.

    Attributes:
        right_is: stricter or weaker than the left, or "" when the argument has no order.
    """

    control: str
    argument: str
    left: Value
    right: Value
    right_is: Literal["stricter", "weaker", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerDifference:
    """A pattern with another owner; "" where a baseline names none."""

    pattern: str
    left: str
    right: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What differs between two baselines; everything is as `left` has it and as `right` has it.

    Attributes:
        removed: controls that only the left judges; `added` those that only the right judges.
        waivers_removed, waivers_added: waivers that only one of them holds.
        scopes: both scopes when they differ.
    """

    left: str
    right: str
    removed: tuple[Control, ...]
    added: tuple[Control, ...]
    arguments: tuple[ArgumentDifference, ...]
    waivers_removed: tuple[Waiver, ...]
    waivers_added: tuple[Waiver, ...]
    owners: tuple[OwnerDifference, ...]
    scopes: tuple[Scope, Scope] | None

    @property
    def same(self) -> bool:
        """Whether both ask for the same, whatever they are called."""
        parts = (self.removed, self.added, self.arguments, self.waivers_removed, self.waivers_added, self.owners)
        return not any(parts) and self.scopes is None


def difference(left: Baseline, right: Baseline) -> Difference:
    """Hold one baseline against another; defaults count as if they were written down."""
    lefts = {selection.control.id: selection for selection in left.controls}
    rights = {selection.control.id: selection for selection in right.controls}
    return Difference(
        left=left.name,
        right=right.name,
        removed=tuple(each.control for each in left.controls if each.control.id not in rights),
        added=tuple(each.control for each in right.controls if each.control.id not in lefts),
        arguments=tuple(
            item for each in left.controls if each.control.id in rights for item in _arguments(each, rights)
        ),
        waivers_removed=tuple(waiver for waiver in left.waivers if waiver not in right.waivers),
        waivers_added=tuple(waiver for waiver in right.waivers if waiver not in left.waivers),
        owners=_owners(left, right),
        scopes=None if left.scope == right.scope else (left.scope, right.scope),
    )


def _arguments(left: Selection, rights: dict[str, Selection]) -> list[ArgumentDifference]:
    control = left.control
    mine = control.settled(left.arguments)
    theirs = control.settled(rights[control.id].arguments)
    return [
        ArgumentDifference(
            control=control.id,
            argument=argument.name,
            left=mine[argument.name],
            right=theirs[argument.name],
            right_is=compared(control.id, argument, mine[argument.name], theirs[argument.name]),
        )
        for argument in control.arguments
        if mine[argument.name] != theirs[argument.name]
    ]


def _owners(left: Baseline, right: Baseline) -> tuple[OwnerDifference, ...]:
    """By pattern, its case ignored as owners are; a pattern is spelled as the left has it."""
    lefts = {pattern.casefold(): owner for pattern, owner in left.owners.items()}
    rights = {pattern.casefold(): owner for pattern, owner in right.owners.items()}
    spelled = {pattern.casefold(): pattern for pattern in (*right.owners, *left.owners)}
    return tuple(
        OwnerDifference(pattern=spelled[key], left=lefts.get(key, ""), right=rights.get(key, ""))
        for key in dict.fromkeys((*lefts, *rights))
        if lefts.get(key) != rights.get(key)
    )
