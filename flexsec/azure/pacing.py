"""Keeps reads inside what Azure Resource Manager grants, so that a fleet is slowed here and not refused there."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ..errors import DeadlineExceeded

if TYPE_CHECKING:
    from ..model.clock import Clock, Deadline

# Documented by Microsoft: per subscription, principal and region a bucket of 250 reads, refilled by 25 a second.
_BUCKET = 250.0
_REFILL = 25.0
_SCARCE = 0.1


class ReadBudget:
    """A token bucket that all threads of one connection share.

    The header x-ms-ratelimit-remaining-subscription-reads is the truth when it says less than the bucket; while under
    a tenth is left, the refill is halved so that the counter recovers.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens = _BUCKET
        self._capacity = _BUCKET
        self._scarce = False
        self._filled_at = clock.monotonic()
        self._closed_until = 0.0

    def take(self, deadline: Deadline, *, what: str) -> None:
        """Take one read, waiting for it if need be.

        Raises:
            DeadlineExceeded: at once, when the wait would go past the deadline.
        """
        with self._lock:
            wait = self._reserve()
            if wait > deadline.remaining:
                self._tokens += 1.0
                raise DeadlineExceeded(
                    f"could not {what}: the read budget of Azure Resource Manager asks to wait {wait:.1f} s and "
                    f"{deadline.remaining:.1f} s are left"
                )
        if wait > 0.0:
            self._clock.sleep(wait)

    def told(self, reads_left: int | None) -> None:
        """Learn how many reads the service says are left."""
        if reads_left is None:
            return
        with self._lock:
            self._fill()
            self._capacity = max(self._capacity, float(reads_left))
            self._scarce = reads_left < _SCARCE * self._capacity
            if self._scarce:
                self._tokens = min(self._tokens, float(reads_left))

    def close(self, seconds: float) -> None:
        """Let no read through for so long: the service has throttled one of them."""
        with self._lock:
            self._closed_until = max(self._closed_until, self._clock.monotonic() + seconds)
            self._fill()
            self._tokens = min(self._tokens, 0.0)

    def _reserve(self) -> float:
        """Take a token, in advance if there is none, and say how long until it is there."""
        self._fill()
        self._tokens -= 1.0
        owed = max(0.0, -self._tokens) / self._rate
        return max(owed, self._closed_until - self._clock.monotonic(), 0.0)

    def _fill(self) -> None:
        now = self._clock.monotonic()
        self._tokens = min(_BUCKET, self._tokens + (now - self._filled_at) * self._rate)
        self._filled_at = now

    @property
    def _rate(self) -> float:
        return _REFILL / 2 if self._scarce else _REFILL
