"""Server parameters: read, list, write. PUT and PATCH do the same; there is no DELETE, a reset writes the default back.

Recorded: the body's members, the spelling of values kept as sent, 202 for everything. Reported: a read-only
parameter is accepted and fails later with an unformatted message; a static parameter shows the new value at once
with isConfigPendingRestart. Inferred: writing the running value back clears the pending restart, as it does in
PostgreSQL.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from . import stale_reads, wire_errors
from .call import compact
from .change import Change
from .paging import answer_list
from .server_states import refuse_by_state
from .state import ParameterState, Server

if TYPE_CHECKING:
    from datetime import datetime

    from .call import Call
    from .catalogue import ParameterFacts
    from .long_running import Operation
    from .request import Response

KIND = "configurations"
WRITABLE = frozenset({"value", "source"})
READ_ONLY = frozenset(
    {
        "description",
        "defaultValue",
        "dataType",
        "allowedValues",
        "isDynamicConfig",
        "isReadOnly",
        "isConfigPendingRestart",
        "documentationLink",
        "unit",
    }
)
SOURCES = ("user-override", "system-default")
PLACEHOLDER = "<server id>"


def read(call: Call) -> Response:
    """One parameter, or all of them in one page."""
    server = stale_reads.seen(call, KIND)
    refuse_by_state(call, call.server())
    server_id = call.server_id()
    if call.route.name is None:
        if call.world.surroundings.page_size:
            return answer_list(call, _entries(call, server, server_id))
        return call.raw(200, _listed(call, server, server_id))
    facts = _existing(call, server, call.route.name, status=404)
    return call.answer(200, entry(server_id, facts, server.parameter(facts)))


def write(call: Call) -> Change:
    """A new value for one parameter."""
    server = call.server()
    refuse_by_state(call, server)
    facts = _existing(call, server, call.route.name or "", status=400)
    properties = call.properties(WRITABLE | READ_ONLY)
    value, source = properties.get("value"), properties.get("source", SOURCES[0])
    if value is not None and not isinstance(value, str):
        raise wire_errors.invalid_content("The member 'properties.value' is not a string")
    if source not in SOURCES:
        raise wire_errors.invalid_parameter_value("source")
    if value is None:
        raise wire_errors.invalid_parameter_value("configurationValue")
    if facts.is_read_only:
        return Change(KIND, "write", facts.name, error={"code": "OperationFailed", "message": "{0}"})
    if not facts.admits(value):
        raise wire_errors.invalid_parameter_value("configurationValue")
    return Change(KIND, "write", facts.name, {"value": value, "source": source})


def apply(server: Server, operation: Operation, now: datetime) -> bool:
    """Stores the value; tells whether there was anything to store it in."""
    facts = server.facts(operation.name)
    if facts is None:
        return False
    before = server.parameter(facts)
    value = str(operation.effect["value"])
    state = ParameterState(value, str(operation.effect["source"]))
    if not facts.is_dynamic:
        running = before.running if before.running is not None else before.value
        if value.casefold() != running.casefold():
            state.pending, state.running = True, running
    server.parameters[facts.name] = state
    return True


def entry(server_id: str, facts: ParameterFacts, state: ParameterState) -> dict[str, Any]:
    """A parameter as the service returns it; every value is text, `unit` stands only where there is one."""
    properties: dict[str, Any] = {
        "value": state.value,
        "description": facts.description,
        "defaultValue": facts.default,
        "dataType": facts.data_type,
        "allowedValues": facts.allowed_values,
        "source": state.source,
        "isDynamicConfig": facts.is_dynamic,
        "isReadOnly": facts.is_read_only,
        "isConfigPendingRestart": state.pending,
    }
    if facts.unit is not None:
        properties["unit"] = facts.unit
    return {
        "properties": properties,
        "id": f"{server_id}/configurations/{facts.name}",
        "name": facts.name,
        "type": "Microsoft.DBforPostgreSQL/flexibleServers/configurations",
    }


def _listed(call: Call, server: Server, server_id: str) -> bytes:
    """The whole list as bytes, put together from entries that are serialised once for all servers."""
    hidden = _hidden(call)
    own = compact(server_id)[1:-1]
    entries = []
    for name in server.parameter_names():
        facts = server.facts(name)
        if name == hidden or facts is None:
            continue
        state = server.parameter(facts)
        before, after = _halves(facts, state.value, state.source, pending=state.pending)
        entries.append(before + own + after)
    return b'{"value":[' + b",".join(entries) + b"]}"


@lru_cache(maxsize=16384)
def _halves(facts: ParameterFacts, value: str, source: str, *, pending: bool) -> tuple[bytes, bytes]:
    """A serialised entry, cut where the server's id belongs."""
    whole = compact(entry(PLACEHOLDER, facts, ParameterState(value, source, pending)))
    before, _, after = whole.rpartition(PLACEHOLDER.encode())
    return before, after


def _entries(call: Call, server: Server, server_id: str) -> list[dict[str, Any]]:
    hidden = _hidden(call)
    facts = (server.facts(name) for name in server.parameter_names() if name != hidden)
    return [entry(server_id, each, server.parameter(each)) for each in facts if each is not None]


def _hidden(call: Call) -> str | None:
    """The parameter that fault X30 leaves out."""
    missing = call.fault("X30")
    return None if missing is None else str(missing.argument("parameter"))


def _existing(call: Call, server: Server, name: str, *, status: int) -> ParameterFacts:
    facts = server.facts(name)
    missing = call.fault("X30")
    if missing is not None and missing.argument("parameter") in {None, name}:
        facts = None
    if facts is None:
        raise wire_errors.configuration_not_exists(
            name, server.name, server.version, status=status if missing is None else 404
        )
    return facts
