"""The in-process transport: what the handler gets and what the client sees."""

import gzip
import threading

import pytest

from flexsec.azure.in_process import InProcessTransport
from flexsec.errors import AnswerLost


def test_the_handler_gets_the_request_as_sent(kit):
    """Method, whole URL, headers and body arrive as on a wire."""
    kit.write(kit.connection(kit.accepted()))
    method, url, headers, body, _ = kit.script.requests[0]
    assert method == "PUT"
    assert url.endswith("/configurations/log_checkpoints?api-version=2026-10-01")
    assert headers["Content-Type"] == "application/json"
    assert body == b'{"properties": {"value": "on", "source": "user-override"}}'


def test_a_packed_answer_is_unpacked(kit):
    """Content-Encoding works as over a socket."""
    packed = (200, {"Content-Encoding": "gzip", "Content-Type": "application/json"}, gzip.compress(b'{"a": 1}'))
    assert kit.read(kit.connection(packed)) == {"a": 1}


def test_a_connection_error_is_a_broken_connection(kit):
    """Any ConnectionError of the handler is what a reset socket would be."""

    class Dropped(ConnectionError):
        pass

    with pytest.raises(AnswerLost):
        kit.write(kit.connection(Dropped("gone")))


def test_another_exception_of_the_handler_comes_out(kit):
    """A bug in the handler is not disguised as a broken connection."""
    with pytest.raises(ZeroDivisionError):
        kit.write(kit.connection(ZeroDivisionError("bug")))


def test_the_environment_has_no_say(kit, monkeypatch, tmp_path):
    """Neither a proxy nor a netrc file of this machine touches an in-process request."""
    netrc = tmp_path / "netrc"
    netrc.write_text("default login me password canary\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid:1")
    kit.read(kit.connection(kit.json(200, {})))
    assert kit.script.requests[0][2]["Authorization"] == f"Bearer {kit.token}"


def test_threads_may_share_it(kit):
    """Reads from several threads get each its own answer."""

    def echo(method, url, headers, body):
        return 200, {}, b'{"n": "' + url.split("/n/")[1].split("?")[0].encode() + b'"}'

    connection = kit.connection(transport=InProcessTransport(echo))
    found = {}

    def read(n):
        found[n] = connection.read(f"/n/{n}", what="read it", deadline=kit.deadline())["n"]

    threads = [threading.Thread(target=read, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {n: str(n) for n in range(16)}
