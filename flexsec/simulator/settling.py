"""Carries out what has come due: whoever asks next finds it done, in the order in which it came due."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from . import administrators, configurations, firewall, servers, threat_protection
from .long_running import Operation
from .state import Server
from .world_file import StaleReads

if TYPE_CHECKING:
    from .world import World

Effect = Callable[[Server, Operation, datetime], bool]

EFFECTS: Mapping[str, Effect] = MappingProxyType(
    {
        "configurations": configurations.apply,
        "firewallRules": firewall.apply,
        "administrators": administrators.apply,
        "advancedThreatProtectionSettings": threat_protection.apply,
        "server": servers.apply,
        "restart": servers.apply_restart,
    }
)


def settle(world: World, now: datetime) -> None:
    """Completes every operation that is due by `now`."""
    due = [
        each for each in world.state.operations.values() if not each.done and each.due is not None and each.due <= now
    ]
    for operation in sorted(due, key=lambda each: each.due or now):
        complete(world, operation, operation.due or now)


def complete(world: World, operation: Operation, now: datetime) -> None:
    """Ends one operation: its effect takes place unless it failed or is to be ignored."""
    operation.done = True
    world.touch()
    server = world.find_server(operation.server_id)
    if server is None:
        return
    if operation.error is None and not operation.ignored:
        before = copy.deepcopy(server) if operation.stale_reads else None
        if EFFECTS[operation.kind](server, operation, now):
            operation.applied = True
            world.state.effects.setdefault(operation.server_id.lower(), []).append(operation.mark)
        if before is not None:
            world.state.stale.append(StaleReads(operation.server_id, operation.kind, operation.stale_reads, before))
    if operation.fails_afterwards is not None:
        operation.error, operation.outcome = operation.fails_afterwards, "Failed"
    if operation.error is None and operation.settles:
        server.busy_until = now + timedelta(seconds=operation.settles)
