"""Tell a plan which of its values somebody keeps setting back, and who did so last.

The activity log is asked only when there is something to explain.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..engine.basis import sealed
from ..engine.fights import find, recorded_runs
from ..model.observation import Unobserved

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..azure.connection import Connection
    from ..model.journal import JournalStore
    from ..model.ownership import Fight
    from ..model.plan import Plan
    from ..model.resource import ServerId
    from ..model.run import Run
    from ..model.server import ServerState
    from ..operations.operation import Operation

MOST_EXPLAINED = 5
_COLLECTIONS = {
    "parameters": "configurations",
    "firewall": "firewallRules",
    "threat_protection": "advancedThreatProtectionSettings",
}


def with_fights(
    plan: Plan,
    state: ServerState,
    operations: Mapping[str, Operation],
    *,
    server: ServerId,
    journals: JournalStore,
    connection: Connection,
) -> Plan:
    """The plan with its fights, sealed anew.

    One request for each of at most five fights, action Microsoft.Insights/eventtypes/values/read at the subscription;
    without it a fight is told without who.
    """
    if not plan.changes and not plan.withheld:
        return plan
    runs = recorded_runs(server, journals)
    found = find(plan, state, operations, runs)
    if not found:
        return plan
    by_id = {run.run_id: run for run in runs}
    told = [_explained(fight, by_id[fight.runs[-1]], server, connection) for fight in found[:MOST_EXPLAINED]]
    rest = [replace(fight, not_known="only the first five were looked up") for fight in found[MOST_EXPLAINED:]]
    return sealed(replace(plan, fights=(*told, *rest)))


def _explained(fight: Fight, last: Run, server: ServerId, connection: Connection) -> Fight:
    from ..observers import activity_log

    ended = last.ended_at or last.started_at
    found = activity_log.observe(connection, _resource_id(fight.target, server), since=ended, ours=last.identity)
    if isinstance(found, Unobserved):
        missing = f" (missing permission: {found.missing_action})" if found.missing_action else ""
        return replace(fight, not_known=f"{found.reason}{missing}")
    return replace(fight, set_by=found.by, set_at=found.at)


def _resource_id(target: str, server: ServerId) -> str:
    """The ARM id of what a target names; settings of the server are the server's own."""
    kind, _, name = target.partition("/")
    collection = _COLLECTIONS.get(kind)
    return f"{server}/{collection}/{name}" if collection else str(server)
