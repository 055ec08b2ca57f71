"""Logging: one line a request, and never a secret, whoever logs."""

import logging
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests

from flexsec.azure.scrub import WithoutQueries, keep_logs_clean
from flexsec.errors import FlexSecError

CANARIES = ("canary-token", "canarycert", "canarysignature", "canaryhash", "canary-password", "canary-body")


def run_everything(kit):
    """A read, a list, writes that are accepted, refused and lost, polls that succeed, fail and are forbidden."""
    words = f"over scope '{kit.status_url}' canary-free; Bearer {kit.token}"
    answers = [
        kit.json(200, {"secret": "canary-body"}, Azure_AsyncOperation=kit.status_url),
        kit.accepted(),
        kit.status("InProgress"),
        kit.error(500, "InternalServerError", words),
        kit.error(403, "AuthorizationFailed", words),
        kit.error(409, "Conflict", words),
        (200, {}, b"<html>canary-body"),
        ConnectionResetError(104, f"reset by {kit.status_url}"),
    ]
    connection = kit.connection(*answers)
    texts = [repr(kit.read(connection).keys())]
    acceptance = kit.write(connection)
    texts += [repr(acceptance), repr(kit.finish(connection, acceptance))]
    for _ in range(3):
        try:
            connection.write(send_password, what="write it")
        except FlexSecError as error:
            texts += [str(error), repr(error), repr(vars(error)), repr(error.__context__), repr(error.__cause__)]
    return " ".join(texts)


def send_password(client, keep):
    """A write whose body holds a password."""
    body = {"properties": {"administratorLoginPassword": "canary-password"}}
    return client.servers.begin_update("rg", "shop-db", body, polling=False, cls=keep)


def test_a_secret_appears_nowhere(kit, caplog):
    """D15: with every logger at its most verbose, neither token, signature, password nor body is in a log or error."""
    caplog.set_level(1)
    caplog.handler.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s"))
    shown = run_everything(kit)
    assert len(kit.script.requests) == 8
    logged = caplog.text + " ".join(repr(vars(record)) for record in caplog.records)
    for canary in CANARIES:
        assert canary not in shown
        assert canary not in logged


def test_one_line_a_request(kit, caplog):
    """At DEBUG each request is one line: method, path, API version, status, time and request id; no query."""
    caplog.set_level(logging.DEBUG, logger="flexsec")
    connection = kit.connection(kit.json(200, {}, x_ms_request_id="req-7\n"), kit.accepted(), kit.status("Succeeded"))
    kit.read(connection)
    kit.finish(connection, kit.write(connection))
    lines = [record.getMessage() for record in caplog.records if record.levelno == logging.DEBUG]
    assert len(lines) == 3
    group = f"https://management.azure.com/subscriptions/{kit.subscription}/resourceGroups/rg"
    assert lines[0] == f"GET {group} api-version=2026-10-01: 200 in 0.000 s, request id req-7"
    assert lines[1].startswith("PUT https://management.azure.com/")
    assert "azureAsyncOperation/7c2b api-version=2025-08-01: 200" in lines[2]
    assert all("?" not in line for line in lines)


def test_a_broken_request_is_a_line_too(kit, caplog):
    """A request without an answer is logged by what broke it."""
    caplog.set_level(logging.DEBUG, logger="flexsec")
    with pytest.raises(FlexSecError):
        kit.write(kit.connection(ConnectionResetError(104, "reset")))
    assert "ServiceResponseError" in caplog.text


def test_a_default_run_logs_nothing(kit, caplog):
    """D16: at INFO azure says nothing and flexsec what it reads and writes, one line each; at WARNING nobody a word."""
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.INFO, logger="flexsec")
    run_everything(kit)
    assert {record.name for record in caplog.records} == {"flexsec.azure"}
    assert len(caplog.records) == 5
    caplog.clear()
    caplog.set_level(logging.WARNING, logger="flexsec")
    run_everything(kit)
    assert caplog.records == []


def test_the_http_library_logs_no_query(caplog):
    """D15: the HTTP library prints whole URLs at DEBUG; its records lose their queries."""

    class Quiet(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    keep_logs_clean()
    caplog.set_level(logging.DEBUG)
    with HTTPServer(("127.0.0.1", 0), Quiet) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        with requests.Session() as session:
            session.trust_env = False
            session.get(f"http://127.0.0.1:{server.server_port}/op/1?t=1&s=canarysignature", timeout=5)
        thread.join()
    assert "/op/1" in caplog.text
    assert "canarysignature" not in caplog.text


def test_the_filter_is_put_once():
    """However many connections are made, one filter stands on each logger."""
    for _ in range(3):
        keep_logs_clean()
    for name in ("urllib3.connectionpool", "urllib3.util.retry"):
        assert logging.getLogger(name).filters.count(WithoutQueries()) == 1


def test_nothing_reaches_stderr_where_nobody_logs():
    """D16: in a program without logging, a warning of Microsoft's packages is not printed."""
    code = (
        "import logging; from flexsec.azure.scrub import keep_logs_clean; keep_logs_clean();"
        "logging.getLogger('azure.identity').warning('x'); logging.getLogger('msal').error('x')"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stderr == ""


def test_the_filter_takes_any_record():
    """Records with odd arguments pass, their queries gone."""
    record = logging.LogRecord("n", logging.DEBUG, "p", 1, "%s %d %r %s", ("/a?s=x", 7, OSError("/b?s=x"), None), None)
    assert WithoutQueries().filter(record)
    assert "s=x" not in record.getMessage()
    named = logging.LogRecord("n", logging.DEBUG, "p", 1, "%(a)s", ({"a": "/a?s=x"},), None)
    assert WithoutQueries().filter(named)
    assert "s=x" not in named.getMessage()


def test_making_a_connection_loads_no_azure_package():
    """The official packages are loaded by the first request, not by the import."""
    code = (
        "import sys, flexsec.azure.connection, flexsec.azure.clouds, flexsec.azure.credentials, flexsec.observers.server;"
        "print([m for m in sys.modules if m.split('.')[0] in ('azure', 'msal', 'requests', 'pydantic', 'rich', 'yaml')])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_what_is_read_and_written_is_told_at_info(kit, caplog):
    """At INFO each reading and each write is one line in words, before it is sent."""
    caplog.set_level(logging.INFO, logger="flexsec")
    connection = kit.connection(kit.json(200, {}), kit.accepted())
    kit.read(connection)
    kit.write(connection)
    lines = [record.getMessage() for record in caplog.records if record.name == "flexsec.azure"]
    assert len(lines) == 2
    assert lines[1].startswith("write: ")
