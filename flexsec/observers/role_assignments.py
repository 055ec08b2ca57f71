"""Reads who was given which role at a server and above it, and what the roles allow.

Documented by Microsoft: the bodies, the filter atScope(), which leaves out what is assigned below, that what is
inherited from resource group, subscription and management groups is in the answer, and the actions. Classic
administrators are retired and in no answer; deny assignments are another list, which is not read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import Unreadable
from ..model.role_assignment import AssignedRole
from . import permissions
from .reading import properties, word

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..azure.connection import Connection
    from ..model.clock import Deadline
    from ..model.resource import ServerId
    from ..model.role import Grant

ACTIONS = ("Microsoft.Authorization/roleAssignments/read", "Microsoft.Authorization/roleDefinitions/read")
API_VERSION = "2022-04-01"

Definition = tuple[str, tuple["Grant", ...]]
"""A role's name and what it allows."""


def observe(
    connection: Connection,
    server: ServerId,
    *,
    deadline: Deadline,
    definition: Callable[[str, Callable[[], Definition]], Definition],
) -> tuple[AssignedRole, ...]:
    """Read the assignments: one request, and one for each role that was not read before.

    Requires Microsoft.Authorization/roleAssignments/read and Microsoft.Authorization/roleDefinitions/read at the
    server.

    Args:
        definition: gives a role by its id, reading it when it is not kept.

    Raises:
        ArmError, AnswerLost, DeadlineExceeded, CredentialUnavailable: as `Connection.read_list`.
        Unreadable: an assignment without a principal or a role, or a role whose actions are no list.
    """
    what = f"read the role assignments of {server.name}"
    path = f"{server.arm_id}/providers/Microsoft.Authorization/roleAssignments"
    entries = connection.read_list(path, what=what, deadline=deadline, api_version=API_VERSION, where="atScope()")
    found = []
    for entry in entries:
        told = properties(entry, what=what)
        principal, role_id = word(told, "principalId"), word(told, "roleDefinitionId").rstrip("/").rpartition("/")[2]
        if not principal or not role_id:
            raise Unreadable(
                f"could not {what}: an assignment of the answer names no principal or no role", status=200, what=what
            )
        role, grants = definition(role_id.lower(), _reading(connection, server, role_id, deadline))
        found.append(
            AssignedRole(
                principal_id=principal,
                principal_type=word(told, "principalType"),
                scope=word(told, "scope"),
                role=role,
                grants=grants,
            )
        )
    return tuple(sorted(found, key=lambda each: (each.principal_id, each.role, each.scope)))


def _reading(connection: Connection, server: ServerId, role_id: str, deadline: Deadline) -> Callable[[], Definition]:
    """Reading a role at the server: there the right to read it is enough, wherever the role was made."""

    def read() -> Definition:
        what = f"read the role {role_id}"
        path = f"{server.arm_id}/providers/Microsoft.Authorization/roleDefinitions/{role_id}"
        return parse_definition(connection.read(path, what=what, deadline=deadline, api_version=API_VERSION), what=what)

    return read


def parse_definition(resource: Mapping[str, Any], *, what: str) -> Definition:
    """A role's name and what it allows.

    Raises:
        Unreadable: its permissions are no list of objects.
    """
    told = properties(resource, what=what)
    listed = told.get("permissions")
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise Unreadable(f"could not {what}: its permissions are no list of objects", status=200, what=what)
    grants = tuple(permissions.parse(entry, what=what) for entry in listed)
    return word(told, "roleName") or word(resource, "name"), grants
