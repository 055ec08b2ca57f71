"""A subscription as far as it matters here: its Defender plan, and the servers that the plan covers and bills."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .defender import DefenderPlan
from .observation import Unobserved
from .server import ServerState, ThreatProtection


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveredServer:
    """A flexible server that the plan for open-source relational databases covers, and bills.

    Attributes:
        server_id: the ARM id.
        engine: PostgreSQL or MySQL.
        protection: the server's own setting, which stands beside the plan; read for PostgreSQL only.
    """

    server_id: str
    engine: str
    protection: ThreatProtection | Unobserved

    @property
    def name(self) -> str:
        """The server's name."""
        return self.server_id.rpartition("/")[2]

    @property
    def resource_group(self) -> str:
        """The server's resource group."""
        parts = self.server_id.split("/")
        return parts[4] if len(parts) > 4 else ""

    def __str__(self) -> str:
        return f"{self.resource_group}/{self.name}" + ("" if self.engine == "PostgreSQL" else f" ({self.engine})")


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionState:
    """What was read of one subscription at one time. Every part is a value or `Unobserved`.

    Attributes:
        server_id: the subscription's ARM id, named as in plans and runs.
        observed_at: when, in UTC.
        servers: all flexible servers that the identity may see, sorted by id.
    """

    server_id: str
    observed_at: datetime
    defender_plan: DefenderPlan | Unobserved
    servers: tuple[CoveredServer, ...] | Unobserved


State = ServerState | SubscriptionState
"""What a plan is made from."""
