"""Tokens, role-based access, throttling, and paths that lead nowhere."""

import pytest

from flexsec.simulator.versions import POSTGRESQL as PROVIDER_VERSIONS

READER = "99999999-0000-0000-0000-000000000001"


@pytest.fixture
def limited(client_of, world_with):
    """A client whose principal may do what the test says."""

    def make(*actions):
        world = world_with() | {"principals": {"reader": {"object_id": READER, "allowed_actions": list(actions)}}}
        return client_of(world, token="reader")

    return make


@pytest.mark.parametrize("header", [{}, {"Authorization": "Basic abc"}, {"Authorization": "Bearer "}])
def test_without_a_token_there_is_a_challenge(azure, header):
    """A request without a bearer token is a 401 with a challenge, whatever it asks for."""
    for path in (azure.db, "/nowhere"):
        refused = azure.get(path, headers=header)
        assert (refused.status, refused.code) == (401, "AuthenticationFailed")
        assert refused.headers["www-authenticate"].startswith(
            'Bearer authorization_uri="https://login.windows.net/33333333-'
        )


def test_a_missing_action_is_named_with_its_scope(limited):
    """G13: a principal without an action gets the service's own text with the object id, the action and the scope (recorded)."""
    azure = limited("Microsoft.DBforPostgreSQL/flexibleServers/read")
    assert azure.get(azure.db).status == 200
    refused = azure.set("log_checkpoints", "on")
    assert (refused.status, refused.code) == (403, "AuthorizationFailed")
    assert refused.message == (
        f"The client '{READER}' with object id '{READER}' does not have authorization to perform action "
        "'Microsoft.DBforPostgreSQL/flexibleServers/configurations/write' over scope "
        f"'{azure.db}/configurations/log_checkpoints' or the scope is invalid. If access was recently granted, please refresh your credentials."
    )


@pytest.mark.parametrize(
    ("method", "path", "action"),
    [
        ("GET", "", "flexibleServers/read"),
        ("PATCH", "", "flexibleServers/write"),
        ("GET", "/configurations", "flexibleServers/configurations/read"),
        ("PATCH", "/configurations/log_checkpoints", "flexibleServers/configurations/write"),
        ("GET", "/firewallRules", "flexibleServers/firewallRules/read"),
        ("PUT", "/firewallRules/x", "flexibleServers/firewallRules/write"),
        ("DELETE", "/firewallRules/x", "flexibleServers/firewallRules/delete"),
        ("GET", "/administrators", "flexibleServers/administrators/read"),
        ("DELETE", f"/administrators/{READER}", "flexibleServers/administrators/delete"),
        ("GET", "/advancedThreatProtectionSettings/Default", "flexibleServers/advancedThreatProtectionSettings/read"),
        ("PUT", "/advancedThreatProtectionSettings/Default", "flexibleServers/advancedThreatProtectionSettings/write"),
        ("POST", "/restart", "flexibleServers/restart/action"),
    ],
)
def test_each_request_needs_its_own_action(limited, method, path, action):
    """Each request is refused without exactly its action and let through with it; actions ignore case."""
    nobody = limited("Microsoft.Nothing/*")
    assert f"'Microsoft.DBforPostgreSQL/{action}'" in nobody.ask(method, nobody.db + path, {}).message
    just = limited(f"microsoft.dbforpostgresql/{action.upper()}")
    assert just.ask(method, just.db + path, {}).status != 403


def test_following_an_operation_needs_its_own_action(limited):
    """G: without locations/azureAsyncOperation/read the write is accepted and takes effect, but cannot be followed."""
    azure = limited("Microsoft.DBforPostgreSQL/flexibleServers/*")
    accepted = azure.set("log_checkpoints", "off")
    refused = azure.get(accepted.headers["azure-asyncoperation"])
    assert refused.status == 403
    assert "'Microsoft.DBforPostgreSQL/locations/azureAsyncOperation/read'" in refused.message
    azure.wait(10)
    assert azure.value("log_checkpoints")["value"] == "off"


def test_refusal_comes_before_existence(limited):
    """Without the action a missing server is a 403, not a 404; the subscription list shows only what can be seen."""
    azure = limited("Microsoft.Nothing/*")
    assert azure.get(azure.db + "-missing").status == 403
    assert azure.get("/subscriptions", version="2022-12-01").json["value"] == []


@pytest.mark.parametrize(
    "path", ["/backups/x", "/migrations", "/configurations/a/b", "/databases/a/b", "/virtualendpoints"]
)
def test_what_is_not_modelled_is_a_404(azure, path):
    """A resource type below a server that the simulator does not know is InvalidResourceType, never a polite 200."""
    refused = azure.get(azure.db + path)
    assert (refused.status, refused.code) == (404, "InvalidResourceType")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "//",
        "/tenants/x",
        "/subscriptions//x",
        "/subscriptions/a/resourceGroups/b/providers/Microsoft.Network/virtualNetworks/v",
    ],
)
def test_strange_paths_are_a_404(azure, path):
    """Whatever else a path says, it is refused and logged."""
    refused = azure.get(path)
    assert (refused.status, refused.code) == (404, "InvalidResourceType")
    assert azure.world.requests[-1].path == path.split("?")[0] or path == "//"


def test_the_api_version_is_required_and_checked(azure):
    """A missing api-version is refused, an unknown one too with the list of those accepted."""
    missing = azure.get(azure.db + "?x=1")
    assert (missing.status, missing.code) == (400, "MissingApiVersionParameter")
    unknown = azure.get(azure.db, version="2019-01-01")
    assert (unknown.status, unknown.code) == (400, "InvalidApiVersionParameter")
    assert unknown.message.endswith(f"The supported versions are '{','.join(PROVIDER_VERSIONS)}'.")


@pytest.mark.parametrize("version", PROVIDER_VERSIONS)
def test_every_listed_version_answers(azure, version):
    """Every version from 2023-06-01-preview to 2026-10-01 answers."""
    assert azure.get(azure.db, version=version).status == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", ""), ("PUT", "/configurations"), ("PATCH", "/firewallRules/office"), ("GET", "/restart"), ("HEAD", "")],
)
def test_wrong_methods_are_refused(azure, method, path):
    """A known resource refuses a method that it does not have."""
    assert azure.ask(method, azure.db + path, {}).status == 405


def test_the_buckets_run_dry_and_fill_again(client_of, world_with):
    """A throttled world lets as many reads through as the bucket holds, counts down in the headers, then says when to come back."""
    azure = client_of(world_with() | {"throttling": {"reads": {"size": 3, "refill": 0.5}}})
    counts = [azure.get(azure.db).headers["x-ms-ratelimit-remaining-subscription-reads"] for _ in range(3)]
    assert counts == ["2", "1", "0"]
    refused = azure.get(azure.db)
    assert (refused.status, refused.code, refused.headers["retry-after"]) == (429, "SubscriptionRequestsThrottled", "2")
    assert "Please try again after '2' seconds." in refused.message
    azure.wait(2)
    assert azure.get(azure.db).status == 200
    assert azure.get(azure.db).status == 429


def test_buckets_are_apart_by_principal_and_kind(client_of, world_with):
    """Documented sizes: 250 reads and 200 writes; principals and kinds of request do not share, the subscription's own bucket does."""
    principals = {"other": {"object_id": READER}}
    azure = client_of(world_with() | {"throttling": True, "principals": principals})
    first = azure.get(azure.db)
    assert first.headers["x-ms-ratelimit-remaining-subscription-reads"] == "249"
    assert first.headers["x-ms-ratelimit-remaining-subscription-global-reads"] == "3749"
    azure.token = "other"
    second = azure.get(azure.db)
    assert second.headers["x-ms-ratelimit-remaining-subscription-reads"] == "249"
    assert second.headers["x-ms-ratelimit-remaining-subscription-global-reads"] == "3748"
    assert azure.set("log_checkpoints", "off").headers["x-ms-ratelimit-remaining-subscription-writes"] == "199"
