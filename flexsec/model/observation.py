"""What could not be read is a value with its reason, never an empty list and never a guess."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unobserved:
    """A part of a server that was not read.

    Attributes:
        reason: why, as a clause ("the server is stopped", "403: ... is missing").
        missing_action: the RBAC action that would allow the read, or "".
    """

    reason: str
    missing_action: str = ""
