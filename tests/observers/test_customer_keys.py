"""A server's own key, as it is in its vault."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.errors import Forbidden, NotFound, Unreadable
from flexsec.model.key_vault_key import VaultKey, key_identifier
from flexsec.model.observation import Unobserved
from flexsec.observers import customer_keys as observer

LIST = "/providers/Microsoft.KeyVault/vaults"
VAULT = "/resourceGroups/rg-keys/providers/Microsoft.KeyVault/vaults/kv-shop"
NEW, OLD = "b" * 32, "a" * 32
URI = "https://KV-Shop.vault.azure.net/keys/db"


def vault(service, **properties):
    """The vault as it is listed."""
    told = {"enableSoftDelete": True, "enablePurgeProtection": True, **properties}
    return {"id": f"/subscriptions/{service.server.subscription_id}{VAULT}", "name": "kv-shop", "properties": told}


def key(version=NEW, below="", **attributes):
    """A key, or one of its versions, as Resource Manager tells it."""
    uri = f"https://kv-shop.vault.azure.net/keys/db/{version}"
    told = {"attributes": {"enabled": True, **attributes}, "kty": "RSA", "keySize": 3072, "keyUriWithVersion": uri}
    return {"name": below or "db", "properties": told}


def observed(service, uri=URI, listed=None):
    """The key as the observer reads it."""
    service.has(LIST, {"value": [vault(service) if listed is None else listed]})
    vaults = observer.observe_vaults(service.connection, service.server.subscription_id, deadline=service.deadline)
    return observer.observe(service.connection, uri, vaults, deadline=service.deadline)


def test_a_key_without_a_version_is_its_latest(service):
    """F4: two requests: the list of vaults and the key; the latest version is the one that is used."""
    service.has(f"{VAULT}/keys/db", key(exp=1780444800, nbf=1735689600))
    assert observed(service) == VaultKey(
        vault_id=vault(service)["id"], name="db", kind="RSA", size=3072, current_version=NEW, used_version=NEW,
        enabled=True, not_before=datetime(2025, 1, 1, tzinfo=UTC), expires_at=datetime(2026, 6, 3, tzinfo=UTC),
        soft_delete=True, purge_protection=True,
    )  # fmt: skip
    assert service.paths == [LIST, f"{VAULT}/keys/db"]


def test_a_pinned_version_is_read_beside_the_latest(service):
    """F4: the attributes are those of the version that the server uses, and the newer one is told."""
    service.has(f"{VAULT}/keys/db", key()).has(f"{VAULT}/keys/db/versions/{OLD}", key(OLD, OLD, enabled=False))
    found = observed(service, f"{URI}/{OLD}")
    assert (found.used_version, found.current_version, found.outdated, found.enabled) == (OLD, NEW, True, False)
    assert len(service.paths) == 3


def test_a_vault_that_answers_elsewhere_has_versions_too(service):
    """F4: a served simulation's vaults lie below its own address; the version stands at the end all the same."""
    answer = key()
    answer["properties"]["keyUriWithVersion"] = f"https://127.0.0.1:8443/vaults/kv-shop/keys/db/{NEW}"
    service.has(f"{VAULT}/keys/db", answer)
    assert observed(service).current_version == NEW


def test_a_version_that_is_the_latest_is_no_further_request(service):
    """F4: pinned, and not outdated yet."""
    service.has(f"{VAULT}/keys/db", key())
    assert not observed(service, f"{URI}/{NEW.upper()}").outdated
    assert len(service.paths) == 2


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("https://kv-other.vault.azure.net/keys/db", "no vault kv-other in the server's subscription"),
        ("https://kv-shop.managedhsm.azure.net/keys/db", "managed HSM, which flexsec does not read"),
        ("https://kv-shop.vault.azure.net/secrets/db", "not the identifier of a key"),
    ],
)
def test_what_cannot_be_read_says_why(service, uri, words):
    """Another subscription's vault, a managed HSM and what is no key are unobserved with the reason, not errors."""
    found = observed(service, uri)
    assert isinstance(found, Unobserved)
    assert words in found.reason


def test_protections_that_are_not_told_are_not_there(service):
    """Purge protection is told only when it is on (documented); soft-delete that is not told is not known."""
    service.has(f"{VAULT}/keys/db", key())
    found = observed(service, listed={**vault(service), "properties": {}})
    assert (found.soft_delete, found.purge_protection) == (None, False)


def test_errors_come_through(service):
    """F7: a vault or key that may not be read, is gone or answers in another form is an error."""
    service.has(LIST, {"error": {"code": "AuthorizationFailed", "message": "no"}}, 403)
    with pytest.raises(Forbidden):
        observer.observe_vaults(service.connection, service.server.subscription_id, deadline=service.deadline)
    service.has(f"{VAULT}/keys/db", {"error": {"code": "ResourceNotFound", "message": "gone"}}, 404)
    with pytest.raises(NotFound):
        observed(service)
    service.has(f"{VAULT}/keys/db", {"name": "db"})
    with pytest.raises(Unreadable):
        observed(service)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**13) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["enabled", "exp", "nbf"]), inner),
    max_leaves=5,
)


@given(
    st.dictionaries(st.sampled_from(["attributes", "kty", "keySize", "keyUriWithVersion"]), JSON),
    st.dictionaries(st.sampled_from(["enableSoftDelete", "enablePurgeProtection"]), JSON),
)
def test_any_json_is_a_key(properties, protections):
    """G12: no shape of an answer makes the observer stumble."""
    resource = {"properties": properties}
    identifier = key_identifier(URI)
    found = observer.parse({"id": "/v", "properties": protections}, resource, resource, identifier, what="read a key")
    assert found.purge_protection in (True, False)
