"""Read everything that matters about a server, keeping what could not be read and why.

Children are not read in states where the service refuses or fails the read: a stopped server answers 400
ServerStoppedError to every child, a provisioning one 500 (both from public reports), so asking would cost requests and
say nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from ..errors import AnswerLost, ArmError, DeadlineExceeded, Forbidden, NotFound, Unauthorized
from ..model.observation import Unobserved
from ..model.server import CHILDREN_UNREADABLE, Server, ServerState

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

    from ..azure.connection import Connection
    from ..model.change import Change
    from ..model.clock import Deadline
    from ..model.parameter import Parameter
    from ..model.resource import ServerId, SubscriptionId
    from ..model.subscription import State

PARTS = ("server", "parameters", "firewall", "administrators", "threat_protection")
"""The parts of a server's state, one request each, in the order of reading."""

SHARED_PARTS = ("defender_plan", "region")
"""The parts that all servers of a subscription (or of a region of it) share, read when a baseline asks for them."""

OUTSIDE_PARTS = ("customer_keys", "role_assignments", "admin_secret")
"""What lies outside of a server and is about that one, read when a baseline asks for it."""

ASKED_PARTS = (*SHARED_PARTS, *OUTSIDE_PARTS)
"""The parts that are not read unless a baseline asks for them."""

_NOT_READ = Unobserved("not read for this operation")


class PartObserver(Protocol):
    """Reads one part of a server."""

    def __call__(self, connection: Connection, server: ServerId, *, deadline: Deadline) -> Any:
        """The part's value; one request."""
        ...


class AskedObserver(Protocol):
    """Reads what lies outside of a server; nothing when servers share it and it was read a moment ago."""

    def __call__(self, connection: Connection, server: Server | Unobserved, *, deadline: Deadline) -> Any:
        """The part's value, or `Unobserved` when the server's own properties are needed and were not read."""
        ...


class SubscriptionObserver(Protocol):
    """Reads one part of a subscription."""

    def __call__(self, connection: Connection, subscription: SubscriptionId, *, deadline: Deadline) -> Any:
        """The part's value."""
        ...


class ParameterObserver(Protocol):
    """Reads one parameter alone."""

    def __call__(self, connection: Connection, server: ServerId, parameter: str, *, deadline: Deadline) -> Parameter:
        """The parameter; one request."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Observers:
    """What reads each part of a server, and one parameter alone.

    Attributes:
        parts: for each of `PARTS`, what reads it.
        asked: for each of `ASKED_PARTS`, what reads it.
        parameter: what reads one parameter.
        subscription: what reads each part of a subscription's state, when a run is about one.
    """

    parts: Mapping[str, PartObserver]
    parameter: ParameterObserver
    asked: Mapping[str, AskedObserver]
    subscription: Mapping[str, SubscriptionObserver] = field(default_factory=dict)


def observe(
    connection: Connection,
    server: ServerId,
    observers: Observers,
    *,
    deadline: Deadline,
    parts: Collection[str] = PARTS,
) -> ServerState:
    """Read a server, at most one request for each of `PARTS`.

    Args:
        parts: which of `PARTS` and `ASKED_PARTS` to read; the server itself is always read first.

    Returns:
        The state; a part that could not be read is `Unobserved` with its reason.

    Raises:
        NotFound: the server, its group or its subscription does not exist.
        Unauthorized: the token is not accepted.
        CredentialUnavailable: no token at all.
    """
    read: dict[str, Any] = dict.fromkeys(PARTS, _NOT_READ)
    read["server"] = _part("server", connection, server, observers, deadline)
    closed = unreadable_children(read["server"])
    for part in PARTS[1:]:
        if part in parts:
            read[part] = closed or _part(part, connection, server, observers, deadline)
    for part in ASKED_PARTS:
        if part in parts:
            reading = partial(observers.asked[part], connection, read["server"], deadline=deadline)
            read[part] = read_or_reason(reading, of_server=False)
    return ServerState(server_id=server.arm_id, observed_at=connection.clock.now(), **read)


def refresh(
    state: ServerState,
    change: Change,
    *,
    reads: Collection[str],
    connection: Connection,
    server: ServerId,
    observers: Observers,
    deadline: Deadline,
) -> ServerState:
    """Read again what a change is about, and nothing else.

    For a parameter that one, not the list; a guard on the TLS bounds looks at both, so they are read with the list.

    Raises:
        ArmError, AnswerLost, DeadlineExceeded: as the reads do; here an unread part is no answer.
    """
    alone = change.kind == "parameters" and not change.closing and not change.name.startswith("ssl_")
    if alone and not isinstance(state.parameters, Unobserved):
        found = observers.parameter(connection, server, change.name, deadline=deadline)
        others = tuple(p for p in state.parameters if p.name != change.name)
        return replace(state, parameters=tuple(sorted((*others, found), key=lambda p: p.name)))
    fresh = {part: observers.parts[part](connection, server, deadline=deadline) for part in reads}
    return replace(state, observed_at=connection.clock.now(), **fresh)


def unobserved_state(server: ServerId, reason: str, moment: datetime) -> ServerState:
    """The state of a server of which nothing could be read, for one reason."""
    parts: dict[str, Any] = dict.fromkeys(PARTS, Unobserved(reason))
    return ServerState(server_id=server.arm_id, observed_at=moment, **parts)


def unread_part(state: State, parts: Collection[str]) -> Unobserved | None:
    """The first of the parts that was not read, or None when all were."""
    found = (getattr(state, part) for part in parts)
    return next((part for part in found if isinstance(part, Unobserved)), None)


def unreadable_children(server: Server | Unobserved) -> Unobserved | None:
    """Why a server's children cannot be read in its present state, or None when they can."""
    if isinstance(server, Unobserved):
        return None
    reason = CHILDREN_UNREADABLE.get(server.state.casefold())
    return Unobserved(reason) if reason else None


def _part(part: str, connection: Connection, server: ServerId, observers: Observers, deadline: Deadline) -> Any:
    reading = partial(observers.parts[part], connection, server, deadline=deadline)
    return read_or_reason(reading, of_server=part == "server")


def read_or_reason(reading: Callable[[], Any], *, of_server: bool) -> Any:
    """What is read, or why it was not; that there is no identity is raised.

    Args:
        of_server: what does not exist is what everything else hangs on, so that is raised too.
    """
    try:
        return reading()
    except Unauthorized:
        raise
    except NotFound:
        if of_server:
            raise
        return Unobserved("the service says that it does not exist")
    except Forbidden as error:
        return Unobserved(f"not allowed: {error.missing_action or error.detail} is missing", error.missing_action)
    except ArmError as error:
        if error.code == "ServerGroupDropping":
            return Unobserved(CHILDREN_UNREADABLE["dropping"])
        return Unobserved(f"the read failed: {error.message}")
    except (AnswerLost, DeadlineExceeded) as error:
        return Unobserved(f"the read failed: {error.message}")
