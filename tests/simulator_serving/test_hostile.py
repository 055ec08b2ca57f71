"""Whatever a client does, it is answered or refused, and the server goes on serving."""

from __future__ import annotations

import socket
import ssl
import struct
from contextlib import ExitStack

import pytest

from flexsec.simulator import Fault
from flexsec.simulator.serving import Limits
from tests.simulator_serving.conftest import DB, QUICK, read_all

GET = b"GET /_simulator/clock HTTP/1.1\r\nHost: localhost\r\n"
PUT = b"PUT /_simulator/latency HTTP/1.1\r\nHost: localhost\r\n"
CLOSE = b"Connection: close\r\n\r\n"


@pytest.fixture
def quick(serving):
    """A client of a server with little patience."""
    with serving(limits=QUICK) as found:
        yield found


def test_http_on_the_https_port_is_told_so(client):
    """Plain HTTP is answered, in plain HTTP, with what to do."""
    received = client.send_raw(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", tls=False)
    assert received.startswith(b"HTTP/1.1 400 ")
    assert b"speaks HTTPS" in received
    assert client.alive()


def test_a_token_is_never_taken_without_tls(client):
    """A signed request for Resource Manager over plain HTTP is refused, whatever it holds."""
    head = (
        f"GET {DB}?api-version=2025-08-01 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {client.token}\r\n\r\n"
    )
    before = len(client.served.world.requests)
    assert client.send_raw(head.encode(), tls=False).startswith(b"HTTP/1.1 400 ")
    assert len(client.served.world.requests) == before


@pytest.mark.parametrize("junk", [b"\x00" * 50, b"\x16\x03\x01\x00\x05nope!", b"\xff" * 500, b"SSH-2.0-x\r\n", b"\x16"])
def test_junk_ends_its_own_connection_alone(quick, junk):
    """Bytes that are neither TLS nor HTTP end the connection."""
    quick.send_raw(junk, tls=False)
    assert quick.alive()


def test_a_client_that_says_nothing_is_let_go(quick):
    """A connection without a byte, before or after the handshake, ends after the time allowed."""
    assert quick.send_raw(b"", tls=False) == b""
    assert quick.send_raw(b"") == b""
    assert quick.alive()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /subscr", b"408"),
        (GET, b"408"),
        (PUT + b"Content-Length: 100\r\n\r\nhalf", b"408"),
        (PUT + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab", b"408"),
    ],
)
def test_a_half_sent_request_is_answered_in_time(quick, sent, status):
    """A request that stops in the middle is answered 408 and the connection closed."""
    assert quick.send_raw(sent).startswith(b"HTTP/1.1 " + status)
    assert quick.alive()


def test_a_client_that_goes_away_in_the_middle_disturbs_nobody(quick):
    """A connection cut in the handshake, in the headers, in the body, or before the answer is read."""
    for sent, tls in (
        (b"\x16\x03", False),
        (GET, True),
        (PUT + b"Content-Length: 9\r\n\r\nx", True),
        (GET + CLOSE, True),
    ):
        with quick.raw(tls=tls) as connection:
            connection.sendall(sent)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert quick.alive()


def test_a_body_of_50_mb_is_refused_and_the_refusal_read(client):
    """A client that sends all of a body that is too large gets to read that it is."""
    answered = client.ask("PUT", f"{DB}?api-version=2025-08-01", b"x" * 50_000_000)
    assert answered.status == 413
    assert "4194304" in answered.json["error"]["message"]
    assert client.alive()


def test_an_announced_body_is_refused_before_it_is_sent(client):
    """A client that asks first is told at once; a body that fits is asked for."""
    ask = PUT + b"Expect: 100-continue\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    assert client.send_raw(ask % 50_000_000).startswith(b"HTTP/1.1 413 ")
    with client.raw() as connection:
        connection.sendall(ask % 18)
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b'{"milliseconds":5}')
        assert read_all(connection).startswith(b"HTTP/1.1 200 ")


def test_a_chunked_body_is_read(client):
    """A body in chunks, with an extension and a trailer, is one body; a request after it is another one."""
    chunks = b'7;x=1\r\n{"milli\r\nb\r\nseconds":7}\r\n0\r\nTrailer: x\r\n\r\n'
    received = client.send_raw(PUT + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + GET + CLOSE)
    assert received.count(b"HTTP/1.1 200 ") == 2
    assert client.control("GET", "latency").json == {"milliseconds": 7}


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET\r\n\r\n", b"400"),
        (b"GET /x HTTP/2.0\r\nHost: localhost\r\n\r\n", b"400"),
        (b"GET  /x HTTP/1.1\r\nHost: localhost\r\n\r\n", b"400"),
        (b"GET x HTTP/1.1\r\nHost: localhost\r\n\r\n", b"400"),
        (b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n", b"400"),
        (b"GET /x HTTP/1.1\r\n\r\n", b"421"),
        (b"GET /x HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", b"400"),
        (b"GET /x HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n", b"400"),
        (b"GET /x HTTP/1.1\r\nHost: localhost\r\n folded: x\r\n\r\n", b"400"),
        (b"GET /x HTTP/1.1\r\nHost: localhost\r\nA: \x00\r\n\r\n", b"400"),
        (b"GET /" + b"x" * 40_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", b"431"),
        (b"GET /x HTTP/1.1\r\nHost: localhost\r\n" + b"A: b\r\n" * 200 + b"\r\n", b"431"),
        (PUT + b"Content-Length: -1\r\n\r\n", b"400"),
        (PUT + b"Content-Length: 1e3\r\n\r\n", b"400"),
        (PUT + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", b"400"),
        (PUT + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc", b"400"),
        (PUT + b"Transfer-Encoding: gzip\r\n\r\nabc", b"400"),
        (PUT + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", b"400"),
        (PUT + b"Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n", b"400"),
        (PUT + b"Transfer-Encoding: chunked\r\n\r\nffffff\r\nabc", b"413"),
    ],
)
def test_a_malformed_request_is_refused(client, sent, status):
    """What is not HTTP/1.1, or could be read in two ways, is refused in the form of the service's errors."""
    received = client.send_raw(sent)
    assert received.startswith(b"HTTP/1.1 " + status)
    assert b'{"error": {"code": ' in received
    assert client.alive()


def test_500_connections_at_once_are_served(client):
    """500 connections are open together and each gets its answer; afterwards they are gone."""
    with ExitStack() as stack:
        connections = [stack.enter_context(client.raw()) for _ in range(500)]
        for connection in connections:
            connection.sendall(GET + CLOSE)
        answers = [read_all(connection) for connection in connections]
        assert all(each.startswith(b"HTTP/1.1 200 ") for each in answers)
    assert client.alive()


def test_connections_beyond_the_limit_are_refused_at_once(serving):
    """With all connections taken, a further one is closed; when one ends there is room again."""
    with serving(limits=Limits(connections=3)) as client, ExitStack() as stack:
        held = [stack.enter_context(client.raw()) for _ in range(3)]
        for connection in held:
            connection.sendall(GET + b"\r\n")
            assert connection.recv(20).startswith(b"HTTP/1.1 200")
        with pytest.raises((ConnectionError, ssl.SSLError)), client.raw():
            raise AssertionError("the handshake was done")
        held[0].sendall(GET + CLOSE)
        assert read_all(held[0])
        assert any(_accepted(client) for _ in range(1000))


def _accepted(client):
    """Whether there is room for another connection by now."""
    try:
        return client.alive()
    except (ConnectionError, ssl.SSLError):
        return False


@pytest.mark.parametrize(("form", "applied"), [("reset_before", False), ("reset_after", True)])
def test_a_fault_resets_the_connection(client, form, applied):
    """The fault of a reset is a real reset of the TCP connection, before or after the write was accepted."""
    client.served.world.faults.add(Fault("X29", method="PUT", arguments={"form": form, "applied": applied}))
    body = {"properties": {"value": "on", "source": "user-override"}}
    with pytest.raises(ConnectionResetError):
        client.arm("PUT", f"{DB}/configurations/log_checkpoints", body)
    client.connection.close()
    client.served.advance(60)
    value = client.arm("GET", f"{DB}/configurations/log_checkpoints").json["properties"]["value"]
    assert value == ("on" if applied else "off")


def test_a_fault_makes_one_answer_slow(client):
    """A slow answer is the proper one, after the wait; the write took effect, and other requests do not wait."""
    waits = []
    client.served._application._sleep = waits.append
    client.served.world.faults.add(Fault("X29", method="PUT", arguments={"form": "slow", "seconds": 45}))
    body = {"properties": {"value": "on", "source": "user-override"}}
    assert client.arm("PUT", f"{DB}/configurations/log_checkpoints", body).status == 202
    assert client.arm("GET", DB).status == 200
    assert waits == [45]


def test_a_defect_is_a_clean_500(client, monkeypatch, log):
    """Should the simulator itself fail, the client gets the service's 500, the log a line without a traceback, and all goes on."""

    def fail(*_):
        raise RuntimeError("secret text")

    client.token  # noqa: B018 - signs in before
    with monkeypatch.context() as patch:
        patch.setattr("flexsec.simulator.serving.application.answer", fail)
        answered = client.arm("GET", DB)
    assert answered.status == 500
    assert answered.json["error"]["code"] == "InternalServerError"
    assert "RuntimeError" in log.text
    assert "secret text" not in log.text + answered.raw.decode()
    assert "Traceback" not in log.text
    assert client.arm("GET", DB).status == 200


def test_what_is_not_modelled_leaves_a_line_in_the_log(client, log):
    """An unknown resource or version is refused, and the log says which, so that a client's trouble is understood."""
    client.arm("GET", "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Nothing/things")
    assert "not modelled: GET" in log.text
    assert "Microsoft.Nothing/things" in log.text
