"""azure-cli works on a served world without a patch: signing in, reading, writing, and what it says when refused."""

from __future__ import annotations

import json

import pytest

from flexsec.simulator import Fault
from tests.clients.azure_cli import AzureCli

pytestmark = pytest.mark.clients

DBA = "66666666-6666-6666-6666-666666666666"


def test_a_service_principal_signs_in(az, served):
    """After `cloud register`, `cloud set` and `login` the world's subscription is the account's, in its own tenant."""
    (account,) = az.account
    assert account["cloudName"] == "served"
    assert account["tenantId"] == served.endpoint["tenant_id"]
    assert account["id"] == served.endpoint["subscriptions"][0]["subscription_id"]
    assert account["state"] == "Enabled"


def test_a_wrong_secret_is_refused_in_the_services_words(program, served, tmp_path):
    """A login with a wrong secret fails with Entra's own code."""
    stranger = AzureCli(program, tmp_path, served)
    stranger.choose_cloud()
    assert "AADSTS7000215: Invalid client secret provided." in stranger.refused(*stranger.login("wrong"))


def test_servers_are_listed_and_shown(az, server):
    """`list` gives every server of every page, `show` the one asked for, with the members that az knows by name."""
    listed = {each["name"] for each in az.postgres("list")}
    assert {"shop-db", "shop-archive", server.name} <= listed
    shown = az.postgres("show", *server.at)
    assert (shown["state"], shown["version"], shown["location"]) == ("Ready", "16", "West Europe")
    assert shown["sku"] == {"name": "Standard_D2ds_v5", "tier": "GeneralPurpose"}
    assert shown["network"]["publicNetworkAccess"] == "Enabled"
    assert shown["authConfig"]["passwordAuth"] == "Enabled"
    assert shown["id"] == server.resource_id
    message = az.refused("postgres", "flexible-server", "show", "-g", "rg-shop", "-n", "missing")
    assert "(ResourceNotFound) The Resource 'Microsoft.DBforPostgreSQL/flexibleServers/missing'" in message


def test_parameters_are_listed_shown_and_set(az, server):
    """`parameter list` follows the pages to all 424; `set` changes the value; a restart puts a static one in force."""
    assert len(az.postgres("parameter", "list", *server.of)) == 424
    shown = az.postgres("parameter", "show", *server.of, "--name", "log_checkpoints")
    assert (shown["value"], shown["dataType"], shown["isReadOnly"]) == ("off", "Boolean", False)
    set_to = ("parameter", "set", *server.of, "--name")
    assert az.postgres(*set_to, "log_checkpoints", "--value", "on")["value"] == "on"
    assert server.state.parameters["log_checkpoints"].value == "on"
    pending = az.postgres(*set_to, "max_connections", "--value", "900")
    assert (pending["value"], pending["isConfigPendingRestart"]) == ("900", True)
    az.postgres("restart", *server.at)
    assert server.state.parameters["max_connections"].pending is False


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("log_checkpoints", "maybe", "(InvalidParameterValue) Invalid value given for parameter configurationValue."),
        ("no_such_parameter", "on", "(ConfigurationNotExists) The configuration 'no_such_parameter' does not exist"),
        ("ssl", "off", "(OperationFailed) {0}"),
    ],
)
def test_a_wrong_parameter_is_refused_in_the_services_words(az, server, name, value, message):
    """A value that is not allowed, an unknown parameter and a read-only one each fail with the service's own words."""
    said = az.refused("postgres", "flexible-server", "parameter", "set", *server.of, "--name", name, "--value", value)
    assert message in said


def test_firewall_rules_are_created_shown_updated_and_deleted(az, server):
    """The five firewall-rule commands do what they say, and the rule of another's making is untouched."""
    of = (*server.of, "--name", "vpn")
    created = az.postgres(
        "firewall-rule", "create", *of, "--start-ip-address", "198.51.100.7", "--end-ip-address", "198.51.100.9"
    )
    assert created["startIpAddress"] == "198.51.100.7"
    assert az.postgres("firewall-rule", "show", *of) == created
    updated = az.postgres("firewall-rule", "update", *of, "--end-ip-address", "198.51.100.20")
    assert (updated["startIpAddress"], updated["endIpAddress"]) == ("198.51.100.7", "198.51.100.20")
    assert {"vpn", "office"} <= {each["name"] for each in az.postgres("firewall-rule", "list", *server.of)}
    az.postgres("firewall-rule", "delete", *of, "--yes")
    assert "vpn" not in server.state.firewall
    assert "office" in server.state.firewall
    assert "(ResourceNotFound)" in az.refused("postgres", "flexible-server", "firewall-rule", "show", *of)


def test_entra_administrators_come_and_go(az, server):
    """An administrator is refused while Entra is off; after `update` it is created, listed and deleted."""
    create = ("microsoft-entra-admin", "create", *server.of, "-i", DBA, "-u", "dba@contoso.com", "-t", "User")
    assert "authentication is not enabled" in az.refused("postgres", "flexible-server", *create)
    updated = az.postgres("update", *server.at, "--microsoft-entra-auth", "Enabled")
    assert updated["authConfig"]["activeDirectoryAuth"] == "Enabled"
    assert az.postgres(*create)["principalName"] == "dba@contoso.com"
    (listed,) = az.postgres("microsoft-entra-admin", "list", *server.of)
    assert (listed["objectId"], listed["principalType"]) == (DBA, "User")
    az.postgres("microsoft-entra-admin", "delete", *server.of, "-i", DBA, "--yes")
    assert az.postgres("microsoft-entra-admin", "list", *server.of) == []


def test_threat_protection_is_shown_and_switched(az, server):
    """`advanced-threat-protection-setting` shows the year one until it is first enabled."""
    shown = az.postgres("advanced-threat-protection-setting", "show", *server.of)
    assert (shown["state"], shown["creationTime"][:4]) == ("Disabled", "0001")
    az.postgres("advanced-threat-protection-setting", "update", *server.of, "--state", "Enabled")
    assert server.state.threat_protection.state == "Enabled"


def test_the_administrators_password_is_reset(az, server):
    """`update --admin-password` sends sku, storage, network and authentication along; the password alone changes."""
    before, was = az.postgres("show", *server.at), server.state.password.version
    az.postgres("update", *server.at, "--admin-password", "Correct-Horse-42-Battery")
    assert server.state.password.version == was + 1
    assert server.state.password.matches("Correct-Horse-42-Battery")
    after = az.postgres("show", *server.at)
    for each in (before, after):
        each["backup"].pop("earliestRestoreDate")
    assert after == before


def test_a_server_is_restarted_stopped_and_started(az, server):
    """`stop` and `start` change the state; a stopped server refuses its parameters; `restart` needs a started one."""
    az.postgres("restart", *server.at)
    assert az.postgres("stop", *server.at) is None
    assert server.state.state == "Stopped"
    assert "(ServerStoppedError)" in az.refused("postgres", "flexible-server", "parameter", "list", *server.of)
    assert "(ServerIsNotReady)" in az.refused("postgres", "flexible-server", "restart", *server.at)
    az.postgres("start", *server.at)
    assert server.state.state == "Ready"
    effects = server.served.world.effects(server.resource_id)
    assert effects == ("restart", "stop", "start")


def test_replicas_are_created_and_listed(az, server):
    """`replica create` makes one that `replica list` shows with its source; its primary cannot be deleted then."""
    assert az.postgres("replica", "list", *server.at) == []
    name = f"{server.name}-replica"
    az.postgres("replica", "create", "-g", "rg-shop", "--source-server", server.name, "--name", name)
    (replica,) = az.postgres("replica", "list", *server.at)
    assert (replica["name"], replica["replicationRole"]) == (name, "AsyncReplica")
    assert replica["sourceServerResourceId"] == server.resource_id
    message = az.refused("postgres", "flexible-server", "delete", *server.at, "--yes")
    assert "(ReadReplicaServersExistForSourceServer)" in message


def test_a_server_and_a_database_are_created_and_deleted(az, served, numbers):
    """`create` asks for capabilities and a free name first; `db create` and `delete` follow."""
    name = f"made-by-az-{next(numbers)}"
    made = az.postgres(
        *("create", "-g", "rg-shop", "-n", name, "-l", "westeurope", "--version", "17", "--public-access", "None"),
        *("--admin-user", "dba", "--admin-password", "Correct-Horse-42-Battery", "--yes"),
        *("--tier", "Burstable", "--sku-name", "Standard_B1ms"),
    )
    assert (made["skuname"], made["version"]) == ("Standard_B1ms", "17")
    assert served.world.server(name).state == "Ready"
    of = ("-g", "rg-shop", "--server-name", name)
    az.postgres("db", "create", *of, "--name", "orders")
    assert "orders" in [each["name"] for each in az.postgres("db", "list", *of)]
    az.postgres("delete", "-g", "rg-shop", "-n", name, "--yes")
    assert served.world.find_server(name) is None


def test_defenders_plan_is_created_listed_and_shown(az, server):
    """`security pricing create` switches the plan on, and with it the threat protection of every server."""
    plan = ("security", "pricing")
    name = ("--name", "OpenSourceRelationalDatabases")
    assert az(*plan, "show", *name)["pricingTier"] == "Free"
    try:
        assert az(*plan, "create", *name, "--tier", "standard")["pricingTier"] == "Standard"
        listed = {each["name"]: each["pricingTier"] for each in az(*plan, "list")["value"]}
        assert (listed["OpenSourceRelationalDatabases"], listed["VirtualMachines"]) == ("Standard", "Free")
        assert az.postgres("advanced-threat-protection-setting", "show", *server.of)["state"] == "Enabled"
    finally:
        az(*plan, "create", *name, "--tier", "free")


def test_rest_reads_and_writes(az, server):
    """`az rest` sends what it is given: a GET, a PATCH, and a request without api-version, which is refused."""
    url = f"{server.resource_id}/configurations/log_disconnections"
    version = "?api-version=2025-08-01"
    assert az("rest", "--method", "get", "--url", url + version)["properties"]["value"] == "OFF"
    body = json.dumps({"properties": {"value": "on", "source": "user-override"}})
    accepted = az("rest", "--method", "patch", "--url", url + version, "--body", body)
    assert accepted["operation"] == "UpdateOrcasServerParameterManagementOperation"
    assert az("rest", "--method", "get", "--url", url + version)["properties"]["value"] == "on"
    assert "MissingApiVersionParameter" in az.refused("rest", "--method", "get", "--url", url)


def test_what_surrounds_servers_is_there(az, server):
    """Groups, the generic resource list, locations, tags and providers answer az's own api-versions."""
    assert [each["name"] for each in az("group", "list")] == ["rg-shop"]
    resources = az("resource", "list", "--resource-type", "Microsoft.DBforPostgreSQL/flexibleServers")
    assert server.name in [each["name"] for each in resources]
    assert server.name in [each["name"] for each in az("resource", "list")]
    assert "westeurope" in [each["name"] for each in az("account", "list-locations")]
    assert az("provider", "show", "--namespace", "Microsoft.DBforPostgreSQL")["registrationState"] == "Registered"
    az("tag", "update", "--resource-id", server.resource_id, "--operation", "merge", "--tags", "team=shop")
    assert server.state.tags == {"team": "shop"}


def test_faults_reach_az_as_the_services_would(az, server):
    """A busy server fails the command with ServerIsBusy; a throttled request is repeated by az and succeeds."""
    set_to = ("parameter", "set", *server.of, "--name", "log_lock_waits", "--value", "on")
    faults = server.served.world.faults
    try:
        faults.add(Fault("X2", path=f"{server.name}/configurations", times=1))
        assert "(ServerIsBusy)" in az.refused("postgres", "flexible-server", *set_to)
        faults.add(Fault("X22", path=f"{server.name}/configurations", times=1, arguments={"retry_after": "1"}))
        assert az.postgres(*set_to)["value"] == "on"
    finally:
        faults.clear()
