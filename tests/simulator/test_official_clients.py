"""The official client, unchanged, takes the simulator for the service."""

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.postgresqlflexibleservers import PostgreSQLManagementClient
from azure.mgmt.postgresqlflexibleservers import models as m

from flexsec.azure.in_process import InProcessTransport
from flexsec.simulator import Fault, Request, answer
from flexsec.simulator.surroundings import Surroundings

RG, DB = "rg-shop", "shop-db"


class Credential:
    """A token for anything."""

    def get_token(self, *scopes, **kwargs):
        return AccessToken("x", 4102444800)


class Waiter:
    """Takes the place of the clients' sleep: the simulated clock moves instead."""

    def __init__(self, azure):
        self.azure = azure
        self.waits = []

    def __call__(self, seconds):
        self.waits.append(seconds)
        self.azure.wait(seconds)


@pytest.fixture
def sleep(azure, monkeypatch):
    """Every wait of the clients moves the simulated clock."""
    waiter = Waiter(azure)
    monkeypatch.setattr("azure.core.pipeline.transport._base.time.sleep", waiter)
    monkeypatch.setattr(
        "azure.core.pipeline.transport._requests_basic.RequestsTransport.sleep", lambda _, seconds: waiter(seconds)
    )
    return waiter


@pytest.fixture
def client(azure, sleep):
    """The official client over the simulator."""

    def handler(method, url, headers, body):
        response = answer(azure.world, Request(method, url, headers, body), azure.now)
        return response.status, response.headers, response.body

    with PostgreSQLManagementClient(
        Credential(), "11111111-1111-1111-1111-111111111111", transport=InProcessTransport(handler)
    ) as found:
        yield found


def test_everything_reads_into_the_clients_models(client):
    """Servers, parameters, rules, administrators and threat protection deserialise, with the enumerations' own members."""
    server = client.servers.get(RG, DB)
    assert (server.properties.state, server.properties.version, server.sku.tier) == (
        m.ServerState.READY,
        "16",
        m.SkuTier.GENERAL_PURPOSE,
    )
    assert server.properties.network.public_network_access == m.ServerPublicNetworkAccessState.ENABLED
    assert [each.name for each in client.servers.list_by_subscription()] == ["shop-db", "shop-archive"]
    parameters = list(client.configurations.list_by_server(RG, DB))
    assert len(parameters) == 424
    assert {each.properties.data_type for each in parameters} <= {each.value for each in m.ConfigurationDataType}
    assert {each.name for each in client.firewall_rules.list_by_server(RG, DB)} >= {"office", "temp-debug"}
    assert list(client.administrators_microsoft_entra.list_by_server(RG, DB)) == []
    (setting,) = client.advanced_threat_protection_settings.list_by_server(RG, DB)
    assert setting.properties.state == m.ThreatProtectionState.DISABLED


def test_writes_are_followed_to_their_end(client, azure, sleep):
    """Parameter, rule, threat protection, server and restart go through the client's own polling, which waits as Retry-After says."""
    value = m.ConfigurationForUpdate(properties=m.ConfigurationProperties(value="on", source="user-override"))
    written = client.configurations.begin_update(RG, DB, "log_checkpoints", value).result()
    assert written.properties.value == "on"
    assert sleep.waits == [10]
    rule = m.FirewallRule(
        properties=m.FirewallRuleProperties(start_ip_address="198.51.100.7", end_ip_address="198.51.100.7")
    )
    assert client.firewall_rules.begin_create_or_update(RG, DB, "vpn", rule).result().name == "vpn"
    client.firewall_rules.begin_delete(RG, DB, "vpn").result()
    with pytest.raises(ResourceNotFoundError):
        client.firewall_rules.get(RG, DB, "vpn")
    setting = m.AdvancedThreatProtectionSettingsModel(
        properties=m.AdvancedThreatProtectionSettingsProperties(state="Enabled")
    )
    client.server_threat_protection_settings.begin_create_or_update(RG, DB, "Default", setting).result()
    patch = m.ServerForPatch(tags={"team": "shop"})
    assert client.servers.begin_update(RG, DB, patch).result().tags == {"team": "shop"}
    client.servers.begin_restart(RG, DB).result()
    assert client.configurations.get(RG, DB, "max_connections").properties.is_config_pending_restart is False
    assert azure.world.max_writes_in_flight(azure.db) == 1


def test_the_breadth_of_the_provider_goes_through_the_client(client, azure):
    """Databases, capabilities, replicas, link resources, names, power and a new server's whole life deserialise and are followed."""
    new = m.Database(properties=m.DatabaseProperties(charset="utf8", collation="en_US.utf8"))
    assert client.databases.begin_create(RG, DB, "shop", new).result().properties.charset == "UTF8"
    assert len(list(client.databases.list_by_server(RG, DB))) == 4
    (found,) = client.capabilities_by_server.list(RG, DB)
    assert found.restricted == m.LocationRestricted.DISABLED
    assert {each.name for each in found.supported_server_editions} >= {"Burstable", "GeneralPurpose"}
    assert [each.name for each in client.private_link_resources.list_by_server(RG, DB)] == ["postgresqlServer"]
    asked = m.CheckNameAvailabilityRequest(name="shop-copy", type="Microsoft.DBforPostgreSQL/flexibleServers")
    assert client.name_availability.check_globally(asked).name_available is True
    assert client.private_dns_zone_suffix.get() == "postgres.database.azure.com"
    wanted = m.Server(
        location="westeurope",
        properties=m.ServerProperties(create_mode="Replica", source_server_resource_id=azure.db),
    )
    made = client.servers.begin_create_or_update(RG, "shop-copy", wanted).result()
    assert (made.properties.replication_role, made.properties.state) == ("AsyncReplica", m.ServerState.READY)
    assert [each.name for each in client.replicas.list_by_server(RG, DB)] == ["shop-copy"]
    client.servers.begin_stop(RG, "shop-copy").result()
    assert client.servers.get(RG, "shop-copy").properties.state == m.ServerState.STOPPED
    client.servers.begin_start(RG, "shop-copy").result()
    client.servers.begin_delete(RG, "shop-copy").result()
    assert list(client.replicas.list_by_server(RG, DB)) == []


def test_the_client_follows_the_links_between_pages(client, azure):
    """With a page size the client's own iterators go through all pages."""
    azure.world.surroundings = Surroundings(page_size=50)
    assert len(list(client.configurations.list_by_server(RG, DB))) == 424
    azure.world.surroundings = Surroundings(page_size=1)
    assert [each.name for each in client.servers.list_by_subscription()] == ["shop-db", "shop-archive"]


def test_a_busy_server_is_a_failure_with_status_200(client, azure):
    """A2: the poll's failure reaches the caller as HttpResponseError with status 200 and the code ServerIsBusy."""
    azure.world.faults.add(Fault("X2"))
    value = m.ConfigurationForUpdate(properties=m.ConfigurationProperties(value="on", source="user-override"))
    with pytest.raises(HttpResponseError) as failed:
        client.configurations.begin_update(RG, DB, "log_checkpoints", value).result()
    assert (failed.value.status_code, failed.value.error.code) == (200, "ServerIsBusy")
