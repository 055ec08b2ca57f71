"""Ctrl-C and SIGTERM: the first ends a run after the write in flight, the second ends the process at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from flexsec.cli.interrupts import stoppable

# Runs a command line and sends itself a signal when the run begins to write its second change.
INTERRUPTED = """
import os, signal, sys
from flexsec.cli import progress
from flexsec.cli.main import run
listen = progress.PlainProgress.listen
def interrupting(self, event):
    listen(self, event)
    if event.stage == "writing" and event.number == 2:
        for _ in range(TIMES):
            os.kill(os.getpid(), signal.SIGNAL)
progress.PlainProgress.listen = interrupting
sys.argv[0] = "flexsec"
run()
"""


def interrupted(*words: str, times: int, kind: str = "SIGINT") -> subprocess.CompletedProcess[str]:
    """Run a command line that is interrupted in the middle."""
    code = INTERRUPTED.replace("TIMES", str(times)).replace("SIGNAL", kind)
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.parametrize("kind", ["SIGINT", "SIGTERM"])
def test_the_first_signal_ends_the_run_in_good_order(kind, flexsec, world, leave):
    """The write in flight is finished and recorded, the rest not begun; the command ends with 5; resume goes on."""
    done = interrupted("harden", "--simulate", world, "--yes", *leave, times=1, kind=kind)
    assert done.returncode == 5, done.stderr
    run = json.loads(done.stdout)["run"]
    assert run["status"] == "interrupted"
    statuses = [outcome["status"] for outcome in run["outcomes"]]
    assert statuses[:2] == ["applied", "applied"]
    assert set(statuses[2:]) == {"not_started"}
    assert "stopping after the write in flight" in done.stderr
    assert f"flexsec resume {run['run_id']}" in done.stderr

    resumed = flexsec("resume", "--simulate", world, "--yes")
    assert resumed.data["status"] == "complete"
    assert resumed.data["run_id"] == run["run_id"]
    assert {outcome["status"] for outcome in resumed.data["outcomes"]} == {"applied"}


def test_the_second_signal_ends_at_once_and_says_how_to_go_on(flexsec, world, leave):
    """Twice Ctrl-C is 130 without a traceback; what was recorded is enough to go on from."""
    done = interrupted("harden", "--simulate", world, "--yes", *leave, times=2)
    assert done.returncode == 130, done.stderr
    assert done.stdout == ""
    assert "flexsec resume" in done.stderr
    assert "Traceback" not in done.stderr
    refused = flexsec("harden", "--simulate", world, "--yes", *leave)
    assert refused.code == 6
    assert "flexsec resume" in refused.err
    resumed = flexsec("resume", "--simulate", world, "--yes")
    assert resumed.data["status"] == "complete", resumed.err


def test_handlers_are_put_back():
    """Outside a run, Ctrl-C is what it was before."""
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    stopped = []
    with stoppable(lambda: stopped.append(True)):
        os.kill(os.getpid(), signal.SIGINT)
        assert stopped == [True]
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
