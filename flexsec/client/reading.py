"""What reads each part of a server and of a subscription, for the engine; loaded with the first reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..engine.observe import Observers

if TYPE_CHECKING:
    from .outside_reads import OutsideReads
    from .shared_reads import SharedReads


def observers(shared: SharedReads, outside: OutsideReads | None = None) -> Observers:
    """The observers.

    Args:
        shared: what the servers of a subscription share is read through it.
        outside: what lies outside of one server is read through it; None when nothing is about one.
    """
    from ..observers import (
        administrators,
        covered_servers,
        defender_plan,
        firewall,
        parameters,
        server,
        threat_protection,
    )

    beside = (
        {}
        if outside is None
        else {
            "customer_keys": outside.customer_keys,
            "role_assignments": outside.role_assignments,
            "admin_secret": outside.admin_secret,
        }
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
        asked={"defender_plan": shared.defender_plan, "region": shared.region, **beside},
        subscription={"defender_plan": defender_plan.observe_plan, "servers": covered_servers.observe},
    )
