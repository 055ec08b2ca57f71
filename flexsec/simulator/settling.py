"""Carries out what has come due: whoever asks next finds it done, in the order in which it came due."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from . import (
    activity_log,
    administrators,
    configurations,
    creation,
    databases,
    firewall,
    network_migration,
    power,
    private_endpoints,
    servers,
    threat_protection,
)
from .long_running import WHOLE, Operation
from .state import Server, server_id
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
        "restart": power.restart,
        "stop": power.stop,
        "start": power.start,
        "databases": databases.apply,
        "privateEndpointConnections": private_endpoints.apply,
        "migrateNetwork": network_migration.apply,
        "replica": creation.complete,
        "restore": creation.complete,
        "server create": creation.complete,
        "server delete": creation.complete,
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
        effect = EFFECTS.get(f"{operation.kind} {operation.verb}") or EFFECTS[operation.kind]
        if effect(server, operation, now):
            operation.applied = True
            world.state.effects.setdefault(operation.server_id.lower(), []).append(operation.mark)
            activity_log.completed(world, operation, now)
            world.announce(operation)
        if before is not None:
            world.state.stale.append(StaleReads(operation.server_id, operation.kind, operation.stale_reads, before))
    if operation.error is not None and operation.verb == "create":
        _remove(world, operation.server_id)
    if operation.applied and operation.verb == "delete" and operation.kind in WHOLE:
        _remove(world, operation.server_id)
    if operation.fails_afterwards is not None:
        operation.error, operation.outcome = operation.fails_afterwards, "Failed"
    if operation.error is None and operation.settles:
        server.busy_until = now + timedelta(seconds=operation.settles)


def _remove(world: World, resource_id: str) -> None:
    """Removes a server, and ends what was still running on it."""
    wanted = resource_id.lower()
    for subscription in world.state.subscriptions.values():
        for group in subscription.groups.values():
            group.servers = {
                key: each
                for key, each in group.servers.items()
                if server_id(subscription, group, each).lower() != wanted
            }
    for operation in world.state.operations.values():
        if not operation.done and operation.server_id.lower() == wanted:
            operation.refuse({"code": "OperationCancelled", "message": "The server was dropped."}, after=0)
            operation.done = True
    world.touch()
