import json
from datetime import date

import pytest

from flexsec import FlexSec, Leave, ServerId
from flexsec.azure.connection import Connection
from flexsec.azure.in_process import InProcessTransport
from flexsec.errors import Forbidden
from flexsec.model.clock import Deadline
from flexsec.observers import firewall
from flexsec.testing import RecordingTransport, replayed, simulated, write_recording
from flexsec.testing.simulation import SimulatedCredential

DAY = date(2027, 1, 31)


def _connection(simulation, transport):
    return Connection(simulation.credential, simulation.subscription_id, clock=simulation.clock, transport=transport)


def test_what_was_recorded_plays_back(tmp_path):
    """A recording made from the simulator answers the same code with the same values, scrubbed."""
    with simulated("insecure") as simulation:
        target = ServerId(simulation.subscription_id, "rg-shop", "shop-db")
        transport = RecordingTransport(simulation.transport)
        with transport:
            seen = firewall.observe(_connection(simulation, transport), target, deadline=Deadline(simulation.clock, 60))
        write_recording(transport.recording(about="x", source="simulator", recorded=DAY), tmp_path / "case.json")

        stand_in = ServerId("00000000-0000-0000-0000-000000000001", "group-1", "server-1")
        with replayed(tmp_path / "case.json"):
            connection = Connection(simulation.credential, stand_in.subscription_id, clock=simulation.clock)
            played = firewall.observe(connection, stand_in, deadline=Deadline(simulation.clock, 60))
    assert [rule.kind for rule in played] != []
    assert sorted(rule.kind for rule in played) == sorted(rule.kind for rule in seen)
    assert "shop" not in (tmp_path / "case.json").read_text()


def test_whole_hardening_plays_back(tmp_path):
    """A hardening recorded through the library plays back under it request by request, in the same order, with the same end."""
    leave = Leave(restart=True, closing=("firewall",), without_evidence="a test")

    def harden(simulation, transport, server):
        client = FlexSec(
            simulation.credential,
            server.subscription_id,
            transport=transport,
            clock=simulation.clock,
            state_directory=tmp_path / server.name,
        )
        return client.server(server.resource_group, server.name).harden(leave=leave)

    with simulated("insecure") as simulation:
        transport = RecordingTransport(simulation.transport)
        seen = harden(simulation, transport, ServerId(simulation.subscription_id, "rg-shop", "shop-db"))
    recording = transport.recording(about="A hardening.", source="simulator", recorded=DAY)
    with simulated("insecure") as again, replayed(recording):
        stand_in = ServerId("00000000-0000-0000-0000-000000000001", "group-1", "server-1")
        played = harden(again, None, stand_in)
    assert seen.run.status == played.run.status == "complete"
    assert [o.change.kind for o in played.run.outcomes] == [o.change.kind for o in seen.run.outcomes]
    assert [v.status for v in played.after.verdicts] == [v.status for v in seen.after.verdicts]


def test_token_never_gets_in(tmp_path):
    """D15: the access token is in no recording, not even when the service echoes it in an error, whatever its form."""
    token = "opaque-canary-7d1f"

    def echo(method, url, headers, body):
        text = {"error": {"code": "AuthorizationFailed", "message": f"token {token} and {headers['Authorization']}"}}
        return 403, {"Content-Type": "application/json", "x-ms-request-id": token}, json.dumps(text).encode()

    with simulated("insecure") as simulation:
        transport = RecordingTransport(InProcessTransport(echo))
        connection = Connection(
            SimulatedCredential(token), simulation.subscription_id, clock=simulation.clock, transport=transport
        )
        target = ServerId(simulation.subscription_id, "rg-shop", "shop-db")
        with pytest.raises(Forbidden):
            firewall.observe(connection, target, deadline=Deadline(simulation.clock, 60))
    file = tmp_path / "case.json"
    write_recording(transport.recording(about="x", source="live", recorded=DAY), file)
    text = file.read_text()
    assert token not in text
    assert "AuthorizationFailed" in text
    assert 'authorization"' not in text.lower()


def test_answers_that_are_no_json_are_kept(tmp_path):
    """A page of HTML is recorded as the text it is, and an empty answer as an empty text."""
    answers = iter([(502, {"Content-Type": "text/html"}, b"<html>"), (204, {}, b"")])
    transport = RecordingTransport(InProcessTransport(lambda *_: next(answers)))
    from azure.core.rest import HttpRequest

    for _ in range(2):
        transport.send(HttpRequest("GET", "https://management.azure.com/x"), stream=True)
    first, second = transport.recording(about="x", source="simulator", recorded=DAY).exchanges
    assert (first.answer, first.is_json, first.status) == ("<html>", False, 502)
    assert (second.answer, second.is_json, second.status) == ("", False, 204)
