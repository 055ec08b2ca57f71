"""A restart, so that pending parameters come into force. It cannot be undone and is never repeated blindly.

Requires Microsoft.DBforPostgreSQL/flexibleServers/restart/action and /read (Microsoft documentation).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..model.change import Change, Phase
from ..model.desire import DesiredRestart
from ..model.observation import Unobserved
from ..model.server import Server
from .operation import Obstacle, Operation

if TYPE_CHECKING:
    from ..azure.connection import Connection
    from ..model.acceptance import Acceptance
    from ..model.desire import Desire
    from ..model.resource import ServerId
    from ..model.server import ServerState

ACTIONS = (
    "Microsoft.DBforPostgreSQL/flexibleServers/read",
    "Microsoft.DBforPostgreSQL/flexibleServers/restart/action",
    "Microsoft.DBforPostgreSQL/locations/azureAsyncOperation/read",
)
# Recorded: 62 seconds.
_TYPICAL_SECONDS = 62


def diff(desire: Desire, state: ServerState) -> Change | Obstacle | None:
    """The restart, when parameters wait for one; the change names them."""
    if not isinstance(desire, DesiredRestart):
        raise TypeError(f"not a desired restart: {desire!r}")
    if isinstance(state.parameters, Unobserved):
        return Obstacle(desire=desire, reason=f"the parameters were not read: {state.parameters.reason}")
    waiting = _waiting(state)
    return restart_for(waiting) if waiting else None


def restart_for(parameters: tuple[str, ...]) -> Change:
    """The restart that brings these parameters into force."""
    return Change(
        kind="restart",
        name="server",
        before={"pending": ",".join(parameters)},
        after={"pending": ""},
        sentence=f"Restart the server, once, to bring {', '.join(parameters)} into force.",
        phase=Phase.RESTART,
        restarts=True,
        reversible=False,
        permissions=ACTIONS,
        typical_seconds=_TYPICAL_SECONDS,
    )


def write(connection: Connection, server: ServerId, change: Change, _state: ServerState) -> Acceptance:
    """POST the restart, without failover."""
    return connection.write(
        lambda client, keep: client.servers.begin_restart(
            server.resource_group,
            server.name,
            {"restartWithFailover": False},
            polling=False,
            cls=keep,
        ),
        what=f"restart {server.name}",
    )


def current(change: Change, state: ServerState) -> dict[str, str] | None:
    """The parameters that wait for a restart."""
    return None if isinstance(state.parameters, Unobserved) else {"pending": ",".join(_waiting(state))}


def holds(change: Change, state: ServerState) -> bool:
    """Whether the server is ready and none of the named parameters waits any more."""
    if isinstance(state.parameters, Unobserved) or not isinstance(state.server, Server):
        return False
    return state.server.state.casefold() == "ready" and not _named(change) & set(_waiting(state))


def untouched(change: Change, state: ServerState) -> bool:
    """Whether one of the named parameters still waits."""
    return bool(_named(change) & set(_waiting(state)))


def undo(change: Change) -> Change | None:
    """A restart leaves nothing to bring back."""
    return None


def predict(change: Change, state: ServerState) -> ServerState:
    """The state with nothing pending."""
    if isinstance(state.parameters, Unobserved):
        return state
    return replace(state, parameters=tuple(replace(p, pending_restart=False) for p in state.parameters))


def _named(change: Change) -> set[str]:
    return set((change.before or {}).get("pending", "").split(","))


def _waiting(state: ServerState) -> tuple[str, ...]:
    if isinstance(state.parameters, Unobserved):
        return ()
    return tuple(p.name for p in state.parameters if p.pending_restart)


OPERATION = Operation(
    kind="restart",
    desires=("restart",),
    reads=("server", "parameters"),
    actions=ACTIONS,
    diff=diff,
    write=write,
    current=current,
    holds=holds,
    untouched=untouched,
    undo=undo,
    predict=predict,
)
