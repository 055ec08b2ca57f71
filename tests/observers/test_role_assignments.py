"""Who was given which role at a server or above it."""

import pytest

from flexsec.errors import Forbidden, Unreadable
from flexsec.model.role import Grant
from flexsec.model.role_assignment import AssignedRole
from flexsec.observers import role_assignments as observer

BELOW = "/providers/Microsoft.Authorization"
OWNER, OWN = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "AAAAAAAA-0000-0000-0000-000000000001"
SCOPE = "/subscriptions/11111111-1111-1111-1111-111111111111"


def assignment(principal, role, **more):
    """An entry as Microsoft documents it."""
    told = {"principalId": principal, "principalType": "User", "scope": SCOPE,
            "roleDefinitionId": f"{SCOPE}{BELOW}/roleDefinitions/{role}", **more}  # fmt: skip
    return {"id": "x", "name": "y", "type": "z", "properties": told}


def definition(name, *permissions):
    """A role as Microsoft documents it."""
    return {"name": "id", "properties": {"roleName": name, "type": "BuiltInRole", "permissions": list(permissions)}}


def observed(service, *entries, kept=None):
    """The assignments as the observer reads them; roles are read each time they are not kept."""
    kept = {} if kept is None else kept
    service.has(f"{BELOW}/roleAssignments", {"value": list(entries)})

    def find(role_id, read):
        return kept.setdefault(role_id, None) or kept.update({role_id: read()}) or kept[role_id]

    return observer.observe(service.connection, service.server, deadline=service.deadline, definition=find)


def test_an_assignment_has_what_its_role_allows(service):
    """One request for the assignments at and above the server, and one for each role, whoever has it."""
    service.has(f"{BELOW}/roleDefinitions/{OWNER}", definition("Owner", {"actions": ["*"], "notActions": None}))
    service.has(f"{BELOW}/roleDefinitions/{OWN}", definition("Clerk", {"actions": ["*/read"]}, {"notActions": ["a/b"]}))
    entries = assignment("p2", OWNER), assignment("p1", OWN, principalType="Group"), assignment("p3", OWNER)
    found = observed(service, *entries)
    assert found[0] == AssignedRole(
        principal_id="p1", principal_type="Group", scope=SCOPE, role="Clerk",
        grants=(Grant(actions=("*/read",)), Grant(not_actions=("a/b",))),
    )  # fmt: skip
    assert [each.role for each in found] == ["Clerk", "Owner", "Owner"]
    assert len(service.paths) == 3
    assert service.queries[0].endswith("$filter=atScope%28%29")


def test_a_role_allows_what_it_takes_out_nowhere():
    """The grants add up; what one takes out, another may give. Case does not matter."""
    both = AssignedRole(
        principal_id="p", principal_type="", scope="/", role="r",
        grants=(Grant(actions=("*",), not_actions=("Microsoft.X/*",)), Grant(actions=("microsoft.x/a/READ",))),
    )  # fmt: skip
    assert both.allows("Microsoft.X/a/read")
    assert not both.allows("Microsoft.X/a/write")
    assert both.allows("Microsoft.Y/a/write")


def test_no_assignment_is_no_error(service):
    """An empty list is an empty list."""
    assert observed(service) == ()


@pytest.mark.parametrize("entry", [{"name": "y"}, {"properties": {"principalId": "p"}}, assignment("", OWNER)])
def test_an_entry_that_names_nobody_is_no_assignment(service, entry):
    """G12: it is an error that says so, since counting without it would be wrong."""
    with pytest.raises(Unreadable):
        observed(service, entry)


def test_errors_come_through(service):
    """F7: assignments that may not be read are an error, as is a role that may not."""
    service.has(f"{BELOW}/roleDefinitions/{OWNER}", {"error": {"code": "AuthorizationFailed", "message": "no"}}, 403)
    with pytest.raises(Forbidden):
        observed(service, assignment("p", OWNER))
    service.has(f"{BELOW}/roleDefinitions/{OWN}", {"properties": {"permissions": "all"}})
    with pytest.raises(Unreadable):
        observed(service, assignment("p", OWN))
