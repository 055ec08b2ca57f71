"""The official clients of Key Vault, unpatched, take the simulator for the service, in process and served."""

from datetime import UTC, datetime

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.identity import ClientSecretCredential
from azure.keyvault.keys import KeyClient
from azure.keyvault.secrets import ApiVersion, SecretClient

from flexsec.model.secret import Secret
from flexsec.model.secret_store import Stage
from flexsec.testing import simulated
from flexsec.testing.service import served
from tests.simulator.vaults import CANARY, OLD, world_of

URL = "https://kv-shop.vault.azure.net"


@pytest.fixture
def simulation():
    """A simulated subscription with a vault."""
    with simulated(world_of()) as found:
        yield found


@pytest.fixture(scope="module")
def service():
    """A served world with a vault."""
    with served(world_of()) as found:
        yield found


def served_options(service):
    """What the documentation tells to pass: where the vault is, whom to trust, and no check of the resource's domain."""
    ready = service.endpoint
    credential = ClientSecretCredential(
        ready["tenant_id"],
        ready["client_id"],
        ready["client_secret"],
        authority=ready["authority"],
        disable_instance_discovery=True,
        connection_verify=ready["ca_file"],
    )
    (vault,) = ready["subscriptions"][0]["vaults"]
    return {
        "vault_url": vault["url"],
        "credential": credential,
        "verify_challenge_resource": False,
        "connection_verify": ready["ca_file"],
    }


def whole_life(client):
    """A secret's whole life through the client's own methods."""
    expires = datetime(2027, 1, 1, tzinfo=UTC)
    made = client.set_secret("life", "one", tags={"run": "1"}, content_type="password", expires_on=expires)
    assert (made.value, made.properties.expires_on, made.properties.tags) == ("one", expires, {"run": "1"})
    second = client.set_secret("life", "two")
    assert client.get_secret("life").properties.version == second.properties.version
    assert client.get_secret("life", made.properties.version).value == "one"
    changed = client.update_secret_properties("life", made.properties.version, tags={"stage": "previous"})
    assert (changed.tags, changed.content_type) == ({"stage": "previous"}, "password")
    assert {each.version for each in client.list_properties_of_secret_versions("life")} == {
        made.properties.version,
        second.properties.version,
    }
    client.update_secret_properties("life", enabled=False)
    with pytest.raises(HttpResponseError) as disabled:
        client.get_secret("life")
    assert (disabled.value.status_code, disabled.value.error.code) == (403, "Forbidden")
    client.update_secret_properties("life", enabled=True)
    assert client.begin_delete_secret("life").result().recovery_id.endswith("/deletedsecrets/life")
    with pytest.raises(HttpResponseError) as taken:
        client.set_secret("life", "three")
    assert (taken.value.status_code, taken.value.error.code) == (409, "Conflict")
    assert [each.name for each in client.list_deleted_secrets()] == ["life"]
    client.begin_recover_deleted_secret("life").wait()
    assert client.get_secret("life").value == "two"
    client.begin_delete_secret("life").wait()
    client.purge_deleted_secret("life")
    with pytest.raises(ResourceNotFoundError):
        client.get_secret("life")


@pytest.mark.parametrize("version", [None, ApiVersion.V7_4, ApiVersion.V7_5, ApiVersion.V7_6])
def test_the_secrets_client_works_in_process(simulation, version):
    """azure-keyvault-secrets at every api-version that matters: challenge, versions, properties, deletion, purge."""
    options = {} if version is None else {"api_version": version}
    with SecretClient(URL, simulation.credential, transport=simulation.transport, **options) as client:
        assert client.get_secret("shop-db", OLD).value == CANARY
        whole_life(client)


def test_the_secrets_client_works_on_the_served_simulator(service):
    """The same over HTTPS with a signed-in credential; ids name the vault itself."""
    with SecretClient(**served_options(service)) as client:
        found = client.get_secret("shop-db")
        assert (found.value, found.id) == (CANARY, f"{URL}/secrets/shop-db/{OLD}")
        whole_life(client)
        for number in range(30):
            client.set_secret(f"many-{number}", "x")
        assert len(list(client.list_properties_of_secrets())) == 31


def test_the_clients_own_check_of_the_domain_needs_the_option():
    """Without verify_challenge_resource=False the client refuses by itself, before it signs in."""
    with served(world_of()) as fresh:  # the client remembers a challenge of an address for the whole process
        options = served_options(fresh) | {"verify_challenge_resource": True}
        with SecretClient(**options) as client, pytest.raises(ValueError, match="does not match the requested domain"):
            client.get_secret("shop-db")


def test_the_keys_client_reads(simulation, service):
    """azure-keyvault-keys sees versions, expiry and the public half, in process and served."""
    with KeyClient(URL, simulation.credential, transport=simulation.transport) as client:
        key = client.get_key("tde")
        assert (key.key_type, key.properties.expires_on.year, len(key.key.n)) == ("RSA", 2026, 256)
        client.rotate_key("tde")
        assert len(list(client.list_properties_of_key_versions("tde"))) == 2
        assert client.create_ec_key("curve").key.crv == "P-256"
    with KeyClient(**served_options(service)) as client:
        assert [each.name for each in client.list_properties_of_keys()] == ["tde"]
        assert client.get_key("tde").properties.version == "a" * 32


def test_the_in_process_client_without_a_right_is_refused():
    """The client raises what the vault says, with the inner code in its body."""
    with simulated(world_of(), principal="lister") as simulation:
        with SecretClient(URL, simulation.credential, transport=simulation.transport) as client:
            assert [each.name for each in client.list_properties_of_secrets()] == ["shop-db"]
            with pytest.raises(HttpResponseError, match="getSecret/action") as refused:
                client.get_secret("shop-db")
        assert refused.value.model.error.inner_error.code == "ForbiddenByRbac"


def test_the_store_of_passwords_works_on_the_served_simulator(service):
    """The library's own store, pointed at a ready file, stores, promotes and lists over HTTPS."""
    store = service.secret_store("kv-shop", "rotated")
    assert store.place == f"vault {service.endpoint['vault_url'].format(vault='kv-shop')} secret rotated"
    kept = store.put_pending(Secret("one"), run_id="r", server_id="/s", login="l", expires_at=None)
    assert store.promote(kept.version).stage is Stage.CURRENT
    assert [each.version for each in store.versions()] == [kept.version]
    with SecretClient(**served_options(service)) as client:
        assert client.get_secret("rotated").value == "one"


def test_who_signs_in_by_name_has_its_own_rights_on_data():
    """A managed identity of the world gets a token for the vault, and is refused what its data actions do not hold."""
    client_id = "66666666-6666-6666-6666-666666666666"
    reader = {
        "client_id": client_id,
        "object_id": "77777777-7777-7777-7777-777777777777",
        "allowed_actions": ["*/read"],
        "data_actions": ["Microsoft.KeyVault/vaults/secrets/getSecret/action"],
    }
    with simulated(world_of() | {"sign_in": {"managed_identities": [reader]}}) as simulation:
        credential = simulation._signed_in(client_id)
        with SecretClient(URL, credential, transport=simulation.transport) as client:
            assert client.get_secret("shop-db").value == CANARY
            with pytest.raises(HttpResponseError, match=f"(?s){client_id}.*setSecret"):
                client.set_secret("shop-db", "x")
