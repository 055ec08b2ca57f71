"""Role assignments and role definitions, as Resource Manager tells them: read only.

Documented by Microsoft: the bodies, that a list holds what is assigned at the scope, above it and (without the filter
atScope()) below it, the ids and actions of the built-in roles. Reported: the text for a role that there is not. A
world lists who has which role; what a principal of the world may do does not follow from it.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from . import wire_errors
from .paging import answer_list

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .call import Call
    from .request import Response
    from .state import Subscription

PROVIDER = "Microsoft.Authorization"
PRINCIPALS = ("User", "Group", "ServicePrincipal", "ForeignGroup", "Device")
LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
_PRINCIPAL = re.compile(r"(?:principalId\s+eq\s+'([^']*)'|assignedTo\('([^']*)'\))", re.IGNORECASE)
_NAMED = re.compile(r"roleName\s+eq\s+'([^']*)'", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RoleDefinition:
    """A role: its id, its name and what it allows."""

    id: str
    name: str
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoleAssignment:
    """A role given to a principal at a scope; `role` is the role's name."""

    scope: str
    principal_id: str
    role: str
    principal_type: str = "User"


@dataclass(slots=True)
class Roles:
    """A subscription's assignments, inherited ones included, and its own roles."""

    assignments: list[RoleAssignment] = field(default_factory=list)
    definitions: list[RoleDefinition] = field(default_factory=list)

    def find(self, role: str) -> RoleDefinition | None:
        """A role by its name or its id."""
        wanted = role.lower()
        return next((each for each in self.all if wanted in (each.name.lower(), each.id)), None)

    @property
    def all(self) -> tuple[RoleDefinition, ...]:
        """The built-in roles and the subscription's own."""
        return (*BUILT_IN.values(), *self.definitions)


BUILT_IN: Mapping[str, RoleDefinition] = MappingProxyType(
    {
        each.name: each
        for each in (
            RoleDefinition("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "Owner", ("*",)),
            RoleDefinition(
                "b24988ac-6180-42a0-ab88-20f7382dd24c",
                "Contributor",
                ("*",),
                (
                    "Microsoft.Authorization/*/Delete",
                    "Microsoft.Authorization/*/Write",
                    "Microsoft.Authorization/elevateAccess/Action",
                ),
            ),
            RoleDefinition("acdd72a7-3385-48ef-bd42-f606fba81ae7", "Reader", ("*/read",)),
            RoleDefinition(
                "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
                "User Access Administrator",
                ("*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"),
            ),
            RoleDefinition(
                "00482a5a-887f-4fb3-b363-3b7fe8e74483",
                "Key Vault Administrator",
                (
                    "Microsoft.Authorization/*/read",
                    "Microsoft.KeyVault/vaults/read",
                    "Microsoft.KeyVault/operations/read",
                ),
                (),
                ("Microsoft.KeyVault/vaults/*",),
            ),
        )
    }
)
"""The built-in roles that the simulator knows, by name."""


def assignments(call: Call) -> Response:
    """The assignments at a scope, above it, and (unless the filter says otherwise) below it; or one of them."""
    subscription, scope = call.subscription(), _scope(call)
    condition = call.query.get("$filter", "").strip()
    found = [each for each in subscription.roles.assignments if _concerns(each, scope, condition)]
    bodies = [_assignment_body(subscription, each) for each in found]
    if call.route.name is None:
        return answer_list(call, bodies)
    for body in bodies:
        if body["name"] == call.route.name.lower():
            return call.answer(200, body)
    message = f"The role assignment '{call.route.name[:60]}' is not found."
    raise wire_errors.WireError(404, "RoleAssignmentNotFound", message)


def definitions(call: Call) -> Response:
    """The roles that can be assigned at a scope, or one of them."""
    subscription = call.subscription()
    _scope(call)
    roles = subscription.roles
    if call.route.name is None:
        named = _NAMED.search(call.query.get("$filter", ""))
        wanted = [each for each in roles.all if named is None or each.name.lower() == named[1].lower()]
        return answer_list(call, [_definition_body(subscription, each) for each in wanted])
    found = next((each for each in roles.all if each.id == call.route.name.lower()), None)
    if found is None:
        message = f"The specified role definition with ID '{call.route.name[:60]}' does not exist."
        raise wire_errors.WireError(404, "RoleDefinitionDoesNotExist", message)
    return call.answer(200, _definition_body(subscription, found))


def refuse(call: Call) -> Response:
    """Refuses to assign or to make a role.

    Raises:
        WireError: 501, always.
    """
    raise wire_errors.not_modelled("writing role assignments and role definitions")


def _scope(call: Call) -> str:
    """The scope of a request, which exists, in lower case."""
    if call.route.server:
        call.server()
    elif call.route.group:
        call.group()
    return call.path.lower().partition(f"/providers/{PROVIDER.lower()}/")[0]


def _concerns(assignment: RoleAssignment, scope: str, condition: str) -> bool:
    """Whether an assignment is in the list of a scope.

    Raises:
        WireError: 501 for a filter that is not modelled.
    """
    own = assignment.scope.lower().rstrip("/")
    above = own in ("", scope) or scope.startswith(f"{own}/") or not own.startswith("/subscriptions/")
    if not condition:
        return above or own.startswith(f"{scope}/")
    if condition.lower() == "atscope()":
        return above
    principal = _PRINCIPAL.fullmatch(condition)
    if principal is None:
        raise wire_errors.not_modelled("this filter of role assignments")
    return assignment.principal_id.lower() == (principal[1] or principal[2]).lower()


def _assignment_body(subscription: Subscription, assignment: RoleAssignment) -> dict[str, Any]:
    role = subscription.roles.find(assignment.role)
    scope = assignment.scope.rstrip("/")
    told = f"{scope}/{assignment.principal_id}/{assignment.role}".lower()
    name = str(uuid.uuid5(uuid.NAMESPACE_URL, told))
    return {
        "properties": {
            "roleDefinitionId": _definition_id(subscription, role.id if role else assignment.role),
            "principalId": assignment.principal_id,
            "principalType": assignment.principal_type,
            "scope": scope or "/",
            "condition": None,
            "conditionVersion": None,
            **_history(),
            "delegatedManagedIdentityResourceId": None,
            "description": None,
        },
        "id": f"{scope}/providers/{PROVIDER}/roleAssignments/{name}",
        "type": f"{PROVIDER}/roleAssignments",
        "name": name,
    }


def _definition_body(subscription: Subscription, role: RoleDefinition) -> dict[str, Any]:
    built_in = role.name in BUILT_IN
    return {
        "properties": {
            "roleName": role.name,
            "type": "BuiltInRole" if built_in else "CustomRole",
            "description": "",
            "assignableScopes": ["/"] if built_in else [f"/subscriptions/{subscription.id}"],
            "permissions": [
                {
                    "actions": list(role.actions),
                    "notActions": list(role.not_actions),
                    "dataActions": list(role.data_actions),
                    "notDataActions": [],
                }
            ],
            **_history(),
        },
        "id": _definition_id(subscription, role.id),
        "type": f"{PROVIDER}/roleDefinitions",
        "name": role.id,
    }


def _definition_id(subscription: Subscription, role_id: str) -> str:
    return f"/subscriptions/{subscription.id}/providers/{PROVIDER}/roleDefinitions/{role_id}"


def _history() -> dict[str, Any]:
    moment = f"{LONG_AGO:%Y-%m-%dT%H:%M:%S}.0000000Z"
    return {"createdOn": moment, "updatedOn": moment, "createdBy": None, "updatedBy": None}
