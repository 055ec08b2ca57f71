"""What reads each part of a server and of a subscription, for the engine; loaded with the first reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..engine.observe import Observers

if TYPE_CHECKING:
    from .shared_reads import SharedReads


def observers(shared: SharedReads) -> Observers:
    """The observers; what the servers of a subscription share is read through `shared`."""
    from ..observers import (
        administrators,
        covered_servers,
        defender_plan,
        firewall,
        parameters,
        server,
        threat_protection,
    )

    return Observers(
        parts={
            "server": server.observe,
            "parameters": parameters.observe,
            "firewall": firewall.observe,
            "administrators": administrators.observe,
            "threat_protection": threat_protection.observe,
        },
        parameter=parameters.observe_one,
        shared={"defender_plan": shared.defender_plan, "region": shared.region},
        subscription={"defender_plan": defender_plan.observe_plan, "servers": covered_servers.observe},
    )
