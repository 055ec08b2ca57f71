"""What pgaudit records: the classes that a value of pgaudit.log covers, and a value that covers more.

A value is read as pgaudit itself reads it (its source code): from left to right, each word adds its classes or, behind
a minus, takes them away. `all` is every class, `misc` holds `misc_set`, `none` adds nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .parameter import merged

if TYPE_CHECKING:
    from collections.abc import Iterable

CLASSES = ("read", "write", "function", "role", "ddl", "misc")
"""The classes that the service's list of allowed values names, in its order."""

_MISC_SET = "misc_set"
_EVERY = frozenset((*CLASSES, _MISC_SET))
_COVERS = {
    **{name: frozenset((name,)) for name in (*CLASSES, _MISC_SET)},
    "misc": frozenset(("misc", _MISC_SET)),
    "all": _EVERY,
}


def covered(value: str) -> frozenset[str]:
    """The classes of statements that are recorded under this value; `misc_set` is a part of `misc` with a name."""
    found: frozenset[str] = frozenset()
    for word in _words(value):
        name = word.casefold()
        if name.startswith("-"):
            found -= _COVERS.get(name[1:], frozenset())
        else:
            found |= _COVERS.get(name, frozenset())
    return found


def extended(value: str, required: Iterable[str]) -> str:
    """A value that covers the required classes and all that this one covers.

    What covers them already comes back as it is, so `all` is never narrowed. Otherwise words are added behind what is
    there. A value that takes classes away is written as the plain list of what is to be recorded, because the service
    takes no word with a minus (Microsoft documentation).
    """
    wanted = tuple(required)
    held = covered(value)
    every = held | covered(",".join(wanted))
    if every == held:
        return value
    if any(word.startswith("-") for word in _words(value)):
        return _plain(value, every)
    kept = ",".join(word for word in _words(value) if word.casefold() != "none")
    return merged(kept, tuple(name for name in wanted if not _COVERS[name.casefold()] <= held))


def _plain(value: str, every: frozenset[str]) -> str:
    """The words of the value that may stay, in their order, then what is missing."""
    if every == _EVERY:
        return "all"
    told = ",".join(word for word in _words(value) if _COVERS.get(word.casefold(), _EVERY) <= every)
    for name in (*CLASSES, _MISC_SET):  # misc before the part of it, which the service's list does not name
        if name in every - covered(told):
            told = merged(told, (name,))
    return told


def _words(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]
