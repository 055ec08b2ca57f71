"""The wire under the official client's own transport, with recorded exchanges in order."""

import json

import pytest
import requests
import responses
from urllib3.exceptions import ProtocolError

from flexsec.azure.connection import Connection
from flexsec.errors import AnswerLost
from flexsec.model.acceptance import EndingKind

SERVER = "resourceGroups/rg/providers/Microsoft.DBforPostgreSQL/flexibleServers/shop-db"


@pytest.fixture
def wire():
    """Recorded exchanges under the official client; an unused one fails the test."""
    with responses.RequestsMock() as mocked:
        yield mocked


def test_a_parameter_is_written_and_followed(kit, wire):
    """G3, G4: PUT, 202, two polls of the signed URL as given, no final GET, and only Retry-After is waited."""
    target = f"https://management.azure.com/subscriptions/{kit.subscription}/{SERVER}/configurations/log_checkpoints"
    status, headers, body = kit.accepted()
    query = responses.matchers.query_param_matcher({"api-version": "2026-10-01"})
    sent = responses.matchers.json_params_matcher({"properties": {"value": "on", "source": "user-override"}})
    wire.put(target, body=body, status=status, headers=headers, match=[query, sent])
    for word in ("InProgress", "Succeeded"):
        answer = {"name": "7c2b", "status": word, "startTime": "2026-01-01T12:00:00Z"}
        wire.get(kit.status_url, json=answer, headers={"Retry-After": "10"})
    connection = Connection(kit.credential, kit.subscription, clock=kit.clock)
    acceptance = kit.write(connection)
    assert kit.finish(connection, acceptance).kind is EndingKind.SUCCEEDED
    assert [call.request.url for call in wire.calls][1:] == [kit.status_url] * 2
    assert kit.clock.elapsed == 20


@pytest.mark.parametrize(
    ("call", "method", "suffix", "body"),
    [
        (
            lambda c, k: c.configurations.begin_update(
                "rg", "shop-db", "log_checkpoints", {"properties": {"value": "on"}}, polling=False, cls=k
            ),
            "PATCH",
            "/configurations/log_checkpoints",
            {"properties": {"value": "on"}},
        ),
        (
            lambda c, k: c.firewall_rules.begin_create_or_update(
                "rg",
                "shop-db",
                "office",
                {"properties": {"startIpAddress": "1.2.3.4", "endIpAddress": "1.2.3.5"}},
                polling=False,
                cls=k,
            ),
            "PUT",
            "/firewallRules/office",
            {"properties": {"startIpAddress": "1.2.3.4", "endIpAddress": "1.2.3.5"}},
        ),
        (
            lambda c, k: c.firewall_rules.begin_delete("rg", "shop-db", "office", polling=False, cls=k),
            "DELETE",
            "/firewallRules/office",
            None,
        ),
        (
            lambda c, k: c.server_threat_protection_settings.begin_create_or_update(
                "rg", "shop-db", "Default", {"properties": {"state": "Enabled"}}, polling=False, cls=k
            ),
            "PUT",
            "/advancedThreatProtectionSettings/Default",
            {"properties": {"state": "Enabled"}},
        ),
        (
            lambda c, k: c.servers.begin_restart("rg", "shop-db", {"restartWithFailover": False}, polling=False, cls=k),
            "POST",
            "/restart",
            {"restartWithFailover": False},
        ),
    ],
    ids=["patch parameter", "put rule", "delete rule", "threat protection", "restart"],
)
def test_every_write_is_what_the_service_documents(kit, wire, call, method, suffix, body):
    """Each write has the documented verb, URL and body, and is sent once."""
    target = f"https://management.azure.com/subscriptions/{kit.subscription}/{SERVER}{suffix}"
    status, headers, answer = kit.accepted()
    wire.add(method, target, body=answer, status=status, headers=headers)
    connection = Connection(kit.credential, kit.subscription, clock=kit.clock)
    assert kit.write(connection, call).status_url == kit.status_url
    (only,) = wire.calls
    assert (json.loads(only.request.body) if only.request.body else None) == body
    assert only.request.params["api-version"] == "2026-10-01"


@pytest.mark.parametrize(
    "error",
    [
        requests.exceptions.ConnectTimeout("timed out"),
        requests.exceptions.ReadTimeout("timed out"),
        requests.exceptions.SSLError("certificate verify failed"),
        requests.exceptions.ConnectionError("Max retries exceeded with url: /op?t=1&s=canarysignature"),
        requests.exceptions.ChunkedEncodingError("IncompleteRead(3 bytes read)"),
        requests.exceptions.ChunkedEncodingError("other"),
        requests.exceptions.TooManyRedirects("loop"),
        requests.exceptions.InvalidHeader("bad"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_breaks_the_wire_is_a_lost_answer(kit, wire, error):
    """X29: every way in which a request can break is `AnswerLost`, sent once, without a signed URL in its words."""
    wire.put(
        f"https://management.azure.com/subscriptions/{kit.subscription}/{SERVER}/configurations/log_checkpoints",
        body=error,
    )
    connection = Connection(kit.credential, kit.subscription, clock=kit.clock)
    with pytest.raises(AnswerLost) as caught:
        kit.write(connection)
    assert "canarysignature" not in str(caught.value)
    assert len(wire.calls) == 1


def test_a_lost_answer_names_the_innermost_cause(kit, wire):
    """What a person needs to read is that the host is unknown or the connection was reset, not three layers of it."""
    inner = ProtocolError("Connection aborted.", ConnectionResetError(104, "Connection reset by peer"))
    target = f"https://management.azure.com/subscriptions/{kit.subscription}/{SERVER}/configurations/log_checkpoints"
    wire.put(target, body=requests.exceptions.ConnectionError(inner))
    with pytest.raises(AnswerLost) as caught:
        kit.write(Connection(kit.credential, kit.subscription, clock=kit.clock))
    assert caught.value.message.endswith("(Connection reset by peer)") or "[Errno 104]" in caught.value.message
    assert "Connection aborted" not in caught.value.message


def test_a_netrc_file_does_not_replace_the_token(kit, wire, monkeypatch, tmp_path):
    """The HTTP library would put a netrc password into the Authorization header; ours stays."""
    netrc = tmp_path / "netrc"
    netrc.write_text("default login me password canary\n")
    monkeypatch.setenv("NETRC", str(netrc))
    wire.get(f"https://management.azure.com/subscriptions/{kit.subscription}/resourceGroups/rg", json={})
    kit.read(Connection(kit.credential, kit.subscription, clock=kit.clock))
    assert wire.calls[0].request.headers["Authorization"] == f"Bearer {kit.token}"


@pytest.mark.parametrize(("left", "timeouts"), [(3600, (20, 90)), (45, (20, 45)), (7, (7, 7)), (0.5, (1, 1))])
def test_a_silent_network_does_not_outlast_the_deadline(kit, wire, left, timeouts):
    """A read waits for the network as long as there is time, at most 20 s to connect and 90 s for a byte."""
    wire.get(f"https://management.azure.com/subscriptions/{kit.subscription}/resourceGroups/rg", json={})
    kit.read(Connection(kit.credential, kit.subscription, clock=kit.clock), seconds=left)
    assert wire.calls[0].request.req_kwargs["timeout"] == timeouts


def test_a_connection_is_built_once(kit):
    """The official client is built on first use and kept."""
    connection = kit.connection(kit.json(200, {}))
    assert connection.postgresql is connection.postgresql
