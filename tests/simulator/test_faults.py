"""Every fault: what it does to the answer, and whether the write takes effect."""

import json
from pathlib import Path

import pytest

from flexsec.simulator import ConnectionDropped, Fault, FaultPlan, World
from flexsec.simulator.fault_kinds import FAULTS

TENANT = "33333333-3333-3333-3333-333333333333"
RULE = {"startIpAddress": "198.51.100.7", "endIpAddress": "198.51.100.7"}


def arm(azure, fault_id, *, times=1, method=None, path=None, after=0, **arguments):
    """Switches a fault on."""
    azure.world.faults.add(Fault(fault_id, times=times, method=method, path=path, after=after, arguments=arguments))


def write(azure):
    """Writes the parameter that these tests look at."""
    return azure.set("log_checkpoints", "on")


def in_effect(azure):
    """Whether that write has taken effect."""
    return azure.value("log_checkpoints")["value"] == "on"


def written_normally(azure):
    """Whether a second write goes through, which shows that the fault is used up."""
    return azure.finish(write(azure))["status"] == "Succeeded" and in_effect(azure)


def test_x1_busy_at_submit(azure):
    """X1: 409 ServerIsBusy at once without Retry-After; nothing happens."""
    arm(azure, "X1")
    refused = write(azure)
    assert (refused.status, refused.code) == (409, "ServerIsBusy")
    assert "retry-after" not in refused.headers
    assert azure.world.next_due() is None
    assert written_normally(azure)


@pytest.mark.parametrize("code", ["ServerIsBusy", "ServerBusy", "ProvisioningServerBusy", ""])
def test_x2_busy_in_the_poll(azure, code):
    """X2: accepted, then Failed inside a 200 in each of the four spellings, the empty code included; nothing happens."""
    arm(azure, "X2", code=code)
    accepted = write(azure)
    ended = azure.finish(accepted, 3)
    assert (ended["status"], ended["error"]["code"]) == ("Failed", code)
    assert "is busy" in ended["error"]["message"]
    assert azure.get(accepted.headers["azure-asyncoperation"]).status == 200
    assert not in_effect(azure)
    assert azure.world.effects(azure.db) == ()
    assert written_normally(azure)


def test_x3_restart_too_early(azure):
    """X3: a restart is accepted and fails with ServerIsNotReady; pending parameters stay pending."""
    arm(azure, "X3")
    ended = azure.finish(azure.ask("POST", f"{azure.db}/restart"))
    assert ended["error"] == {
        "code": "ServerIsNotReady",
        "message": "Restart or Stop Server can only be performed on Started servers. Sever Name = shop-db, Current Server State = Updating",
    }
    assert azure.value("max_connections")["isConfigPendingRestart"] is True


def test_x4_administrator_too_early(client_of, world_with):
    """X4: an administrator is accepted and fails because the server is not accessible."""
    tenant = "33333333-3333-3333-3333-333333333333"
    azure = client_of(world_with(entra_auth="Enabled", tenant_id=tenant))
    arm(azure, "X4")
    body = {"principalType": "User", "principalName": "a@b.c", "tenantId": tenant}
    ended = azure.finish(azure.put(f"{azure.db}/administrators/{tenant}", body))
    assert ended["error"]["code"] == "AadAuthOperationCannotBePerformedWhenServerIsNotAccessible"
    assert azure.get(f"{azure.db}/administrators").json == {"value": []}


def test_x5_value_refused_late_or_early(azure):
    """X5: a parameter write fails in the poll with the message {0}, or at once with InvalidParameterValue."""
    arm(azure, "X5")
    assert azure.finish(write(azure))["error"] == {"code": "OperationFailed", "message": "{0}"}
    arm(azure, "X5", form="early")
    refused = write(azure)
    assert (refused.status, refused.code) == (400, "InvalidParameterValue")
    assert written_normally(azure)


def test_x7_internal_error_at_once(azure):
    """X7: 500 with a tracking id on any request; without `applied` nothing happens, with it the write goes on."""
    arm(azure, "X7", path="configurations", times=2)
    read, refused = azure.get(f"{azure.db}/configurations"), write(azure)
    for each in (read, refused):
        assert (each.status, each.code, each.headers["x-ms-failure-cause"]) == (500, "InternalServerError", "service")
    azure.wait(20)
    assert not in_effect(azure)
    arm(azure, "X7", applied=True)
    assert write(azure).status == 500
    azure.wait(20)
    assert in_effect(azure)


def test_x7_internal_error_in_the_poll(azure):
    """X7: the operation fails with InternalServerError; with `applied` it has taken effect all the same."""
    arm(azure, "X7", form="poll")
    assert azure.get(azure.db).status == 200, "reads do not use it up"
    assert azure.finish(write(azure))["error"]["code"] == "InternalServerError"
    assert not in_effect(azure)
    arm(azure, "X7", form="poll", applied=True)
    assert azure.finish(write(azure))["error"]["code"] == "InternalServerError"
    assert in_effect(azure)


def test_x12_accepted_and_ignored(azure):
    """X12: the operation succeeds and changes nothing, for any kind of write."""
    arm(azure, "X12", times=2)
    assert azure.finish(write(azure))["status"] == "Succeeded"
    assert azure.finish(azure.ask("DELETE", f"{azure.db}/firewallRules/office"))["status"] == "Succeeded"
    assert not in_effect(azure)
    assert azure.get(f"{azure.db}/firewallRules/office").status == 200
    assert azure.world.effects(azure.db) == ()


def test_x12_one_field_ignored(azure):
    """X12: of a server's PATCH only the named properties can be left out."""
    arm(azure, "X12", fields=["authConfig"])
    body = {
        "tags": {"a": "b"},
        "properties": {"authConfig": {"activeDirectoryAuth": "Enabled", "passwordAuth": "Enabled"}},
    }
    assert azure.finish(azure.patch(azure.db, body))["status"] == "Succeeded"
    found = azure.get(azure.db).json
    assert found["tags"] == {"a": "b"}
    assert found["properties"]["authConfig"] == {"activeDirectoryAuth": "Disabled", "passwordAuth": "Enabled"}


def test_x13_credentials_are_said_to_be_missing(client_of, world_with):
    """X13: a change of the server is accepted and fails with EngineCredentialsNotProvided, whatever was sent."""
    azure = client_of(world_with(entra_auth="Enabled", tenant_id=TENANT, password_auth="Disabled"))
    arm(azure, "X13")
    login = azure.world.server("shop-db").administrator_login
    both = {"administratorLogin": login, "administratorLoginPassword": "Correct-Horse-7"}
    body = {"properties": {"authConfig": {"activeDirectoryAuth": "Enabled", "passwordAuth": "Enabled"}, **both}}
    ended = azure.finish(azure.patch(azure.db, body))
    assert (ended["status"], ended["error"]["code"]) == ("Failed", "EngineCredentialsNotProvided")
    assert azure.world.server("shop-db").password_auth == "Disabled"
    assert azure.finish(azure.patch(azure.db, body))["status"] == "Succeeded"


def test_x14_administrators_refused(azure):
    """X14: listing administrators is a 400 whose words contain 'authentication is not enabled'."""
    arm(azure, "X14")
    refused = azure.get(f"{azure.db}/administrators")
    assert refused.status == 400
    assert "authentication is not enabled" in refused.message
    assert azure.get(f"{azure.db}/administrators").status == 200


def test_x19_stale_reads(azure):
    """X19: after success, so many reads show the old value, in the list as well; reads of other kinds are fresh."""
    arm(azure, "X19", reads=2)
    assert azure.finish(write(azure))["status"] == "Succeeded"
    assert not in_effect(azure)
    assert azure.get(f"{azure.db}/firewallRules").status == 200
    listed = {
        each["name"]: each["properties"]["value"] for each in azure.get(f"{azure.db}/configurations").json["value"]
    }
    assert listed["log_checkpoints"] == "off"
    assert in_effect(azure)


def test_x19_a_new_child_is_missing_at_first(azure):
    """X19: a new rule is a 404 for so many reads, and the staleness survives a save."""
    arm(azure, "X19", reads=1)
    assert azure.finish(azure.put(f"{azure.db}/firewallRules/new", RULE))["status"] == "Succeeded"
    azure.world = World.from_dict(azure.world.to_dict())
    assert azure.get(f"{azure.db}/firewallRules/new").status == 404
    assert azure.get(f"{azure.db}/firewallRules/new").status == 200


@pytest.mark.parametrize(
    ("state", "status", "code"),
    [("Stopped", 400, "ServerStoppedError"), ("Dropping", 400, "ServerGroupDropping"), ("Provisioning", 500, "InternalServerError"),
     ("Inaccessible", 500, "InternalServerError")],
)  # fmt: skip
def test_x20_another_state(azure, state, status, code):
    """X20: a Ready server refuses as if it were in another state."""
    arm(azure, "X20", state=state, times=2)
    refused = azure.get(f"{azure.db}/configurations")
    assert (refused.status, refused.code) == (status, code)
    second = write(azure)
    assert second.status == 400 or azure.finish(second)["error"]["code"] == "ServerIsBusy"
    assert written_normally(azure)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "ResourceRequestsThrottled",
            "exceeded the limit of '50' for time interval '00:05:00'. Please try again after '372' seconds.",
        ),
        ("SubscriptionRequestsThrottled", "exceeded the backend storage limit. Please try again after '372' seconds."),
        ("TooManyRequests", "The request is being throttled."),
        ("legacy", "exceeded the limit of '1200' for time interval '01:00:00'. Please try again after '372' seconds."),
    ],
)
def test_x22_throttled(azure, text, words):
    """X22: 429 in every wording, with its Retry-After and the counter at zero; nothing happens."""
    arm(azure, "X22", text=text, seconds=372)
    refused = write(azure)
    assert (refused.status, refused.headers["retry-after"]) == (429, "372")
    assert refused.message.endswith(words)
    assert refused.headers["x-ms-ratelimit-remaining-subscription-writes"] == "0"
    assert azure.world.next_due() is None


@pytest.mark.parametrize("header", [None, "0", "soon"])
def test_x22_odd_retry_after(azure, header):
    """X22: the header can be missing, zero or nonsense."""
    arm(azure, "X22", retry_after=header)
    assert azure.get(azure.db).headers.get("retry-after") == header


@pytest.mark.parametrize("word", ["InProgress", "Completed", "Updating", "Reticulating"])
def test_x23_never_ending(azure, word):
    """X23: the poll says the same word for ever, the server stays held and nothing happens."""
    arm(azure, "X23", status=word)
    accepted = write(azure)
    for _ in range(3):
        assert azure.finish(accepted, 86400)["status"] == word
    assert not in_effect(azure)
    assert azure.world.next_due() is None
    assert azure.finish(write(azure))["status"] == "Failed"


def test_x23_never_ending_but_applied(azure):
    """X23: with `applied` the write takes effect when due and frees the server, though the poll never says so."""
    arm(azure, "X23", status="Completed", applied=True)
    accepted = write(azure)
    assert azure.finish(accepted, 10)["status"] == "Completed"
    assert in_effect(azure)
    assert azure.get(accepted.headers["location"]).status == 202
    assert written_normally(azure)


@pytest.mark.parametrize(
    ("fault_id", "status", "code"),
    [("X24", 403, "AuthorizationFailed"), ("X25", 404, "ResourceNotFound"), ("X40", 500, "InternalServerError")],
)
def test_x24_x25_x40_the_status_url_fails(azure, fault_id, status, code):
    """X24, X25, X40: the status URL answers 403, 404 or 500 while the write goes on."""
    arm(azure, fault_id, times=2)
    accepted = write(azure)
    for _ in range(2):
        refused = azure.get(accepted.headers["azure-asyncoperation"])
        assert (refused.status, refused.code) == (status, code)
    assert azure.finish(accepted)["status"] == "Succeeded"
    assert in_effect(azure)
    if fault_id == "X24":
        assert "'Microsoft.DBforPostgreSQL/locations/azureAsyncOperation/read'" in refused.message
    if fault_id == "X40":
        assert refused.headers["x-ms-failure-cause"] == "service"


@pytest.mark.parametrize("status", [204, 200])
def test_x26_the_last_poll_is_empty(azure, status):
    """X26: a poll of a running operation is normal, the last one has no body; the write took effect."""
    arm(azure, "X26", status=status)
    accepted = write(azure)
    assert azure.poll(accepted)["status"] == "InProgress"
    azure.wait(10)
    last = azure.get(accepted.headers["azure-asyncoperation"])
    assert (last.status, last.raw) == (status, b"")
    assert in_effect(azure)


@pytest.mark.parametrize("status", [200, 201])
def test_x27_the_resource_at_once(azure, status):
    """X27: the write takes effect at once and answers with the resource instead of a 202."""
    arm(azure, "X27", status=status, times=2)
    answered = write(azure)
    assert (answered.status, answered.json["properties"]["value"]) == (status, "on")
    assert "azure-asyncoperation" not in answered.headers
    assert in_effect(azure)
    assert azure.ask("DELETE", f"{azure.db}/firewallRules/office").status == 200
    assert azure.get(f"{azure.db}/firewallRules/office").status == 404


def test_x28_one_action_forbidden(azure):
    """X28: 403 for matching actions only; other requests do not use it up."""
    arm(azure, "X28", times=None, action="*/configurations/write")
    assert azure.get(f"{azure.db}/configurations").status == 200
    refused = write(azure)
    assert (refused.status, refused.code) == (403, "AuthorizationFailed")
    assert "'Microsoft.DBforPostgreSQL/flexibleServers/configurations/write'" in refused.message


@pytest.mark.parametrize("applied", [False, True])
def test_x29_html(azure, applied):
    """X29: an HTML page instead of JSON; the write takes effect only with `applied`."""
    arm(azure, "X29", form="html", applied=applied)
    page = write(azure)
    assert (page.status, page.json) == (502, None)
    assert page.headers["content-type"].startswith("text/html")
    azure.wait(10)
    assert in_effect(azure) is applied


@pytest.mark.parametrize("form", ["truncated", "empty"])
def test_x29_half_an_answer(azure, form):
    """X29: the body is cut off or missing; the write takes effect."""
    arm(azure, "X29", form=form)
    answered = write(azure)
    assert (answered.status, answered.json) == (202, None)
    azure.wait(10)
    assert in_effect(azure)


@pytest.mark.parametrize(("form", "applied"), [("reset_before", False), ("reset_after", True)])
def test_x29_reset(azure, form, applied):
    """X29: the connection is reset before or after the request took effect, and the log shows a request without an answer."""
    arm(azure, "X29", form=form)
    with pytest.raises(ConnectionDropped):
        write(azure)
    assert azure.world.requests[-1].status is None
    azure.wait(10)
    assert in_effect(azure) is applied
    assert azure.world.requests[0].effect_applied is applied


def test_x30_a_missing_parameter(azure):
    """X30: a parameter is 404 ConfigurationNotExists on read and write, and missing in the list."""
    arm(azure, "X30", times=3, parameter="log_checkpoints")
    for refused in (azure.get(f"{azure.db}/configurations/log_checkpoints"), write(azure)):
        assert (refused.status, refused.code) == (404, "ConfigurationNotExists")
    assert "log_checkpoints" not in {each["name"] for each in azure.get(f"{azure.db}/configurations").json["value"]}
    assert "log_checkpoints" in {each["name"] for each in azure.get(f"{azure.db}/configurations").json["value"]}
    arm(azure, "X30", path="log_statement")
    assert azure.get(f"{azure.db}/configurations/log_statement").status == 404


def test_x31_busy_after_success(azure):
    """X31: after success the state says Ready, yet writes are refused for so many seconds, in the poll or at submit."""
    arm(azure, "X31", seconds=5)
    assert azure.finish(write(azure), 10)["status"] == "Succeeded"
    assert azure.get(azure.db).json["properties"]["state"] == "Ready"
    assert azure.finish(write(azure), 3)["error"]["code"] == "ServerIsBusy"
    azure.wait(2)
    arm(azure, "X31", seconds=5, form="submit")
    assert azure.finish(write(azure), 10)["status"] == "Succeeded"
    refused = write(azure)
    assert (refused.status, refused.code) == (409, "ServerIsBusy")
    azure.wait(5)
    assert written_normally(azure)


def test_x32_wedged(azure):
    """X32: the server is Updating for ever, writes fail as busy, a restart as not ready; other servers work."""
    arm(azure, "X32", path="shop-db")
    assert azure.finish(write(azure))["error"]["code"] == "ServerIsBusy"
    azure.wait(9000)
    assert azure.get(azure.db).json["properties"]["state"] == "Updating"
    assert azure.finish(azure.ask("POST", f"{azure.db}/restart"))["error"]["code"] == "ServerIsNotReady"
    assert not in_effect(azure)
    assert World.from_dict(azure.world.to_dict()).server("shop-db").wedged


def test_x33_a_sequence_of_states(azure):
    """X33: reads of the server show the given states one after the other, unknown words included, then the truth."""
    arm(azure, "X33", times=3, states=["Restarting", "Reticulating", "Starting"])
    shown = [azure.get(azure.db).json["properties"]["state"] for _ in range(4)]
    assert shown == ["Restarting", "Reticulating", "Starting", "Ready"]


def test_x33_zones_exchanged_by_a_restart(client_of, world_with):
    """X33: after a plain restart primary and standby may have changed zones; the rest of the server is as before."""
    azure = client_of(world_with(high_availability="ZoneRedundant", availability_zone="1", standby_zone="2"))
    arm(azure, "X33", form="zones")
    assert _zones(azure) == ("1", "2"), "reads do not use it up"
    before = azure.get(azure.db).json
    assert azure.finish(azure.ask("POST", f"{azure.db}/restart"))["status"] == "Succeeded"
    assert _zones(azure) == ("2", "1")
    after = azure.get(azure.db).json
    after["properties"]["availabilityZone"] = "1"
    after["properties"]["highAvailability"]["standbyAvailabilityZone"] = "2"
    for body in (before, after):
        del body["properties"]["backup"]["earliestRestoreDate"]  # goes with the clock
    assert after == before
    azure.finish(azure.ask("POST", f"{azure.db}/restart"))
    assert _zones(azure) == ("2", "1"), "the fault is used up"


def _zones(azure):
    told = azure.get(azure.db).json["properties"]
    return told["availabilityZone"], told["highAvailability"]["standbyAvailabilityZone"]


def test_x36_rules_on_private_servers(client_of, world_with, vnet):
    """X36: a rule on a VNet server can be refused instead of stored."""
    azure = client_of(world_with(**vnet))
    arm(azure, "X36")
    assert azure.put(f"{azure.db}/firewallRules/x", RULE).status == 400
    assert azure.put(f"{azure.db}/firewallRules/x", RULE).status == 202


def test_x38_spellings(azure):
    """X38: a value is stored in another spelling, a set's elements in another order."""
    arm(azure, "X38", spelling="upper")
    azure.finish(write(azure))
    assert azure.value("log_checkpoints")["value"] == "ON"
    arm(azure, "X38", spelling="reversed")
    azure.finish(azure.set("pgaudit.log", "read,write,ddl"))
    assert azure.value("pgaudit.log")["value"] == "ddl,write,read"


def test_x41_cancelled(azure):
    """X41: the operation ends Canceled with OperationCancelled; nothing happens."""
    arm(azure, "X41")
    ended = azure.finish(write(azure))
    assert ended["status"] == "Canceled"
    assert ended["error"] == {"code": "OperationCancelled", "message": "The operation has been cancelled by user."}
    assert not in_effect(azure)


def test_x15_a_principal_cannot_be_validated(client_of, world_with):
    """X15: an administrator is accepted and fails with 0LP01 in its words; nothing happens."""
    azure = client_of(world_with(entra_auth="Enabled", tenant_id=TENANT))
    arm(azure, "X15")
    body = {"principalType": "User", "principalName": "alice@contoso.com", "tenantId": TENANT}
    path = f"{azure.db}/administrators/44444444-4444-4444-4444-444444444444"
    ended = azure.finish(azure.put(path, body))
    assert ended["status"] == "Failed"
    assert "0LP01" in ended["error"]["message"]
    assert azure.world.server("shop-db").administrators == {}
    assert azure.finish(azure.put(path, body))["status"] == "Succeeded"


def test_x16_another_plan_is_being_changed(azure):
    """X16: changing a Defender plan is refused as a conflict, reading goes on, and nothing happens."""
    plan = f"{azure.db.partition('/resourceGroups')[0]}/providers/Microsoft.Security/pricings/OpenSourceRelationalDatabases"
    arm(azure, "X16", times=1)
    refused = azure.put(plan, {"pricingTier": "Standard"}, version="2024-01-01")
    assert (refused.status, refused.code) == (409, "Conflict")
    assert refused.message == "Another update operation is in progress. Please retry in a few minutes"
    assert "retry-after" not in refused.headers
    assert azure.get(plan, version="2024-01-01").json["properties"]["pricingTier"] == "Free"
    assert azure.put(plan, {"pricingTier": "Standard"}, version="2024-01-01").status == 200


@pytest.mark.parametrize(
    "code",
    [
        "AzureKeyVaultKeyNotFound",
        "CMKInvalidEncryptionParameters",
        "CMKNotSupportedForGeoRedundantBackupEnabledServer",
    ],
)
def test_x18_keys_refused_in_the_poll(azure, code):
    """X18: a change of the server is accepted, and the poll says Failed with one of three codes; nothing changes."""
    arm(azure, "X18", code=code)
    accepted = azure.patch(azure.db, {"tags": {"env": "prod"}})
    ended = azure.finish(accepted)
    assert (ended["status"], ended["error"]["code"]) == ("Failed", code)
    assert ended["error"]["message"]
    assert "env" not in azure.get(azure.db).json.get("tags", {})
    assert azure.finish(azure.patch(azure.db, {"tags": {"env": "prod"}}))["status"] == "Succeeded"


def test_every_fault_is_tested():
    """The catalogue of faults and this file name the same faults, and each says what it does and how it is known."""
    text = Path(__file__).read_text("utf-8")
    for fault_id, kind in FAULTS.items():
        assert f"{fault_id.lower()}_" in text, fault_id
        assert all((kind.what, kind.provenance, kind.on))


def test_place_number_and_delay(azure):
    """A fault strikes only at its place, lets the first matches pass, and only so many times."""
    arm(azure, "X1", method="put", path=r"configurations/log_", after=1, times=2)
    assert azure.ask("DELETE", f"{azure.db}/firewallRules/nope").status == 204
    statuses = []
    for _ in range(5):
        statuses.append(write(azure).status)
        azure.wait(20)
    assert statuses == [202, 409, 409, 202, 202]
    assert azure.world.faults.fired("X1") == 2


def test_probability_is_repeatable(client_of):
    """A fault with a probability strikes the same requests every time for the same seed, and others for another."""

    def strikes(seed):
        azure = client_of()
        azure.world.faults.add(Fault("X7", times=None, probability=0.5, seed=seed))
        return [azure.get(azure.db).status for _ in range(30)]

    assert strikes(1) == strikes(1) != strikes(2)
    assert set(strikes(1)) == {200, 500}


def test_a_plan_survives_being_saved(azure):
    """Faults and their counts come back from a file, and go on counting where they were."""
    arm(azure, "X2", times=3, after=1, code="ServerBusy")
    for _ in range(2):
        azure.finish(write(azure))
    azure.world = World.from_dict(json.loads(json.dumps(azure.world.to_dict())))
    ended = [azure.finish(write(azure))["status"] for _ in range(3)]
    assert ended == ["Failed", "Failed", "Succeeded"]
    assert len(azure.world.faults) == 1
    azure.world.faults.clear()
    assert list(azure.world.faults) == []


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"id": "X99"}, "unknown fault 'X99'"),
        ({}, "no id"),
        ({"id": "X2", "colour": 1}, "unknown key 'colour'"),
        ({"id": "X2", "tims": 1}, "did you mean 'times'?"),
        ({"id": "X2", "arguments": {"cod": ""}}, "did you mean 'code'?"),
        ({"id": "X2", "arguments": {"code": "Busy"}}, "expected one of 'ServerIsBusy'"),
        ({"id": "X1", "arguments": {"code": ""}}, "it has none"),
        ({"id": "X19", "arguments": {"reads": "two"}}, "expected a number"),
        ({"id": "X19", "arguments": {"reads": True}}, "reads is True"),
        ({"id": "X23", "arguments": {"applied": "yes"}}, "expected true or false"),
        ({"id": "X33", "arguments": {"states": "Ready"}}, "expected a list"),
        ({"id": "X12", "arguments": {"fields": ["colour"]}}, "expected a list of network"),
        ({"id": "X22", "arguments": {"retry_after": 3}}, "expected a text or null"),
        ({"id": "X1", "path": "("}, "no regular expression"),
        ({"id": "X1", "times": "often"}, "times is 'often'"),
        ({"id": "X1", "times": -1}, "times is -1"),
        ({"id": "X1", "probability": 2}, "between 0 and 1"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(entry, words):
    """An unknown id, key or argument and a value of the wrong kind are refused with what is right."""
    with pytest.raises(ValueError) as refused:
        FaultPlan.from_list([entry])
    assert words in str(refused.value)
