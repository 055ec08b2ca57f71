"""Role assignments and roles of a subscription in a world file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .identities import GUID
from .roles import BUILT_IN, PRINCIPALS, RoleAssignment, RoleDefinition, Roles

if TYPE_CHECKING:
    from .file_reading import Node

KEYS = ("role_assignments", "role_definitions")
ASSIGNMENT_KEYS = ("scope", "principal_id", "principal_type", "role")
DEFINITION_KEYS = ("id", "name", "actions", "not_actions", "data_actions")
SCOPE = re.compile(
    r"/|/providers/Microsoft\.Management/managementGroups/[^/]+|/subscriptions/[^/]+(/resourceGroups/[^/]+(/.+)?)?",
    re.IGNORECASE,
)


def read_roles(members: dict[str, Node], subscription_id: str) -> Roles:
    """The roles of a subscription's entry.

    Raises:
        WorldError: a role that there is not, or a scope, principal or id that cannot be.
    """
    roles = Roles()
    for each in members["role_definitions"].items() if "role_definitions" in members else ():
        roles.definitions.append(_definition(each, roles))
    for each in members["role_assignments"].items() if "role_assignments" in members else ():
        roles.assignments.append(_assignment(each, roles, subscription_id))
    return roles


def write_roles(roles: Roles) -> dict[str, Any]:
    """The entries of a subscription's roles."""
    return {
        "role_definitions": [
            {
                key: value
                for key, value in (
                    ("id", each.id),
                    ("name", each.name),
                    ("actions", list(each.actions)),
                    ("not_actions", list(each.not_actions)),
                    ("data_actions", list(each.data_actions)),
                )
                if value
            }
            for each in roles.definitions
        ],
        "role_assignments": [{key: getattr(each, key) for key in ASSIGNMENT_KEYS} for each in roles.assignments],
    }


def _definition(node: Node, roles: Roles) -> RoleDefinition:
    members = node.members(DEFINITION_KEYS)
    for key in ("id", "name"):
        if key not in members:
            raise node.fail(f"a member {key!r}", "an object without it")
    if not GUID.fullmatch(members["id"].text()):
        raise members["id"].fail("a GUID such as 11111111-1111-1111-1111-111111111111")
    for key in ("id", "name"):
        if roles.find(members[key].text()) is not None:
            raise members[key].fail("one that no other role has")
    lists = {key: tuple(each.text() for each in members[key].items()) for key in DEFINITION_KEYS[2:] if key in members}
    return RoleDefinition(members["id"].text().lower(), members["name"].text(), **lists)


def _assignment(node: Node, roles: Roles, subscription_id: str) -> RoleAssignment:
    members = node.members(ASSIGNMENT_KEYS)
    for key in ("principal_id", "role"):
        if key not in members:
            raise node.fail(f"a member {key!r}", "an object without it")
    if not GUID.fullmatch(members["principal_id"].text()):
        raise members["principal_id"].fail("a GUID such as 11111111-1111-1111-1111-111111111111")
    if roles.find(members["role"].text()) is None:
        raise members["role"].fail(f"a role of 'role_definitions' or one of {', '.join(BUILT_IN)}")
    scope = f"/subscriptions/{subscription_id}"
    if "scope" in members:
        scope = members["scope"].text()
        if not SCOPE.fullmatch(scope):
            raise members["scope"].fail("the id of a subscription, of something in it, or of a management group")
    kind = members["principal_type"].choice(PRINCIPALS) if "principal_type" in members else "User"
    return RoleAssignment(scope, members["principal_id"].text(), members["role"].text(), kind)
