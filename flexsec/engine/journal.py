"""The record of a run: append-only JSON lines, each chained to the one before by its hash, written before the deed.

A line that a dying process left half-written was not yet acted upon, so it is dropped; any other break is damage.
Nothing secret is recorded; the signed status URL of an operation in flight may be, which is why files are 0600.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..errors import JournalDamaged
from ..model.encoding import canonical

if TYPE_CHECKING:
    from ..model.clock import Clock
    from ..model.journal import JournalStore

_START = "0" * 64


@dataclass(frozen=True, slots=True)
class Record:
    """One line.

    Attributes:
        kind: started, resumed, intent, accepted, rejected, outcome, ended.
        data: what that kind records.
    """

    number: int
    at: datetime
    kind: str
    data: dict[str, Any]


class Journal:
    """One run's journal, open for writing."""

    def __init__(self, store: JournalStore, run_id: str, clock: Clock, *, number: int = 0, link: str = _START) -> None:
        self._store = store
        self._clock = clock
        self._number = number
        self._link = link
        self.run_id = run_id

    def write(self, kind: str, data: dict[str, Any]) -> None:
        """Append a record and make it durable before returning."""
        body = {"number": self._number, "at": self._clock.now().isoformat(), "kind": kind, "data": data}
        link = _hash(self._link, body)
        self._store.append(self.run_id, canonical({**body, "hash": link}).encode())
        self._number += 1
        self._link = link


def read(store: JournalStore, run_id: str) -> list[Record]:
    """The records of a run, checked.

    Raises:
        UnknownName: no such run.
        JournalDamaged: a line other than an unfinished last one does not chain.
    """
    records, _, _ = _checked(store.read(run_id), run_id)
    return records


def reopen(store: JournalStore, run_id: str, clock: Clock) -> tuple[Journal, list[Record]]:
    """Continue a run's journal: a half-written last line is dropped from the store, then lines are added.

    Raises:
        UnknownName: no such run.
        JournalDamaged: the journal cannot be trusted.
    """
    raw = store.read(run_id)
    records, length, link = _checked(raw, run_id)
    if length < len(raw):
        store.trim(run_id, length)
    return Journal(store, run_id, clock, number=len(records), link=link), records


def _checked(raw: bytes, run_id: str) -> tuple[list[Record], int, str]:
    """The records, how many bytes they take, and the last link."""
    records: list[Record] = []
    link, length = _START, 0
    lines = raw.split(b"\n")
    for position, line in enumerate(lines):
        finished = position < len(lines) - 1
        if not finished:
            break  # what follows the last newline was not written to its end
        body = _parsed(line)
        if body is None or body.pop("hash", None) != (expected := _hash(link, body)):
            raise JournalDamaged(
                f"the journal of run {run_id} is damaged at line {position + 1}: the line does not follow from those "
                "before it, so what the run did cannot be told from it; compare the server with `flexsec audit`"
            )
        records.append(Record(body["number"], datetime.fromisoformat(body["at"]), body["kind"], body["data"]))
        link, length = expected, length + len(line) + 1
    return records, length, link


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        body = json.loads(line)
    except ValueError:
        return None
    expected = {"number", "at", "kind", "data", "hash"}
    return body if isinstance(body, dict) and body.keys() == expected else None


def _hash(link: str, body: dict[str, Any]) -> str:
    return hashlib.sha256((link + canonical(body)).encode()).hexdigest()
