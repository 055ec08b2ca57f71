"""Advanced threat protection of one server: a single setting called Default, which cannot be deleted.

Recorded: the body; year 1 as creation time of a setting that was never enabled, and the time kept when it is
disabled again. Reported: the generic route of Microsoft.Security does not serve these servers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import resource_errors, stale_reads, wire_errors
from .change import Change
from .paging import answer_list
from .server_states import refuse_by_state

if TYPE_CHECKING:
    from datetime import datetime

    from .call import Call
    from .long_running import Operation
    from .request import Response
    from .state import Server, ThreatProtection

KIND = "advancedThreatProtectionSettings"
TYPE = f"Microsoft.DBforPostgreSQL/flexibleServers/{KIND}"
STATES = {"enabled": "Enabled", "disabled": "Disabled"}
NEVER = "0001-01-01T00:00:00Z"


def read(call: Call) -> Response:
    """The setting, alone or as a list of one."""
    setting = stale_reads.seen(call, KIND).threat_protection
    refuse_by_state(call, call.server())
    body = _entry(call.server_id(), setting)
    if call.route.name is None:
        return answer_list(call, [body])
    _only_default(call.route.name)
    return call.answer(200, body)


def refuse_generic(call: Call) -> Response:
    """Refuses the route of Microsoft.Security, which other types of resources have.

    Raises:
        WireError: 400 Not Supported, or 404 for a server that there is not.
    """
    call.server()
    raise resource_errors.not_protectable("servers")


def write(call: Call) -> Change:
    """Enables or disables it."""
    refuse_by_state(call, call.server())
    _only_default(call.route.name or "")
    properties = call.properties(frozenset({"state", "creationTime"}))
    state = STATES.get(str(properties.get("state", "")).lower())
    if state is None:
        raise wire_errors.invalid_parameter_value("state")
    return Change(KIND, "write", "Default", {"state": state})


def apply(server: Server, operation: Operation, now: datetime) -> bool:
    """Stores the state; the time of the first enabling is kept for ever."""
    setting = server.threat_protection
    setting.state = operation.effect["state"]
    if setting.state == "Enabled" and setting.since is None:
        setting.since = now
    return True


def _only_default(name: str) -> None:
    if name.lower() != "default":
        raise wire_errors.invalid_parameter_value("threatProtectionName")


def _entry(server_id: str, setting: ThreatProtection) -> dict[str, Any]:
    since = setting.since
    created = NEVER if since is None else f"{since:%Y-%m-%dT%H:%M:%S}.{since.microsecond:06d}0Z"
    return {
        "properties": {"state": setting.state, "creationTime": created},
        "id": f"{server_id}/{KIND}/Default",
        "name": "Default",
        "type": TYPE,
    }
