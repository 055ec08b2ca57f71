"""What was asked of a world: enough to count writes and effects, and nothing secret (no bodies, no headers)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One request.

    Attributes:
        time: the simulated time at which it was answered.
        path: without the query (a status URL's signature is as good as a token).
        status: the answer's HTTP status; None when the connection was dropped instead.
        operation_id: the operation that it started or asked about.
        mutating: whether its method can change anything.
        effect_applied: whether what it asked for has taken effect by now.
    """

    time: datetime
    method: str
    path: str
    api_version: str | None
    status: int | None
    operation_id: str | None
    mutating: bool
    effect_applied: bool = False


def most_at_once(spans: Iterable[tuple[datetime, datetime | None]]) -> int:
    """How many of the spans, open at the end, cover one moment at most; a span without an end never ends."""
    events: list[tuple[datetime, int]] = []
    for start, end in spans:
        finish = FOREVER if end is None else end
        if finish > start:
            events.extend(((start, 1), (finish, -1)))
    running = most = 0
    for _, step in sorted(events, key=lambda event: (event[0], event[1])):
        running += step
        most = max(most, running)
    return most
