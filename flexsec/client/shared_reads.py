"""What the servers of a subscription share is read once and kept for a few minutes, however many servers are judged."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

from ..model.observation import Unobserved

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..azure.connection import Connection
    from ..model.clock import Clock, Deadline
    from ..model.defender import DefenderPlan
    from ..model.server import Region, Server
    from ..observers.customer_keys import Vaults
    from ..observers.role_assignments import Definition

KEPT_SECONDS = 300.0
Value = TypeVar("Value")


class SharedReads:
    """The Defender plan of a subscription, what its regions offer, its vaults and its roles. Failures are not kept."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[float, object]] = {}
        self._reading = threading.Lock()

    def defender_plan(
        self, connection: Connection, server: Server | Unobserved, *, deadline: Deadline
    ) -> DefenderPlan | Unobserved:
        """The subscription's plan. Requires Microsoft.Security/pricings/read at the subscription."""
        from ..observers import defender_plan

        return self._once(
            "defender_plan",
            lambda: defender_plan.observe(connection, connection.subscription_id, deadline=deadline),
        )

    def region(self, connection: Connection, server: Server | Unobserved, *, deadline: Deadline) -> Region | Unobserved:
        """What the server's region offers. Requires Microsoft.DBforPostgreSQL/locations/capabilities/read."""
        if isinstance(server, Unobserved):
            return Unobserved(f"the server's region is not known: {server.reason}", server.missing_action)
        from ..observers import region

        location = server.location
        return self._once(
            f"region {location}",
            lambda: region.observe(connection, connection.subscription_id, location, deadline=deadline),
        )

    def vaults(self, connection: Connection, *, deadline: Deadline) -> Vaults:
        """The subscription's key vaults by name. Requires Microsoft.KeyVault/vaults/read at the subscription."""
        from ..observers import customer_keys

        return self._once(
            "vaults",
            lambda: customer_keys.observe_vaults(connection, connection.subscription_id, deadline=deadline),
        )

    def role_definition(self, role_id: str, read: Callable[[], Definition]) -> Definition:
        """A role by its id, read when it is not kept."""
        return self._once(f"role {role_id}", read)

    def forget(self) -> None:
        """Read everything anew, after something was changed."""
        with self._reading:
            self._kept.clear()

    def _once(self, name: str, read: Callable[[], Value]) -> Value:
        with self._reading:
            found = self._kept.get(name)
            if found is None or self._clock.monotonic() - found[0] > KEPT_SECONDS:
                found = self._clock.monotonic(), read()
                self._kept[name] = found
            return found[1]  # type: ignore[return-value]
