"""Ctrl-C and SIGTERM in the middle of a run: the first ends it in good order, the second at once."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .output import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType


@contextmanager
def stoppable(stop: Callable[[], None]) -> Iterator[None]:
    """While a run goes on, the first signal calls `stop` and the second raises KeyboardInterrupt.

    Args:
        stop: makes the run end after the write in flight.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals reach the main thread alone
        return
    seen = 0

    def handle(_: int, __: FrameType | None) -> None:
        nonlocal seen
        seen += 1
        if seen > 1:
            raise KeyboardInterrupt
        say("stopping after the write in flight; interrupt again to end at once")
        stop()

    kinds = (signal.SIGINT, signal.SIGTERM)
    earlier = {kind: signal.signal(kind, handle) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in earlier.items():
            signal.signal(kind, handler)
