"""What is asked before it is written, how a refusal reads, and that the undo command works as it is printed."""

from __future__ import annotations

import re
import shlex

WIDE, NARROW = "203.0.113.0/24", "203.0.113.0/28"
CLOSE = ("--allow-closing", "firewall", "--without-evidence", "a test")


def undo_command(answer):
    """The words after `flexsec` of the printed undo command."""
    return shlex.split(re.search(r"undo it: flexsec (.*)", answer.err)[1])


def test_admitting_more_asks_nothing_and_narrowing_does(flexsec, world):
    """A new or wider rule is written at once; one that narrows a rule needs leave, and --yes where nobody is asked."""
    assert flexsec("firewall", "allow", "branch", WIDE, "--simulate", world).code == 0
    held = flexsec("firewall", "allow", "branch", NARROW, "--simulate", world)
    assert (held.code, held.out) == (6, "")
    assert "--allow-closing firewall" in held.err
    unasked = flexsec("firewall", "allow", "branch", NARROW, "--simulate", world, *CLOSE)
    assert (unasked.code, unasked.out) == (2, "")
    assert "give --yes" in unasked.err
    assert flexsec("firewall", "allow", "branch", NARROW, "--simulate", world, *CLOSE, "--yes").code == 0


def test_admitting_the_internet_needs_leave_and_yes(flexsec, world):
    """A rule that makes a control fail lowers security: it needs --allow-lowering and --yes."""
    words = ("firewall", "allow", "azure", "0.0.0.0", "--simulate", world)
    for rule in flexsec("firewall", "list", "--simulate", world).data:
        if rule["class"] == "azure_services":
            assert flexsec("firewall", "remove", rule["name"], "--simulate", world, *CLOSE, "--yes").code == 0
    assert flexsec(*words).code == 6
    assert flexsec(*words, "--allow-lowering").code == 2
    assert flexsec(*words, "--allow-lowering", "--yes").code == 0


def test_resume_asks_again_for_what_takes_access_away(flexsec, faulty):
    """When the changes that are left take access away, `resume` needs --yes where nobody can be asked."""
    world = faulty({"id": "X28", "method": "DELETE", "path": "firewallRules", "times": 1})
    rule = flexsec("firewall", "list", "--simulate", world).data[0]["name"]
    failed = flexsec("firewall", "remove", rule, "--simulate", world, *CLOSE, "--yes")
    assert failed.code == 5, failed.err
    unasked = flexsec("resume", "--simulate", world)
    assert (unasked.code, unasked.out) == (2, "")
    assert "give --yes" in unasked.err
    assert flexsec("resume", "--simulate", world, "--yes").data["status"] == "complete"


def test_the_undo_of_a_hardening_works_as_printed(flexsec, world, leave):
    """The printed rollback has the leave that it needs: nothing is held back, and the server is as it was."""
    before = {p["name"]: p["value"] for p in flexsec("parameters", "list", "--simulate", world).data}
    rules = flexsec("firewall", "list", "--simulate", world).data
    done = flexsec("harden", "--simulate", world, "--yes", *leave)
    undone = flexsec(*undo_command(done), "--yes")
    assert undone.code == 0, undone.err
    assert "--allow-lowering" in undo_command(done)
    after = {p["name"]: p["value"] for p in flexsec("parameters", "list", "--simulate", world).data}
    assert {k: v.lower() for k, v in after.items()} == {k: v.lower() for k, v in before.items()}
    assert flexsec("firewall", "list", "--simulate", world).data == rules


def test_the_undo_of_an_added_rule_works_as_printed(flexsec, world):
    """Undoing an added rule takes access away: the printed command has the class and the reason, and no other leave."""
    added = flexsec("firewall", "allow", "branch", NARROW, "--simulate", world)
    words = undo_command(added)
    assert words[2:6] == ["--allow-closing", "firewall", "--without-evidence", f"undoing {added.data['run_id']}"]
    assert "--allow-lowering" not in words
    assert flexsec(*words, "--yes").code == 0


def test_the_undo_of_a_parameter_that_no_control_reads_needs_no_leave(flexsec, world):
    """Undoing what no control looks at is printed without leave, and works."""
    done = flexsec("parameters", "set", "log_lock_waits", "on", "--simulate", world, "--yes")
    words = undo_command(done)
    assert words == ["rollback", done.data["run_id"], "--simulate", world]
    assert flexsec(*words, "--yes").code == 0


def test_a_refusal_tells_a_shared_reason_once(flexsec, world, leave):
    """Many changes that lack the same leave are listed one a line, with one reason and one line of what to give."""
    run = flexsec("harden", "--simulate", world, "--yes", *leave).data["run"]["run_id"]
    refused = flexsec("rollback", run, "--simulate", world, "--yes")
    assert (refused.code, refused.out) == (6, "")
    lines = refused.err.splitlines()
    assert re.fullmatch(r"flexsec: error: refused, nothing was written: \d+ changes held back", lines[0])
    reasons = [line for line in lines if line.startswith("    why: ")]
    assert len(reasons) == len(set(reasons)) == lines.count("    give: --allow-lowering")
    assert lines.count("    why:  it makes a control fail that passes now") == 1
    assert sum(line.startswith("  - Set ") for line in lines) > 5


def test_the_table_tells_a_shared_reason_once(flexsec):
    """In the table of what is held back, a reason that several changes share is told once."""
    shown = flexsec("plan", "--simulate", "insecure", "--format", "markdown").out
    assert "## Held back: " in shown
    held = shown.partition("## Held back")[2].partition("\n## ")[0]
    assert held.count("it takes access away") == 1
    assert "as above" in held


def test_rollback_without_an_id_takes_the_newest_run_that_stands(flexsec, world):
    """The newest run that changed something is undone, then the one before it; then there is none."""
    ids = [
        flexsec("parameters", "set", name, "on", "--simulate", world, "--yes").data["run_id"]
        for name in ("log_lock_waits", "log_duration")
    ]
    assert flexsec("parameters", "set", "log_lock_waits", "on", "--simulate", world, "--yes").code == 0
    for run_id in reversed(ids):
        undone = flexsec("rollback", "--simulate", world, "--yes")
        assert undone.code == 0, undone.err
        assert undone.data["rolls_back"] == run_id
    none = flexsec("rollback", "--simulate", world, "--yes")
    assert (none.code, none.out) == (2, "")
    assert "no run to roll back" in none.err


def test_rolling_back_twice_is_said(flexsec, world):
    """A run that was rolled back has nothing left to undo, and the command says so and makes no run."""
    run = flexsec("parameters", "set", "log_lock_waits", "on", "--simulate", world, "--yes").data["run_id"]
    assert flexsec("rollback", run, "--simulate", world, "--yes").code == 0
    recorded = flexsec("runs", "--simulate", world).data
    again = flexsec("rollback", run, "--simulate", world, "--yes", "--format", "table")
    assert again.code == 0
    assert f"run {run} was rolled back before" in again.err
    assert "nothing left to undo" in again.out
    assert flexsec("runs", "--simulate", world).data == recorded


def test_a_value_that_is_there_already_is_nothing_to_write(flexsec, world):
    """Setting what is set already says that there was nothing to write, and offers no undoing."""
    assert flexsec("parameters", "set", "log_lock_waits", "on", "--simulate", world, "--yes").code == 0
    again = flexsec("parameters", "set", "log_lock_waits", "on", "--simulate", world, "--yes", "--format", "table")
    assert again.code == 0
    assert "Nothing to write: no run was made." in again.out
    assert "none" not in again.out.split("Baseline")[0]
    assert "undo it" not in again.err


def test_a_plan_without_changes_is_judged_as_it_was_made(flexsec, world, tmp_path, leave):
    """Applying a plan that holds no change writes nothing and ends as the plan did: with what is left."""
    flexsec("harden", "--simulate", world, "--yes", *leave)
    plan = tmp_path / "plan.json"
    assert flexsec("plan", "--simulate", world, "-o", plan).code == 3
    applied = flexsec("apply", plan, "--simulate", world, "--yes")
    assert applied.code == 3, applied.err
    assert applied.data["run_id"] == ""
