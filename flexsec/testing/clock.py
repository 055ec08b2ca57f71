"""A clock that nobody waits for: sleeping moves it, so an hour of polling takes a moment."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECOND = 1_000_000  # the clock counts whole microseconds, so that no moment is lost to rounding


class VirtualClock:
    """A clock for simulations and tests.

    Time stands still until every registered thread sleeps; then it moves to the earliest wake-up. The thread that makes
    the clock is registered, so in a program of one thread every sleep returns at once with the time moved. Further
    threads register with `thread()`; a registered thread that waits for other threads, and so will not sleep, steps
    aside with `away()`.
    """

    def __init__(self, start: datetime) -> None:
        """Start at `start`, which must carry a time zone.

        Raises:
            ValueError: `start` has no time zone.
        """
        if start.tzinfo is None:
            raise ValueError("the start of a VirtualClock needs a time zone, for example datetime.now(UTC)")
        self._start = start
        self._elapsed = 0
        self._changed = threading.Condition()
        self._registered = {threading.get_ident()}
        self._wake_up: dict[int, int] = {}

    def now(self) -> datetime:
        """The time, in the zone of the start."""
        with self._changed:
            return self._start + timedelta(microseconds=self._elapsed)

    def monotonic(self) -> float:
        """Seconds since the start."""
        with self._changed:
            return self._elapsed / _SECOND

    def sleep(self, seconds: float) -> None:
        """Wait on this clock; returns as soon as all other registered threads sleep at least as long.

        Args:
            seconds: how long, rounded up to a microsecond.

        Raises:
            ValueError: a negative number.
            RuntimeError: the calling thread is not registered.
        """
        if seconds < 0:
            raise ValueError(f"cannot sleep {seconds} seconds")
        thread = threading.get_ident()
        with self._changed:
            if thread not in self._registered:
                raise RuntimeError(
                    "this thread sleeps on a VirtualClock that does not know it; enter clock.thread() in it first"
                )
            self._wake_up[thread] = self._elapsed - int(-seconds * _SECOND // 1)
            self._move()
            while thread in self._wake_up:
                self._changed.wait()

    @contextmanager
    def thread(self) -> Iterator[None]:
        """Register the calling thread: from now on time waits for it too."""
        thread = threading.get_ident()
        with self._changed:
            self._registered.add(thread)
        try:
            yield
        finally:
            with self._changed:
                self._registered.discard(thread)
                self._move()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Let time move without the calling thread, which waits for other threads meanwhile."""
        thread = threading.get_ident()
        with self._changed:
            self._registered.discard(thread)
            self._move()
        try:
            yield
        finally:
            with self._changed:
                self._registered.add(thread)

    def _move(self) -> None:
        # Called under the lock. Whoever is due leaves the table here, before it runs again: time must not move a second
        # time while a woken thread has not yet had its turn.
        if not self._wake_up or self._registered - self._wake_up.keys():
            return
        self._elapsed = max(self._elapsed, min(self._wake_up.values()))
        for thread in [t for t, moment in self._wake_up.items() if moment <= self._elapsed]:
            del self._wake_up[thread]
        self._changed.notify_all()
