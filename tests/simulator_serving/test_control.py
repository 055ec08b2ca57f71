"""The control endpoint tells what was asked, switches faults on and moves the time."""

from __future__ import annotations

import json
from collections import deque

import pytest

from flexsec.simulator import World
from tests.simulator_serving.conftest import DB

SET = {"properties": {"value": "on", "source": "user-override"}}
PARAMETER = f"{DB}/configurations/log_checkpoints"


def test_requests_are_listed_filtered_and_counted(client):
    """The log counts what fits the filter, lists it in order with running numbers, and goes on from a number."""
    client.arm("GET", DB)
    client.arm("PUT", PARAMETER, SET)
    client.arm("GET", f"{DB}x")
    everything = client.control("GET", "requests").json
    assert everything["total"] == everything["count"] == 4  # with signing in
    assert [each["number"] for each in everything["requests"]] == [0, 1, 2, 3]
    put = client.control("GET", "requests?method=put&path=configurations/LOG_").json
    assert put["count"] == 1
    assert (put["requests"][0]["status"], put["requests"][0]["mutating"]) == (202, True)
    assert client.control("GET", "requests?status=4xx").json["requests"][0]["path"] == f"{DB}x"
    assert client.control("GET", "requests?status=404&method=PUT").json["count"] == 0
    assert client.control("GET", "requests?after=3").json["count"] == 1
    assert client.control("GET", "requests?mutating=true").json["count"] == 1
    short = client.control("GET", "requests?limit=1").json
    assert (short["count"], [each["number"] for each in short["requests"]]) == (4, [3])


def test_the_log_tells_whether_a_write_took_effect(client):
    """A write that was accepted is shown as applied once its operation is over."""
    client.arm("PUT", PARAMETER, SET)
    assert not client.control("GET", "requests?method=PUT").json["requests"][0]["effect_applied"]
    client.control("POST", "clock", {"advance_seconds": 60})
    assert client.control("GET", "requests?method=PUT").json["requests"][0]["effect_applied"]


def test_the_most_writes_in_flight_are_told_per_server(client):
    """How many operations ran on a server at once can be read, and how many requests were answered at once."""
    client.arm("PUT", PARAMETER, SET)
    client.control("POST", "clock", {"advance_seconds": 60})
    client.arm("PUT", f"{DB}/configurations/log_disconnections", SET)
    found = client.control("GET", "requests").json
    assert found["max_writes_in_flight"][DB] == 1
    assert found["max_in_flight"] == 1


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("colour=red", "unknown filter 'colour'"),
        ("metod=GET", "did you mean 'method'?"),
        ("status=9", "expected one such as 202"),
        ("mutating=maybe", "expected true or false"),
        ("after=-1", "expected a whole number"),
        ("limit=all", "expected a whole number"),
        ("path=(", "no regular expression"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(client, query, words):
    """A wrong filter is refused with what is right; nothing is guessed."""
    refused = client.control("GET", f"requests?{query}")
    assert refused.status == 400
    assert words in refused.json["error"]["message"]


def test_faults_are_switched_on_and_off(client):
    """A fault strikes as often as asked, shows what it did, and is gone when cleared."""
    added = client.control("POST", "faults", {"id": "X40", "path": "azureAsyncOperation", "times": 1})
    assert added.json["faults"] == [{"id": "X40", "path": "azureAsyncOperation", "times": 1}]
    accepted = client.arm("PUT", PARAMETER, SET)
    status_url = accepted.headers["azure-asyncoperation"].removeprefix(client.served.endpoint["arm_endpoint"])
    head = {"Authorization": f"Bearer {client.token}"}
    assert [client.ask("GET", status_url, headers=head).status for _ in range(2)] == [500, 200]
    assert client.control("GET", "faults").json["faults"][0]["fired"] == 1
    assert client.control("DELETE", "faults").json == {"faults": []}
    assert client.control("GET", "faults").json == {"faults": []}


def test_faults_are_added_all_or_none(client):
    """In a list of faults one with a typo is named, and none of the others is switched on."""
    refused = client.control("POST", "faults", {"faults": [{"id": "X1"}, {"id": "X2", "tymes": 3}]})
    assert refused.status == 400
    message = refused.json["error"]["message"]
    assert "$[1].tymes" in message
    assert "did you mean 'times'?" in message
    assert client.control("GET", "faults").json == {"faults": []}
    assert len(client.control("POST", "faults", [{"id": "X1"}, {"id": "X2"}]).json["faults"]) == 2


@pytest.mark.parametrize("body", [b"", b"{", b"7", b"[1]", b'{"id": "X99"}', b'{"id": 1}', b'{"times": 1}'])
def test_what_is_no_fault_is_refused(client, body):
    """A body that is no fault is a 400 with a sentence."""
    refused = client.control("POST", "faults", body)
    assert refused.status == 400
    assert len(refused.json["error"]["message"]) > 20


def test_throttling_is_switched_on(client):
    """Token buckets can be set while the server runs: the second read is throttled with the service's own headers."""
    wanted = {"reads": {"size": 1, "refill": 0.001}}
    assert client.control("PUT", "throttling", wanted).json["throttling"]["reads"] == {"size": 1, "refill": 0.001}
    assert client.arm("GET", DB).status == 200
    throttled = client.arm("GET", DB)
    assert throttled.status == 429
    assert int(throttled.headers["retry-after"]) > 0
    assert client.control("PUT", "throttling", False).json == {"throttling": None}
    assert client.arm("GET", DB).status == 200


def test_rights_are_taken_away(client):
    """Principals can be set while the server runs: who may only read gets the service's refusal for a write."""
    reader = {"object_id": "66666666-6666-6666-6666-666666666666", "allowed_actions": ["*/read"]}
    client.control("PUT", "principals", {"default": reader})
    assert client.arm("GET", DB).status == 200
    refused = client.arm("PUT", PARAMETER, SET)
    assert refused.status == 403
    assert refused.json["error"]["code"] == "AuthorizationFailed"


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("throttling", {"raeds": {}}, "did you mean 'reads'?"),
        (
            "principals",
            {"default": {}},
            "$.principals.default: found an object without it, expected a member 'object_id'",
        ),
        ("durations", {"server": "long"}, "$.durations.server"),
        ("clock", {"advance_seconds": -1}, "expected 0 to"),
        ("clock", {"advance_seconds": True}, "advance_seconds"),
        ("clock", {"advance_seconds": 1e12}, "expected 0 to"),
        ("latency", {"milliseconds": "1"}, "milliseconds"),
        ("sign_in", {"applications": [{"client_id": "me"}]}, "$.sign_in.applications[0]"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_place(client, name, body, words):
    """Settings are checked as in a world file; the message names the place and what is expected."""
    refused = client.control("POST" if name == "clock" else "PUT", name, body)
    assert refused.status == 400
    assert words in refused.json["error"]["message"]


def test_the_world_can_be_read_as_it_is_now(client):
    """The whole world comes as a world file that can be loaded, with what has come due carried out."""
    client.arm("PUT", PARAMETER, SET)
    client.control("POST", "clock", {"advance_seconds": 60})
    document = client.control("GET", "world").json
    assert World.from_dict(document).server("shop-db").parameters["log_checkpoints"].value == "on"


def test_time_moves_when_told(client):
    """Moving the clock ahead moves the service's time by as much."""
    before = client.served.clock.now()
    client.control("POST", "clock", {"advance_seconds": 86400.5})
    assert 86400.5 <= (client.served.clock.now() - before).total_seconds() < 86430
    assert client.control("GET", "clock").json["time_scale"] == 1.0


def test_time_cannot_be_moved_out_of_the_calendar(client):
    """Moving the clock to the end of time is refused in the end, and the service answers as before."""
    moves = [client.control("POST", "clock", {"advance_seconds": 3660 * 86400}).status for _ in range(700)]
    assert (moves[0], moves[-1]) == (200, 400)
    client._token = ""  # the first one has expired
    assert client.arm("PUT", PARAMETER, SET).status == 202


def test_web_pages_cannot_use_the_control_endpoint(client):
    """A request that a browser sends for another origin's page is refused and changes nothing."""
    own = client.served.endpoint["arm_endpoint"]
    fault = json.dumps({"id": "X1"}).encode()
    for origin in ("https://evil.example", "null", own.replace("https", "http"), "https://127.0.0.1"):
        head = {"Origin": origin, "Content-Type": "text/plain"}
        refused = client.ask("POST", "/_simulator/faults", fault, headers=head)
        assert (refused.status, refused.json["error"]["code"]) == (403, "ForeignOrigin")
    assert client.control("GET", "faults").json == {"faults": []}
    assert client.ask("POST", "/_simulator/faults", fault, headers={"Origin": own}).status == 200


def test_the_control_endpoint_tells_what_there_is(client):
    """Its root lists paths and methods; a wrong path or method is answered with the right ones."""
    listed = client.control("GET", "").json
    assert listed["/_simulator/faults"] == ["GET", "POST", "DELETE"]
    assert "did you mean 'faults'?" in client.control("GET", "fauls").json["error"]["message"]
    refused = client.control("DELETE", "clock")
    assert (refused.status, refused.json["error"]["message"]) == (405, "/_simulator/clock takes GET, POST")


def test_the_control_endpoint_is_not_in_the_log(client):
    """Asking about requests does not count as one."""
    client.arm("GET", DB)
    before = client.control("GET", "requests").json["total"]
    assert client.control("GET", "requests").json["total"] == before


def test_a_change_by_control_is_kept_in_the_file(serving, tmp_path):
    """Faults that are switched on in a kept world are in its file at once."""
    path = tmp_path / "world.json"
    World.builtin("insecure").save(path)
    world = World.load(path)
    world.attach(path)
    with serving(world) as client:
        client.control("POST", "faults", {"id": "X1"})
        assert json.loads(path.read_text())["faults"][0]["id"] == "X1"


def test_of_very_many_requests_the_last_are_listed(client, monkeypatch):
    """The log does not grow for ever: the oldest requests go, and the running numbers stay what they were."""
    world = client.served.world
    client.arm("GET", DB)
    monkeypatch.setattr(world, "_records", deque(world._records, maxlen=2))
    client.arm("GET", f"{DB}/firewallRules")
    found = client.control("GET", "requests").json
    assert (found["total"], found["count"]) == (3, 2)
    assert [each["number"] for each in found["requests"]] == [1, 2]
