"""What cannot be undone, wholly or at all, is said and never ends with the exit code of success."""

from __future__ import annotations

import json
from pathlib import Path

from flexsec.simulator import World


def irreversible(tmp_path):
    """A kept world with a rule whose name the service takes no more."""
    data = World.builtin("insecure").to_dict()
    server = data["subscriptions"][0]["resource_groups"][0]["servers"][0]
    server["firewall_rules"]["old.name"] = "0.0.0.0-255.255.255.255"
    path = tmp_path / "irreversible.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return str(path)


def test_a_rollback_that_cannot_bring_back_a_rule_is_not_0(flexsec, tmp_path, leave):
    """A removed rule of a name that the service takes no more: the rest is undone, it is said, and the run stands."""
    world = irreversible(tmp_path)
    run = flexsec("harden", "--simulate", world, "--yes", *leave, "--without-evidence", "a test").data["run"]["run_id"]
    asked = ("--yes", "--allow-lowering", "--allow-restart", "--allow-closing", "firewall", "--without-evidence", "x")
    undone = flexsec("rollback", run, "--simulate", world, *asked)
    assert undone.code == 6
    assert undone.data["status"] == "complete"
    assert "firewall/old.name: it cannot be undone" in undone.err
    assert flexsec("runs", run, "--simulate", world).data["status"] == "complete"


def test_a_hardening_that_is_undone_in_part_is_5_and_says_what_is_left(flexsec, tmp_path, leave):
    """--rollback-on-failure after a rule went that cannot come back: 5, with what was not brought back."""
    world = irreversible(tmp_path)
    data = json.loads(Path(world).read_text(encoding="utf-8"))
    data["faults"] = [{"id": "X28", "method": "DELETE", "path": "temp-debug", "times": None}]
    Path(world).write_text(json.dumps(data), encoding="utf-8")
    words = ("harden", "--simulate", world, "--yes", *leave, "--rollback-on-failure")
    answer = flexsec(*words, "--format", "table")
    assert answer.code == 5, answer.err
    assert "rolled back in part" in answer.err
    assert "rolled back in part" in answer.out
    assert "firewall/old.name: it cannot be undone" in answer.err
    assert "Not undone: firewall/old.name" in answer.out


def test_a_hardening_that_cannot_be_undone_is_5_and_says_why(flexsec, faulty, leave):
    """What was begun never ends, so nothing can be undone: 5, and standard error and the report say why."""
    world = faulty({"id": "X23", "method": "PUT", "path": "log_disconnections"})
    words = ("harden", "--simulate", world, "--yes", *leave, "--rollback-on-failure", "--timeout", "5m")
    answer = flexsec(*words, "--format", "table")
    assert answer.code == 5, answer.err
    assert "flexsec: not rolled back: run " in answer.err
    assert "It was not rolled back: run " in " ".join(answer.out.split())
    assert "flexsec resume" in answer.err
