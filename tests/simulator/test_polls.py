"""Following operations through their two URLs."""

from urllib.parse import parse_qs, urlsplit

import pytest


def test_the_accepted_answer_names_two_signed_urls(azure):
    """A 202 carries Azure-AsyncOperation and Location with one operation id, the normalised location and a long signed query (recorded)."""
    accepted = azure.set("log_checkpoints", "on")
    status, result = urlsplit(accepted.headers["azure-asyncoperation"]), urlsplit(accepted.headers["location"])
    assert status.path.rsplit("/", 1)[1] == result.path.rsplit("/", 1)[1]
    prefix = (
        "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.DBforPostgreSQL/locations/westeurope"
    )
    assert status.path.startswith(f"{prefix}/azureAsyncOperation/")
    assert result.path.startswith(f"{prefix}/operationResults/")
    assert list(parse_qs(status.query)) == ["api-version", "t", "c", "s", "h"]
    assert 2800 < len(accepted.headers["azure-asyncoperation"]) < 3400


def test_urls_follow_the_host_that_was_asked(azure):
    """The status URL leads back to the endpoint that was asked, so that sovereign clouds and local endpoints work."""
    url = f"https://arm.example:8443{azure.db}/configurations/log_checkpoints"
    accepted = azure.put(url, {"value": "on", "source": "user-override"})
    assert accepted.headers["azure-asyncoperation"].startswith("https://arm.example:8443/subscriptions/")


def test_a_poll_is_a_200_with_the_recorded_members(azure):
    """A poll is a 200 with name, status and startTime, and the Retry-After of the 202, the last poll included (recorded)."""
    accepted = azure.set("log_checkpoints", "on")
    for seconds, status in ((0, "InProgress"), (10, "Succeeded")):
        azure.wait(seconds)
        poll = azure.get(accepted.headers["azure-asyncoperation"])
        assert (poll.status, poll.headers["retry-after"]) == (200, "10")
        assert poll.json == {"name": poll.json["name"], "status": status, "startTime": "2026-01-05T09:00:00Z"}


def test_a_restart_has_no_retry_after(azure):
    """No Retry-After was recorded for a restart; its result is a bare object with the server's name (recorded)."""
    accepted = azure.ask("POST", f"{azure.db}/restart", {"restartWithFailover": False})
    assert accepted.json["operation"] == "RestartServerManagementOperation"
    assert "retry-after" not in accepted.headers
    assert azure.get(accepted.headers["location"]).status == 202
    azure.wait(62)
    result = azure.get(accepted.headers["location"])
    assert (result.status, result.json) == (200, {"properties": {}, "name": "shop-db", "type": "PostgreSQL"})


def test_the_result_of_a_delete_is_empty(azure):
    """After a DELETE the result URL answers 200 without a body (recorded)."""
    accepted = azure.ask("DELETE", f"{azure.db}/firewallRules/office")
    azure.wait(60)
    result = azure.get(accepted.headers["location"])
    assert (result.status, result.raw) == (200, b"")


@pytest.mark.parametrize("change", [("&s=", "&s=x"), ("azureAsyncOperation", "operationResults"), ("&h=", "&g=")])
def test_a_changed_status_url_is_refused(azure, change):
    """A status URL must be presented unchanged: signatures of one URL do not fit another."""
    url = azure.set("log_checkpoints", "on").headers["azure-asyncoperation"]
    assert azure.get(url.replace(*change)).status == 400


def test_an_unknown_operation_is_a_404(azure):
    """An operation that never was, or of another subscription, is not found."""
    url = azure.set("log_checkpoints", "on").headers["azure-asyncoperation"]
    name = urlsplit(url).path.rsplit("/", 1)[1]
    assert azure.get(url.replace(name, "0" * 36)).status == 404
    assert (
        azure.get(url.replace("11111111-1111-1111-1111-111111111111", "99999999-1111-1111-1111-111111111111")).status
        == 404
    )


def test_what_is_due_happens_in_order_whoever_asks(azure):
    """Operations end when they are due, in that order, even when nobody polls them."""
    azure.put(f"{azure.db}/advancedThreatProtectionSettings/Default", {"state": "Enabled"})
    other = azure.world.server_id("shop-archive")
    azure.world.server("shop-archive").state = "Ready"
    azure.put(f"{other}/configurations/log_checkpoints", {"value": "off", "source": "user-override"})
    assert azure.world.next_due() == azure.world.clock.replace(second=10)
    azure.wait(1000)
    azure.get(azure.db)
    assert azure.world.next_due() is None
    assert (
        azure.get(f"{azure.db}/advancedThreatProtectionSettings/Default")
        .json["properties"]["creationTime"]
        .startswith("2026-01-05T09:00:11")
    )
    assert azure.world.effects(other) == ("write configurations/log_checkpoints",)


def test_durations_are_the_worlds_to_choose(client_of, world_with):
    """A world can say how long each kind of operation takes; zero ends it at once, still through a 202."""
    azure = client_of(world_with() | {"durations": {"configurations": 0, "restart": 5}})
    accepted = azure.set("log_checkpoints", "off")
    assert accepted.status == 202
    assert azure.poll(accepted)["status"] == "Succeeded"
    restarted = azure.ask("POST", f"{azure.db}/restart")
    azure.wait(5)
    assert azure.poll(restarted)["status"] == "Succeeded"


def test_equal_histories_give_equal_answers(client_of):
    """The same requests at the same times on the same world give the same bytes and headers."""
    first, second = client_of(), client_of()
    for azure in (first, second):
        azure.accepted = azure.set("log_checkpoints", "on")
        azure.wait(10)
    assert first.accepted == second.accepted
    assert first.get(first.db) == second.get(second.db)
    assert first.world.to_dict() == second.world.to_dict()
