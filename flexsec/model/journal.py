"""What a journal store must do; the file store is in the engine, others implement the same protocol."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol


class JournalStore(Protocol):
    """Append-only lines by run, and a lock per server or subscription."""

    def append(self, run_id: str, line: bytes) -> None:
        """Add one line (without its newline) to a run and make it durable before returning."""
        ...

    def read(self, run_id: str) -> bytes:
        """All bytes of a run; the last line may be cut off when a process died while writing.

        Raises:
            UnknownName: no such run.
        """
        ...

    def head(self, run_id: str) -> bytes:
        """The first line of a run with its newline, or what there is of it."""
        ...

    def place(self, run_id: str) -> str:
        """Where a run is kept, for a message."""
        ...

    def trim(self, run_id: str, length: int) -> None:
        """Drop what follows the first `length` bytes: a line that a dead process left half-written."""
        ...

    def runs(self) -> list[str]:
        """The ids of all runs, oldest first."""
        ...

    def lock(self, target_key: str, holder: str) -> AbstractContextManager[None]:
        """Hold the server or subscription with this key for one run; the lock ends with the process.

        Raises:
            RunInProgress: another run holds it; the message names that run.
        """
        ...
