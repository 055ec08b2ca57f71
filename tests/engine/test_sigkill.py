"""The same with real processes: one is killed with SIGKILL, another resumes on the files that are left."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from flexsec.testing import simulated
from tests.engine.test_kill import EFFECTS, LINES, REQUESTS, VALUES
from tests.engine.truth import values
from tests.engine.worlds import NAME

ROOT = Path(__file__).parents[2]
SAMPLE = [
    ("journal", 1, "after"), ("journal", 2, "before"), ("journal", 3, "before"), ("journal", LINES - 8, "before"),
    ("requests", 9, "after"), ("requests", 10, "before"), ("requests", REQUESTS // 2, "after"),
    ("requests", REQUESTS - 12, "after"),
]  # fmt: skip
ALL = [(what, number, when) for what, last in (("journal", LINES), ("requests", REQUESTS))
       for number in range(1, last + 1, 3) for when in ("before", "after")]  # fmt: skip


def victim(world: Path, verb: str, what: str, when: str, number: int) -> subprocess.CompletedProcess[str]:
    """A process of its own, to its end or its death."""
    command = [sys.executable, "-m", "tests.engine.victim", str(world), verb, what, when, str(number)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def check_sigkill(directory: Path, what: str, number: int, when: str) -> None:
    """Kill a process there, resume in another: the world of an undisturbed run, each effect once."""
    world = directory / "world.json"
    with simulated("insecure") as fresh:
        fresh.world.save(world)
    killed = victim(world, "harden", what, when, number)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    begun = any((directory / "world.json.state" / "runs").glob("*.jsonl"))
    ended = victim(world, "resume" if begun else "harden", what, when, 0)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "complete\n"
    with simulated(world) as simulation:
        assert values(simulation) == VALUES
        assert Counter(simulation.world.effects(simulation.world.server_id(NAME))) == EFFECTS


@pytest.mark.parametrize(("what", "number", "when"), SAMPLE)
def test_a_killed_process_is_finished_by_another(tmp_path, what, number, when):
    """G7: kill -9 at a line of the journal or at a request; resume in another process ends it, without a second effect."""
    check_sigkill(tmp_path, what, number, when)


@pytest.mark.long
@pytest.mark.parametrize(("what", "number", "when"), [point for point in ALL if point not in SAMPLE])
def test_a_process_killed_anywhere_is_finished_by_another(tmp_path, what, number, when):
    """The same at many more lines and requests."""
    check_sigkill(tmp_path, what, number, when)
