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
    assert answered.json == {"value": [{"actions": ["*"], "notActions": [], "dataActions": ["*"], "notDataActions": []}]}


def test_a_principal_is_told_its_own_actions(azure):
    """Who may do less is told less, and needs Microsoft.Authorization/permissions/read to be told."""
    allowed = ("Microsoft.DBforPostgreSQL/flexibleServers/read", "microsoft.authorization/PERMISSIONS/read")
    azure.principal("reader", *allowed)
    told = azure.get(f"{azure.db}{PERMISSIONS}", version=VERSION, token="reader")
    assert told.json["value"][0]["actions"] == list(allowed)
    azure.principal("blind", "Microsoft.DBforPostgreSQL/*")
    refused = azure.get(f"{azure.db}{PERMISSIONS}", version=VERSION, token="blind")
    assert (refused.status, refused.json["error"]["code"]) == (403, "AuthorizationFailed")
    assert "'Microsoft.Authorization/permissions/read'" in refused.json["error"]["message"]


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
