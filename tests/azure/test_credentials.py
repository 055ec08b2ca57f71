"""Signing in: every kind, and what is said when it fails."""

import base64
import json
import subprocess

import azure.identity
import pytest
from azure.core.credentials import AccessTokenInfo
from azure.core.exceptions import ClientAuthenticationError

from flexsec.azure.clouds import PUBLIC, US_GOVERNMENT
from flexsec.azure.credentials import KINDS, GuardedCredential, credential
from flexsec.errors import CredentialUnavailable, UnknownName, UsageError

TENANT = "22222222-2222-2222-2222-222222222222"
CLIENT = "33333333-3333-3333-3333-333333333333"
CLASSES = {
    "default": "DefaultAzureCredential",
    "environment": "EnvironmentCredential",
    "managed-identity": "ManagedIdentityCredential",
    "cli": "AzureCliCredential",
    "powershell": "AzurePowerShellCredential",
    "developer-cli": "AzureDeveloperCliCredential",
}


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch):
    """No sign-in of this machine may leak into a test, and nothing may be started."""
    for name in ("AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_CLIENT_SECRET", "AZURE_FEDERATED_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(subprocess, "Popen", None)


@pytest.mark.parametrize("kind", CLASSES)
def test_each_kind_is_the_official_credential(kind):
    """A kind is the class of the same name in azure.identity, and nothing is asked while it is made."""
    assert isinstance(credential(kind, cloud=PUBLIC), getattr(azure.identity, CLASSES[kind]))


def test_a_workload_identity_takes_its_file_from_the_environment(monkeypatch, tmp_path):
    """Workload identity needs the token file that the platform names; without it, that is said."""
    with pytest.raises(CredentialUnavailable, match="AZURE_FEDERATED_TOKEN_FILE"):
        credential("workload-identity", cloud=PUBLIC)
    monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", str(tmp_path / "token"))
    made = credential("workload-identity", cloud=PUBLIC, tenant_id=TENANT, client_id=CLIENT)
    assert hasattr(made, "get_token")


def test_every_kind_is_listed():
    """The kinds that are offered are those that can be made."""
    assert set(KINDS) == {*CLASSES, "workload-identity"}


@pytest.mark.parametrize(
    ("kind", "hint"), [("clii", "cli"), ("managed_identity", "managed-identity"), ("Default", "default")]
)
def test_a_misspelt_kind_is_suggested(kind, hint):
    """A misspelt kind suggests the nearest."""
    with pytest.raises(UnknownName, match=f"did you mean '{hint}'"):
        credential(kind, cloud=PUBLIC)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("cli", {"tenant_id": "not a tenant"}),
        ("cli", {"tenant_id": ""}),
        ("default", {"client_id": "my-identity"}),
        ("cli", {"client_id": CLIENT}),
        ("managed-identity", {"tenant_id": TENANT}),
    ],
)
def test_ids_that_cannot_be_are_refused(kind, options):
    """A tenant or client that is none, or that the kind does not take, is a usage error."""
    with pytest.raises(UsageError):
        credential(kind, cloud=PUBLIC, **options)


def test_the_tenant_goes_into_every_request():
    """With a tenant, every token is asked for in that tenant."""
    made = credential("default", cloud=US_GOVERNMENT, tenant_id=TENANT)
    asked = []

    class Inner:
        def get_token(self, *scopes, **options):
            asked.append((scopes, options))

    made.inner = Inner()
    made.get_token("scope")
    assert asked == [(("scope",), {"claims": None, "tenant_id": TENANT, "enable_cae": False})]


class Failing:
    def __init__(self, error):
        self.error = error

    def get_token(self, *_, **__):
        raise self.error


DEFAULT_MESSAGE = """DefaultAzureCredential failed to retrieve a token from the included credentials.
Attempted credentials:
\tEnvironmentCredential: EnvironmentCredential authentication unavailable. Environment variables are not fully configured.
Visit https://aka.ms/azsdk/python/identity/environmentcredential/troubleshoot to troubleshoot this issue.
\tManagedIdentityCredential: ManagedIdentityCredential authentication unavailable, no response from the IMDS endpoint.
\tAzureCliCredential: Azure CLI not found on path
To mitigate this issue, please refer to the troubleshooting guidelines here at https://aka.ms/defaultazurecredential."""


def refused(kind, error):
    """The message when this kind of official credential fails so."""
    made = credential(kind, cloud=PUBLIC)
    made.get_token = Failing(error).get_token
    with pytest.raises(CredentialUnavailable) as caught:
        GuardedCredential(made).get_token("scope")
    assert caught.value.__context__ is None
    return caught.value.message


def test_advice_comes_first_and_what_was_tried_shortly_after():
    """A failed default credential says what to do, then what was tried and why in a few words each."""
    assert refused("default", ClientAuthenticationError(message=DEFAULT_MESSAGE)).splitlines() == [
        "not signed in to Azure: sign in with `az login`, or choose how (`--credential KIND` on the command line)",
        "tried environment variables, managed identity (no response from the IMDS endpoint), Azure CLI (not found on path)",
    ]


@pytest.mark.parametrize(
    ("kind", "words"),
    [("cli", "`az login`"), ("powershell", "`Connect-AzAccount`"), ("developer-cli", "`azd auth login`"),
     ("managed-identity", "on Azure machines alone")],
)  # fmt: skip
def test_each_kind_has_its_own_advice(kind, words):
    """How to sign in depends on the way that was chosen; the cause follows, and no list of troubleshooting pages."""
    first, second = refused(kind, ClientAuthenticationError(message="It broke. See https://aka.ms/x.")).splitlines()
    assert words in first
    assert "--credential" in first
    assert second == "It broke"


def test_missing_environment_variables_are_named(monkeypatch):
    """`--credential environment` names the AZURE_* variables that are not set, never their values."""
    error = ClientAuthenticationError(message="EnvironmentCredential authentication unavailable. Environment ...")
    message = refused("environment", error)
    assert "AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH" in message
    monkeypatch.setenv("AZURE_TENANT_ID", TENANT)
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "CANARY")
    message = refused("environment", error)
    assert message == (
        "not signed in to Azure: set AZURE_CLIENT_ID in the environment, "
        "or choose another way (`--credential` on the command line)"
    )


def test_workload_identity_names_what_is_missing():
    """What a workload identity lacks is told when it is made."""
    with pytest.raises(CredentialUnavailable, match="set AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_FEDERATED_TOKEN_FILE"):
        credential("workload-identity", cloud=PUBLIC)


def test_no_message_is_long():
    """However much a credential says, what is told stays short."""
    long = "\n".join(f"\t{name}: {'word ' * 80}" for name in ("AzureCliCredential", "EnvironmentCredential"))
    assert len(refused("default", ClientAuthenticationError(message=long))) < 420


@pytest.mark.parametrize(
    "error", [ValueError("x"), OSError("disk"), RuntimeError(""), KeyError("k"), CredentialUnavailable("mine")]
)
def test_any_failure_is_one_kind_of_error(error):
    """Whatever a credential raises, callers catch one error."""
    with pytest.raises(CredentialUnavailable):
        GuardedCredential(Failing(error)).get_token("scope")


def test_a_secret_in_a_credentials_words_is_taken_out():
    """D15: a credential that puts its secret into its error does not put it into ours."""
    words = "AADSTS7000215 client_secret=CANARY; Bearer CANARY eyJhbGciOi.CANARY.CANARY"
    with pytest.raises(CredentialUnavailable) as caught:
        GuardedCredential(Failing(ValueError(words))).get_token("scope")
    assert "CANARY" not in caught.value.message


def token(claims):
    """A JSON web token with these claims, unsigned."""
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJub25lIn0.{middle}.signature"


@pytest.mark.parametrize(
    ("text", "identity"),
    [
        (token({"oid": CLIENT}), CLIENT),
        (token({"oid": "x\ny"}), ""),
        (token({"oid": 7}), ""),
        (token({}), ""),
        (token([]), ""),
        ("a.b.c", ""),
        ("a.é.c", ""),
        ("opaque", ""),
        ("", ""),
    ],
)
def test_the_identity_is_the_object_id_of_the_token(kit, text, identity):
    """The identity is the token's "oid" claim, and nothing when the token does not tell."""
    connection = kit.connection(kit.json(200, {}), credential=kit.credential_type(text))
    assert connection.identity() == identity


def test_the_identity_costs_no_second_token(kit):
    """Once a request has signed in, the identity is known without asking the credential again."""
    made = kit.credential_type(token({"oid": CLIENT}))
    connection = kit.connection(kit.json(200, {}), credential=made)
    kit.read(connection)
    assert connection.identity() == CLIENT
    assert len(made.asked) == 1


def test_no_identity_without_a_token(kit):
    """When no token can be had the identity is empty; the first request will say why."""
    assert kit.connection(kit.json(200, {}), credential=Failing(ValueError("x"))).identity() == ""


def test_a_credential_that_only_gives_token_info(kit):
    """Credentials of the newer protocol alone work too."""

    class Newer:
        def get_token_info(self, *scopes, options=None):
            return AccessTokenInfo("newer-token", 2**33)

    kit.read(kit.connection(kit.json(200, {}), credential=Newer()))
    assert kit.script.requests[0][2]["Authorization"] == "Bearer newer-token"
