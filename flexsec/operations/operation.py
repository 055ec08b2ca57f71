"""What every operation offers to the engine: a record of pure functions and one write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..azure.connection import Connection
    from ..model.acceptance import Acceptance
    from ..model.change import Change
    from ..model.desire import Desire

State = Any
"""A `ServerState`, or a `SubscriptionState` for an operation that is about a subscription."""
Target = Any
"""A `ServerId`, or a `SubscriptionId` likewise."""


def nothing_else(_change: object, _before: object, _after: object) -> tuple[str, ...]:
    """The side effects of an operation that can have none that would be seen."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """A desire that this operation cannot write, with the reason as a sentence."""

    desire: Desire
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """How one kind of resource is changed.

    Attributes:
        kind: the stem, which every change of this operation carries.
        about: what it changes, which decides what the functions below are given.
        desires: the kinds of desires it fulfils.
        reads: the parts of a state that its diff and its proof rest on.
        actions: every RBAC action that one of its changes may need.
        affects: the parts that are read once more after a write, to tell what else it changed.
        diff: a desire against what was observed; None when it holds already. Pure.
        write: sends exactly one request; the state is what was read right before it.
        current: the properties of a change's target as observed, like `Change.before`; None when absent. Pure.
        holds: whether the observed state shows what the change wants. Pure.
        untouched: whether the observed state still shows what was there before the change. Pure.
        undo: the change that brings `before` back, or None when there is nothing to bring back. Pure.
        predict: the state as it will be after the change. Pure.
        prove: for what no reading shows, such as a password: tries whether the change is in force; None when it
            cannot be tried from here. Asked in place of `holds` once a write was sent.
        side_effects: what else differs between the states before and after the write, as sentences. Pure.
        again_after: seconds after which a busy service is first asked again; then ever longer.
    """

    kind: str
    about: Literal["server", "subscription"] = "server"
    desires: tuple[str, ...]
    reads: tuple[str, ...]
    actions: tuple[str, ...]
    affects: tuple[str, ...] = ()
    diff: Callable[[Desire, State], Change | Obstacle | None]
    write: Callable[[Connection, Target, Change, State], Acceptance]
    current: Callable[[Change, State], Mapping[str, str] | None]
    holds: Callable[[Change, State], bool]
    untouched: Callable[[Change, State], bool]
    undo: Callable[[Change], Change | None]
    predict: Callable[[Change, State], State]
    prove: Callable[[Change], bool | None] | None = None
    side_effects: Callable[[Change, State, State], tuple[str, ...]] = nothing_else
    again_after: float = 1.0
