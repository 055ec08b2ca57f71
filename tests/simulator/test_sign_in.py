"""Signing in: what clients ask before Resource Manager, the tokens they get, and what a wrong one is worth."""

import base64
import json
from urllib.parse import urlencode

import pytest

from flexsec.simulator import World, WorldError
from flexsec.simulator.sign_in import identity
from flexsec.simulator.surroundings import Surroundings

BASE = "https://127.0.0.1:8443"
TENANT = "33333333-3333-3333-3333-333333333333"
APPLICATION = {
    "client_id": "66666666-6666-6666-6666-666666666666",
    "client_secret": "simulated~reader",
    "object_id": "77777777-7777-7777-7777-777777777777",
    "allowed_actions": ["*/read"],
}
MACHINE = {"client_id": "88888888-8888-8888-8888-888888888888", "object_id": "99999999-9999-9999-9999-999999999999"}


@pytest.fixture
def served(client_of):
    """A client of a world that takes no other tokens than its own."""

    def make(world="insecure", **surroundings):
        azure = client_of(world)
        azure.world.surroundings = Surroundings(issued_tokens_only=True, **surroundings)
        return azure

    return make


def sign_in(azure, scope=f"{BASE}/.default", path=f"/{TENANT}/oauth2/v2.0/token", headers=None, **form):
    """The answer to a request for a token by the world's own application."""
    own = identity(azure.world)
    fields = {
        "grant_type": "client_credentials",
        "client_id": own["client_id"],
        "client_secret": own["client_secret"],
        "scope": scope,
    }
    body = urlencode({key: value for key, value in (fields | form).items() if value is not None}).encode()
    return azure.ask("POST", BASE + path + "?x=1", body, headers=headers or {})


def claims(token):
    """The claims of a token, as clients decode them."""
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def listed(azure, token, url=BASE):
    """The answer to the first thing that every client asks."""
    headers = {"Authorization": f"Bearer {token}"}
    return azure.get(f"{url}/subscriptions?api-version=2022-12-01", headers=headers)


def test_a_secret_gives_a_token_that_opens_resource_manager(served):
    """A client secret buys a token of an hour whose claims name holder, tenant and audience, and which ARM accepts."""
    azure = served()
    answered = sign_in(azure)
    assert (answered.status, answered.json["token_type"], answered.json["expires_in"]) == (200, "Bearer", 3599)
    held = claims(answered.json["access_token"])
    assert (held["oid"], held["tid"], held["aud"]) == ("22222222-2222-2222-2222-222222222222", TENANT, BASE)
    assert held["exp"] - held["iat"] == 3599
    assert listed(azure, answered.json["access_token"]).status == 200
    assert answered.headers["cache-control"] == "no-store, no-cache"


@pytest.mark.parametrize(
    "audience", [BASE, f"{BASE}/", "https://localhost:8443", "https://management.azure.com/", "https://management.core.windows.net/"]
)  # fmt: skip
def test_the_audiences_of_resource_manager_are_accepted(served, audience):
    """The endpoint's own names with and without a slash, and the cloud's management audiences, open it."""
    azure = served()
    token = sign_in(azure, f"{audience}/.default").json["access_token"]
    assert listed(azure, token).status == 200


@pytest.mark.parametrize(
    "audience", ["https://vault.azure.net", "https://127.0.0.1:9999", "https://graph.microsoft.com"]
)
def test_a_token_for_another_service_is_refused(served, audience):
    """A token with another audience is a 401 with a challenge that names the audience."""
    azure = served()
    token = sign_in(azure, f"{audience}/.default").json["access_token"]
    refused = listed(azure, token)
    assert (refused.status, refused.code) == (401, "InvalidAuthenticationTokenAudience")
    assert audience in refused.message
    assert refused.headers["www-authenticate"].startswith("Bearer authorization_uri=")


def test_a_token_ends_by_the_clock_of_the_world(served):
    """After its hour a token is a 401 ExpiredAuthenticationToken; with a faster clock it lasts an hour of its holder's."""
    azure = served()
    token = sign_in(azure).json["access_token"]
    azure.wait(3598)
    assert listed(azure, token).status == 200
    azure.wait(2)
    assert listed(azure, token).code == "ExpiredAuthenticationToken"
    fast = served(time_scale=100)
    token = sign_in(fast).json["access_token"]
    fast.wait(350_000)
    assert listed(fast, token).status == 200


@pytest.mark.parametrize(
    "change", [lambda t: t + "x", lambda t: t[:-4] + "AAAA", lambda t: "opaque", lambda t: "a.b.c"]
)
def test_a_forged_token_is_refused_where_clients_sign_in(served, change):
    """A text that the world's sign-in did not issue is a 401 in a served world."""
    azure = served()
    refused = listed(azure, change(sign_in(azure).json["access_token"]))
    assert (refused.status, refused.code) == (401, "InvalidAuthenticationToken")


def test_a_changed_claim_breaks_the_signature(served):
    """A token whose audience was changed by its holder is no token any more, also where other texts are accepted."""
    azure = served()
    token = sign_in(azure, "https://vault.azure.net/.default").json["access_token"]
    head, _, signature = token.split(".")
    forged = claims(token) | {"aud": BASE}
    part = base64.urlsafe_b64encode(json.dumps(forged).encode()).decode().rstrip("=")
    azure.world.surroundings = Surroundings()
    assert listed(azure, f"{head}.{part}.{signature}").code == "InvalidAuthenticationToken"
    assert listed(azure, "any text at all").status == 200


def test_an_application_may_do_what_the_world_says(served, client_of):
    """A world's application acts under its own object id with its own list of actions, after a save too."""
    document = World.builtin("insecure").to_dict() | {"sign_in": {"applications": [APPLICATION]}}
    azure = served(World.from_dict(World.from_dict(document).to_dict()))
    assert identity(azure.world)["client_id"] == APPLICATION["client_id"]
    azure.token = sign_in(azure).json["access_token"]
    server = BASE + azure.db
    assert azure.get(server).status == 200
    refused = azure.put(f"{server}/configurations/log_checkpoints", {"value": "on"})
    assert refused.code == "AuthorizationFailed"
    assert APPLICATION["object_id"] in refused.message


@pytest.mark.parametrize(
    ("form", "status", "word", "number"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"client_secret": None}, 401, "invalid_client", 7000216),
        ({"client_id": TENANT}, 400, "unauthorized_client", 700016),
        ({"client_id": None}, 400, "invalid_request", 900144),
        ({"grant_type": None}, 400, "invalid_request", 900144),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
        ({"scope": BASE}, 400, "invalid_scope", 1002012),
        ({"scope": ""}, 400, "invalid_request", 900144),
        ({"path": f"/{APPLICATION['client_id']}/oauth2/v2.0/token"}, 400, "invalid_request", 90002),
        ({"path": "/contoso/oauth2/v2.0/token"}, 400, "invalid_request", 900023),
        ({"client_secret": None, "client_assertion": "a.b.c"}, 401, "invalid_client", 50027),
    ],
)
def test_a_refused_sign_in_says_why(served, form, status, word, number):
    """Every refusal has Entra's form: the OAuth word, the AADSTS number in the description, and no secret in it (documented)."""
    refused = sign_in(served(), **form)
    assert (refused.status, refused.json["error"], refused.json["error_codes"]) == (status, word, [number])
    assert refused.json["error_description"].startswith(f"AADSTS{number}: ")
    assert b"simulated-" not in refused.raw


def test_a_client_assertion_is_as_good_as_a_secret(served):
    """A signed assertion whose issuer, subject and audience fit buys a token; one of another client does not."""
    azure = served()
    own = identity(azure.world)["client_id"]

    def assertion(issuer):
        parts = ({"alg": "PS256"}, {"iss": issuer, "sub": issuer, "aud": f"{BASE}/{TENANT}/oauth2/v2.0/token"})
        return ".".join(base64.urlsafe_b64encode(json.dumps(each).encode()).decode() for each in parts) + ".AAAA"

    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    proven = sign_in(azure, client_secret=None, client_assertion=assertion(own), client_assertion_type=kind)
    assert proven.status == 200
    stolen = sign_in(azure, client_secret=None, client_assertion=assertion(TENANT), client_assertion_type=kind)
    assert (stolen.status, stolen.json["error"]) == (401, "invalid_client")


def test_the_older_endpoint_and_basic_authentication_work_too(served):
    """The v1 token endpoint takes a resource and tells times as texts; credentials may stand in the header."""
    azure = served()
    answered = sign_in(azure, None, f"/{TENANT}/oauth2/token", resource=f"{BASE}/")
    assert answered.json["resource"] == f"{BASE}/"
    assert int(answered.json["expires_on"]) - int(answered.json["not_before"]) == 3599
    own = identity(azure.world)
    basic = base64.b64encode(f"{own['client_id']}:{own['client_secret']}".encode()).decode()
    header = {"Authorization": f"Basic {basic}"}
    assert sign_in(azure, client_id=None, client_secret=None, headers=header).status == 200


def test_the_open_id_document_leads_to_the_endpoints(azure):
    """The OpenID configuration names the authorization and token endpoints on the same origin, with an issuer that clients accept."""
    document = azure.get(f"{BASE}/{TENANT}/v2.0/.well-known/openid-configuration?x=1", headers={}).json
    assert document["token_endpoint"] == f"{BASE}/{TENANT}/oauth2/v2.0/token"
    assert document["authorization_endpoint"] == f"{BASE}/{TENANT}/oauth2/v2.0/authorize"
    assert document["issuer"] == f"{BASE}/{TENANT}/v2.0"
    older = azure.get(f"{BASE}/{TENANT}/.well-known/openid-configuration?x=1", headers={}).json
    assert older["token_endpoint"] == f"{BASE}/{TENANT}/oauth2/token"
    assert azure.get(document["jwks_uri"] + "?x=1", headers={}).json == {"keys": []}
    found = azure.get(f"{BASE}/common/discovery/instance?api-version=1.1", headers={}).json
    assert found["tenant_discovery_endpoint"] == f"{BASE}/{TENANT}/v2.0/.well-known/openid-configuration"
    assert azure.get(f"{BASE}/nowhere/v2.0/.well-known/openid-configuration?x=1", headers={}).status == 400


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/msi/token?api-version=2019-08-01", {"X-IDENTITY-HEADER": "anything"}),
        ("/metadata/identity/oauth2/token?api-version=2018-02-01", {"Metadata": "true"}),
    ],
)
def test_a_managed_identity_signs_in_from_its_machine(served, path, headers):
    """Both managed-identity endpoints give a token that works, by the client's clock; without their header they refuse."""
    document = World.builtin("insecure").to_dict() | {"sign_in": {"managed_identities": [MACHINE]}}
    azure = served(World.from_dict(document))
    azure.world.surroundings = Surroundings(True, clients_clock=lambda: azure.now.replace(year=2031))
    answered = azure.get(f"{BASE}{path}&resource={BASE}", headers=headers)
    assert answered.json["client_id"] == MACHINE["client_id"]
    assert int(answered.json["expires_on"]) == int(azure.now.replace(year=2031).timestamp()) + 3599
    assert claims(answered.json["access_token"])["oid"] == MACHINE["object_id"]
    assert listed(azure, answered.json["access_token"]).status == 200
    assert azure.get(f"{BASE}{path}&resource={BASE}", headers={}).status in {400, 401}
    assert azure.get(f"{BASE}{path}", headers=headers).status == 400
    chosen = azure.get(f"{BASE}{path}&resource={BASE}&client_id={TENANT}", headers=headers)
    assert (chosen.status, chosen.json["error_description"]) == (400, "Identity not found")


def test_the_cloud_describes_itself_in_each_form(azure):
    """Metadata is one object with suffixes from 2022, a list of clouds from 2019, and a bare object before (documented)."""
    newest = azure.get(f"{BASE}/metadata/endpoints?api-version=2022-09-01", headers={}).json
    assert newest["authentication"]["loginEndpoint"] == newest["resourceManager"] == f"{BASE}/"
    assert newest["suffixes"]["postgresqlServerEndpoint"] == "postgres.database.azure.com"
    assert azure.get(f"{BASE}/metadata/endpoints?api-version=2019-05-01", headers={}).json == [newest]
    oldest = azure.get(f"{BASE}/metadata/endpoints?api-version=2015-01-01", headers={}).json
    assert oldest["authentication"] == {"loginEndpoint": f"{BASE}/", "audiences": [f"{BASE}/", BASE]}


@pytest.mark.parametrize("path", [f"/{TENANT}/oauth2/v2.0/token", "/metadata/endpoints", "/msi/token"])
def test_a_wrong_method_is_a_405(azure, path):
    """The sign-in service says so when it is asked with another method."""
    method = "GET" if "oauth2" in path else "DELETE"
    assert azure.ask(method, f"{BASE}{path}?x=1", headers={}).status == 405


@pytest.mark.parametrize(
    ("sign_in_entry", "where"),
    [
        ({"applications": [{"client_id": "x", "client_secret": "y"}]}, "$.sign_in.applications[0].client_id"),
        ({"applications": [{"client_id": TENANT}]}, "$.sign_in.applications[0]"),
        ({"applications": [APPLICATION, APPLICATION]}, "$.sign_in.applications[1].client_id"),
        ({"applications": [{"client_id": TENANT, "client_secret": 5}]}, "$.sign_in.applications[0].client_secret"),
        ({"managed_identities": [MACHINE | {"client_secret": "z"}]}, "$.sign_in.managed_identities[0].client_secret"),
        ({"managed_identities": [{"client_id": TENANT, "allowed_actions": []}]}, "$.sign_in.managed_identities[0]"),
        ({"tenant": TENANT}, "$.sign_in.tenant"),
    ],
)
def test_a_wrong_identity_is_refused_with_its_place(world_with, sign_in_entry, where):
    """A mistake among the identities of a world file names the place, and never the secret."""
    with pytest.raises(WorldError) as refused:
        World.from_dict(world_with() | {"sign_in": sign_in_entry})
    assert refused.value.where == where
    assert "simulated~" not in str(refused.value)
