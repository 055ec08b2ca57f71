"""Reads what the signed-in identity may do at a scope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import Unreadable
from ..model.role import Grant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..azure.connection import Connection
    from ..model.clock import Deadline

ACTIONS = ("Microsoft.Authorization/permissions/read",)
API_VERSION = "2022-04-01"


def observe(connection: Connection, scope: str, *, deadline: Deadline) -> tuple[Grant, ...]:
    """Read the permissions of whoever is signed in: one request, action Microsoft.Authorization/permissions/read.

    What is granted above the scope is in the answer, too (documented by Microsoft, as is the action).

    Args:
        scope: the ARM id of a server, a resource group or a subscription.

    Raises:
        ArmError, AnswerLost, DeadlineExceeded, CredentialUnavailable: as `Connection.read_list`.
        Unreadable: the answer is not a list of permissions.
    """
    what = f"read the permissions of this identity at {scope}"
    path = f"{scope}/providers/Microsoft.Authorization/permissions"
    entries = connection.read_list(path, what=what, deadline=deadline, api_version=API_VERSION)
    return tuple(parse(entry, what=what) for entry in entries)


def parse(entry: Mapping[str, Any], *, what: str) -> Grant:
    """What an entry grants; a list that is missing or null is empty.

    Raises:
        Unreadable: a list is something else; a "not" list that is not understood would make the grant look wider.
    """
    return Grant(
        actions=_texts(entry, "actions", what=what),
        not_actions=_texts(entry, "notActions", what=what),
        data_actions=_texts(entry, "dataActions", what=what),
        not_data_actions=_texts(entry, "notDataActions", what=what),
    )


def _texts(entry: Mapping[str, Any], key: str, *, what: str) -> tuple[str, ...]:
    found = entry.get(key)
    if found is None:
        return ()
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise Unreadable(f"could not {what}: {key!r} in the answer is not a list of texts", status=200, what=what)
    return tuple(found)
