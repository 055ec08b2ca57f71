"""Reads the Microsoft Entra administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import ArmError
from ..model.server import Administrator
from .reading import properties, word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..azure.connection import Connection
    from ..model.clock import Deadline
    from ..model.resource import ServerId

ACTIONS = ("Microsoft.DBforPostgreSQL/flexibleServers/administrators/read",)
# Reported by users: the service refuses the list while Entra authentication is off, where an empty one would do.
_ENTRA_IS_OFF = "authentication is not enabled"


def observe(connection: Connection, server: ServerId, *, deadline: Deadline) -> tuple[Administrator, ...]:
    """Read every administrator, sorted by name: one request.

    Action: Microsoft.DBforPostgreSQL/flexibleServers/administrators/read.

    Returns:
        The administrators; none when the service refuses the list because Entra authentication is off.

    Raises:
        ArmError, AnswerLost, DeadlineExceeded, CredentialUnavailable: as `Connection.read_list`.
        Unreadable: the answer is not a list of administrators.
    """
    what = f"read the Entra administrators of {server.name}"
    try:
        entries = connection.read_list(f"{server.arm_id}/administrators", what=what, deadline=deadline)
    except ArmError as error:
        if _ENTRA_IS_OFF in error.detail.casefold():
            return ()
        raise
    found = [parse(entry, what=what) for entry in entries]
    return tuple(sorted(found, key=lambda administrator: (administrator.name, administrator.object_id)))


def parse(resource: Mapping[str, Any], *, what: str) -> Administrator:
    """The administrator that an entry describes; its resource id ends with the object id (recorded)."""
    told = properties(resource, what=what)
    return Administrator(
        object_id=word(told, "objectId") or word(resource, "id").rpartition("/")[2],
        name=word(told, "principalName") or word(resource, "name"),
        principal_type=word(told, "principalType") or "Unknown",
        tenant_id=word(told, "tenantId"),
    )
