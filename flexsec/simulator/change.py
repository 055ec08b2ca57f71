"""What a write asks for, before it is accepted: plain data that an operation can carry."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Change:
    """A valid write.

    Attributes:
        kind: the resource kind, or what happens to a server as a whole, such as "restart"; `verb` is write, create or
            delete; `name` is the child's.
        effect: what will change.
        error: set when the service accepts the write and fails it later for reasons of its own.
    """

    kind: str
    verb: str
    name: str
    effect: dict[str, Any] = field(default_factory=dict)
    error: Mapping[str, str] | None = None
