"""Whether what is configured is what is in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.desire import DesiredRestart
from ..model.observation import Unobserved
from .control import Arguments, Control
from .outcome import failed, passed, unread
from .references import REFERENCES
from .severities import RATINGS

if TYPE_CHECKING:
    from ..model.server import ServerState
    from ..model.verdict import Check


def no_pending_restart(state: ServerState, arguments: Arguments) -> Check:
    """No parameter change waits for a restart.

    What it checks: no entry of the server's parameter list has isConfigPendingRestart set.

    Why: a static parameter (shared_preload_libraries, for one) shows its new value as soon as it is written, but the
    server runs with the old one until it restarts. A server whose audit library is set and not loaded looks compliant.

    Remedy: flexsec restarts the server once, and only with leave (--allow-restart). Whoever wrote the parameters may
    have meant to wait: the report names them.

    What it does not check: who wrote the change, and what value is still in force.

    Cost: one request per server, shared by all controls that read server parameters.
    """
    if isinstance(state.parameters, Unobserved):
        return unread("the server parameters", state.parameters)
    pending = tuple(parameter for parameter in state.parameters if parameter.pending_restart)
    if not pending:
        return passed("no parameter waits for a restart", {"pending restart": "none"})
    names = tuple(parameter.name for parameter in pending)
    return failed(
        f"set and not in force until the server restarts: {', '.join(names)}",
        {parameter.name: f"{parameter.value} (pending)" for parameter in pending},
        desires=(DesiredRestart(parameters=names),),
    )


CONTROLS = (
    Control(
        id="config-no-pending-restart",
        title="No parameter change waits for a restart",
        family="governance",
        rating=RATINGS["config-no-pending-restart"],
        check=no_pending_restart,
        reads=("parameters",),
        references=REFERENCES["config-no-pending-restart"],
    ),
)
