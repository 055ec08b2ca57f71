"""Entra administrators and threat protection: bodies, operation names and odd rules."""

import pytest

TENANT = "33333333-3333-3333-3333-333333333333"
ALICE = "44444444-4444-4444-4444-444444444444"
BODY = {"principalType": "user", "principalName": "alice@contoso.com", "tenantId": TENANT}


@pytest.fixture
def entra(client_of, world_with):
    """A client of a server with Entra authentication."""
    return client_of(world_with(entra_auth="Enabled", tenant_id=TENANT))


def test_without_administrators_the_list_is_empty(azure):
    """A server without administrators gives {"value": []}, also while Entra authentication is off (recorded)."""
    assert azure.get(f"{azure.db}/administrators").json == {"value": []}


def test_an_administrator_is_added_and_removed(entra):
    """PUT takes Retry-After 60 and DELETE 30; the name is the principal's name while the id ends with the object id (recorded)."""
    accepted = entra.put(f"{entra.db}/administrators/{ALICE}", BODY)
    assert (accepted.headers["retry-after"], accepted.json["operation"]) == (
        "60",
        "UpsertAadAuthPrincipalManagementOperation",
    )
    assert entra.finish(accepted, 60)["status"] == "Succeeded"
    found = entra.get(f"{entra.db}/administrators/{ALICE}").json
    assert found == {
        "properties": {
            "principalType": "User",
            "principalName": "alice@contoso.com",
            "objectId": ALICE,
            "tenantId": TENANT,
        },
        "id": f"{entra.db}/administrators/{ALICE}",
        "name": "alice@contoso.com",
        "type": "Microsoft.DBforPostgreSQL/flexibleServers/administrators",
    }
    assert entra.get(f"{entra.db}/administrators").json == {"value": [found]}
    gone = entra.ask("DELETE", f"{entra.db}/administrators/{ALICE}")
    assert (gone.headers["retry-after"], gone.json["operation"]) == ("30", "DropAadAuthPrincipalManagementOperation")
    assert entra.finish(gone, 30)["status"] == "Succeeded"
    assert entra.get(f"{entra.db}/administrators/{ALICE}").status == 404
    assert entra.ask("DELETE", f"{entra.db}/administrators/{ALICE}").status == 204


@pytest.mark.parametrize("wrong", [{"principalType": "Robot"}, {"principalName": ""}, {"tenantId": None}])
def test_a_malformed_administrator_is_refused(entra, wrong):
    """A principal of unknown type, or without name or tenant, is a 400."""
    assert entra.put(f"{entra.db}/administrators/{ALICE}", BODY | wrong).code == "InvalidParameterValue"


def test_an_administrator_needs_entra_authentication(azure):
    """While Entra authentication is off a new administrator is refused with words that say so."""
    refused = azure.put(f"{azure.db}/administrators/{ALICE}", BODY)
    assert refused.status == 400
    assert "authentication is not enabled" in refused.message


def test_the_last_administrator_can_be_removed(client_of, world_with):
    """With password authentication off nobody is left, and the service is not known to prevent it (inferred)."""
    alone = {ALICE: {"type": "User", "name": "alice@contoso.com", "tenant_id": TENANT}}
    azure = client_of(
        world_with(entra_auth="Enabled", tenant_id=TENANT, password_auth="Disabled", administrators=alone)
    )
    assert azure.finish(azure.ask("DELETE", f"{azure.db}/administrators/{ALICE}"))["status"] == "Succeeded"
    assert azure.get(f"{azure.db}/administrators").json == {"value": []}


def test_switching_entra_off_removes_its_administrators(entra):
    """Without Entra authentication there are no Entra administrators (inferred)."""
    entra.finish(entra.put(f"{entra.db}/administrators/{ALICE}", BODY))
    switch = {"authConfig": {"activeDirectoryAuth": "Disabled", "passwordAuth": "Enabled"}}
    assert entra.finish(entra.patch(entra.db, {"properties": switch}))["status"] == "Succeeded"
    assert entra.get(f"{entra.db}/administrators").json == {"value": []}


def test_threat_protection_never_enabled(azure):
    """A setting that was never enabled carries the year 1, alone and in the list (recorded)."""
    path = f"{azure.db}/advancedThreatProtectionSettings"
    expected = {
        "properties": {"state": "Disabled", "creationTime": "0001-01-01T00:00:00Z"},
        "id": f"{path}/Default",
        "name": "Default",
        "type": "Microsoft.DBforPostgreSQL/flexibleServers/advancedThreatProtectionSettings",
    }
    assert azure.get(f"{path}/default").json == expected
    assert azure.get(path).json == {"value": [expected]}


def test_threat_protection_keeps_the_time_of_its_first_enabling(azure):
    """Enabling stamps the time with seven decimals; disabling keeps it (recorded)."""
    path = f"{azure.db}/advancedThreatProtectionSettings/Default"
    accepted = azure.put(path, {"state": "enabled"})
    assert (accepted.headers["retry-after"], accepted.json["operation"]) == (
        "10",
        "UpsertThreatProtectionStateOperation",
    )
    assert azure.finish(accepted, 11)["status"] == "Succeeded"
    enabled = azure.get(path).json["properties"]
    assert enabled == {"state": "Enabled", "creationTime": "2026-01-05T09:00:11.0000000Z"}
    assert azure.finish(azure.put(path, {"state": "Disabled"}))["status"] == "Succeeded"
    assert azure.get(path).json["properties"] == {"state": "Disabled", "creationTime": enabled["creationTime"]}


def test_threat_protection_has_one_setting_and_two_states(azure):
    """Any other name or state is a 400, and it cannot be deleted."""
    path = f"{azure.db}/advancedThreatProtectionSettings"
    assert azure.put(f"{path}/Other", {"state": "Enabled"}).status == 400
    assert azure.get(f"{path}/Other").status == 400
    assert azure.put(f"{path}/Default", {"state": "Perhaps"}).status == 400
    assert azure.ask("DELETE", f"{path}/Default").status == 405
