"""Resource Manager's token buckets: by subscription, principal and kind of request, and by subscription above them.

Documented: reads 250 refilled at 25 a second, writes and deletes 200 at 10 a second; the subscription's own buckets
hold 15 times as much. A world that is not throttled shows the counters of the recordings, which do not move.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

RECORDED_COUNTERS = {
    "reads": {"x-ms-ratelimit-remaining-subscription-global-reads": "16499"},
    "writes": {
        "x-ms-ratelimit-remaining-subscription-writes": "799",
        "x-ms-ratelimit-remaining-subscription-global-writes": "11999",
    },
    "deletes": {
        "x-ms-ratelimit-remaining-subscription-deletes": "799",
        "x-ms-ratelimit-remaining-subscription-global-deletes": "11999",
    },
}


def kind_of(method: str) -> str:
    """Which bucket a method draws from."""
    return {"GET": "reads", "HEAD": "reads", "DELETE": "deletes"}.get(method, "writes")


@dataclass(slots=True)
class Bucket:
    """A token bucket: how many tokens fit, how many flow back each second, and how many there were at `at`."""

    size: float
    refill: float
    tokens: float
    at: datetime

    def level(self, now: datetime) -> float:
        """The tokens at `now`; time that runs backwards refills nothing."""
        elapsed = max(0.0, (now - self.at).total_seconds())
        return min(self.size, self.tokens + elapsed * self.refill)

    def take(self, now: datetime) -> None:
        """Removes one token."""
        self.tokens, self.at = self.level(now) - 1, max(now, self.at)


@dataclass(frozen=True, slots=True)
class Limit:
    """Size of a bucket and its refill per second."""

    size: float
    refill: float


@dataclass(slots=True)
class Throttle:
    """The buckets of a world. They start full in every process: a world file does not keep their levels."""

    limits: dict[str, Limit] = field(
        default_factory=lambda: {"reads": Limit(250, 25), "writes": Limit(200, 10), "deletes": Limit(200, 10)}
    )
    global_factor: float = 15
    buckets: dict[tuple[str, str, str], Bucket] = field(default_factory=dict)

    def _bucket(self, subscription: str, principal: str, kind: str, now: datetime) -> Bucket:
        limit, factor = self.limits[kind], 1.0 if principal else self.global_factor
        key = (subscription.lower(), principal, kind)
        if key not in self.buckets:
            self.buckets[key] = Bucket(limit.size * factor, limit.refill * factor, limit.size * factor, now)
        return self.buckets[key]

    def draw(self, subscription: str, principal: str, kind: str, now: datetime) -> tuple[int, dict[str, str]]:
        """Takes a token from both buckets.

        Returns:
            The seconds to wait (0 when the request is let through) and the counter headers.
        """
        pair = (self._bucket(subscription, principal, kind, now), self._bucket(subscription, "", kind, now))
        wait = 0
        for bucket in pair:
            if (short := 1 - bucket.level(now)) > 0:
                wait = max(wait, math.ceil(short / bucket.refill) if bucket.refill > 0 else 3600, 1)
        if not wait:
            for bucket in pair:
                bucket.take(now)
        own, shared = (max(0, math.floor(bucket.level(now))) for bucket in pair)
        prefix = "x-ms-ratelimit-remaining-subscription-"
        return wait, {f"{prefix}{kind}": str(own), f"{prefix}global-{kind}": str(shared)}
