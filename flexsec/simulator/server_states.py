"""What a server's state allows: a stopped server refuses most of what is below it, a vanishing one everything.

Reported: 400 ServerStoppedError on reads of configurations and administrators and on all writes of a stopped
server; 500 on reads of configurations while provisioning; ServerGroupDropping. Inferred: the same 500 on an
inaccessible or disabled server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import wire_errors

if TYPE_CHECKING:
    from .call import Call
    from .state import Server

REFUSED_READS_WHEN_STOPPED = frozenset({"configurations", "administrators"})


def refuse_by_state(call: Call, server: Server) -> None:
    """Refuses a request that the server's state rules out at once.

    Raises:
        WireError: 400 ServerStoppedError or ServerGroupDropping, or 500 InternalServerError.
    """
    state = assumed_state(call, server)
    reading = call.method == "GET"
    kind = call.route.kind
    if kind == "server" and reading:
        return
    if state == "Dropping":
        raise wire_errors.server_dropping()
    if state == "Stopped" and kind != "power" and (not reading or kind in REFUSED_READS_WHEN_STOPPED):
        raise wire_errors.server_stopped(server.name)
    if state in {"Provisioning", "Inaccessible", "Disabled"} and reading and kind == "configurations":
        raise wire_errors.internal_server_error(call.world.new_id())


def assumed_state(call: Call, server: Server) -> str:
    """The state that the request meets: the server's own, or the one that fault X20 pretends."""
    pretended = call.fault("X20")
    return server.state if pretended is None else str(pretended.argument("state"))
