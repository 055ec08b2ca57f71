"""A world attached to a file: killed processes leave it whole, and processes take turns."""

import json
import subprocess
import sys
import threading
import time

import pytest

from flexsec.simulator import ConnectionDropped, Fault, World

CHILD = """
import os, signal, sys
from datetime import timedelta
from flexsec.simulator import ConnectionDropped, Request, World, answer

world = World.load(sys.argv[1])
world.attach(sys.argv[1])
url = f"{world.server_id('shop-db')}/configurations/{sys.argv[2]}?api-version=2025-08-01"
request = Request("PUT", url, {"Authorization": "Bearer x"}, b'{"properties": {"value": "on", "source": "user-override"}}')
try:
    answer(world, request, world.clock + timedelta(seconds=float(sys.argv[3])))
except ConnectionDropped:
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def path(tmp_path):
    """A world file."""
    found = tmp_path / "world.json"
    World.builtin("insecure").save(found)
    return found


def run(path, parameter="log_checkpoints", seconds=0.0):
    """Lets another process write a parameter."""
    arguments = [sys.executable, "-c", CHILD, str(path), parameter, str(seconds)]
    return subprocess.run(arguments, check=False, capture_output=True, timeout=60)


def test_a_process_killed_between_effect_and_answer_leaves_the_effect(client_of, path):
    """A process that dies before it reads the answer has left its write in the file, exactly once."""
    world = World.load(path)
    world.faults.add(Fault("X29", method="PUT", arguments={"form": "reset_after"}))
    world.save(path)
    assert run(path).returncode == -9
    azure = client_of(World.load(path))
    assert azure.world.next_due() is not None
    azure.wait(10)
    assert azure.value("log_checkpoints")["value"] == "on"
    assert azure.world.effects(azure.db) == ("write configurations/log_checkpoints",)


def test_a_process_killed_before_the_effect_leaves_none(path):
    """A process whose connection was reset before the effect leaves none, and the fault is used up in the file."""
    world = World.load(path)
    world.faults.add(Fault("X29", method="PUT", arguments={"form": "reset_before"}))
    world.save(path)
    assert run(path).returncode == -9
    world = World.load(path)
    assert world.next_due() is None
    assert world.faults.fired("X29") == 1


def test_an_effect_applied_twice_shows_across_processes(path):
    """Effects of every process add up in the file, so that a repeated one can be seen."""
    for seconds in (0, 100):
        assert run(path, seconds=seconds).returncode == 0
    assert run(path, "log_statement", 200).returncode == 0, "a refused value is no crash"
    world = World.load(path)
    assert (
        world.effects(world.server_id("shop-db")) == ("write configurations/log_checkpoints",) * 2
        or world.next_due() is not None
    )


def test_processes_take_turns(client_of, path):
    """What one holder of the file writes is what the next one sees, though both loaded it before."""
    first, second = client_of(World.load(path)), client_of(World.load(path))
    first.world.attach(path)
    second.world.attach(path)
    accepted = first.set("log_checkpoints", "on")
    refused = second.set("log_connections", "on")
    second.wait(3)
    assert second.poll(refused)["status"] == "Failed", "the other's write is in flight"
    second.wait(7)
    assert second.poll(accepted)["status"] == "Succeeded"
    first.wait(10)
    assert first.value("log_checkpoints")["value"] == "on"
    assert first.world.max_writes_in_flight(first.db) == 2


def test_every_change_is_in_the_file_before_the_answer(client_of, path):
    """After each answer the file holds the accepted operation, the effect and the clock; reads that change nothing do not write."""
    azure = client_of(World.load(path))
    azure.world.attach(path)
    azure.set("log_checkpoints", "on")
    assert len(json.loads(path.read_text())["operations"]) == 1
    before = path.stat().st_ino
    azure.get(azure.db)
    assert path.stat().st_ino == before
    azure.wait(10)
    azure.get(azure.db)
    saved = json.loads(path.read_text())
    assert saved["effects"] == {azure.db.lower(): ["write configurations/log_checkpoints"]}
    assert saved["clock"] == "2026-01-05T09:00:10Z"


def test_attaching_another_world_replaces_the_file(path):
    """A world that was not loaded from the file takes its place; one that was takes over what stands there."""
    world = World.builtin("insecure")
    world.server("shop-db").parameters["log_checkpoints"].value = "on"
    world.attach(path)
    assert World.load(path).server("shop-db").parameters["log_checkpoints"].value == "on"
    late = World.load(path)
    changed = World.load(path)
    changed.server("shop-db").parameters["log_checkpoints"].value = "off"
    changed.save(path)
    late.attach(path)
    assert late.server("shop-db").parameters["log_checkpoints"].value == "off"


def test_a_file_is_whole_at_every_moment(path):
    """Whenever a process is killed in the middle of its writes, the file is a world."""
    loop = CHILD.replace("try:", "for step in range(10000):").replace(
        "    answer(world, request, world.clock + timedelta(seconds=float(sys.argv[3])))\nexcept ConnectionDropped:\n    os.kill(os.getpid(), signal.SIGKILL)",
        "    answer(world, request, world.clock + timedelta(seconds=20))",
    )
    for replacements in (1, 7):
        child = subprocess.Popen([sys.executable, "-c", loop, str(path), "log_checkpoints", "0"])
        deadline = time.monotonic() + 30
        seen = {path.stat().st_mtime_ns}
        while len(seen) <= replacements and time.monotonic() < deadline:
            seen.add(path.stat().st_mtime_ns)
        child.kill()
        child.wait()
        world = World.load(path)
        assert world.effects(world.server_id("shop-db")) or world.next_due() is not None


def test_threads_share_a_world(client_of):
    """Many threads asking at once lose nothing: every request is logged and every accepted write is there."""
    azure = client_of()
    failures = []

    def work(number):
        try:
            for _ in range(20):
                azure.get(azure.db)
            azure.put(f"{azure.db}/advancedThreatProtectionSettings/Default", {"state": "Enabled"})
        except Exception as problem:  # noqa: BLE001 - whatever it is, it fails the test
            failures.append(problem)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(azure.world.requests) == 8 * 21
    assert len(azure.world.state.operations) == 8


def test_a_dropped_connection_is_saved(client_of, path):
    """An effect whose answer is dropped is in the file all the same."""
    azure = client_of(World.load(path))
    azure.world.faults.add(Fault("X29", arguments={"form": "reset_after"}))
    azure.world.save(path)
    azure.world.attach(path)
    with pytest.raises(ConnectionDropped):
        azure.set("log_checkpoints", "on")
    assert len(json.loads(path.read_text())["operations"]) == 1
