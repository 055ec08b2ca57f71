"""Microsoft's Python clients, with azure-identity's own credentials, work on a served world over HTTPS as on Azure."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError
from azure.identity import (
    CertificateCredential,
    ClientAssertionCredential,
    ClientSecretCredential,
    DefaultAzureCredential,
)
from azure.mgmt.postgresqlflexibleservers import PostgreSQLManagementClient
from azure.mgmt.postgresqlflexibleservers import models as m
from azure.mgmt.security import SecurityCenter
from azure.mgmt.security.v2024_01_01 import models as s
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from flexsec.simulator import Fault, World
from flexsec.simulator.serving import serve
from tests.clients.conftest import GROUP

PLAN = "OpenSourceRelationalDatabases"


@pytest.fixture
def credential(served, trusting):
    """azure-identity's credential for the application of the ready file."""
    ready = served.endpoint
    with ClientSecretCredential(
        ready["tenant_id"],
        ready["client_id"],
        ready["client_secret"],
        authority=ready["authority"],
        disable_instance_discovery=True,
    ) as found:
        yield found


def options(served):
    """What an official client is told about an Azure that is elsewhere."""
    base = served.endpoint["arm_endpoint"]
    return {
        "subscription_id": served.endpoint["subscriptions"][0]["subscription_id"],
        "base_url": base,
        "credential_scopes": [f"{base}/.default"],
    }


@pytest.fixture
def client(served, credential):
    """The official PostgreSQL client."""
    with PostgreSQLManagementClient(credential, **options(served)) as found:
        yield found


@pytest.fixture
def security(served, credential):
    """The official Microsoft Defender for Cloud client."""
    with SecurityCenter(credential, **options(served)) as found:
        yield found


def self_signed():
    """A private key and its certificate, as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "an application")])
    begin = datetime.now(UTC) - timedelta(days=1)
    certificate = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), begin, begin + timedelta(days=30)
    ).sign(key, hashes.SHA256())
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + certificate.public_bytes(serialization.Encoding.PEM)


def assertion(ready):
    """A client assertion as a workload identity presents it."""
    import jwt  # comes with azure-identity

    claims = {"iss": ready["client_id"], "sub": ready["client_id"], "exp": time.time() + 600}
    return jwt.encode(
        claims | {"aud": f"{ready['authority']}/{ready['tenant_id']}/oauth2/v2.0/token"}, "k" * 32, algorithm="HS256"
    )


def by_environment(ready, monkeypatch):
    """DefaultAzureCredential as a pipeline uses it: everything from the environment."""
    values = {
        "AZURE_TENANT_ID": ready["tenant_id"],
        "AZURE_CLIENT_ID": ready["client_id"],
        "AZURE_CLIENT_SECRET": ready["client_secret"],
        "AZURE_AUTHORITY_HOST": ready["authority"],
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return DefaultAzureCredential(disable_instance_discovery=True)


@pytest.mark.parametrize("kind", ["secret", "assertion", "certificate", "environment"])
def test_every_way_of_signing_in_gives_a_token(served, trusting, monkeypatch, kind):
    """A client secret, a federated assertion, a certificate and the environment each open the subscription."""
    ready = served.endpoint
    where = (ready["tenant_id"], ready["client_id"])
    how = {"authority": ready["authority"], "disable_instance_discovery": True}
    found = {
        "secret": lambda: ClientSecretCredential(*where, ready["client_secret"], **how),
        "assertion": lambda: ClientAssertionCredential(*where, lambda: assertion(ready), **how),
        "certificate": lambda: CertificateCredential(*where, certificate_data=self_signed(), **how),
        "environment": lambda: by_environment(ready, monkeypatch),
    }[kind]()
    with found, PostgreSQLManagementClient(found, **options(served)) as client:
        assert "shop-db" in [each.name for each in client.servers.list_by_subscription()]


def test_a_token_lasts_an_hour_of_the_clients_time(monkeypatch):
    """However fast simulated time runs, a client that keeps a token as long as it was told is not refused."""
    with serve(World.builtin("insecure"), time_scale=1000) as served:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", served.endpoint["ca_file"])
        ready = served.endpoint
        with (
            ClientSecretCredential(
                *(ready["tenant_id"], ready["client_id"], ready["client_secret"]),
                authority=ready["authority"],
                disable_instance_discovery=True,
            ) as credential,
            PostgreSQLManagementClient(credential, **options(served)) as client,
        ):
            token = credential.get_token(ready["arm_endpoint"] + "/.default")
            assert token.expires_on - time.time() == pytest.approx(3599, abs=60)
            served.advance(3500 * served.clock.scale)
            assert list(client.servers.list_by_subscription())


def test_a_token_for_another_service_is_refused(served, credential):
    """A token whose audience is Microsoft Graph opens nothing in Resource Manager."""
    given = options(served) | {"credential_scopes": ["https://graph.microsoft.com/.default"]}
    with PostgreSQLManagementClient(credential, **given) as client, pytest.raises(ClientAuthenticationError) as refused:
        list(client.servers.list_by_subscription())
    assert refused.value.error.code == "InvalidAuthenticationTokenAudience"


def test_lists_are_followed_over_their_pages(client, server):
    """The typed client gets all 424 parameters, in pages of a hundred, and every rule."""
    parameters = list(client.configurations.list_by_server(GROUP, server.name))
    assert len({each.name for each in parameters}) == 424
    lists = [each for each in server.served.world.requests if each.path.endswith(f"{server.name}/configurations")]
    assert len(lists) == 5
    assert "office" in [each.name for each in client.firewall_rules.list_by_server(GROUP, server.name)]


def test_typed_writes_are_followed_to_their_end(client, server):
    """Parameter, firewall rule, threat protection, tags and restart go through the client's own polling over HTTPS."""
    at = (GROUP, server.name)
    value = m.ConfigurationForUpdate(properties=m.ConfigurationProperties(value="on", source="user-override"))
    written = client.configurations.begin_update(*at, "log_checkpoints", value).result()
    assert written.properties.value == "on"
    rule = m.FirewallRule(
        properties=m.FirewallRuleProperties(start_ip_address="198.51.100.7", end_ip_address="198.51.100.7")
    )
    assert client.firewall_rules.begin_create_or_update(*at, "vpn", rule).result().name == "vpn"
    client.firewall_rules.begin_delete(*at, "vpn").result()
    with pytest.raises(ResourceNotFoundError):
        client.firewall_rules.get(*at, "vpn")
    setting = m.AdvancedThreatProtectionSettingsModel(
        properties=m.AdvancedThreatProtectionSettingsProperties(state="Enabled")
    )
    client.server_threat_protection_settings.begin_create_or_update(*at, "Default", setting).result()
    assert client.servers.begin_update(*at, m.ServerForPatch(tags={"team": "shop"})).result().tags == {"team": "shop"}
    client.servers.begin_restart(*at).result()
    assert client.configurations.get(*at, "max_connections").properties.is_config_pending_restart is False


def test_a_failure_in_the_poll_is_an_exception(client, server):
    """A2: over HTTPS, too, a busy server is an HttpResponseError with status 200 and the service's code."""
    server.served.world.faults.add(Fault("X2", path=f"{server.name}/configurations", times=1))
    value = m.ConfigurationForUpdate(properties=m.ConfigurationProperties(value="on", source="user-override"))
    with pytest.raises(HttpResponseError) as failed:
        client.configurations.begin_update(GROUP, server.name, "log_checkpoints", value).result()
    assert (failed.value.status_code, failed.value.error.code) == (200, "ServerIsBusy")


def test_defenders_plan_is_read_listed_and_written(served, security, client, server):
    """The Defender client reads, lists and enables the plan; the servers' threat protection follows."""
    scope = "subscriptions/" + options(served)["subscription_id"]
    assert security.pricings.get(scope, PLAN).pricing_tier == "Free"
    try:
        enabled = security.pricings.update(scope, PLAN, s.Pricing(pricing_tier="Standard"))
        assert (enabled.pricing_tier, enabled.name) == ("Standard", PLAN)
        listed = {each.name: each.pricing_tier for each in security.pricings.list(scope).value}
        assert (listed[PLAN], listed["VirtualMachines"]) == ("Standard", "Free")
        (setting,) = client.advanced_threat_protection_settings.list_by_server(GROUP, server.name)
        assert setting.properties.state == m.ThreatProtectionState.ENABLED
    finally:
        security.pricings.update(scope, PLAN, s.Pricing(pricing_tier="Free"))
