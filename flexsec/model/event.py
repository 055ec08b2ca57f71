"""What a run tells while it goes on, for whoever shows progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One step of a run.

    Attributes:
        stage: observing, writing, waiting, retrying, verifying, done, failed, skipped, finished.
        message: one sentence.
        number, total: which change of how many (1-based; 0 when the event is about the whole run).
        typical_seconds: how long the service usually takes for this change.
        elapsed_seconds: since this change was begun, on the run's clock.
    """

    stage: str
    message: str
    number: int = 0
    total: int = 0
    typical_seconds: int = 0
    elapsed_seconds: float = 0.0


Listener = Callable[[Event], None]


def silent(_: Event) -> None:
    """The listener that says nothing."""
