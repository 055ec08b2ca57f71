"""Who owns a property, what its owner is handed instead of a write, and values that somebody keeps setting back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .change import Change

FLEXSEC = "flexsec"
"""The owner of what flexsec writes; what nobody is named for is flexsec's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """The same change in the language of the property's owner.

    Attributes:
        language: terraform, bicep or az.
        text: the patch; never a secret.
    """

    language: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """A change that flexsec does not write, because the property belongs to someone else.

    Attributes:
        owner: terraform, bicep, policy, or a name.
        note: what the owner has to know ("a policy would set it back: change its parameter"), or "".
    """

    change: Change
    owner: str
    patches: tuple[Patch, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fight:
    """A value that came back at least twice after flexsec had changed it.

    Attributes:
        target: kind and name, such as parameters/log_connections.
        wanted: what flexsec set it to, in words; "absent" for what it removed.
        comes_back_as: what it is again, likewise.
        times: how often it came back.
        runs: the runs that changed it, oldest first.
        set_by: who set it last according to the activity log, or "" when that is not known.
        set_at: when, or None.
        not_known: why it is not known who, or "".
    """

    target: str
    wanted: str
    comes_back_as: str
    times: int
    runs: tuple[str, ...]
    set_by: str = ""
    set_at: datetime | None = None
    not_known: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastWrite:
    """The last write of a resource that the activity log tells of: who (a name or an object id), and when, in UTC."""

    by: str
    at: datetime
