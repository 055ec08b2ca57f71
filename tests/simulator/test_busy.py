"""One thing at a time on a server: a second write is accepted and fails in the poll, but for a few that get along."""

import pytest

TENANT = "33333333-3333-3333-3333-333333333333"
ALICE = "44444444-4444-4444-4444-444444444444"

WRITES = {
    "configurations": ("PUT", "/configurations/log_checkpoints", {"properties": {"value": "on", "source": "user-override"}}),
    "firewallRules": ("PUT", "/firewallRules/x", {"properties": {"startIpAddress": "198.51.100.7", "endIpAddress": "198.51.100.7"}}),
    "administrators": (
        "PUT", f"/administrators/{ALICE}", {"properties": {"principalType": "User", "principalName": "a@b.c", "tenantId": TENANT}},
    ),
    "threat": ("PUT", "/advancedThreatProtectionSettings/Default", {"properties": {"state": "Enabled"}}),
    "server": ("PATCH", "", {"tags": {"a": "b"}}),
    "restart": ("POST", "/restart", None),
}  # fmt: skip
BUSY = "Cannot complete operation while server 'shop-db' is busy processing another operation. Try again later."


@pytest.fixture
def entra(client_of, world_with):
    """A client of a server with Entra authentication."""
    return client_of(world_with(entra_auth="Enabled", tenant_id=TENANT))


def send(azure, kind, **options):
    """Sends the write of a kind."""
    method, path, body = WRITES[kind]
    return azure.ask(method, azure.db + path, body, **options)


@pytest.mark.parametrize("running", WRITES)
@pytest.mark.parametrize("new", WRITES)
def test_the_matrix_of_overlaps(entra, running, new):
    """A1, A4: every write fails beside every other, but threat protection always succeeds, and a rule beside it or an administrator."""
    first = send(entra, running)
    entra.wait(3)
    second = send(entra, new)
    assert second.status == 202, "never a 409"
    entra.wait(600)
    assert entra.poll(first)["status"] == "Succeeded"
    tolerated = new == "threat" or (new == "firewallRules" and running in {"threat", "administrators"})
    ended = entra.poll(second)
    assert ended["status"] == ("Succeeded" if tolerated else "Failed"), ended
    assert entra.world.max_writes_in_flight(entra.db) == 2


@pytest.mark.parametrize(
    ("kind", "version", "code", "words"),
    [
        ("configurations", "2025-08-01", "ServerIsBusy", BUSY),
        ("configurations", "2024-08-01", "ServerBusy", "Server 'shop-db' is busy with another operation. Please try again later."),
        ("firewallRules", "2024-08-01", "ServerIsBusy", BUSY),
        ("server", "2024-08-01", "", "Server shop-db is busy with other operations. Please try later"),
        ("server", "2023-06-01-preview", "ProvisioningServerBusy", "Server shop-db is busy with other operations. Please try later"),
        ("administrators", "2025-08-01", "AadAuthOperationCannotBePerformedWhenServerIsNotAccessible",
         ("Server 'shop-db' is not in an accessible state to perform a Microsoft Entra authentication principal operation. Make sure that "
         "the server is in an accessible before executing any Microsoft Entra authentication principal operation.")),
        ("restart", "2025-08-01", "ServerIsNotReady",
         "Restart or Stop Server can only be performed on Started servers. Sever Name = shop-db, Current Server State = Updating"),
    ],
)  # fmt: skip
def test_the_spellings_of_busy(entra, kind, version, code, words):
    """A2: each kind and version has its own code and text, the empty code included (recorded)."""
    send(entra, "configurations")
    refused = send(entra, kind, version=version)
    assert entra.poll(refused)["status"] == "InProgress", "it takes a moment to fail"
    assert entra.finish(refused, 3)["error"] == {"code": code, "message": words}


def test_a_rule_beside_a_parameter_in_old_versions(entra):
    """Up to 2023-06-01-preview a rule succeeds beside a parameter (recorded)."""
    send(entra, "configurations")
    assert entra.finish(send(entra, "firewallRules", version="2023-06-01-preview"))["status"] == "Succeeded"


def test_a_rule_beside_threat_protection_and_more(entra):
    """A rule beside threat protection and anything else at once fails (recorded)."""
    send(entra, "threat")
    send(entra, "threat")
    assert entra.finish(send(entra, "firewallRules"))["status"] == "Failed"


def test_a_refused_write_does_not_hold_the_server(entra):
    """A write that will fail as busy does not keep others away once the first is done."""
    send(entra, "configurations")
    entra.wait(9)
    refused = send(entra, "server")
    entra.wait(1)
    third = send(entra, "configurations")
    assert entra.finish(third)["status"] == "Succeeded"
    assert entra.poll(refused)["status"] == "Failed"


def test_servers_do_not_disturb_each_other(azure):
    """Writes on two servers run side by side."""
    azure.world.server("shop-archive").state = "Ready"
    first = azure.set("log_checkpoints", "on")
    archive = azure.world.server_id("shop-archive")
    second = azure.put(f"{archive}/configurations/log_checkpoints", {"value": "off", "source": "user-override"})
    azure.wait(10)
    assert azure.poll(first)["status"] == azure.poll(second)["status"] == "Succeeded"
    assert azure.world.max_writes_in_flight(azure.db) == 1


@pytest.mark.parametrize(
    "state", ["Updating", "Restarting", "Starting", "Stopping", "Inaccessible", "Disabled", "Provisioning"]
)
def test_writes_in_other_states_are_accepted_and_fail(client_of, world_with, state):
    """Outside Ready writes are accepted and fail; a restart says in which state the server is."""
    azure = client_of(world_with(state=state))
    assert azure.finish(send(azure, "configurations"))["error"]["code"] == "ServerIsBusy"
    assert azure.finish(send(azure, "restart"))["error"]["message"].endswith(f"Current Server State = {state}")


def test_a_stopped_server_refuses_at_once(client_of, world_with):
    """F6: on a stopped server reads of parameters and administrators and all writes are 400 ServerStoppedError; the rest can be read."""
    azure = client_of(world_with(state="Stopped"))
    for path in ("/configurations", "/configurations/log_checkpoints", "/administrators"):
        refused = azure.get(azure.db + path)
        assert (refused.status, refused.code) == (400, "ServerStoppedError")
    for kind in ("configurations", "firewallRules", "administrators", "threat", "server"):
        assert send(azure, kind).code == "ServerStoppedError"
    assert azure.finish(send(azure, "restart"))["error"]["code"] == "ServerIsNotReady"
    assert azure.get(azure.db).json["properties"]["state"] == "Stopped"
    assert azure.get(f"{azure.db}/firewallRules").status == 200


def test_a_vanishing_server_refuses_everything_below_it(client_of, world_with):
    """A10: a server being dropped can be read, everything else is ServerGroupDropping."""
    azure = client_of(world_with(state="Dropping"))
    assert azure.get(azure.db).status == 200
    for answered in (
        azure.get(f"{azure.db}/configurations"),
        azure.get(f"{azure.db}/firewallRules"),
        send(azure, "restart"),
        send(azure, "server"),
    ):
        assert (answered.status, answered.code) == (400, "ServerGroupDropping")
        assert answered.message == "Operations on a server group in dropping state are not allowed."


@pytest.mark.parametrize("state", ["Provisioning", "Inaccessible", "Disabled"])
def test_parameters_of_a_server_that_is_not_there_yet(client_of, world_with, state):
    """A11: reading parameters of a server being created is a 500 with a tracking id (reported)."""
    azure = client_of(world_with(state=state))
    refused = azure.get(f"{azure.db}/configurations")
    assert (refused.status, refused.code) == (500, "InternalServerError")
    assert refused.message.startswith("An unexpected error occured while processing the request. Tracking ID: '")
    assert azure.get(f"{azure.db}/firewallRules").status == 200
