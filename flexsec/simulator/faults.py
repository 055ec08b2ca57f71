"""Faults that can be switched on at a place, for a number of times; what each of them is tells fault_kinds.py."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from .fault_kinds import FAULTS
from .patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault and where it strikes.

    Attributes:
        id: X1 to X41.
        method: HTTP method; None for all.
        path: regular expression searched in the path, ignoring case; None for all.
        times: how often it strikes; None for always.
        after: how many matching requests it lets pass first.
        probability: of striking a matching request, drawn from `seed`, so that a run can be repeated.
        arguments: as listed in FAULTS for the id.

    Raises:
        ValueError: an unknown id or argument, or a value that makes no sense; the message names the right ones.
    """

    id: str
    method: str | None = None
    path: str | None = None
    times: int | None = 1
    after: int = 0
    probability: float = 1.0
    seed: int = 0
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kind = FAULTS.get(self.id)
        if kind is None:
            raise ValueError(f"unknown fault {self.id!r}; known are {', '.join(FAULTS)}")
        for name, value in self.arguments.items():
            if name not in kind.arguments:
                raise ValueError(f"fault {self.id} has no argument {name!r}{known_names(name, kind.arguments)}")
            if expected := kind.complaint(name, value):
                raise ValueError(f"fault {self.id}: {name} is {value!r}, expected {expected}")
        if self.times is not None and self.times < 0:
            raise ValueError(f"fault {self.id}: times is {self.times}, expected none, or null for always")
        if self.after < 0 or not 0 <= self.probability <= 1:
            raise ValueError(f"fault {self.id}: after must not be negative and probability must lie between 0 and 1")
        try:
            pattern(self.path or "")
        except re.error as problem:
            raise ValueError(f"fault {self.id}: path {self.path!r} is no regular expression: {problem}") from None

    def argument(self, name: str) -> Any:
        """An argument's value, or its default."""
        return self.arguments.get(name, FAULTS[self.id].arguments[name])

    def concerns(self, aspects: frozenset[str], method: str, path: str) -> bool:
        """Whether the fault can befall a request."""
        if self.id == "X7" and self.argument("form") == "poll" and "write" not in aspects:
            return False
        if self.id == "X33" and (self.argument("form") == "zones") != ("power write" in aspects):
            return False
        right_method = self.method is None or self.method.upper() == method
        right_path = self.path is None or pattern(self.path).search(path) is not None
        return right_method and right_path and not aspects.isdisjoint(FAULTS[self.id].on)


def known_names(name: str, known: Mapping[str, Any]) -> str:
    """The end of a sentence about an unknown name: the one that was probably meant, or all there are."""
    close = get_close_matches(name, known, 1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; it has {', '.join(known)}" if known else "; it has none"
