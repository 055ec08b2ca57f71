"""The per-server switch of Microsoft Defender for open-source relational databases.

Only the resource provider's own route serves flexible servers; the generic Microsoft.Security one refuses them (E4).
Requires Microsoft.DBforPostgreSQL/flexibleServers/advancedThreatProtectionSettings/write and the right to follow the
operation.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..model.change import Change, Phase
from ..model.desire import DesiredThreatProtection
from ..model.observation import Unobserved
from ..model.server import ThreatProtection
from .operation import Obstacle, Operation

if TYPE_CHECKING:
    from ..azure.connection import Connection
    from ..model.acceptance import Acceptance
    from ..model.desire import Desire
    from ..model.resource import ServerId
    from ..model.server import ServerState

ACTIONS = (
    "Microsoft.DBforPostgreSQL/flexibleServers/advancedThreatProtectionSettings/read",
    "Microsoft.DBforPostgreSQL/flexibleServers/advancedThreatProtectionSettings/write",
    "Microsoft.DBforPostgreSQL/locations/azureAsyncOperation/read",
)
# Recorded: 11 seconds.
_TYPICAL_SECONDS = 11


def diff(desire: Desire, state: ServerState) -> Change | Obstacle | None:
    """The write that switches threat protection, None when it is as desired."""
    if not isinstance(desire, DesiredThreatProtection):
        raise TypeError(f"not a desired threat protection setting: {desire!r}")
    found = state.threat_protection
    if isinstance(found, Unobserved):
        return Obstacle(desire=desire, reason=f"threat protection was not read: {found.reason}")
    return None if found.enabled == desire.enabled else _change(enabled=desire.enabled)


def _change(*, enabled: bool) -> Change:
    cost = " It is billed per server." if enabled else ""
    return Change(
        kind="threat_protection",
        name="Default",
        before={"state": _word(not enabled)},
        after={"state": _word(enabled)},
        sentence=f"{'Enable' if enabled else 'Disable'} threat protection.{cost}",
        phase=Phase.ADD if enabled else Phase.CLOSE,
        permissions=ACTIONS,
        typical_seconds=_TYPICAL_SECONDS,
    )


def write(connection: Connection, server: ServerId, change: Change, _state: ServerState) -> Acceptance:
    """PUT the setting."""
    body: Any = {"properties": {"state": (change.after or {})["state"]}}
    return connection.write(
        lambda client, keep: client.server_threat_protection_settings.begin_create_or_update(
            server.resource_group,
            server.name,
            "Default",
            body,
            polling=False,
            cls=keep,
        ),
        what=f"switch threat protection on {server.name}",
    )


def current(change: Change, state: ServerState) -> dict[str, str] | None:
    """The setting as observed."""
    found = state.threat_protection
    return {"state": _word(found.enabled)} if isinstance(found, ThreatProtection) else None


def holds(change: Change, state: ServerState) -> bool:
    """Whether the setting is as wanted."""
    return current(change, state) == change.after


def untouched(change: Change, state: ServerState) -> bool:
    """Whether the setting is as it was before."""
    return current(change, state) == change.before


def undo(change: Change) -> Change | None:
    """Switch it back."""
    return _change(enabled=(change.before or {}).get("state") == "Enabled")


def predict(change: Change, state: ServerState) -> ServerState:
    """The state with the setting as wanted."""
    return replace(state, threat_protection=ThreatProtection(enabled=(change.after or {}).get("state") == "Enabled"))


def _word(enabled: bool) -> str:
    return "Enabled" if enabled else "Disabled"


OPERATION = Operation(
    kind="threat_protection",
    desires=("threat_protection",),
    reads=("threat_protection",),
    actions=ACTIONS,
    diff=diff,
    write=write,
    current=current,
    holds=holds,
    untouched=untouched,
    undo=undo,
    predict=predict,
)
