"""What a principal may do, as Resource Manager tells it at each scope."""

import pytest

SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
PERMISSIONS = "/providers/Microsoft.Authorization/permissions"
VERSION = "2022-04-01"


@pytest.mark.parametrize("scope", [SUBSCRIPTION, f"{SUBSCRIPTION}/resourceGroups/rg-shop", None])
def test_every_scope_tells_the_four_lists(azure, scope):
    """At a subscription, a resource group and a server the answer has the members that are documented."""
    answered = azure.get(f"{scope or azure.db}{PERMISSIONS}", version=VERSION)
    assert answered.status == 200
    assert answered.json == {
        "value": [{"actions": ["*"], "notActions": [], "dataActions": ["*"], "notDataActions": []}]
    }


def test_a_principal_is_told_its_own_actions(client_of, world_with):
    """Who may do less is told less, and needs Microsoft.Authorization/permissions/read to be told."""
    allowed = {
        "reader": ["Microsoft.DBforPostgreSQL/flexibleServers/read", "microsoft.authorization/PERMISSIONS/read"],
        "blind": ["Microsoft.DBforPostgreSQL/*"],
    }
    oid = "44444444-4444-4444-4444-444444444444"
    principals = {name: {"object_id": oid, "allowed_actions": actions} for name, actions in allowed.items()}
    azure = client_of(world_with() | {"principals": principals}, token="reader")
    told = azure.get(f"{azure.db}{PERMISSIONS}", version=VERSION)
    assert told.json["value"][0]["actions"] == allowed["reader"]
    azure.token = "blind"
    refused = azure.get(f"{azure.db}{PERMISSIONS}", version=VERSION)
    assert (refused.status, refused.code) == (403, "AuthorizationFailed")
    assert "'Microsoft.Authorization/permissions/read'" in refused.message


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/resourceGroups/missing", "ResourceGroupNotFound"),
        ("/resourceGroups/rg-shop/providers/Microsoft.DBforPostgreSQL/flexibleServers/missing", "ResourceNotFound"),
    ],
)
def test_a_scope_that_does_not_exist_is_not_found(azure, path, code):
    """Nobody has permissions on what is not there."""
    answered = azure.get(f"{SUBSCRIPTION}{path}{PERMISSIONS}", version=VERSION)
    assert (answered.status, answered.json["error"]["code"]) == (404, code)


def test_permissions_are_only_read(azure):
    """Nothing writes them, and an api-version that is none of theirs is refused with theirs."""
    assert azure.ask("DELETE", f"{azure.db}{PERMISSIONS}", version=VERSION).status == 405
    answered = azure.get(f"{azure.db}{PERMISSIONS}", version="2024-08-01")
    assert answered.status == 400
    assert VERSION in answered.json["error"]["message"]
