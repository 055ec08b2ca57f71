"""Runs command lines in process, as where there is no terminal, on simulated worlds."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from flexsec.cli.main import root
from flexsec.simulator import World


@dataclass(frozen=True)
class Answer:
    """What a command line gave."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Answer]


@pytest.fixture
def flexsec(monkeypatch) -> Run:
    """Run `flexsec` with these words; no terminal, no settings from outside."""
    for name in ("AZURE_SUBSCRIPTION_ID", "NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: str, stdin: str | None = None) -> Answer:
        result = CliRunner().invoke(root, [str(word) for word in words], input=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return Answer(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def world(tmp_path: Path) -> str:
    """A kept copy of the insecure world, as --simulate takes it."""
    path = tmp_path / "world.json"
    World.builtin("insecure").save(path)
    return str(path)


@pytest.fixture
def faulty(tmp_path: Path) -> Callable[..., str]:
    """A kept copy of the insecure world in which these faults strike."""

    def make(*faults: dict[str, Any]) -> str:
        data = World.builtin("insecure").to_dict()
        data["faults"] = list(faults)
        path = tmp_path / "faulty.json"
        path.write_text(json.dumps(data), encoding="utf-8")
        return str(path)

    return make


LEAVE = ("--allow-restart", "--allow-closing", "firewall", "--without-evidence", "a test")


@pytest.fixture
def leave() -> tuple[str, ...]:
    """All the leave that hardening the insecure world needs."""
    return LEAVE
