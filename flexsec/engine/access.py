"""What a run needs to reach what it changes: the connection, what reads it, what changes it, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import DeadlineExceeded, FlexSecError, GuardRefused
from ..model.resource import ServerId, SubscriptionId
from ..model.server import NOT_BECOMING_READY, Server, ServerState
from ..model.subscription import SubscriptionState
from .observe import refresh
from .observe_subscription import refresh_subscription

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ..azure.connection import Connection
    from ..model.change import Change
    from ..model.clock import Clock, Deadline
    from ..model.resource import Target
    from ..model.subscription import State
    from ..operations.operation import Operation
    from .observe import Observers

WEDGED_AFTER_SECONDS = 1800.0
"""A server that is not Ready for so long is stuck: the longest recorded update took 1,026 seconds, and a public report
tells of servers that stay Updating for hours until support clears them (A9)."""


class ServerWedged(FlexSecError):
    """The server has not become Ready for `WEDGED_AFTER_SECONDS`; writing to it goes on failing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One server or subscription, as a run reaches it."""

    connection: Connection
    target: Target
    observers: Observers
    operations: Mapping[str, Operation]
    deadline: Deadline

    @property
    def clock(self) -> Clock:
        """The clock that all waiting runs on."""
        return self.connection.clock

    def refresh(self, state: State, change: Change) -> State:
        """Read again what the change is about."""
        reads = self.operations[change.kind].reads
        if isinstance(state, ServerState) and isinstance(self.target, ServerId):
            return refresh(
                state,
                change,
                reads=reads,
                connection=self.connection,
                server=self.target,
                observers=self.observers,
                deadline=self.deadline,
            )
        return self.refresh_parts(state, reads)

    def refresh_parts(self, state: State, parts: Collection[str]) -> State:
        """Read some parts of a subscription again; of a server, `refresh` reads what a change is about."""
        if not isinstance(state, SubscriptionState) or not isinstance(self.target, SubscriptionId):
            return state
        return refresh_subscription(
            state,
            parts,
            connection=self.connection,
            subscription=self.target,
            observers=self.observers,
            deadline=self.deadline,
        )

    def wait_until_ready(self, *, times: int = 1) -> None:
        """Wait until the server says Ready so many times in a row; a subscription has no state to wait for.

        Only Ready ends the wait well; Stopped, Disabled, Inaccessible and Dropping end it badly; every other word,
        also one that no version of the service has used yet, means that work goes on (A6).

        Raises:
            GuardRefused: the server came to a state in which nothing is written.
            ServerWedged: it stays in between for `WEDGED_AFTER_SECONDS`.
            DeadlineExceeded: the time given is used up.
        """
        if not isinstance(self.target, ServerId):
            return
        began, seen, pause = self.clock.monotonic(), 0, 1.0
        while True:
            found = self.observers.parts["server"](self.connection, self.target, deadline=self.deadline)
            state = found.state.casefold() if isinstance(found, Server) else ""
            seen = seen + 1 if state == "ready" else 0
            if seen >= times:
                return
            if state in NOT_BECOMING_READY:
                raise GuardRefused(f"the server is {found.state}: nothing is written to it")
            if self.clock.monotonic() - began >= WEDGED_AFTER_SECONDS:
                raise ServerWedged(
                    f"the server has been {found.state} for {WEDGED_AFTER_SECONDS / 60:.0f} minutes and takes "
                    "no change; only Azure support can clear that: open a ticket with request id "
                    f"{self.connection.last_request_id or 'unknown'}"
                )
            if self.deadline.passed:
                raise DeadlineExceeded(f"the server is still {found.state}, and the time given is used up")
            self.clock.sleep(min(pause, max(self.deadline.remaining, 0.001)))
            pause = 1.0 if state == "ready" else min(pause * 1.5, 15.0)
