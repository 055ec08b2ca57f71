"""Measure a hardening against what it cannot beat: the service's own operation times.

It runs on the simulated clock, so it takes a moment and is the same every time. For each way of polling it prints the
requests by kind, the wall time of the run (simulated) against its bound, and the CPU time (real) apart. The bound is
the sum of the times of the operations that took effect; with header polling each is rounded up to the service's
Retry-After, because nobody who obeys it can know earlier. Exits with 1 when the wall time exceeds 1.1 times the bound
with eager polling, or more than 1.02 times the rounded one without, or when there were more writes than changes.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Literal

from flexsec import Leave
from flexsec.testing import simulated

if TYPE_CHECKING:
    from flexsec.testing import Simulation

LEAVE = Leave(restart=True, closing=("firewall",), without_evidence="a benchmark on a simulated server")
LIMITS: dict[Literal["header", "eager"], float] = {"header": 1.02, "eager": 1.1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One hardening: seconds by the simulated clock, but `cpu` in real ones."""

    poll: str
    changes: int
    requests: Counter[str]
    wall: float
    bound: float
    cpu: float

    @property
    def ratio(self) -> float:
        """Wall time over its bound: 1 is the best there is."""
        return self.wall / self.bound


def main() -> int:
    """Measure both ways and print; returns the exit code."""
    print(f"{'poll':<8}{'changes':>8}{'wall s':>9}{'bound s':>9}{'ratio':>7}{'limit':>7}{'cpu s':>7}  requests")
    slow = False
    for poll, limit in LIMITS.items():
        found = measure(poll)
        by_kind = ", ".join(f"{number} {kind}" for kind, number in sorted(found.requests.items()))
        print(
            f"{found.poll:<8}{found.changes:>8}{found.wall:>9.1f}{found.bound:>9.1f}{found.ratio:>7.3f}{limit:>7.2f}"
            f"{found.cpu:>7.2f}  {sum(found.requests.values())}: {by_kind}"
        )
        slow = slow or found.ratio > limit
    if slow:
        print("slower than the limit allows")
    return 1 if slow else 0


def measure(poll: Literal["header", "eager"]) -> Measured:
    """Harden the insecure server once."""
    with simulated("insecure") as simulation:
        server = simulation.client(poll=poll).server("rg-shop", "shop-db")
        server.observe()  # clients are built before the clocks start
        earlier = len(simulation.world.requests)
        begun = time.process_time()
        hardening = server.harden(leave=LEAVE)
        cpu = time.process_time() - begun
        run = hardening.run
        if run is None or run.ended_at is None or run.status != "complete":
            raise SystemExit("the hardening did not complete; there is nothing to measure")
        requests = _requests(simulation, since=earlier)
        if requests["writes"] != len(run.outcomes):
            raise SystemExit(f"{requests['writes']} writes were sent for {len(run.outcomes)} changes")
        return Measured(
            poll=poll,
            changes=len(run.outcomes),
            requests=requests,
            wall=(run.ended_at - run.started_at).total_seconds(),
            bound=_bound(simulation, rounded=poll == "header"),
            cpu=cpu,
        )


def _requests(simulation: Simulation, *, since: int) -> Counter[str]:
    def kind(method: str, path: str) -> str:
        if "/azureasyncoperation/" in path.lower():
            return "polls"
        return "reads" if method == "GET" else "writes"

    return Counter(kind(record.method, record.path) for record in simulation.world.requests[since:])


def _bound(simulation: Simulation, *, rounded: bool) -> float:
    """The sum of the operations' own times in seconds; `rounded` up to the Retry-After that each answered with.

    An operation that came to nothing is waste, not work: it is no part of the bound.
    """
    total = 0.0
    for operation in (each for each in simulation.world.state.operations.values() if each.applied):
        if operation.due is None:
            raise SystemExit("an operation never ends; there is nothing to measure")
        seconds = (operation.due - operation.started).total_seconds()
        step = operation.retry_after if rounded else None
        total += ceil(seconds / step) * step if step else seconds
    return total


if __name__ == "__main__":
    sys.exit(main())
