"""Simulated time that follows the real one at a rate, and can be moved ahead."""

from __future__ import annotations

import math
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ..file_reading import LATEST

if TYPE_CHECKING:
    from collections.abc import Callable


class ServedClock:
    """A clock for a served world. Safe to share between threads.

    Args:
        start: the simulated time now, with its zone.
        scale: simulated seconds per real second.
        monotonic: real seconds since some moment.

    Raises:
        ValueError: a scale that is no positive number.
    """

    def __init__(self, start: datetime, scale: float, monotonic: Callable[[], float]) -> None:
        if not (math.isfinite(scale) and scale > 0):
            raise ValueError(f"time scale {scale}: expected a positive number of simulated seconds per real second")
        self.scale = scale
        self._start = start.astimezone(UTC)
        self._monotonic = monotonic
        self._begun = monotonic()
        self._ahead = 0.0
        self._guard = threading.Lock()

    def now(self) -> datetime:
        """The simulated time, in UTC; at LATEST it stands still."""
        with self._guard:
            seconds = (self._monotonic() - self._begun) * self.scale + self._ahead
        try:
            return min(self._start + timedelta(seconds=seconds), LATEST)
        except OverflowError:
            return LATEST

    def advance(self, seconds: float) -> None:
        """Moves the clock ahead.

        Args:
            seconds: simulated ones.

        Raises:
            ValueError: a negative number, more than ten years, or further than LATEST.
        """
        if not 0 <= seconds <= 10 * 366 * 86400:
            raise ValueError(f"cannot advance by {seconds} seconds: expected 0 to {10 * 366 * 86400}")
        if self.now() + timedelta(seconds=seconds) > LATEST:
            raise ValueError(
                f"cannot advance by {seconds} seconds: simulated time ends with the year {LATEST.year - 1}"
            )
        with self._guard:
            self._ahead += seconds

    def real(self, seconds: float) -> float:
        """How many real seconds some simulated ones take."""
        return seconds / self.scale
