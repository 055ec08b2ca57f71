"""Why a change is made: said on the command line, kept in plan and journal, shown in every format."""

from __future__ import annotations

import csv
import io
import json

import click
import pytest

from flexsec.cli.main import root
from tests.cli.test_reference import commands

SAID = ("--change-reference", "CHG-2041", "--reason", "Before the audit.", "--ticket", "OPS-7")
RECORD = {"reference": "CHG-2041", "reason": "Before the audit.", "ticket": "OPS-7"}
NAMES = ("change_reference", "change_reason", "change_ticket")
WRITING = (
    (("harden", "--yes"), 6),
    (("parameters", "set", "log_checkpoints", "on", "--yes"), 0),
    (("parameters", "reset", "log_checkpoints", "--yes"), 0),
    (("firewall", "allow", "office2", "203.0.113.64"), 0),
    (
        ("firewall", "remove", "temp-debug", "--allow-closing", "firewall", "--without-evidence", "a test", "--yes"),
        0,
    ),
)


def journalled(flexsec, world):
    """The record of the newest run, as `runs` tells it."""
    return flexsec("runs", "--simulate", world).data[0]["record"]


@pytest.mark.parametrize(("words", "code"), WRITING, ids=lambda each: " ".join(each[:2]) if type(each) is tuple else "")
def test_every_command_that_writes_keeps_what_was_said(flexsec, world, words, code):
    """Reference, reason and ticket are in the command's own report and in the journal; a run without them has none."""
    answer = flexsec(*words, *SAID, "--simulate", world)
    assert answer.code == code, answer.err
    assert answer.data.get("run", answer.data)["record"] == RECORD
    assert journalled(flexsec, world) == RECORD
    for format_name in ("json", "csv", "markdown", "table"):
        shown = flexsec("runs", "show", flexsec("runs", "--simulate", world).data[0]["run_id"], "--simulate", world,
                        "--format", format_name).out  # fmt: skip
        assert all(text in shown.replace("\\", "") for text in RECORD.values()), format_name
        listed = flexsec("runs", "--simulate", world, "--format", format_name).out
        assert all(text in listed.replace("\\", "") for text in RECORD.values()), format_name


def test_every_command_that_asks_takes_a_record():
    """No command that asks before it writes lacks the three options; those that only read or consent have none."""
    takes = {" ".join(path) for path, command in commands() if "--reason" in options(command)}
    asks = {" ".join(path) for path, command in commands() if "--yes" in options(command)}
    assert takes == (asks - {"approve"}) | {"plan"}
    assert {"plan", "apply", "harden", "rollback", "resume"} <= takes


def options(command):
    """The long and short names of a command's options."""
    return {name for option in command.params if isinstance(option, click.Option) for name in option.opts}


def test_a_plan_carries_its_record_to_the_run(flexsec, world, tmp_path):
    """What is said when planning is shown in every format, sealed in the plan, and is the run's; apply may say more."""
    path = tmp_path / "plan.json"
    for format_name in ("table", "markdown", "csv"):
        shown = flexsec("plan", "--simulate", world, *SAID, "--format", format_name, "-o", path)
        assert all(text in shown.out.replace("\\", "") for text in RECORD.values()), format_name
    (row, *_) = csv.DictReader(io.StringIO(flexsec("plan", "--simulate", world, *SAID, "--format", "csv").out))
    assert [row[name] for name in NAMES] == list(RECORD.values())
    assert json.loads(path.read_text())["record"] == RECORD
    assert json.loads(path.read_text())["made_by"] == "22222222-2222-2222-2222-222222222222"
    applied = flexsec("apply", path, "--simulate", world, "--yes", "--ticket", "INC-9")
    assert applied.code == 6, applied.err
    assert applied.data["record"] == {**RECORD, "ticket": "INC-9"}
    assert journalled(flexsec, world) == {**RECORD, "ticket": "INC-9"}
    assert json.loads(path.read_text())["record"] == RECORD, "the plan's file is as it was"


def test_a_rollback_and_a_resumption_say_their_own_why(flexsec, faulty):
    """Resuming puts what it says over the run's record; a rollback is a run with a record of its own."""
    world = faulty({"id": "X5", "method": "PUT", "path": "log_checkpoints", "times": 1})
    begun = flexsec("parameters", "set", "log_checkpoints", "on", *SAID, "--yes", "--simulate", world)
    assert begun.code == 5, begun.err
    done = flexsec("resume", begun.data["run_id"], "--reason", "The service is well again.", "--simulate", world)
    assert done.code == 0, done.err
    assert done.data["record"] == {**RECORD, "reason": "The service is well again."}
    undone = flexsec("rollback", begun.data["run_id"], "--allow-lowering", "--ticket", "INC-3", "--yes",
                     "--simulate", world)  # fmt: skip
    assert undone.code == 0, undone.err
    assert undone.data["record"] == {"reference": "", "reason": "", "ticket": "INC-3"}
    assert [run["record"]["ticket"] for run in flexsec("runs", "--simulate", world).data] == ["INC-3", "OPS-7"]


def test_a_hardening_that_undoes_itself_says_why_twice(flexsec, faulty):
    """The run and the run that undoes it carry the same record."""
    world = faulty({"id": "X5", "method": "PUT", "path": "log_checkpoints", "times": None})
    answer = flexsec("harden", "--rollback-on-failure", *SAID, "--yes", "--simulate", world)
    assert answer.code == 7, answer.err
    assert [run["record"] for run in flexsec("runs", "--simulate", world).data] == [RECORD, RECORD]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--change-reference", "C" * 101), "the change reference has 101 characters; 100 are allowed"),
        (("--ticket", "OPS-7\nOPS-8"), "the ticket is more than one line"),
        (("--reason", "clear\x1b[2J"), "the reason holds a character that cannot be shown (U+001B, at position 6)"),
        (("--reason", "   "), "the reason is blank"),
        (("--reason",), "requires an argument"),
    ],
)
@pytest.mark.parametrize("command", [("harden", "--yes"), ("plan",), ("firewall", "allow", "a", "203.0.113.9")])
def test_what_cannot_be_kept_is_refused_before_anything_is_read(flexsec, command, words, told):
    """A text that breaks the rules ends with 2 and a sentence; no world is even opened for it."""
    answer = flexsec(*command, "--simulate", "insecure", *words)
    assert answer.code == 2
    assert told in answer.err
    assert "\x1b" not in answer.err
    assert answer.out == ""


def test_the_options_are_known_to_the_root():
    """The helper above sees the real command tree."""
    assert "plan" in root.list_commands(click.Context(root))
