"""Restart, stop and start.

Recorded: 202 and the operations' names; the bare result object. Documented: the refusals ServerIsNotReady and
ServerIsNotStopped with their wording, both in the poll; a stopped server starts by itself after seven days, which
the simulator leaves out. Inferred: Stopping and Starting as the states in between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import busy, wire_errors
from .change import Change
from .server_states import assumed_state, refuse_by_state

if TYPE_CHECKING:
    from datetime import datetime

    from .call import Call
    from .long_running import Operation
    from .state import Server


def write(call: Call) -> Change:
    """A restart, with failover if asked for, a stop or a start."""
    server, action = call.server(), call.route.name or ""
    refuse_by_state(call, server)
    content = call.content() if call.request.body.strip() else {}
    for key in content:
        if action != "restart" or key not in {"restartWithFailover", "failoverMode"}:
            raise wire_errors.invalid_content(f"Could not find member '{key}' on the body")
    effect = {"failover": content.get("restartWithFailover") is True} if action == "restart" else {}
    stopped = assumed_state(call, server) == "Stopped"
    error = None
    if action == "start" and not stopped:
        error = busy.not_stopped(server.name, assumed_state(call, server))
    if action != "start" and stopped:
        error = busy.not_ready(server.name, "Stopped")
    return Change(action, "write", "", effect, error=error)


def restart(server: Server, operation: Operation, now: datetime) -> bool:
    """Puts pending parameters in force; with failover the two zones change places."""
    server.restarted()
    if operation.effect.get("failover") and server.standby_zone is not None:
        server.availability_zone, server.standby_zone = server.standby_zone, server.availability_zone
    return True


def stop(server: Server, operation: Operation, now: datetime) -> bool:
    """Stops the server."""
    server.state = "Stopped"
    return True


def start(server: Server, operation: Operation, now: datetime) -> bool:
    """Starts it again, which puts pending parameters in force."""
    server.state = "Ready"
    server.restarted()
    return True
