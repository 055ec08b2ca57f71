"""The five verbs from the command line, each command in its own process's place: state passes through files alone."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from flexsec.simulator import World

# Nothing that flexsec writes makes these pass: they need an administrator or a private endpoint.
LEFT = {"auth-entra-enabled", "auth-entra-admin-exists", "net-public-access-disabled"}


def failing(assessment):
    """The controls that fail."""
    return {verdict["control"] for verdict in assessment["verdicts"] if verdict["status"] == "fail"}


def test_audit_reports_findings_and_writes_nothing(flexsec, world):
    """An audit prints an assessment as JSON, exits with 3, and changes nothing."""
    before = World.load(world).to_dict()
    answer = flexsec("audit", "--simulate", world)
    assert answer.code == 3
    assert answer.data["schema"] == "flexsec.assessment/1"
    assert "tls-require-secure-transport" in failing(answer.data)
    assert World.load(world).to_dict()["subscriptions"] == before["subscriptions"]


def test_audit_exit_code_follows_fail_on_and_exit_zero(flexsec):
    """--fail-on sets from which severity findings count, --exit-zero lets none count."""
    assert flexsec("audit", "--simulate", "insecure", "--fail-on", "critical").code == 3
    assert flexsec("audit", "--simulate", "insecure", "--exit-zero").code == 0


def test_options_mean_the_same_before_and_after_the_command(flexsec):
    """`flexsec --simulate W audit` is `flexsec audit --simulate W`; the later of two wins."""
    first = flexsec("--simulate", "insecure", "audit", "--exit-zero")
    second = flexsec("--simulate", "nosuch", "audit", "--simulate", "insecure", "--exit-zero")
    third = flexsec("parameters", "--simulate", "insecure", "list", "log_checkpoints")
    assert first.code == second.code == third.code == 0
    assert first.data == second.data


def test_a_stopped_server_is_unknown_where_it_cannot_be_asked(flexsec):
    """A stopped server is judged on what can be known; the rest is unknown, not failing."""
    answer = flexsec("audit", "--simulate", "insecure", "-g", "rg-shop", "-n", "shop-archive")
    statuses = {verdict["control"]: verdict["status"] for verdict in answer.data["verdicts"]}
    assert answer.data["server_state"] == "Stopped"
    assert statuses["tls-require-secure-transport"] == "unknown"
    assert statuses["enc-at-rest-platform"] == "pass"


def test_unknown_alone_exits_with_4(flexsec, faulty, tmp_path):
    """Without findings, what could not be observed ends the command with 4, and --exit-zero with 0."""
    baseline = tmp_path / "b.yaml"
    baseline.write_text("controls:\n  defender-atp-per-server: {}\n", encoding="utf-8")
    unreadable = faulty({"id": "X28", "path": "advancedThreatProtectionSettings", "times": None})
    words = ("audit", "--simulate", unreadable, "--baseline", baseline)
    answer = flexsec(*words)
    assert answer.code == 4, answer.err
    (verdict,) = answer.data["verdicts"]
    assert verdict["status"] == "unknown"
    assert verdict["check"]["missing_action"].endswith("advancedThreatProtectionSettings/read")
    assert flexsec(*words, "--exit-zero").code == 0


def test_plan_apply_and_rollback_in_separate_commands(flexsec, world, tmp_path, leave):
    """A saved plan is applied, and rolled back from the journal alone: the server is as it was."""
    plan = tmp_path / "plan.json"
    before = flexsec("parameters", "list", "--simulate", world).data
    made = flexsec("plan", "--simulate", world, *leave, "-o", plan)
    assert made.code == 3, "three controls stay failing, so applying the plan is expected to end with 3"
    applied = flexsec("apply", plan, "--simulate", world, "--yes")
    assert applied.code == 3
    assert applied.data["status"] == "complete"
    assert failing(applied.data["verified"]) == LEFT
    run_id = applied.data["run_id"]
    assert f"flexsec rollback {run_id}" in applied.err

    refused = flexsec("rollback", run_id, "--simulate", world, "--yes")
    assert refused.code == 6
    assert "--allow-lowering" in refused.err
    assert refused.out == ""

    undone = flexsec("rollback", run_id, "--simulate", world, "--yes", "--allow-lowering", "--allow-restart")
    assert undone.code == 0, undone.err
    assert undone.data["rolls_back"] == run_id
    after = flexsec("parameters", "list", "--simulate", world).data
    values = {p["name"]: p["value"].lower() for p in after}
    assert values == {p["name"]: p["value"].lower() for p in before}
    assert flexsec("runs", run_id, "--simulate", world).data["status"] == "rolled_back"


def test_plan_without_leave_holds_back_and_says_what_allows_it(flexsec):
    """Without leave a plan ends with 6 and names the options that give leave."""
    answer = flexsec("plan", "--simulate", "insecure")
    assert answer.code == 6
    assert {item["needs"].split()[0] for item in answer.data["withheld"]} == {"--allow-restart", "--allow-closing"}
    assert "--allow-closing firewall" in flexsec("plan", "--simulate", "insecure", "--format", "table").out


def test_a_plan_from_standard_output_can_be_applied_too(flexsec, world, tmp_path):
    """`flexsec plan > plan.json` gives the same plan as -o."""
    plan = tmp_path / "plan.json"
    plan.write_text(flexsec("plan", "--simulate", world).out, encoding="utf-8")
    assert flexsec("apply", plan, "--simulate", world, "--yes").data["status"] == "complete"


def test_edited_and_stale_plans_are_refused(flexsec, world, tmp_path):
    """An edited plan is wrong input (2); a plan for a server that changed since is refused (6)."""
    plan, edited = tmp_path / "plan.json", tmp_path / "edited.json"
    flexsec("plan", "--simulate", world, "-o", plan)
    edited.write_text(plan.read_text().replace('"require_secure_transport"', '"log_statement_sample_rate"'))
    wrong = flexsec("apply", edited, "--simulate", world, "--yes")
    assert (wrong.code, wrong.out) == (2, "")
    assert "edited" in wrong.err
    assert flexsec("parameters", "set", "log_checkpoints", "on", "--simulate", world, "--yes").code == 0
    stale = flexsec("apply", plan, "--simulate", world, "--yes")
    assert (stale.code, stale.out) == (6, "")
    assert "log_checkpoints" in stale.err


def test_harden_fixes_what_it_can_and_a_second_harden_writes_nothing(flexsec, world, leave):
    """B2: the second harden makes no run and no write."""
    first = flexsec("harden", "--simulate", world, "--yes", *leave)
    assert first.code == 3
    assert failing(first.data["after"]) == LEFT
    second = flexsec("harden", "--simulate", world, "--yes", *leave)
    assert second.code == 3
    assert second.data["run"] is None
    assert len(flexsec("runs", "--simulate", world).data) == 1


def test_harden_without_leave_writes_the_rest_and_exits_with_6(flexsec, world):
    """What lacks leave is held back, everything else is written, and the exit code is 6 even with --exit-zero."""
    answer = flexsec("harden", "--simulate", world, "--yes", "--exit-zero")
    assert answer.code == 6
    assert answer.data["run"]["status"] == "complete"
    assert "net-fw-no-allow-all" in failing(answer.data["after"])
    assert "- Remove firewall rule temp-debug" in answer.err
    assert "give: --allow-restart" in answer.err


def test_a_failed_change_is_partial_and_resume_goes_on(flexsec, faulty, leave):
    """A refused write ends with 5 and can be resumed once its cause is gone; then nothing is left to resume."""
    world = faulty({"id": "X28", "method": "PUT", "path": "log_disconnections", "times": 1})
    answer = flexsec("harden", "--simulate", world, "--yes", *leave)
    assert answer.code == 5, answer.err
    (failed,) = [o for o in answer.data["run"]["outcomes"] if o["status"] == "failed"]
    assert failed["missing_action"] == "Microsoft.DBforPostgreSQL/flexibleServers/configurations/write"
    assert "flexsec resume" in answer.err
    resumed = flexsec("resume", "--simulate", world)
    assert resumed.code == 3, resumed.err
    assert resumed.data["status"] == "complete"
    assert failing(resumed.data["verified"]) == LEFT
    assert flexsec("resume", "--simulate", world).code == 2


def test_rollback_on_failure_exits_with_7(flexsec, faulty, leave):
    """A harden that fails and undoes itself ends with 7 and leaves the values that were there."""
    world = faulty({"id": "X28", "method": "PUT", "path": "log_disconnections", "times": 1})
    answer = flexsec("harden", "--simulate", world, "--yes", *leave, "--rollback-on-failure")
    assert answer.code == 7, answer.err
    assert answer.data["rolled_back"]["rolls_back"] == answer.data["run"]["run_id"]
    (value,) = [p["value"] for p in flexsec("parameters", "list", "require_secure_transport", "--simulate", world).data]
    assert value == "off"


def test_parameters_are_set_listed_and_reset(flexsec, world):
    """B3: ON, On and on are the same value; nothing is written for what is there already."""
    set_once = flexsec("parameters", "set", "log_checkpoints=on", "log_duration=ON", "--simulate", world, "--yes")
    assert set_once.code == 0
    again = flexsec("parameters", "set", "log_checkpoints", "On", "--simulate", world, "--yes")
    assert again.code == 0
    assert again.data["outcomes"] == []
    lowered = ("parameters", "set", "log_checkpoints", "off", "--simulate", world, "--yes")
    assert flexsec(*lowered).code == 6
    assert flexsec(*lowered, "--allow-lowering").code == 0
    assert flexsec("parameters", "reset", "log_checkpoints", "--simulate", world, "--yes").code == 0
    listed = flexsec("parameters", "list", "log_check*", "--simulate", world, "--format", "csv").out
    (row,) = csv.DictReader(io.StringIO(listed))
    assert row["value"] == row["default"] == "on"
    pending = flexsec("parameters", "list", "--pending", "--simulate", world).data
    assert [p["name"] for p in pending] == ["max_connections"]
    changed = {p["name"] for p in flexsec("parameters", "list", "--changed", "--simulate", world).data}
    assert "require_secure_transport" in changed
    assert "log_checkpoints" not in changed


def test_firewall_rules_are_allowed_listed_and_removed(flexsec, world):
    """A CIDR block becomes a rule; removing one needs leave and evidence, or a reason for having none."""
    assert flexsec("firewall", "allow", "branch", "198.51.100.0/28", "--simulate", world).code == 0
    rules = {rule["name"]: rule for rule in flexsec("firewall", "list", "--simulate", world).data}
    assert (rules["branch"]["start"], rules["branch"]["end"]) == ("198.51.100.0", "198.51.100.15")
    remove = ("firewall", "remove", "branch", "--simulate", world, "--yes")
    assert flexsec(*remove).code == 6
    assert flexsec(*remove, "--allow-closing", "firewall").code == 6
    assert flexsec(*remove, "--allow-closing", "firewall", "--without-evidence", "gone").code == 0
    assert "branch" not in {rule["name"] for rule in flexsec("firewall", "list", "--simulate", world).data}


def test_the_target_is_an_id_in_any_place_or_its_parts(flexsec, world):
    """An ARM id as argument or --id, or subscription, group and name, name the same server; so does a lone one."""
    arm_id = flexsec("audit", "--simulate", world, "--exit-zero").data["server_id"]
    words = (
        ("audit", arm_id),
        ("audit", "--id", arm_id.upper().replace("/SUBSCRIPTIONS", "/subscriptions")),
        ("audit", "-g", "rg-shop", "-n", "shop-db", "-s", "11111111-1111-1111-1111-111111111111"),
        ("audit", "-n", "shop-db"),
    )
    for line in words:
        answer = flexsec(*line, "--simulate", world, "--exit-zero")
        assert answer.data["server_id"].lower() == arm_id.lower()
    listed = flexsec("parameters", "list", arm_id, "log_checkpoints", "--simulate", world)
    assert [p["name"] for p in listed.data] == ["log_checkpoints"]


def test_runs_lists_newest_first_and_shows_one(flexsec, world):
    """`runs` lists, `runs show ID`, `runs ID` and `runs --run ID` show; none of them signs in."""
    for value in ("on", "off", "on"):
        flexsec("parameters", "set", "log_duration", value, "--simulate", world, "--yes", "--allow-lowering")
    runs = flexsec("runs", "--simulate", world).data
    assert [run["run_id"] for run in runs] == sorted((run["run_id"] for run in runs), reverse=True)
    assert {run["kind"] for run in runs} == {"parameters set"}
    one = runs[0]["run_id"]
    state = f"{world}.state"
    for line in (("runs", "show", one), ("runs", one), ("runs", "--run", one)):
        assert flexsec(*line, "--state-dir", state).data["run_id"] == one


def test_a_named_world_is_kept_in_a_file_and_a_built_in_one_thrown_away(flexsec, tmp_path):
    """NAME:FILE begins a kept world once; a built-in name begins anew each time."""
    kept = f"insecure:{tmp_path / 'shop.json'}"
    for expected in (1, 0):
        answer = flexsec("parameters", "set", "log_checkpoints", "on", "--simulate", kept, "--yes")
        assert len(answer.data["outcomes"]) == expected
        fresh = flexsec("parameters", "set", "log_checkpoints", "on", "--simulate", "insecure", "--yes")
        assert len(fresh.data["outcomes"]) == 1


def test_controls_list_is_a_list_with_the_catalogues_ids(flexsec):
    """`controls list --format json` is a list of objects with the catalogue's ids; `show` tells of each."""
    from flexsec.controls.catalogue import controls

    listed = flexsec("controls", "list", "--format", "json")
    assert [item["id"] for item in listed.data] == [control.id for control in controls()]
    shown = flexsec("controls", "show", "log-statement-ddl", "--format", "table")
    assert shown.code == 0
    assert "What it does not check" in shown.out


def test_baseline_commands(flexsec, tmp_path):
    """A baseline is shown with what it extends, validated, and described by a JSON Schema."""
    file = tmp_path / "shop.yaml"
    file.write_text("extends: recommended\ncontrols:\n  log-retention-days: {days: 7}\n", encoding="utf-8")
    shown = {item["id"]: item["arguments"] for item in flexsec("baseline", "show", file).data["controls"]}
    assert shown["log-retention-days"] == {"days": 7}
    valid = flexsec("baseline", "validate", file)
    assert (valid.code, valid.out) == (0, "")
    assert "is valid" in valid.err
    schema = flexsec("baseline", "schema", "-o", tmp_path / "schema.json")
    assert "properties" in schema.data
    assert json.loads((tmp_path / "schema.json").read_text()) == schema.data


def test_an_expired_waiver_is_a_finding(flexsec, tmp_path):
    """A waiver turns a finding into `waived` until it expires; then the finding is back and says so."""
    text = (
        "controls:\n  log-checkpoints: {}\nwaivers:\n"
        "  - {control: log-checkpoints, owner: dba, reason: noise, ticket: OPS-1, expires: EXPIRES}\n"
    )
    file = tmp_path / "b.yaml"
    file.write_text(text.replace("EXPIRES", "2026-01-31"), encoding="utf-8")
    waived = flexsec("audit", "--simulate", "insecure", "--baseline", file)
    assert waived.code == 0
    assert waived.data["verdicts"][0]["status"] == "waived"
    file.write_text(text.replace("EXPIRES", "2025-12-31"), encoding="utf-8")
    expired = flexsec("audit", "--simulate", "insecure", "--baseline", file, "--format", "table")
    assert expired.code == 3
    assert "expired" in expired.out


def test_a_list_is_added_to_unless_replace_is_given(flexsec, world):
    """B8: a parameter that holds a list keeps its members; --replace makes it exactly what is given."""
    words = ("parameters", "set", "azure.extensions", "--simulate", world, "--yes", "--allow-lowering")

    def value() -> set[str]:
        (found,) = flexsec("parameters", "list", "azure.extensions", "--simulate", world).data
        return set(found["value"].upper().split(","))

    assert flexsec(*words[:3], "PGAUDIT", *words[3:]).code == 0
    assert flexsec(*words[:3], "HSTORE", *words[3:]).code == 0
    assert value() == {"PGAUDIT", "HSTORE"}
    assert flexsec(*words[:3], "HSTORE", "--replace", *words[3:]).code == 0
    assert value() == {"HSTORE"}


def test_a_journal_cut_off_in_mid_line_is_finished_and_a_damaged_one_refused(flexsec, world):
    """A half-written last line was not acted upon: the run goes on. An altered line cannot be trusted: exit 1."""
    run_id = flexsec("harden", "--simulate", world, "--yes").data["run"]["run_id"]
    journal = Path(f"{world}.state") / "runs" / f"{run_id}.jsonl"
    journal.write_bytes(journal.read_bytes()[:-40])
    cut = flexsec("runs", run_id, "--simulate", world)
    assert (cut.code, cut.data["status"]) == (0, "indeterminate")
    resumed = flexsec("resume", "--simulate", world)
    assert resumed.data["status"] == "complete"
    journal.write_text(journal.read_text().replace('"off"', '"on"', 1))
    for words in (("runs", run_id), ("resume", run_id), ("rollback", run_id, "--yes")):
        damaged = flexsec(*words, "--simulate", world)
        assert (damaged.code, damaged.out) == (1, "")
        assert "is damaged at line 1" in damaged.err
    listed = flexsec("runs", "--simulate", world)
    assert (listed.code, listed.data) == (0, [])
    assert run_id in listed.err


def test_a_run_out_of_time_can_be_resumed(flexsec, world):
    """A run that uses up its --timeout ends with 5, says how to go on, and goes on."""
    answer = flexsec("harden", "--simulate", world, "--yes", "--timeout", "35s")
    assert answer.code == 5
    assert "flexsec resume" in answer.err
    resumed = flexsec("resume", "--simulate", world, "--poll", "eager")
    assert resumed.data["status"] == "complete", resumed.err


def test_resume_without_an_id_asks_which_when_there_are_several(flexsec, faulty):
    """Of two runs that can be resumed each is named and none is chosen; one that a later run overtook is not."""
    world = faulty({"id": "X28", "method": "PUT", "path": "log_duration", "times": 2})
    ids = []
    for _ in range(2):
        answer = flexsec("parameters", "set", "log_duration", "on", "--simulate", world, "--yes")
        assert answer.code == 5, answer.err
        ids.append(answer.data["run_id"])
    which = flexsec("resume", "--simulate", world)
    assert (which.code, which.out) == (2, "")
    assert all(run_id in which.err for run_id in ids)
    assert flexsec("resume", ids[1], "--simulate", world).code == 0
    none = flexsec("resume", "--simulate", world)
    assert (none.code, none.out) == (2, "")
    assert "there is no run to resume" in none.err
