"""What every operation offers to the engine: a record of pure functions and one write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..azure.connection import Connection
    from ..model.acceptance import Acceptance
    from ..model.change import Change
    from ..model.desire import Desire
    from ..model.resource import ServerId
    from ..model.server import ServerState


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
        desires: the kinds of desires it fulfils.
        reads: the parts of a server's state that its diff and its proof rest on.
        diff: a desire against what was observed; None when it holds already. Pure.
        write: sends exactly one request.
        current: the properties of a change's target as observed, like `Change.before`; None when absent. Pure.
        holds: whether the observed state shows what the change wants. Pure.
        untouched: whether the observed state still shows what was there before the change. Pure.
        undo: the change that brings `before` back, or None when there is nothing to bring back. Pure.
        predict: the state as it will be after the change. Pure.
        prove: for what no reading shows, such as a password: tries whether the change is in force; None when it
            cannot be tried from here. Asked in place of `holds` once a write was sent.
    """

    kind: str
    desires: tuple[str, ...]
    reads: tuple[str, ...]
    diff: Callable[[Desire, ServerState], Change | Obstacle | None]
    write: Callable[[Connection, ServerId, Change], Acceptance]
    current: Callable[[Change, ServerState], Mapping[str, str] | None]
    holds: Callable[[Change, ServerState], bool]
    untouched: Callable[[Change, ServerState], bool]
    undo: Callable[[Change], Change | None]
    predict: Callable[[Change, ServerState], ServerState]
    prove: Callable[[Change], bool | None] | None = None
