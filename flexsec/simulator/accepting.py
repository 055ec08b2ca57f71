"""Accepting a write with a 202 and two URLs to follow it; what will become of it is settled here already."""

from __future__ import annotations

import urllib.parse
from datetime import timedelta
from typing import TYPE_CHECKING

from . import busy, fault_effects, settling, wire_errors
from .actions import action_of
from .locations import LOCATIONS
from .long_running import WHOLE, Operation, spoken_time, status_url

if TYPE_CHECKING:
    from .call import Call
    from .change import Change
    from .request import Response


def accept(call: Call, change: Change) -> Response:
    """Takes a valid write on.

    Raises:
        WireError: the server is still settling after another write and says so at once (fault X31).
    """
    world, server, state = call.world, call.server(), call.world.state
    if server.busy_at_submit and server.busy_until is not None and call.now < server.busy_until:
        error = busy.busy_error(server.name, change.kind, call.api_version, "ServerIsBusy")
        raise wire_errors.WireError(409, error["code"], error["message"])
    duration = state.duration(change.kind, change.verb)
    operation = Operation(
        id=world.new_id(),
        server_id=call.server_id(),
        kind=change.kind,
        verb=change.verb,
        name=change.name,
        location=_spoken_location(server.location, change),
        api_version=call.api_version,
        started=call.now,
        due=call.now + timedelta(seconds=duration),
        effect=dict(change.effect),
        caller=call.principal.object_id,
        action=action_of(call.route, call.method) or "",
        method=call.method,
    )
    if change.kind == "databases":
        operation.holds = False  # recorded: nothing else was ever refused because of one
    call.operation = operation
    _decide(call, change, operation)
    world.add_operation(operation)
    if operation.due is not None and operation.due <= call.now:
        settling.complete(world, operation, call.now)
    return _accepted(call, operation)


def _spoken_location(location: str, change: Change) -> str:
    """The location as it stands in the status URLs: as its display name when a server is dropped. Recorded."""
    dropped = change.verb == "delete" and change.kind in WHOLE
    return urllib.parse.quote(LOCATIONS[location]) if dropped else location


def _decide(call: Call, change: Change, operation: Operation) -> None:
    """Settles what the operation will come to: the service's own reasons first, then the faults that strike it."""
    server, state = call.server(), call.world.state
    refusal_after = state.duration("refusal", "")
    concerned = operation.effect.get("source") if operation.verb == "create" else None
    held_by = busy.running(state.operations, str(concerned or operation.server_id))
    error = busy.refusal(server, operation, held_by, call.now)
    if error is not None:
        operation.refuse(error, after=refusal_after)
    elif change.error is not None:
        operation.refuse(dict(change.error), after=state.duration(change.kind, change.verb))
    if operation.error is None:
        fault_effects.on_operation(call, operation, refusal_after)


def _accepted(call: Call, operation: Operation) -> Response:
    headers = {
        "Azure-AsyncOperation": status_url(operation, call.origin, "azureAsyncOperation"),
        "Location": status_url(operation, call.origin, "operationResults"),
    }
    if operation.retry_after is not None:
        headers["Retry-After"] = str(operation.retry_after)
    body = {"operation": operation.spoken_name, "startTime": spoken_time(operation.started)}
    return call.answer(202, body, headers)
