"""Read what matters about a subscription, keeping what could not be read and why: its Defender plan, and its servers.

Both levels of Microsoft Defender are read: the plan, and the own setting of each PostgreSQL server beside it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ..model.observation import Unobserved
from ..model.resource import ServerId
from ..model.subscription import CoveredServer, SubscriptionState
from .observe import read_or_reason

if TYPE_CHECKING:
    from collections.abc import Collection

    from ..azure.connection import Connection
    from ..model.clock import Deadline
    from ..model.resource import SubscriptionId
    from .observe import Observers

PARTS = ("defender_plan", "servers")
"""The parts of a subscription's state, in the order of reading."""


def observe_subscription(
    connection: Connection, subscription: SubscriptionId, observers: Observers, *, deadline: Deadline
) -> SubscriptionState:
    """Read a subscription: the plan, the list of servers, and one request for each PostgreSQL server.

    Returns:
        The state; a part that could not be read is `Unobserved` with its reason.

    Raises:
        NotFound: the subscription does not exist, or is not visible.
        Unauthorized: the token is not accepted.
        CredentialUnavailable: no token at all.
    """
    read: dict[str, Any] = {}
    for part in PARTS:
        reading = partial(observers.subscription[part], connection, subscription, deadline=deadline)
        read[part] = read_or_reason(reading, of_server=True)
    read["servers"] = _with_own_settings(read["servers"], connection, observers, deadline)
    return SubscriptionState(server_id=subscription.arm_id, observed_at=connection.clock.now(), **read)


def refresh_subscription(
    state: SubscriptionState,
    parts: Collection[str],
    *,
    connection: Connection,
    subscription: SubscriptionId,
    observers: Observers,
    deadline: Deadline,
) -> SubscriptionState:
    """Read some parts again.

    Raises:
        ArmError, AnswerLost, DeadlineExceeded: as the reads do; here an unread part is no answer.
    """
    fresh = {part: observers.subscription[part](connection, subscription, deadline=deadline) for part in parts}
    if "servers" in fresh:
        fresh["servers"] = _with_own_settings(fresh["servers"], connection, observers, deadline)
    return replace(state, observed_at=connection.clock.now(), **fresh)


def _with_own_settings(
    servers: tuple[CoveredServer, ...] | Unobserved, connection: Connection, observers: Observers, deadline: Deadline
) -> tuple[CoveredServer, ...] | Unobserved:
    if isinstance(servers, Unobserved):
        return servers
    return tuple(
        replace(each, protection=_own_setting(each, connection, observers, deadline))
        if each.engine == "PostgreSQL"
        else each
        for each in servers
    )


def _own_setting(server: CoveredServer, connection: Connection, observers: Observers, deadline: Deadline) -> Any:
    observer = observers.parts["threat_protection"]
    reading = partial(observer, connection, ServerId.parse(server.server_id), deadline=deadline)
    return read_or_reason(reading, of_server=False)
