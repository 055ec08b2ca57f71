"""Role assignments and role definitions."""

import pytest

from flexsec.simulator import World, WorldError

VERSION = "2022-04-01"
SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
ASSIGNMENTS = "/providers/Microsoft.Authorization/roleAssignments"
DEFINITIONS = "/providers/Microsoft.Authorization/roleDefinitions"
SCOPE = f"/subscriptions/{SUBSCRIPTION}"
GROUP = f"{SCOPE}/resourceGroups/rg-shop"
MANAGEMENT = "/providers/Microsoft.Management/managementGroups/contoso"
OWN = {
    "id": "AAAAAAAA-0000-0000-0000-000000000001",
    "name": "Firewall clerk",
    "actions": ["*/read"],
    "not_actions": ["X/*"],
}


def person(number):
    """A principal."""
    return f"99999999-0000-0000-0000-{number:012d}"


@pytest.fixture
def roles(client_of, world_with):
    """A world in which roles are assigned above the server, at it, and elsewhere."""
    world = world_with()
    subscription = world["subscriptions"][0]
    server = f"{GROUP}/providers/Microsoft.DBforPostgreSQL/flexibleServers/shop-db"
    subscription["role_definitions"] = [OWN]
    subscription["role_assignments"] = [
        {"principal_id": person(1), "role": "Owner"},
        {"scope": MANAGEMENT, "principal_id": person(2), "principal_type": "Group", "role": "Reader"},
        {
            "scope": GROUP.upper(),
            "principal_id": person(3),
            "principal_type": "ServicePrincipal",
            "role": "Contributor",
        },
        {"scope": server, "principal_id": person(4), "role": "Firewall clerk"},
        {"scope": f"{SCOPE}/resourceGroups/rg-other", "principal_id": person(5), "role": "Owner"},
        {"scope": f"{SCOPE}/resourceGroups/rg-shop-too", "principal_id": person(6), "role": "Owner"},
    ]
    return client_of(world)


def who(answered):
    """The principals of a list, by the last digits of their ids."""
    return [int(entry["properties"]["principalId"][-3:]) for entry in answered.json["value"]]


def listed(azure, scope, condition="atScope()"):
    """The assignments at a scope."""
    return azure.get(f"{scope}{ASSIGNMENTS}?api-version={VERSION}" + (f"&$filter={condition}" if condition else ""))


def test_what_is_inherited_is_in_the_list_and_what_is_below_only_without_the_filter(roles):
    """atScope() leaves out what is assigned below; management groups, subscription and group are inherited."""
    assert who(listed(roles, roles.db)) == [1, 2, 3, 4]
    assert who(listed(roles, GROUP)) == [1, 2, 3]
    assert who(listed(roles, SCOPE)) == [1, 2]
    assert who(listed(roles, SCOPE, "")) == [1, 2, 3, 4, 5, 6]
    assert who(listed(roles, SCOPE, f"principalId eq '{person(4)}'")) == [4]
    assert listed(roles, SCOPE, "something else").status == 501


def test_an_assignment_has_the_documented_shape(roles):
    """Id, name and type, and a role by its id; one can be read by its name."""
    entry = listed(roles, roles.db).json["value"][0]
    told = entry["properties"]
    assert entry["id"] == f"{SCOPE}{ASSIGNMENTS}/{entry['name']}"
    assert told["roleDefinitionId"].endswith(f"{DEFINITIONS}/8e3af657-a8ff-443c-a75c-2fe8c4bcb635")
    assert (told["principalType"], told["scope"]) == ("User", SCOPE)
    assert roles.get(f"{SCOPE}{ASSIGNMENTS}/{entry['name']}", version=VERSION).json == entry
    missing = roles.get(f"{SCOPE}{ASSIGNMENTS}/{person(9)}", version=VERSION)
    assert (missing.status, missing.code) == (404, "RoleAssignmentNotFound")


def test_a_role_tells_what_it_allows_at_any_scope(roles):
    """Built-in roles and the subscription's own are read by id, at the server as at the subscription."""
    for scope in (SCOPE, GROUP, roles.db):
        owner = roles.get(f"{scope}{DEFINITIONS}/8e3af657-a8ff-443c-a75c-2fe8c4bcb635", version=VERSION).json
        assert (owner["properties"]["roleName"], owner["properties"]["type"]) == ("Owner", "BuiltInRole")
        assert owner["properties"]["permissions"][0]["actions"] == ["*"]
        own = roles.get(f"{scope}{DEFINITIONS}/{OWN['id']}", version=VERSION).json
        assert own["properties"]["permissions"] == [
            {"actions": ["*/read"], "notActions": ["X/*"], "dataActions": [], "notDataActions": []}
        ]
    named = roles.get(f"{SCOPE}{DEFINITIONS}?api-version={VERSION}&$filter=roleName eq 'Reader'").json["value"]
    assert [each["properties"]["roleName"] for each in named] == ["Reader"]
    missing = roles.get(f"{SCOPE}{DEFINITIONS}/{person(9)}", version=VERSION)
    assert (missing.status, missing.code) == (404, "RoleDefinitionDoesNotExist")


def test_reading_needs_its_own_action_and_writing_is_not_modelled(roles, client_of):
    """A reader of servers is refused by name; to assign a role is a 501 and never taken in silence."""
    data = roles.world.to_dict()
    data["principals"] = {"weak": {"object_id": person(7), "allowed_actions": ["Microsoft.DBforPostgreSQL/*"]}}
    weak = client_of(data, token="weak")
    refused = listed(weak, weak.db)
    assert refused.status == 403
    assert "Microsoft.Authorization/roleAssignments/read" in refused.message
    made = roles.put(f"{SCOPE}{ASSIGNMENTS}/{person(8)}", {}, version=VERSION)
    assert made.status == 501


def test_roles_survive_a_world_file(roles):
    """What a world says of roles is in the file that it is saved to."""
    data = roles.world.to_dict()
    assert data["subscriptions"][0]["role_definitions"][0]["name"] == "Firewall clerk"
    again = World.from_dict(data)
    assert again.to_dict() == data
    assert len(data["subscriptions"][0]["role_assignments"]) == 6


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"principal_id": person(1), "role": "Emperor"}, "a role of 'role_definitions' or one of Owner"),
        ({"principal_id": "me", "role": "Owner"}, "a GUID"),
        ({"role": "Owner"}, "a member 'principal_id'"),
        ({"principal_id": person(1), "role": "Owner", "scope": "rg-shop"}, "the id of a subscription"),
        ({"principal_id": person(1), "role": "Owner", "principal_type": "Person"}, "User"),
    ],
)
def test_an_assignment_that_cannot_be_is_refused(world_with, entry, words):
    """The path and what was expected are told."""
    world = world_with()
    world["subscriptions"][0]["role_assignments"] = [entry]
    with pytest.raises(WorldError, match="role_assignments") as refused:
        World.from_dict(world)
    assert words in str(refused.value)
