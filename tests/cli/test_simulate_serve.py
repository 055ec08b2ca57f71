"""`flexsec simulate serve` serves until it is told to stop, and `--endpoint` points any command at it."""

from __future__ import annotations

import json
import signal
import socket
import ssl
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from flexsec.azure.endpoint import read_endpoint
from flexsec.simulator import World
from flexsec.simulator.serving import serve

SHOP = ("-g", "rg-shop", "-n", "shop-db")


@contextmanager
def serving_process(*words: str, lines: int = 3):
    """Runs `flexsec simulate serve`, and gives the process once it has said where it answers."""
    command = [sys.executable, "-m", "flexsec", "simulate", "serve", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            said = [process.stdout.readline() for _ in range(lines)]
            yield process, said
        finally:
            if process.poll() is None:
                process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_good_order(tmp_path, number):
    """Where it answers is said and written; a signal ends it with 0, the ready file goes, and the world is kept."""
    ready, kept = tmp_path / "ready.json", tmp_path / "world.json"
    with serving_process("--world", f"insecure:{kept}", "--ready", str(ready), "--time-scale", "100") as (
        process,
        said,
    ):
        document = json.loads(ready.read_text())
        assert document["arm_endpoint"] in said[0]
        assert document["ca_file"] in said[1]
        assert str(ready) in said[2]
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert (out, err) == ("", "flexsec: ended\n")
    assert document["client_secret"] not in "".join(said)
    assert not ready.exists()
    assert not Path(document["ca_file"]).exists()
    assert World.load(kept).clock.year > 2025


def test_any_command_works_on_a_served_world(flexsec, tmp_path, monkeypatch):
    """--endpoint reads, writes and reads back over HTTPS, for a server of the ready file; what to type next says so too."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    ready = tmp_path / "ready.json"
    world = World.builtin("insecure")
    with serve(world, ready=ready, time_scale=1000):
        options = ("--endpoint", ready, "--state-dir", tmp_path / "state", *SHOP)
        assert flexsec("audit", *options).code == 3
        done = flexsec("parameters", "set", "log_checkpoints", "on", "--yes", *options)
        assert done.code == 0, done.err
        assert f"--endpoint {ready}" in done.err
        assert world.server("shop-db").parameters["log_checkpoints"].value == "on"
        which = flexsec("audit", "--endpoint", ready)
        assert which.code == 2
        assert "-g rg-shop -n shop-archive" in which.err
    gone = flexsec("audit", *options)
    assert gone.code == 2
    assert "ready.json" in gone.err


def test_the_file_of_a_killed_simulator_is_told(flexsec, tmp_path):
    """After SIGKILL the ready file stays: commands say at once that nothing answers there; what is recorded can be read."""
    ready = tmp_path / "ready.json"
    with serving_process("--ready", str(ready)) as (process, _):
        process.kill()
        process.wait(20)
    answer = flexsec("audit", "--endpoint", ready, *SHOP)
    assert (answer.code, answer.out) == (2, "")
    assert "nothing answers at https://127.0.0.1:" in answer.err
    assert "start it again with `flexsec simulate serve --ready`" in answer.err
    assert flexsec("runs", "--endpoint", ready).data == []


def test_a_port_in_use_is_a_usage_error(flexsec):
    """The message names the port and what to do; the exit code is 2."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = flexsec("simulate", "serve", "--port", port)
    assert refused.code == 2
    assert f"port {port} of 127.0.0.1 cannot be used: Address already in use; give another --port" in refused.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--world", "insecur"), "did you mean insecure?"),
        (("--world", "/nonexistent/w.json"), "there is no simulated world"),
        (("--world", "insecure:/nonexistent/w.json"), "--world 'insecure:/nonexistent/w.json': there is no directory"),
        (("--port", "70000"), "70000 is not in the range"),
        (("--ready", "/nonexistent/ready.json"), "there is no directory /nonexistent"),
        (("--latency-ms", "-1"), "--latency-ms"),
        (("--latency-ms", "some"), "--latency-ms"),
        (("--page-size", "-1"), "--page-size"),
        (("--faults", "/nonexistent/faults.json"), "--faults /nonexistent/faults.json cannot be read"),
        (("--time-scale", "0"), "expected a number above 0"),
        (("--time-scale", "nan"), "expected a number above 0"),
        (("--time-scale", "1e9"), "expected a number above 0"),
        (("--simulate", "insecure"), "--world says what is served"),
        (("extra",), "extra"),
    ],
)
def test_a_wrong_option_is_refused(flexsec, words, message):
    """Each wrong option is one message and exit code 2; nothing is served."""
    refused = flexsec("simulate", "serve", *words)
    assert refused.code == 2
    assert message in refused.err
    assert not refused.out


def test_a_world_file_that_is_none_is_refused(flexsec, tmp_path):
    """An unreadable world is refused with the path to the culprit."""
    path = tmp_path / "world.json"
    path.write_text('{"subscriptions": [{"id": 7}]}')
    refused = flexsec("simulate", "serve", "--world", path)
    assert refused.code == 2
    assert "$.subscriptions[0]" in refused.err


def test_somebodys_file_is_not_made_a_ready_file(flexsec, tmp_path):
    """A --ready that names some other file is refused and the file left alone."""
    path = tmp_path / "notes.txt"
    path.write_text("notes")
    refused = flexsec("simulate", "serve", "--ready", path)
    assert refused.code == 2
    assert "is not a ready file" in refused.err
    assert path.read_text() == "notes"


@pytest.mark.parametrize(
    "words", [("--simulate", "insecure"), ("--cloud", "china"), ("--credential", "cli"), ("--tenant-id", "contoso.com")]
)
def test_an_endpoint_stands_alone(flexsec, tmp_path, words):
    """--endpoint says which Azure and how to sign in; a second word on that is refused."""
    refused = flexsec("audit", *SHOP, "--endpoint", tmp_path / "ready.json", *words)
    assert refused.code == 2
    assert f"leave {words[0]} out" in refused.err


def test_the_demonstration_needs_no_endpoint(flexsec, tmp_path):
    """`flexsec demo` has a world of its own and says so."""
    refused = flexsec("demo", "--endpoint", tmp_path / "ready.json")
    assert refused.code == 2
    assert "leave --endpoint out" in refused.err


def test_a_typo_in_a_fault_file_is_told(flexsec, tmp_path):
    """A fault file with a typo is refused with its place and what was probably meant."""
    path = tmp_path / "faults.json"
    path.write_text('{"faults": [{"id": "X1", "tymes": 3}]}')
    refused = flexsec("simulate", "serve", "--faults", path)
    assert refused.code == 2
    assert f"--faults {path} is wrong: $.faults[0].tymes" in refused.err
    assert "did you mean 'times'?" in refused.err


def test_faults_and_pages_come_from_the_command_line(tmp_path):
    """--faults lays faults over the world that is served, and --page-size cuts lists into pages with links."""
    ready, faults = tmp_path / "ready.json", tmp_path / "faults.json"
    faults.write_text('[{"id": "X40", "times": 2}]')
    with serving_process("--ready", str(ready), "--faults", str(faults), "--page-size", "1") as (process, _):
        document = json.loads(ready.read_text())
        base, context = document["arm_endpoint"], ssl.create_default_context(cafile=document["ca_file"])
        with urllib.request.urlopen(f"{base}/_simulator/faults", context=context) as answer:
            assert json.load(answer) == {"faults": [{"id": "X40", "times": 2}]}
        servers = f"/subscriptions/{document['subscriptions'][0]['subscription_id']}/providers/Microsoft.DBforPostgreSQL/flexibleServers"
        token = read_endpoint(ready).credential().get_token(f"{base}/.default").token
        asked = urllib.request.Request(
            f"{base}{servers}?api-version=2025-08-01", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(asked, context=context) as answer:
            page = json.load(answer)
        assert len(page["value"]) == 1
        assert page["nextLink"].startswith(f"{base}/")
        process.terminate()
        assert process.wait(20) == 0
