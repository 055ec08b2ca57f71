"""Server parameters: PUT one configuration at a time; the service has no bulk write and no delete.

Requires Microsoft.DBforPostgreSQL/flexibleServers/configurations/write and the right to follow the operation
(Microsoft documentation of the resource provider's operations).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..model.change import Change, Phase
from ..model.desire import DesiredParameter
from ..model.login_evidence import ACCEPTED_METHOD, MD5
from ..model.observation import Unobserved
from ..model.parameter import Parameter, members, refusal, same_value, spelled
from .operation import Obstacle, Operation

if TYPE_CHECKING:
    from ..azure.connection import Connection
    from ..model.acceptance import Acceptance
    from ..model.desire import Desire
    from ..model.resource import ServerId
    from ..model.server import ServerState

ACTIONS = (
    "Microsoft.DBforPostgreSQL/flexibleServers/configurations/read",
    "Microsoft.DBforPostgreSQL/flexibleServers/configurations/write",
    "Microsoft.DBforPostgreSQL/locations/azureAsyncOperation/read",
)
# Recorded: a configuration write is reported done after 10 to 63 seconds, 10 at the median.
_TYPICAL_SECONDS = 10


def diff(desire: Desire, state: ServerState) -> Change | Obstacle | None:
    """The write that brings a parameter to the desired value, None when it is there, or why it cannot be."""
    if not isinstance(desire, DesiredParameter):
        raise TypeError(f"not a desired parameter: {desire!r}")
    parameter = state.parameter(desire.name)
    if parameter is None:
        return Obstacle(desire=desire, reason=f"this server has no parameter {desire.name}")
    if isinstance(parameter, Unobserved):
        return Obstacle(desire=desire, reason=f"the parameters were not read: {parameter.reason}")
    if same_value(parameter.value, desire.value, parameter.data_type):
        return None
    refused = refusal(parameter, desire.value)
    if refused is not None:
        return Obstacle(desire=desire, reason=refused)
    value = spelled(parameter, desire.value)
    return _change(parameter, value, closing=desire.closing or _closing(parameter.name, value, parameter.value))


def _change(parameter: Parameter, value: str, *, closing: str) -> Change:
    later = "" if parameter.dynamic else "; in force after a restart"
    return Change(
        kind="parameters",
        name=parameter.name,
        before=_properties(parameter),
        after={"value": value, "data_type": parameter.data_type, "dynamic": _word(parameter.dynamic)},
        sentence=f"Set {parameter.name} to {_shown(value)} (now {_shown(parameter.value)}{later})."
        + _consequence(parameter.name, value),
        phase=Phase.CLOSE if closing else Phase.TIGHTEN,
        closing=closing,
        permissions=ACTIONS,
        typical_seconds=_TYPICAL_SECONDS,
    )


def _consequence(name: str, value: str) -> str:
    refuses = name == "require_secure_transport" and same_value(value, "on", "Boolean")
    return " Clients without TLS are refused from then on." if refuses else ""


def _closing(name: str, value: str, now: str) -> str:
    """The class of leave that a value needs: a TLS minimum above the lowest that is let in, or md5 no longer taken."""
    if name == ACCEPTED_METHOD and MD5 in members(now) and MD5 not in members(value):
        return "md5"
    raised = name == "ssl_min_protocol_version" and same_value(value, "TLSv1.3", "Enumeration")
    return "tls-minimum" if raised else ""


def write(connection: Connection, server: ServerId, change: Change, _state: ServerState) -> Acceptance:
    """Send the value. The source "user-override" is documented as required for a change."""
    body: Any = {"properties": {"value": _wanted(change), "source": "user-override"}}
    return connection.write(
        lambda client, keep: client.configurations.begin_put(
            server.resource_group,
            server.name,
            change.name,
            body,
            polling=False,
            cls=keep,
        ),
        what=f"set {change.name} on {server.name}",
    )


def current(change: Change, state: ServerState) -> dict[str, str] | None:
    """The parameter as observed, None when it is not in the list."""
    parameter = state.parameter(change.name)
    return _properties(parameter) if isinstance(parameter, Parameter) else None


def holds(change: Change, state: ServerState) -> bool:
    """Whether the parameter has the wanted value (a static one may still wait for its restart)."""
    parameter = state.parameter(change.name)
    return isinstance(parameter, Parameter) and same_value(parameter.value, _wanted(change), parameter.data_type)


def untouched(change: Change, state: ServerState) -> bool:
    """Whether the parameter still has the value from before the change."""
    parameter = state.parameter(change.name)
    before = (change.before or {}).get("value", "")
    return isinstance(parameter, Parameter) and same_value(parameter.value, before, parameter.data_type)


def undo(change: Change) -> Change | None:
    """The write that brings the earlier value back."""
    if change.before is None or change.after is None:
        return None
    earlier, now = change.before["value"], change.after["value"]
    later = "" if change.after.get("dynamic") == "true" else "; in force after a restart"
    closing = _closing(change.name, earlier, now)
    return Change(
        kind="parameters",
        name=change.name,
        before={**change.before, "value": now},
        after={**change.after, "value": earlier},
        sentence=f"Set {change.name} back to {_shown(earlier)} (now {_shown(now)}{later}).",
        phase=Phase.CLOSE if closing else Phase.TIGHTEN,
        closing=closing,
        permissions=ACTIONS,
        typical_seconds=_TYPICAL_SECONDS,
    )


def predict(change: Change, state: ServerState) -> ServerState:
    """The state with the wanted value; a static parameter waits for a restart."""
    if isinstance(state.parameters, Unobserved):
        return state
    return replace(
        state,
        parameters=tuple(
            replace(p, value=_wanted(change), pending_restart=p.pending_restart or not p.dynamic)
            if p.name == change.name
            else p
            for p in state.parameters
        ),
    )


def _properties(parameter: Parameter) -> dict[str, str]:
    return {
        "value": parameter.value,
        "source": parameter.source,
        "data_type": parameter.data_type,
        "dynamic": _word(parameter.dynamic),
    }


def _wanted(change: Change) -> str:
    return (change.after or {}).get("value", "")


def _shown(value: str) -> str:
    return value or "''"


def _word(value: bool) -> str:
    return "true" if value else "false"


OPERATION = Operation(
    kind="parameters",
    desires=("parameter",),
    reads=("parameters",),
    actions=ACTIONS,
    diff=diff,
    write=write,
    current=current,
    holds=holds,
    untouched=untouched,
    undo=undo,
    predict=predict,
)
