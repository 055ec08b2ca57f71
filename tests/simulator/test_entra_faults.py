"""Faults of Entra authentication, and what is known of removing the last administrator."""

from __future__ import annotations

import pytest

TENANT = "33333333-3333-3333-3333-333333333333"
ALICE = "44444444-4444-4444-4444-444444444444"
BODY = {"principalType": "User", "principalName": "alice@contoso.com", "tenantId": TENANT}


@pytest.fixture
def entra(client_of, world_with):
    """A client of a server with Entra authentication alone, and one administrator."""
    alone = {"type": "User", "name": "alice@contoso.com", "tenant_id": TENANT}
    return client_of(
        world_with(entra_auth="Enabled", tenant_id=TENANT, password_auth="Disabled", administrators={ALICE: alone})
    )


def arm(azure, fault_id):
    """Switch a fault on, once."""
    from flexsec.simulator import Fault

    azure.world.faults.add(Fault(fault_id))


def test_the_credentials_are_said_to_be_missing(entra):
    """X13: a change of the server is accepted and fails with EngineCredentialsNotProvided, once; nothing happens."""
    arm(entra, "X13")
    login = entra.world.server("shop-db").administrator_login
    both = {"administratorLogin": login, "administratorLoginPassword": "Correct-Horse-7"}
    body = {"properties": {"authConfig": {"activeDirectoryAuth": "Enabled", "passwordAuth": "Enabled"}, **both}}
    ended = entra.finish(entra.patch(entra.db, body))
    assert (ended["status"], ended["error"]["code"]) == ("Failed", "EngineCredentialsNotProvided")
    assert entra.world.server("shop-db").password_auth == "Disabled"


def test_the_principal_cannot_be_validated(entra):
    """X15: an administrator is accepted and fails with 0LP01 in its words; nothing happens."""
    arm(entra, "X15")
    ended = entra.finish(entra.put(f"{entra.db}/administrators/{ALICE[:-1]}5", BODY))
    assert ended["status"] == "Failed"
    assert "0LP01" in ended["error"]["message"]
    assert list(entra.world.server("shop-db").administrators) == [ALICE]


def test_the_last_administrator_can_be_removed(entra):
    """With password authentication off nobody is left, and the service is not known to prevent it (inferred)."""
    assert entra.finish(entra.ask("DELETE", f"{entra.db}/administrators/{ALICE}"))["status"] == "Succeeded"
    assert entra.world.server("shop-db").administrators == {}
