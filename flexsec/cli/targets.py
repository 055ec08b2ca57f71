"""Which server a command is about."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import InvalidTarget, UsageError
from ..model.resource import ServerId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..simulator import World
    from .given import TargetGiven

SUBSCRIPTION_VARIABLE = "AZURE_SUBSCRIPTION_ID"


def split_id(arguments: Sequence[str], target: TargetGiven) -> tuple[str, ...]:
    """Take a leading ARM id out of positional arguments; the rest is the command's own.

    Raises:
        UsageError: an id was given twice.
    """
    if not arguments or not arguments[0].lstrip().startswith("/"):
        return tuple(arguments)
    if target.arm_id:
        raise UsageError("the server's id is given twice: as an argument and with --id")
    target.arm_id = arguments[0]
    return tuple(arguments[1:])


def only_id(arguments: Sequence[str], target: TargetGiven) -> None:
    """Take the ARM id, the only thing that positional arguments may hold.

    Raises:
        UsageError: something else, or something more.
    """
    if not arguments:
        return
    if target.arm_id or len(arguments) > 1:
        raise UsageError(f"{arguments[-1]!r} is one argument too many: a command is about one server")
    target.arm_id = arguments[0]


@dataclass(frozen=True, slots=True)
class Simulated:
    """A server of a simulated world, and whether it is ready."""

    id: ServerId
    ready: bool


def of_world(world: World) -> tuple[Simulated, ...]:
    """The servers of a simulated world."""
    return tuple(
        Simulated(ServerId(subscription.id, group.name, server.name), server.state == "Ready")
        for subscription in world.state.subscriptions.values()
        for group in subscription.groups.values()
        for server in group.servers.values()
    )


def resolve(target: TargetGiven, *, simulated: Sequence[Simulated] | None) -> ServerId:
    """The server that the command line names.

    Args:
        target: what was given.
        simulated: the servers of a simulated world, the only (ready) one of which need not be named; None for Azure.

    Raises:
        UsageError: not given, given in part, or given twice; the message says how to.
        InvalidTarget: given, and impossible.
    """
    if target.arm_id:
        if target.group or target.name:
            raise UsageError("give the server either by id or by --resource-group and --name, not both")
        found = ServerId.parse(target.arm_id)
        if target.subscription and target.subscription.lower() != found.subscription_id.lower():
            raise InvalidTarget(f"--subscription {target.subscription} is not the subscription of {found.arm_id}")
        if simulated is not None and not any(server.id.key == found.key for server in simulated):
            raise UsageError(_choices("no server has this id;", simulated))
        return found
    if simulated is not None:
        return _simulated(target, simulated)
    subscription = target.subscription or os.environ.get(SUBSCRIPTION_VARIABLE, "")
    missing = _missing(subscription, target)
    if missing:
        raise UsageError(f"which server? give its ARM id, or {', '.join(missing)}")
    return ServerId(subscription, target.group, target.name)


def resolve_subscription(target: TargetGiven, *, simulated: Sequence[str] | None) -> str:
    """The subscription that the command line names.

    Args:
        target: what was given.
        simulated: the subscriptions of a simulated world, the only one of which need not be named; None for Azure.

    Raises:
        UsageError: not given, or not one of those.
    """
    known = sorted({each.lower(): each for each in simulated or ()}.values())
    if simulated is None:
        named = target.subscription or os.environ.get(SUBSCRIPTION_VARIABLE, "")
        if not named:
            raise UsageError(f"which subscription? give --subscription (or {SUBSCRIPTION_VARIABLE})")
        return named
    fitting = [each for each in known if not target.subscription or each.lower() == target.subscription.lower()]
    if len(fitting) == 1:
        return fitting[0]
    said = "which subscription?" if fitting else "no subscription has this id;"
    raise UsageError(f"{said} the simulated world holds:" + ("".join(f"\n-s {each}" for each in known) or " none"))


def _missing(subscription: str, target: TargetGiven) -> list[str]:
    parts = {
        f"--subscription (or {SUBSCRIPTION_VARIABLE})": subscription,
        "--resource-group": target.group,
        "--name": target.name,
    }
    return [name for name, value in parts.items() if not value]


def _simulated(target: TargetGiven, servers: Sequence[Simulated]) -> ServerId:
    """A simulated world is small: what is not given is told by what it holds."""
    fitting = [server for server in servers if _fits(target, server.id)]
    ready = [server for server in fitting if server.ready]
    for found in (fitting, ready):
        if len(found) == 1:
            return found[0].id
    raise UsageError(_choices("which server?" if fitting else "no server fits what is given;", servers))


def _choices(said: str, servers: Sequence[Simulated]) -> str:
    listed = "".join(f"\n-g {s.id.resource_group} -n {s.id.name} -s {s.id.subscription_id}" for s in servers)
    return f"{said} the simulated world holds:{listed or ' none'}"


def _fits(target: TargetGiven, server: ServerId) -> bool:
    wanted = (
        (target.subscription, server.subscription_id),
        (target.group, server.resource_group),
        (target.name, server.name),
    )
    return all(not asked or asked.lower() == has.lower() for asked, has in wanted)
