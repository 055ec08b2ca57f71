"""The escapes of log_line_prefix: which things a prefix tells, and the same prefix telling all that are asked for."""

from __future__ import annotations

import re

# What is asked for, the escapes that tell it, and what is added when none of them is there.
_TIME = ("time", frozenset("mtn"), "%m")
_REST = (
    ("user", frozenset("u"), "user=%u"),
    ("database", frozenset("d"), "db=%d"),
    ("client", frozenset("hr"), "client=%h"),
)
_START = re.compile(r"%(?:(%)|-?[0-9]*)")


def lacking(prefix: str) -> tuple[str, ...]:
    """Which of time, user, database and client the prefix does not tell."""
    found, _ = _read(prefix)
    return tuple(thing for thing, escapes, _ in (_TIME, *_REST) if not found & escapes)


def extended(prefix: str) -> str:
    """The prefix with what it lacks: the time before what was there, the rest behind it.

    An escape without an end is dropped: it prints nothing, and would swallow what is added.
    """
    found, whole = _read(prefix)
    before = "" if found & _TIME[1] else f"{_TIME[2]}-"
    behind = ",".join(added for _, escapes, added in _REST if not found & escapes)
    if not behind:
        return f"{before}{whole}"
    joint = "-" if whole[-1:].isalnum() else ""
    return f"{before}{whole}{joint}{behind}-"


def _read(prefix: str) -> tuple[frozenset[str], str]:
    """The letters of the escapes, and the prefix without an escape that has no end.

    As PostgreSQL reads it (its source code): %% is a percent sign, and a width may stand before the letter.
    """
    letters: set[str] = set()
    at = prefix.find("%")
    while at >= 0:
        start = _START.match(prefix, at)
        end = start.end() if start else at + 1
        if start and start[1]:
            at = prefix.find("%", end)
            continue
        if end == len(prefix):
            return frozenset(letters), prefix[:at]
        letters.add(prefix[end])
        at = prefix.find("%", end + 1)
    return frozenset(letters), prefix
