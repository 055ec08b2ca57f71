"""The data plane of simulated key vaults: secrets, keys, who may do what, and what goes wrong."""

import json
import logging
import re
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexsec.simulator import ConnectionDropped, Fault, World
from flexsec.simulator.surroundings import Surroundings
from tests.simulator.vaults import CANARY, OLD, SECRETS, TENANT, VAULT_ID, VaultClient, world_of


@pytest.fixture
def vault():
    """A client of a fresh vault."""
    return VaultClient()


def test_a_request_without_a_token_gets_the_challenge(vault):
    """401 names the sign-in host with the tenant and the resource, as the service does; with a token it goes on."""
    refused = vault.get("secrets/shop-db", headers={})
    assert (refused.status, refused.error) == (401, ("Unauthorized", ""))
    assert refused.message == "AKV10000: Request is missing a Bearer or PoP token."
    assert refused.headers["www-authenticate"] == (
        f'Bearer authorization="https://login.windows.net/{TENANT}", resource="https://vault.azure.net"'
    )
    assert vault.get("secrets/shop-db").status == 200


def test_a_token_for_another_service_is_refused(vault):
    """A token that the world's sign-in gave out for Resource Manager is none for a vault, nor is one that is over or forged."""
    from flexsec.simulator import tokens

    application = vault.world.state.sign_in.first_application(0)

    def refused(audience="https://vault.azure.net", *, later=0, tail=""):
        vault.token = tokens.issue(vault.world, application, TENANT, audience, vault.now) + tail
        vault.now += timedelta(seconds=later)
        return vault.get("secrets/shop-db")

    assert refused().status == 200
    wrong = refused("https://management.azure.com/")
    assert wrong.message == (
        "AKV10022: Invalid audience. Expected https://vault.azure.net, found: https://management.azure.com/."
    )
    assert "resource=" in wrong.headers["www-authenticate"]
    assert [refused(later=3600).status, refused(tail="x").status] == [401, 401]


def test_a_secret_is_set_and_read(vault):
    """Each set is a new version and the latest; older ones stay; bodies have the members of the recordings."""
    made = vault.set("shop-db", "second", tags={"run": "7"}, contentType="password", attributes={"exp": 1800000000})
    assert made.status == 200
    version = made.json["id"].rpartition("/")[2]
    assert re.fullmatch("[0-9a-f]{32}", version)
    assert made.json == {
        "value": "second",
        "contentType": "password",
        "id": f"https://kv-shop.vault.azure.net/secrets/shop-db/{version}",
        "attributes": {
            "enabled": True,
            "exp": 1800000000,
            "created": 1767603600,
            "updated": 1767603600,
            "recoveryLevel": "Recoverable+Purgeable",
            "recoverableDays": 90,
        },
        "tags": {"run": "7"},
    }
    assert vault.get("secrets/shop-db/").json == made.json
    assert vault.get(f"secrets/SHOP-DB/{OLD}").json["value"] == CANARY


def test_lists_name_no_values(vault):
    """Lists tell names, versions and tags, never values; versions come in the order of their ids."""
    for number in range(4):
        vault.set("shop-db", f"value {number}")
    listed = vault.get("secrets")
    assert [each["id"] for each in listed.json["value"]] == ["https://kv-shop.vault.azure.net/secrets/shop-db"]
    assert listed.json["nextLink"] is None
    versions = [each["id"].rpartition("/")[2] for each in vault.get("secrets/shop-db/versions").json["value"]]
    assert len(versions) == 5
    assert versions == sorted(versions)
    assert "value " not in json.dumps(vault.get("secrets/shop-db/versions").json)
    assert vault.get("secrets/absent/versions").json == {"value": [], "nextLink": None}


def test_lists_come_in_pages_of_25(vault):
    """Maxresults and the links between pages go through everything once; what no list gave out is refused."""
    for number in range(60):
        vault.set(f"s-{number:02}", "x")
    names, link, pages = [], "secrets", 0
    while link:
        page = vault.get(link).json
        names += [each["id"].rpartition("/")[2] for each in page["value"]]
        link, pages = page["nextLink"], pages + 1
    assert (len(names), len(set(names)), pages) == (61, 61, 3)
    assert len(vault.get("secrets?maxresults=7").json["value"]) == 7
    for wrong in ("maxresults=0", "maxresults=26", "maxresults=x", "$skiptoken=abc"):
        assert vault.get(f"secrets?{wrong}").error == ("BadParameter", "")


def test_properties_change_and_the_value_does_not(vault):
    """PATCH replaces tags as a whole, leaves what it does not name, and answers without the value."""
    changed = vault.ask(
        "PATCH", f"secrets/shop-db/{OLD}", {"tags": {"stage": "previous"}, "attributes": {"enabled": True}}
    )
    assert changed.status == 200
    assert "value" not in changed.json
    assert (changed.json["tags"], changed.json["contentType"]) == ({"stage": "previous"}, "password")
    assert vault.get("secrets/shop-db").json["value"] == CANARY
    assert vault.ask("PATCH", f"secrets/shop-db/{'f' * 32}", {}).error == ("SecretNotFound", "")


def test_a_disabled_latest_version_does_not_fall_back(vault):
    """403 SecretDisabled for the latest, although an older version is there; lists still name it."""
    made = vault.set("shop-db", "second")
    vault.ask("PATCH", made.json["id"].split("vault.azure.net/")[1], {"attributes": {"enabled": False}})
    refused = vault.get("secrets/shop-db")
    assert (refused.status, refused.error) == (403, ("Forbidden", "SecretDisabled"))
    assert refused.message == "Operation get is not allowed on a disabled secret."
    assert vault.get(f"secrets/shop-db/{OLD}").status == 200
    assert len(vault.get("secrets/shop-db/versions").json["value"]) == 2


def test_a_deleted_name_is_taken_until_it_is_recovered_or_purged(vault):
    """D14: setting a soft-deleted name is a 409; recovering gives every version back; purging frees the name."""
    deleted = vault.ask("DELETE", "secrets/shop-db").json
    assert deleted["recoveryId"] == "https://kv-shop.vault.azure.net/deletedsecrets/shop-db"
    assert deleted["scheduledPurgeDate"] - deleted["deletedDate"] == 90 * 86400
    assert "value" not in deleted
    refused = vault.set("shop-db", "x")
    assert (refused.status, refused.error) == (409, ("Conflict", "ObjectIsDeletedButRecoverable"))
    assert vault.get("secrets/shop-db").error == ("SecretNotFound", "")
    assert vault.get("secrets/shop-db/versions").json["value"] == []
    assert [each["recoveryId"] for each in vault.get("deletedsecrets").json["value"]] == [deleted["recoveryId"]]
    assert vault.get("deletedsecrets/shop-db").json["id"].endswith(OLD)
    assert vault.ask("POST", "deletedsecrets/shop-db/recover").status == 200
    assert vault.get("secrets/shop-db").json["value"] == CANARY
    assert vault.get("deletedsecrets/shop-db").message == "Deleted Secret not found: shop-db"
    vault.ask("DELETE", "secrets/shop-db")
    assert vault.ask("DELETE", "deletedsecrets/shop-db").status == 204
    assert vault.set("shop-db", "new").status == 200


def test_protections_decide_what_becomes_of_something_deleted():
    """Purge protection keeps it, without soft delete it is gone at once, and after the retention it is forgotten."""
    kept = VaultClient(world_of(purge_protection=True, retention_days=7))
    kept.ask("DELETE", "secrets/shop-db")
    refused = kept.ask("DELETE", "deletedsecrets/shop-db")
    assert refused.status == 403
    assert "purge protection is enabled" in refused.message
    assert kept.get("deletedsecrets").json["value"][0]["attributes"]["recoveryLevel"] == "CustomizedRecoverable"
    kept.now += timedelta(days=7)
    assert kept.get("deletedsecrets").json["value"] == []
    bare = VaultClient(world_of(soft_delete=False))
    assert "recoveryId" not in bare.ask("DELETE", "secrets/shop-db").json
    assert bare.set("shop-db", "new").status == 200


def test_rights_on_data_are_apart_from_rights_on_resources():
    """Whoever may do everything with resources may still read no secret; the refusal names action and resource."""
    owner = VaultClient(token="owner")
    refused = owner.get("secrets/shop-db")
    assert (refused.status, refused.error) == (403, ("Forbidden", "ForbiddenByRbac"))
    assert f"Action: '{SECRETS}/getSecret/action'" in refused.message
    assert "providers/microsoft.keyvault/vaults/kv-shop/secrets/shop-db'" in refused.message
    lister = VaultClient(token="lister")
    assert (lister.get("secrets").status, lister.get("secrets/shop-db").status) == (200, 403)
    assert lister.get("keys").error == ("Forbidden", "ForbiddenByRbac")
    officer = VaultClient(token="officer")
    assert officer.set("x", "y").status == 200


def test_a_vault_of_access_policies_refuses_in_its_own_words():
    """Without roles the missing permission is named, with the inner code AccessDenied."""
    lister = VaultClient(world_of(rbac=False), token="lister")
    refused = lister.set("x", "y")
    assert refused.error == ("Forbidden", "AccessDenied")
    assert "does not have secrets set permission on key vault 'kv-shop;location=westeurope'" in refused.message


@pytest.mark.parametrize(
    ("settings", "inner"),
    [
        ({"public_network_access": "Disabled"}, "ForbiddenByConnection"),
        ({"network": {"default_action": "Deny"}}, "ForbiddenByFirewall"),
        ({"network": {"default_action": "Deny", "ip_rules": ["203.0.113.0/24"]}}, ""),
        ({"network": {"default_action": "Allow"}}, ""),
    ],
)
def test_the_vaults_network_settings_hold(settings, inner):
    """A closed vault answers 403 with the reason; an address rule lets its clients in."""
    got = VaultClient(world_of(**settings)).get("secrets/shop-db")
    assert got.status == (403 if inner else 200)
    assert not inner or got.error == ("Forbidden", inner)


def test_keys_show_what_watching_them_needs(vault):
    """A key tells versions, expiry, size and operations; rotating makes a new latest version; its list names none."""
    bundle = vault.get("keys/tde").json
    assert bundle["key"]["kid"] == f"https://kv-shop.vault.azure.net/keys/tde/{'a' * 32}"
    assert (bundle["key"]["kty"], bundle["attributes"]["exp"]) == ("RSA", 1780272000)
    assert vault.get("keys").json["value"][0]["kid"] == "https://kv-shop.vault.azure.net/keys/tde"
    rotated = vault.ask("POST", "keys/tde/rotate").json["key"]["kid"]
    assert vault.get("keys/tde").json["key"]["kid"] == rotated
    assert len(vault.get("keys/tde/versions").json["value"]) == 2
    disabled = vault.ask("PATCH", f"keys/tde/{'a' * 32}", {"attributes": {"enabled": False, "nbf": 1}})
    assert (disabled.json["attributes"]["enabled"], disabled.json["attributes"]["nbf"]) == (False, 1)
    made = vault.ask("POST", "keys/curve/create", {"kty": "EC", "crv": "P-384"}).json["key"]
    assert (made["kty"], made["crv"], made["key_ops"]) == ("EC", "P-384", ["sign", "verify"])
    assert vault.get("keys/absent").error == ("KeyNotFound", "")
    assert vault.ask("POST", "keys/odd/create", {"kty": "oct"}).error == ("BadParameter", "")


@pytest.mark.parametrize("version", ["7.4", "7.5", "7.6", "2025-07-01", "2026-04-01"])
def test_the_api_versions_that_clients_send_are_taken(vault, version):
    """Every version that the official clients know answers; none and an unknown one are refused."""
    assert vault.get("secrets/shop-db", version=version).status == 200
    assert "not recognized" in vault.get("secrets", version="9.9").message
    assert vault.get("https://kv-shop.vault.azure.net/secrets").error == ("BadParameter", "")


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "secrets/x/backup"), ("GET", "certificates"), ("POST", f"keys/tde/{'a' * 32}/wrapkey"), ("DELETE", "keys/tde"),
     ("GET", ""), ("PUT", "secrets"), ("GET", "secrets//versions")],
)  # fmt: skip
def test_what_is_not_modelled_is_said(vault, method, path):
    """The rest of the data plane is a 501, never a polite answer."""
    assert vault.ask(method, path).error == ("NotModelledBySimulator", "")


@pytest.mark.parametrize(
    "body",
    [b"{", [], {"value": 1}, {}, {"value": "x", "odd": 1}, {"value": "x", "tags": {"a": 1}}, {"value": "x" * 30000},
     {"value": "x", "tags": {str(n): "" for n in range(16)}}, {"value": "x", "attributes": {"exp": "soon"}},
     {"value": "x", "attributes": {"exp": 5, "nbf": 6}}, {"value": "x", "contentType": 3}],
)  # fmt: skip
def test_a_wrong_body_changes_nothing(vault, body):
    """Each is a 400 BadParameter and leaves the vault as it was."""
    before = vault.world.to_dict()
    assert vault.ask("PUT", "secrets/shop-db", body).error == ("BadParameter", "")
    assert vault.ask("PUT", "secrets/b%20d", {"value": "x"}).error == ("BadParameter", "")
    assert vault.world.to_dict()["subscriptions"] == before["subscriptions"]


def test_an_unknown_vault_has_no_address(vault):
    """In process a name that no vault has leads nowhere, as in DNS."""
    with pytest.raises(ConnectionDropped, match="Name or service not known"):
        vault.get("secrets", host="kv-other.vault.azure.net")
    assert vault.get("secrets", host="127.0.0.1:1/vaults/kv-other").error == ("VaultNotFound", "")


def test_below_vaults_on_loopback_the_same_vault_answers(vault):
    """A served vault is reached by path: ids stay its own, links lead where the client came in, and so does the challenge."""
    vault.world.surroundings = Surroundings(page_size=1)
    vault.set("zz", "x")
    page = vault.get("secrets", host="127.0.0.1:8443/vaults/KV-shop").json
    assert page["value"][0]["id"] == "https://kv-shop.vault.azure.net/secrets/shop-db"
    assert page["nextLink"].startswith("https://127.0.0.1:8443/vaults/kv-shop/secrets?")
    assert vault.get(page["nextLink"]).json["value"][0]["id"].endswith("/zz")
    challenge = vault.get("secrets", host="127.0.0.1:8443/vaults/kv-shop", headers={}).headers["www-authenticate"]
    assert f'authorization="https://127.0.0.1:8443/{TENANT}"' in challenge
    elsewhere = vault.get("https://management.azure.com/vaults/kv-shop/secrets?api-version=7.6")
    assert elsewhere.error == ("InvalidResourceType", "")


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (Fault("X1", path="/vaults/kv-shop/secrets/"), 409, "ConflictError"),
        (Fault("X7", method="PUT", path="vaults/"), 500, "InternalServerError"),
        (Fault("X22", method="PUT", path="vaults/", arguments={"seconds": 9}), 429, "Throttled"),
        (Fault("X28", arguments={"action": f"{SECRETS}/setSecret/action"}), 403, "Forbidden"),
    ],
)
def test_conditions_strike_vaults_in_their_own_words(vault, fault, status, code):
    """Faults with a vault's path or action answer as a vault does, once, without effect, and are kept in the file."""
    vault.world.faults.add(fault)
    assert vault.get("secrets").status == 200
    refused = vault.set("shop-db", "second")
    assert (refused.status, refused.error[0]) == (status, code)
    assert refused.headers.get("retry-after") == ("9" if status == 429 else None)
    assert vault.get("secrets/shop-db").json["value"] == CANARY
    assert vault.set("shop-db", "third").status == 200
    assert World.from_dict(vault.world.to_dict()).faults.fired(fault.id) == 1


@pytest.mark.parametrize(("form", "values"), [("reset_before", 1), ("reset_after", 2)])
def test_a_reset_comes_before_or_after_the_effect(vault, form, values):
    """The connection breaks; the version is there or not, exactly as the fault says."""
    vault.world.faults.add(Fault("X29", method="PUT", path="vaults/", arguments={"form": form}))
    with pytest.raises(ConnectionDropped):
        vault.set("shop-db", "second")
    assert len(vault.vault.secrets["shop-db"].versions) == values


def test_a_fault_of_servers_passes_vaults_by(vault):
    """Faults of servers' writes are not used up by a vault's."""
    vault.world.faults.add(Fault("X2"), Fault("X19"), Fault("X32"))
    assert vault.set("shop-db", "second").status == 200
    assert [vault.world.faults.fired(each) for each in ("X2", "X19", "X32")] == [0, 0, 0]


def test_no_value_reaches_a_log_or_the_request_log(vault, caplog):
    """Neither log records, nor the request log, nor effects, nor any representation hold a secret's value."""
    caplog.set_level(logging.DEBUG)
    vault.set("shop-db", f"{CANARY}-2")
    vault.get("secrets/shop-db")
    vault.ask("PUT", "secrets/shop-db", f'{{"value": "{CANARY}", "value2": 1}}'.encode())
    told = repr(vault.world.requests) + caplog.text + repr(vault.vault) + repr(vault.world.effects(VAULT_ID))
    assert CANARY not in told
    assert vault.world.requests[0].path == "/vaults/kv-shop/secrets/shop-db"
    assert vault.world.effects(VAULT_ID) == ("set secrets/shop-db",)


WORDS = st.sampled_from(
    ("secrets", "keys", "deletedsecrets", "shop-db", "SHOP-DB", "tde", "versions", OLD, "recover", "create", "rotate", "", "%ff", "é", "a b", "x" * 200)
)  # fmt: skip
QUERIES = st.sampled_from(
    ("", "?maxresults=3", "?maxresults=²", "?$skiptoken=cGFnZSAz", "?$skiptoken=é", "?$skiptoken=%ff&maxresults=-1")
)
BODIES = st.one_of(
    st.binary(max_size=30),
    st.fixed_dictionaries(
        {},
        optional={
            "value": st.one_of(st.text(max_size=20), st.integers()),
            "tags": st.one_of(st.none(), st.dictionaries(st.text(max_size=5), st.text(max_size=5)), st.integers()),
            "attributes": st.one_of(st.integers(), st.dictionaries(st.sampled_from(("enabled", "exp", "nbf")), st.one_of(st.booleans(), st.integers(-5, 2**70), st.text()))),
            "kty": st.sampled_from(("RSA", "EC", "oct", None)),
            "key_ops": st.one_of(st.none(), st.lists(st.sampled_from(("sign", "wrapKey", 3)))),
        },
    ),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(("GET", "PUT", "PATCH", "POST", "DELETE", "HEAD")), st.lists(WORDS, max_size=4), QUERIES, BODIES),
        max_size=6,
    )
)  # fmt: skip
def test_whatever_is_asked_is_answered(steps):
    """Any request gets an answer that is no failure of the simulator's own, and leaves a world that its file holds."""
    vault = VaultClient()
    for method, words, query, body in steps:
        assert vault.ask(method, "/".join(words) + query, body).status in {200, 204, 400, 403, 404, 409, 501}
    assert World.from_dict(json.loads(json.dumps(vault.world.to_dict()))).to_dict() == vault.world.to_dict()
