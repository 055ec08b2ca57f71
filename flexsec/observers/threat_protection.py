"""Reads the per-server setting of Microsoft Defender for open-source relational databases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import Unreadable
from ..model.server import ThreatProtection
from .reading import properties, word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..azure.connection import Connection
    from ..model.clock import Deadline
    from ..model.resource import ServerId

ACTIONS = ("Microsoft.DBforPostgreSQL/flexibleServers/advancedThreatProtectionSettings/read",)


def observe(connection: Connection, server: ServerId, *, deadline: Deadline) -> ThreatProtection:
    """Read the setting: one request.

    Action: Microsoft.DBforPostgreSQL/flexibleServers/advancedThreatProtectionSettings/read.

    Raises:
        ArmError, AnswerLost, DeadlineExceeded, CredentialUnavailable: as `Connection.read`.
        Unreadable: the answer does not say enabled or disabled.
    """
    what = f"read the threat protection of {server.name}"
    path = f"{server.arm_id}/advancedThreatProtectionSettings/Default"
    return parse(connection.read(path, what=what, deadline=deadline), what=what)


def parse(resource: Mapping[str, Any], *, what: str) -> ThreatProtection:
    """The setting that a resource describes. A state that is neither word is not guessed."""
    state = word(properties(resource, what=what), "state")
    match state.casefold():
        case "enabled":
            return ThreatProtection(enabled=True)
        case "disabled":
            return ThreatProtection(enabled=False)
        case _:
            raise Unreadable(
                f"could not {what}: its state is {state!r}, expected Enabled or Disabled", status=200, what=what
            )
