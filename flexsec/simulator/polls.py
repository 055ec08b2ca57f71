"""Following an operation: the status URL, which says how it stands, and the result URL, which says what came of it.

Recorded: the status is always a 200, a failure inside it; the Retry-After of the 202 comes with every poll, the
last included; the result is 202 while it runs, then empty after a delete and a bare object after a restart.
Inferred: the result after a PUT or PATCH, and the refusal of a changed URL.
"""

from __future__ import annotations

import urllib.parse
from typing import TYPE_CHECKING

from . import fault_effects, wire_errors
from .long_running import Operation, signature

if TYPE_CHECKING:
    from .call import Call
    from .request import Response


def find(call: Call) -> Operation | None:
    """The operation that a poll asks about, if there is one."""
    found = call.world.state.operations.get(call.route.name or "")
    same_subscription = found is not None and found.server_id.split("/")[2].lower() == call.route.subscription.lower()
    return found if same_subscription else None


def read(call: Call) -> Response:
    """The answer to a poll.

    Raises:
        WireError: 404 for an unknown operation, 400 for a URL that is not the one that was given out.
    """
    call.subscription()
    operation = find(call)
    if operation is None:
        raise wire_errors.operation_not_found(call.route.name or "")
    given = urllib.parse.parse_qs(signature(operation.id, call.route.collection))
    if any(call.query.get(key) != values[0] for key, values in given.items()):
        raise wire_errors.changed_status_url()
    headers = {} if operation.retry_after is None else {"Retry-After": str(operation.retry_after)}
    if call.route.collection == "azureAsyncOperation":
        response = call.answer(200, operation.status(), headers)
        return fault_effects.last_poll(call, response) if operation.done else response
    return _result(call, operation, headers)


def _result(call: Call, operation: Operation, headers: dict[str, str]) -> Response:
    if not operation.done or operation.says is not None:
        return call.answer(202, None, headers)
    if operation.error is not None:
        return call.answer(400, {"error": operation.error}, headers)
    if operation.verb == "delete":
        return call.raw(200, b"", headers)
    server = operation.server_id.rsplit("/", 1)[1]
    return call.answer(200, {"properties": {}, "name": server, "type": "PostgreSQL"}, headers)
