"""Stop, start and restart, and what a server does meanwhile."""

import pytest


def state(azure):
    """The state that a read of shop-db shows."""
    return azure.get(azure.db).json["properties"]["state"]


def test_a_server_is_stopped_and_started(azure):
    """Both answer 202 and end in the bare object of the result URL; the state follows (recorded, the states in between inferred)."""
    stopping = azure.ask("POST", f"{azure.db}/stop")
    assert (stopping.status, stopping.json["operation"]) == (202, "StopServerManagementOperation")
    assert "retry-after" not in stopping.headers
    assert state(azure) == "Stopping"
    assert azure.finish(stopping)["status"] == "Succeeded"
    assert state(azure) == "Stopped"
    assert azure.get(f"{azure.db}/configurations").code == "ServerStoppedError"
    assert azure.set("log_checkpoints", "on").code == "ServerStoppedError"
    starting = azure.ask("POST", f"{azure.db}/start")
    assert starting.json["operation"] == "StartServerManagementOperation"
    assert state(azure) == "Starting"
    azure.finish(starting)
    assert azure.get(starting.headers["location"]).json == {"properties": {}, "name": "shop-db", "type": "PostgreSQL"}
    assert state(azure) == "Ready"
    assert azure.world.effects(azure.db) == ("stop", "start")


def test_a_start_puts_pending_parameters_in_force(azure):
    """A static parameter that waited for a restart is in force after stop and start."""
    assert azure.value("max_connections")["isConfigPendingRestart"] is True
    azure.finish(azure.ask("POST", f"{azure.db}/stop"))
    azure.finish(azure.ask("POST", f"{azure.db}/start"))
    assert azure.value("max_connections")["isConfigPendingRestart"] is False


@pytest.mark.parametrize(
    ("server", "action", "code", "sentence"),
    [
        ("shop-db", "start", "ServerIsNotStopped", "Start Server can only be performed on Stopped servers. Server Name = shop-db, Current Server State = Ready"),
        ("shop-archive", "stop", "ServerIsNotReady", "Restart or Stop Server can only be performed on Started servers. Sever Name = shop-archive, Current Server State = Stopped"),
        ("shop-archive", "restart", "ServerIsNotReady", "Restart or Stop Server can only be performed on Started servers. Sever Name = shop-archive, Current Server State = Stopped"),
    ],
)  # fmt: skip
def test_the_wrong_state_fails_in_the_poll(azure, server, action, code, sentence):
    """Stopping what is stopped and starting what runs is accepted and then fails with the documented words."""
    accepted = azure.ask("POST", f"{azure.world.server_id(server)}/{action}")
    assert azure.finish(accepted)["error"] == {"code": code, "message": sentence}


def test_power_is_refused_while_something_else_runs(azure):
    """A stop during a server change fails with the state Updating, a second stop with Stopping, and writes fail busy."""
    azure.patch(azure.db, {"properties": {"backup": {"backupRetentionDays": 9}}})
    azure.wait(10)
    refused = azure.finish(azure.ask("POST", f"{azure.db}/stop"), 5)
    assert refused["error"]["message"].endswith("Current Server State = Updating")
    azure.wait(600)
    azure.ask("POST", f"{azure.db}/stop")
    again = azure.finish(azure.ask("POST", f"{azure.db}/stop"), 5)
    assert again["error"]["message"].endswith("Current Server State = Stopping")
    assert azure.finish(azure.set("log_checkpoints", "on"), 5)["error"]["code"] == "ServerIsBusy"


@pytest.mark.parametrize("action", ["stop", "start"])
def test_only_a_restart_takes_a_body(azure, action):
    """A member that only a restart knows is a 400."""
    assert azure.ask("POST", f"{azure.db}/{action}", {"restartWithFailover": True}).status == 400
    assert azure.ask("POST", f"{azure.db}/restart", {"restartWithFailover": False}).status == 202


def test_leaving_a_virtual_network(client_of, world_with, vnet):
    """A migration makes a VNet server a public one with public access off; older api-versions and other servers are refused."""
    azure = client_of(world_with(**vnet), version="2026-10-01")
    path = f"{azure.db}/migrateNetwork"
    assert azure.ask("POST", path, version="2025-08-01").code == "InvalidApiVersionParameter"
    azure.finish(azure.ask("POST", path), 1300)
    assert azure.get(azure.db).json["properties"]["network"] == {"publicNetworkAccess": "Disabled"}
    assert azure.get(azure.db).json["properties"]["privateEndpointConnections"] == []
    assert azure.ask("POST", path).status == 400
