import importlib.util
import json
import re
import shlex
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from flexsec.simulator import World
from flexsec.testing import read_recording, simulated

ROOT = Path(__file__).resolve().parent.parent.parent
HARDEN = ROOT / "scripts" / "harden.py"
TARGET = ("--simulate", "insecure", "-g", "rg-shop", "-n", "shop-db")
LEAVE = ("--allow-restart", "--allow-closing", "firewall", "--without-evidence", "a test")


def _script(name, monkeypatch):
    """A script as a module, as it is when it runs."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(__import__("sys").modules, name, module)
    spec.loader.exec_module(module)
    return module


def test_one_shot_script_hardens(run, tmp_path):
    """harden.py hardens, says each write on standard error, and puts the report alone on standard output."""
    done = run(HARDEN, *TARGET, *LEAVE, "--baseline", ROOT / "samples" / "baseline.yaml", "--yes")
    assert done.returncode == 3, done.stderr  # an administrator is left for a person
    report = json.loads(done.stdout)
    assert report["run"]["status"] == "complete"
    assert "[1/16] writing" in done.stderr


def test_one_shot_script_writes_a_report(run, tmp_path):
    """With --report the report goes to the file in the format of its suffix."""
    done = run(HARDEN, *TARGET, *LEAVE, "--yes", "--report", "report.md")
    assert done.returncode == 3
    assert done.stdout == ""
    assert (tmp_path / "report.md").read_text().startswith("# Hardening of shop-db")


def test_one_shot_script_holds_back_what_lacks_leave(run):
    """Without leave the rest is written and the exit code is 6."""
    done = run(HARDEN, *TARGET, "--yes")
    assert done.returncode == 6
    assert "--allow-closing firewall" in done.stderr


def test_one_shot_script_needs_yes_without_a_terminal(run, tmp_path):
    """Where nobody can be asked it refuses without --yes, and nothing is written."""
    world = tmp_path / "world.json"
    World.builtin("insecure").save(world)
    done = run(HARDEN, "--simulate", world, "-g", "rg-shop", "-n", "shop-db")
    assert done.returncode == 2
    assert "--yes" in done.stderr
    loaded = World.load(world)
    assert loaded.effects(loaded.server_id("shop-db")) == ()


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ((), 2, "which server"),
        (("--id", "/x"), 2, "not the id of a flexible server"),
        (("--id", "/x", "-g", "a"), 2, "not both"),
        (("-g", "rg-shop", "-n", "shop-db"), 2, "--subscription"),
        (("--simulate", "insecur", "-g", "rg-shop", "-n", "shop-db"), 2, "did you mean insecure?"),
        ((*TARGET, "--baseline", "recomended", "--yes"), 2, "recommended"),
        ((*TARGET, "--report", "report.doc", "--yes"), 2, "report.doc"),
        ((*TARGET, "--connections", "none.csv", "--yes"), 2, "none.csv"),
        ((*TARGET, "--restart-window", "night", "--yes"), 2, "02:00-04:00"),
        (("--simulate", "insecure", "-g", "rg-shop", "-n", "no-such-db", "--yes"), 2, "-g rg-shop -n shop-db"),
        (("--nonsense",), 2, "usage"),
    ],
)
def test_one_shot_script_meets_bad_input(run, arguments, code, told):
    """Bad input ends in one sentence that names it, with the command line's exit code and no traceback."""
    done = run(HARDEN, *arguments)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    assert told in done.stderr
    assert done.stdout == ""


def test_one_shot_script_finds_the_only_server_and_tells_how_to_undo(run, tmp_path):
    """In a simulated world the only server need not be named; the undo command that is told works as it stands."""
    (tmp_path / "world.json").write_text((ROOT / "samples" / "world.json").read_text())
    done = run(HARDEN, "--simulate", "world.json", "--yes")
    assert done.returncode == 6, done.stderr  # the firewall rule is held back
    told = re.search(r"^To undo it: flexsec (.*)$", done.stderr, re.MULTILINE)
    assert told, done.stderr
    undone = run("-m", "flexsec", *shlex.split(told[1]), "--yes")
    assert undone.returncode == 0, undone.stderr


# Runs harden.py and sends it signals when the run begins to write its second change.
INTERRUPTED = """
import os, runpy, signal, sys
class Watching:
    def __init__(self, stream):
        self.stream, self.left = stream, TIMES
    def write(self, text):
        self.stream.write(text)
        if text.startswith("[2/") and "writing" in text:
            while self.left:
                self.left -= 1
                os.kill(os.getpid(), signal.SIGINT)
    def __getattr__(self, name):
        return getattr(self.stream, name)
sys.stderr = Watching(sys.stderr)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.mark.parametrize(("times", "code"), [(1, 5), (2, 130)])
def test_one_shot_script_is_interrupted_as_the_command_is(run, tmp_path, times, code):
    """The first Ctrl-C ends the run after the write in flight (5, with how to go on), the second at once (130)."""
    world, state = tmp_path / "world.json", tmp_path / "journals"
    World.builtin("insecure").save(world)
    arguments = ("--simulate", world, *LEAVE, "--yes", "--state-dir", state, "--timeout", "30m")
    done = run("-c", INTERRUPTED.replace("TIMES", str(times)), HARDEN, *arguments)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    assert "flexsec resume" in done.stderr
    assert f"--simulate {world} --state-dir {state}" in done.stderr
    if times == 1:
        statuses = [outcome["status"] for outcome in json.loads(done.stdout)["run"]["outcomes"]]
        assert statuses == ["applied"] * 2 + ["not_started"] * 14
    else:
        assert done.stdout == ""
    words = ("resume", "--simulate", world, "--state-dir", state, "--yes")
    resumed = run("-m", "flexsec", *words)
    assert json.loads(resumed.stdout)["status"] == "complete", resumed.stderr


def test_one_shot_script_takes_a_length_of_time(run):
    """--timeout is what the command line takes, and what is none is told."""
    for text, code in (("1h30m", 6), ("soon", 2), ("0s", 2)):
        done = run(HARDEN, *TARGET, "--yes", "--timeout", text)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr


def test_recorder_refuses_another_ending(monkeypatch, tmp_path):
    """A case that does not end as it must is not written, and the message says how it ended."""
    script = _script("record_fixtures", monkeypatch)
    case = next(case for case in script.CASES if (case.stem, case.name) == ("server", "read"))
    with pytest.raises(script.NotAsExpected, match="ended as 'read', expected 'raises NotFound'"):
        script.record_simulated([replace(case, ends="raises NotFound")], tmp_path)
    assert not list(tmp_path.iterdir())


def _values(server):
    """What a server is set to. Where a value comes from differs: one written back is no longer the system's."""
    found = server.observe()
    return {p.name: p.value for p in found.parameters}, found.firewall, found.threat_protection


def test_recorder_puts_a_live_server_back(monkeypatch, tmp_path):
    """Recording from a live server leaves it as it was, and the files say that they are live."""
    script = _script("record_fixtures", monkeypatch)
    cases = [case for case in script.CASES if case.live]
    with simulated("insecure") as simulation:
        client = simulation.client()
        server = client.server("rg-shop", "shop-db")
        target, before = server.id, _values(server)
        script.record_live(
            target, cases, tmp_path, client=client, credential=simulation.credential,
            sender=lambda: simulation.transport, clock=simulation.clock,
        )  # fmt: skip
        assert _values(server) == before
        assert simulation.world.effects(target.arm_id)
    for case in cases:
        recording = read_recording(tmp_path / case.stem / f"{case.name}.json")
        assert recording.source == "live"
        assert recording.recorded == date(2026, 1, 5)


def test_hardening_stays_near_its_bound(monkeypatch):
    """The wall time of a hardening is within 2 % of the header-rounded operation times, or 10 % of them with eager polling."""
    script = _script("bench_harden", monkeypatch)
    for poll, limit in script.LIMITS.items():
        found = script.measure(poll)
        assert 1 <= found.ratio <= limit
        assert found.requests["writes"] == found.changes


def test_import_loads_no_azure_package(run):
    """`import flexsec` and `flexsec --help` load no Azure package and nothing else that is slow to load."""
    watch = "import sys\n{}\nprint(*sorted({{'azure','msal','requests','pydantic','rich','yaml'}} & set(sys.modules)))"
    assert run("-c", watch.format("import flexsec")).stdout.strip() == ""
    help_text = "import runpy\nsys.argv = ['flexsec', '--help']\ntry: runpy.run_module('flexsec', run_name='__main__')\nexcept SystemExit: print('END')"
    assert run("-c", watch.format(help_text)).stdout.rpartition("END")[2].strip() == ""
