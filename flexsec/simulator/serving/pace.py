"""Lets simulated time do its work although nobody asks: operations take effect when they are due."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from .. import settling
from ..file_reading import WorldError

if TYPE_CHECKING:
    from ..world import World
    from .clock import ServedClock

_LOG = logging.getLogger(__name__)
LONGEST = 60.0  # real seconds between two looks at the world, in case another process changed its file


class Pace:
    """A thread that completes operations as they come due, for whatever stands behind a server to see it in time."""

    def __init__(self, world: World, clock: ServedClock) -> None:
        self._world = world
        self._clock = clock
        self._woken = threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="flexsec-pace", daemon=True)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def wake(self) -> None:
        """Looks again when something is due: an operation was started, or time was moved."""
        self._woken.set()

    def stop(self) -> None:
        """Ends, after what is being done."""
        self._stopped = True
        self._woken.set()
        self._thread.join()

    def settle(self) -> None:
        """Carries out what is due by now.

        Raises:
            WorldError: the world's file was changed to something that is no world.
            OSError: the file cannot be read or written.
        """
        now = self._clock.now()
        with self._world.turn():
            state = self._world.state
            state.clock = max(state.clock, now)
            settling.settle(self._world, now)

    def _run(self) -> None:
        patience = self._patience()
        while not self._stopped:
            self._woken.wait(patience)
            self._woken.clear()
            try:
                self.settle()
                patience = self._patience()
            except (WorldError, OSError) as problem:
                _LOG.error("the world cannot be kept up to date: %s", problem)
                patience = LONGEST
            except Exception as defect:  # noqa: BLE001 - a defect in one world must not stop time for all that is served
                _LOG.error("time goes on, but settling failed: %s", type(defect).__name__)
                patience = LONGEST

    def _patience(self) -> float:
        due = self._world.next_due()
        if due is None:
            return LONGEST
        return min(LONGEST, max(0.001, self._clock.real((due - self._clock.now()).total_seconds())))
