"""A role as a report; its JSON is the file that `az role definition create --role-definition @FILE` takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..model.role import RoleScope
from .document import Cell, Document, Records, Table, cells, columns
from .words import count, listed

if TYPE_CHECKING:
    from ..model.role import Need, Role

_RECORD = ("for", "action", "kind", "scope", "reason")


def definition(role: Role, assignable_scope: str) -> dict[str, Any]:
    """The role definition, with the member names that azure-cli and Azure PowerShell document.

    Args:
        assignable_scope: the id of the subscription or resource group in which the role may be assigned; a single
            resource cannot stand there (documented by Microsoft).
    """
    return {
        "Name": f"flexsec {role.purpose}",
        "IsCustom": True,
        "Description": _description(role),
        "Actions": list(role.actions),
        "NotActions": [],
        "DataActions": list(role.data_actions),
        "NotDataActions": [],
        "AssignableScopes": [assignable_scope],
    }


def document(role: Role, assignable_scope: str) -> Document:
    """The report of a role."""
    return Document(
        schema="",
        data=definition(role, assignable_scope),
        title=f"Role for {role.purpose}",
        facts=(("Assignable in", Cell(assignable_scope)),),
        tables=(
            Table(
                title=count(len(role.needs), "action"),
                columns=columns("Action", "=At", "What for"),
                rows=tuple(cells(_spelled(need), need.scope.value, need.reason) for need in role.needs),
                empty="It asks nothing of Azure.",
            ),
        ),
        records=Records(
            columns=_RECORD,
            rows=tuple(
                (role.purpose, need.action, "data action" if need.data else "action", need.scope.value, need.reason)
                for need in role.needs
            ),
        ),
        notes=advice(role),
    )


def advice(role: Role) -> tuple[str, ...]:
    """What to mind when the role is assigned."""
    scopes = _scopes(role)
    told = [
        f"optional, at the {need.scope.value}: {need.action}, to {need.reason}; nothing fails without it"
        for need in role.optional
    ]
    if not scopes:
        return (f"{role.purpose} asks nothing of Azure, so it needs no role", *told)
    if len(scopes) > 1:
        options = listed(f"--at {scope.value}" for scope in scopes)
        told.insert(0, f"what is needed at different scopes is narrower as a role for each scope: {options}")
    return tuple(told)


def _description(role: Role) -> str:
    parts = [f"The least that flexsec needs for {role.purpose}."]
    scopes = _scopes(role)
    if len(scopes) == 1:
        parts.append(f"Assign it at the {scopes[0].value}.")
    elif scopes:
        apart = [scope for scope in scopes if scope is not RoleScope.SERVER]
        parts += [f"At the {scope.value}: {listed(need.action for need in role.at(scope).needs)}." for scope in apart]
        parts += ["Everything else at the server."] if RoleScope.SERVER in scopes else []
    return " ".join(parts)


def _scopes(role: Role) -> list[RoleScope]:
    return [scope for scope in RoleScope if role.at(scope).needs]


def _spelled(need: Need) -> str:
    return f"{need.action} (data)" if need.data else need.action
