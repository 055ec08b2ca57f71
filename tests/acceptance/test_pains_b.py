"""Server parameters: what users of the service suffered from, and must not suffer from here."""

import json
from dataclasses import replace
from datetime import date

import pytest

from flexsec import Leave
from flexsec.baselines.loader import load
from flexsec.controls.catalogue import controls
from flexsec.engine import plan_file
from flexsec.engine.evaluate import evaluate
from flexsec.errors import InvalidValue, StalePlan
from flexsec.model.run import ChangeStatus, RunStatus
from flexsec.model.verdict import Status
from flexsec.simulator import catalogue
from flexsec.testing import simulated
from tests.acceptance.scene import (
    ALL_LEAVE,
    NAME,
    TARGET,
    THREE_STATIC,
    cli,
    effects,
    fault,
    outcome,
    reads,
    shop,
    value,
    values,
    verdict,
    world,
    writes,
)

EXTENDED = {"shared_preload_libraries": "pg_cron,pg_stat_statements"}


def test_static_parameters_are_never_followed_by_a_restart_of_their_own():
    """B1: three static changes restart nothing; the audit says that they wait, and judges them as not in force."""
    with simulated(world()) as azure:
        server = shop(azure)
        run = server.parameters.set_many(THREE_STATIC)
        assert run.status is RunStatus.COMPLETE
        assert not writes(azure, "/restart$")
        pending = verdict(server.audit(), "config-no-pending-restart")
        assert pending.status is Status.FAIL
        assert set(THREE_STATIC) <= set(pending.check.evidence)
        hardening = server.harden()
        assert not writes(azure, "/restart$")
        assert [w.needs for w in hardening.plan.withheld] == ["--allow-restart"]


def test_with_leave_all_static_parameters_share_one_restart():
    """B1: with leave there is exactly one restart, and then the control passes."""
    with simulated(world()) as azure:
        server = shop(azure)
        server.parameters.set_many(THREE_STATIC)
        hardening = server.harden(leave=Leave(restart=True))
        assert len(writes(azure, "/restart$")) == 1
        assert effects(azure).count("restart") == 1
        assert verdict(hardening.after, "config-no-pending-restart").status is Status.PASS


def test_a_value_that_waits_for_a_restart_is_not_in_force():
    """B1: a control judges the value in force: what is set and pending fails, and only a restart mends it."""
    pending = {"password_encryption": "scram-sha-256"}
    with simulated(world(parameters=pending)) as azure:
        # PostgreSQL lets this one change at once; a server on which it waits is played here.
        state = shop(azure).observe()
        waiting = next(p for p in state.parameters if p.name == "password_encryption")
        moved = tuple(replace(p, pending_restart=p == waiting) for p in state.parameters)
        judged = verdict(evaluate(replace(state, parameters=moved), load("recommended"), today=date(2026, 1, 5)),
                         "auth-scram")  # fmt: skip
        assert judged.status is Status.FAIL
        assert "not in force" in judged.check.reason
        assert [d.kind for d in judged.check.desires] == ["restart"]


def test_the_exit_code_tells_that_a_restart_waits_for_leave(tmp_path):
    """B1: without the flag the command restarts nothing and ends with 6; with it, one restart."""
    path = tmp_path / "world.json"
    with simulated(world()) as azure:
        shop(azure).parameters.set_many(THREE_STATIC)
        azure.world.save(path)
    assert cli("harden", *TARGET, "--simulate", path, "--yes").exit_code == 6
    result = cli("harden", *TARGET, "--simulate", path, "--yes", "--allow-restart", "--fail-on", "critical")
    assert result.exit_code == 0, result.output
    assert json.loads(path.read_text())["effects"].popitem()[1].count("restart") == 1


def test_a_second_harden_writes_nothing():
    """B2: what holds already is not written again: no write, no restart, however often it is asked for."""
    with simulated("insecure") as azure:
        server = shop(azure)
        assert server.harden(leave=ALL_LEAVE).run.status is RunStatus.COMPLETE
        before = len(writes(azure))
        for _ in range(2):
            assert server.harden(leave=ALL_LEAVE).run is None
        assert len(writes(azure)) == before


@pytest.mark.parametrize("spelling", ["ON", "On", "on", "oN"])
def test_spellings_of_a_boolean_are_one_value(spelling):
    """B3: ON, On and on are the same value: the controls pass and nothing is written."""
    names = ("require_secure_transport", "log_connections", "log_disconnections", "log_checkpoints")
    with simulated(world(parameters=dict.fromkeys(names, spelling))) as azure:
        server = shop(azure)
        assessment = server.audit()
        for control in ("tls-require-secure-transport", "log-connections", "log-disconnections", "log-checkpoints"):
            assert verdict(assessment, control).status is Status.PASS
        assert not server.parameters.set_many(dict.fromkeys(names, "on")).outcomes
        assert not server.parameters.set_many(dict.fromkeys(names, "true")).outcomes
        assert not writes(azure)


def test_the_order_and_case_of_a_list_do_not_matter():
    """B3: a list in another order and case is the same list."""
    with simulated(world(parameters=EXTENDED)) as azure:
        run = shop(azure).parameters.set("shared_preload_libraries", "PG_STAT_STATEMENTS, pg_cron")
        assert not run.outcomes
        assert not writes(azure)


@pytest.mark.parametrize("spelling", ["upper", "title"])
def test_a_service_that_stores_another_spelling_is_believed(spelling):
    """B3: the spelling that comes back may differ from the one that was sent; the value is what counts."""
    words = "log_(?!line_prefix)|require_"  # a free text in another case would be another value
    with simulated("insecure", faults=[fault("X38", times=None, spelling=spelling, path=words)]) as azure:
        server = shop(azure)
        assert server.harden(leave=ALL_LEAVE).run.status is RunStatus.COMPLETE
        assert value(azure, "log_checkpoints") == {"upper": "ON", "title": "On"}[spelling]
        assert server.harden(leave=ALL_LEAVE).run is None


def test_what_is_written_is_spelt_as_the_allowed_values_are():
    """B3: a caller's TRUE is written as the on that the service lists."""
    with simulated(world(parameters={"log_checkpoints": "off"})) as azure:
        shop(azure).parameters.set("log_checkpoints", "TRUE")
        assert value(azure, "log_checkpoints") == "on"


def test_a_parameter_that_the_version_does_not_have_is_not_applicable():
    """B4: an absent parameter is neither a finding nor an error, and the other controls are judged all the same."""
    with simulated(world(parameters={"connection_throttle.enable": None, "logfiles.retention_days": None})) as azure:
        server = shop(azure)
        assessment = server.audit()
        for control in ("auth-connection-throttle", "log-retention-days"):
            assert verdict(assessment, control).status is Status.NOT_APPLICABLE
            assert "PostgreSQL 16" in verdict(assessment, control).check.reason
        assert verdict(assessment, "log-checkpoints").status is Status.PASS
        assert not any("throttle" in change.target for change in server.plan(leave=ALL_LEAVE).changes)


def test_a_parameter_that_vanishes_between_the_list_and_the_write_fails_alone():
    """B4: 404 ConfigurationNotExists on one parameter fails that change; the rest of the run goes on."""
    gone = fault("X30", times=None, method="PUT", path="connection_throttle")
    with simulated("insecure", faults=[gone]) as azure:
        hardening = shop(azure).harden(leave=ALL_LEAVE)
        failed = [o for o in hardening.run.outcomes if o.status is not ChangeStatus.APPLIED]
        assert [o.change.name for o in failed] == ["connection_throttle.enable"]
        assert failed[0].code == "ConfigurationNotExists"
        assert failed[0].attempts == 1


@pytest.mark.parametrize("version", catalogue.versions())
def test_every_version_can_be_audited(version):
    """B4: on every major version each control gets a verdict that is not unknown."""
    with simulated(world(version=version)) as azure:
        statuses = {v.control: v.status for v in shop(azure).audit().verdicts}
        assert Status.UNKNOWN not in statuses.values()


def test_every_parameter_of_the_catalogue_exists_somewhere():
    """B5: a control that reads a parameter no version has would always fail; each name exists in some list."""
    known = {name for version in catalogue.versions() for name in catalogue.parameters(version)}
    named = {(control.id, name) for control in controls() for name in control.parameters}
    assert named, "the controls must name their parameters, or this proves nothing"
    assert {(control, name) for control, name in named if name not in known} == set()
    assert {name for _, name in named}.isdisjoint({"log_retention_days", "audit.log_enabled"})


def test_a_read_only_parameter_is_refused_before_anything_is_sent():
    """B6: ssl is read-only: no write is sent, and the message says so."""
    with simulated(world()) as azure:
        with pytest.raises(InvalidValue, match="read-only"):
            shop(azure).parameters.set("ssl", "off")
        assert not writes(azure)


def test_the_command_refuses_a_read_only_parameter_as_a_usage_error(tmp_path):
    """B6: the command ends with 2 and names the parameter and that it is read-only."""
    path = tmp_path / "world.json"
    with simulated(world()) as azure:
        azure.world.save(path)
    result = cli("parameters", "set", "ssl", "off", *TARGET, "--simulate", path, "--yes")
    assert result.exit_code == 2
    assert "ssl is read-only" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("log_checkpoints", "perhaps", "on or off"),
        ("logfiles.retention_days", "8", "1 to 7"),
        ("logfiles.retention_days", "three", "1 to 7"),
        ("logfiles.retention_days", "3.5", "1 to 7"),
        ("log_error_verbosity", "loud", "terse"),
        ("azure.extensions", "no_such_extension", "pgaudit"),
        ("log_line_prefix", "it's", "text matching"),
    ],
)
def test_a_value_that_the_service_would_refuse_is_refused_here(name, given, told):
    """B6: a bad value is refused before any write, with what is allowed."""
    with simulated(world()) as azure:
        with pytest.raises(InvalidValue) as refused:
            shop(azure).parameters.set(name, given)
        assert name in str(refused.value)
        assert told in str(refused.value)
        assert not writes(azure)


@pytest.mark.parametrize("form", ["late", "early"])
def test_a_value_that_only_the_service_refuses_is_told_in_words(form):
    """B6: the service's "{0}" never reaches a person; the refusal is not retried."""
    with simulated("insecure", faults=[fault("X5", times=None, form=form, path="log_checkpoints")]) as azure:
        hardening = shop(azure).harden(leave=ALL_LEAVE)
        refused = outcome(hardening.run, "parameters/log_checkpoints")
        assert refused.status is ChangeStatus.FAILED
        assert "{0}" not in refused.message
        assert refused.code in ("OperationFailed", "InvalidParameterValue")
        assert refused.attempts == 1
        assert hardening.run.status is RunStatus.PARTIAL


def test_a_list_is_added_to_and_never_overwritten():
    """B8: setting pgaudit keeps pg_cron and pg_stat_statements."""
    with simulated(world(parameters=EXTENDED)) as azure:
        server = shop(azure)
        run = server.parameters.set("shared_preload_libraries", "pgaudit")
        assert run.status is RunStatus.COMPLETE
        assert value(azure, "shared_preload_libraries") == "pg_cron,pg_stat_statements,pgaudit"
        assert "pg_cron,pg_stat_statements,pgaudit" in run.outcomes[0].change.sentence


def test_taking_something_out_of_a_list_must_be_asked_for():
    """B8: with `replace` the list becomes what is given; emptying it without is refused."""
    with simulated(world(parameters=EXTENDED)) as azure:
        server = shop(azure)
        with pytest.raises(InvalidValue, match="replace"):
            server.parameters.set("shared_preload_libraries", "")
        server.parameters.set("shared_preload_libraries", "pg_cron", replace=True)
        assert value(azure, "shared_preload_libraries") == "pg_cron"
        server.parameters.reset("shared_preload_libraries")
        assert value(azure, "shared_preload_libraries") == "pg_cron,pg_stat_statements"


def test_hardening_a_list_keeps_what_it_holds():
    """B8: log_connections of PostgreSQL 18 is a list: what it records already is kept."""
    with simulated(world(version="18", parameters={"log_connections": "receipt"})) as azure:
        hardening = shop(azure).harden(leave=ALL_LEAVE)
        assert value(azure, "log_connections") == "receipt,authentication,authorization"
        assert verdict(hardening.after, "log-connections").status is Status.PASS


def test_the_live_list_of_allowed_values_decides():
    """B9: an extension that this server does not offer is refused before any write, naming those that it does."""
    assert "anon" in catalogue.parameters("16")["azure.extensions"].allowed_values.split(",")
    missing = "pg_ivm"
    with simulated(world()) as azure:
        server = shop(azure)
        with pytest.raises(InvalidValue, match=missing):
            server.parameters.set("azure.extensions", f"pgaudit,{missing}")
        assert not writes(azure)
        assert server.parameters.set("azure.extensions", "pgaudit").status is RunStatus.COMPLETE


def test_rollback_restores_every_value():
    """B10: after harden and rollback the server holds the values that it held before."""
    with simulated("insecure") as azure:
        before = values(azure)
        client = azure.client()
        hardening = shop(azure).harden(leave=ALL_LEAVE)
        assert values(azure) != before
        undone = client.rollback(hardening.run.run_id, leave=ALL_LEAVE)
        assert undone.status is RunStatus.COMPLETE
        assert values(azure) == before


def test_reset_writes_the_default_back():
    """B10: there is no DELETE for a parameter: reset is a PUT of the default, and rollback undoes it."""
    with simulated(world(parameters={"work_mem": "65536"})) as azure:
        client = azure.client()
        run = shop(azure).parameters.reset("work_mem")
        assert [r.method for r in writes(azure)] == ["PUT"]
        assert value(azure, "work_mem") == "4096"
        client.rollback(run.run_id, leave=ALL_LEAVE)
        assert value(azure, "work_mem") == "65536"


def test_a_change_made_elsewhere_is_named_with_its_old_and_new_value():
    """B12: a parameter flipped in the portal fails the next audit, and an old plan is refused naming both values."""
    with simulated("insecure") as azure:
        server = shop(azure)
        server.harden(leave=ALL_LEAVE)
        azure.world.server(NAME).parameters["log_checkpoints"].value = "off"
        flipped = verdict(server.audit(), "log-checkpoints")
        assert flipped.status is Status.FAIL
        assert flipped.check.evidence["log_checkpoints"] == "off"
        plan = server.plan(leave=ALL_LEAVE)
        azure.world.server(NAME).parameters["log_checkpoints"].value = "on"
        with pytest.raises(StalePlan, match="log_checkpoints was 'off', is now 'on'"):
            server.apply(plan)


def test_settings_that_no_control_judges_are_reported_when_someone_changed_them():
    """B12: a parameter outside the baseline that leaves its default is noted by the next audit, with both values."""
    with simulated(world()) as azure:
        server = shop(azure)
        assert not any("work_mem" in note for note in server.audit().notes)
        server.parameters.set("work_mem", "65536")
        notes = [note for note in server.audit().notes if "work_mem" in note]
        assert len(notes) == 1
        assert "65536" in notes[0]
        assert "4096" in notes[0]
        assert not any("log_checkpoints" in note for note in server.audit().notes)


def test_a_saved_plan_is_refused_when_the_server_has_moved(tmp_path):
    """B12: what changed since the plan was saved is named, with old and new value, and nothing is written."""
    with simulated("insecure") as azure:
        server = shop(azure)
        plan_file.write(server.plan(leave=ALL_LEAVE), tmp_path / "plan.json")
        azure.world.server(NAME).parameters["log_statement"].value = "mod"
        with pytest.raises(StalePlan, match="log_statement was 'ddl', is now 'mod'"):
            server.apply(plan_file.read(tmp_path / "plan.json"))
        assert not writes(azure)


@pytest.mark.parametrize("form", ["immediate", "poll"])
def test_an_internal_error_that_stays_ends_after_three_attempts_with_its_tracking_id(form):
    """B14: InternalServerError every time: three attempts, each after looking, and the tracking id in the outcome."""
    broken = fault("X7", times=None, form=form, method="PUT", path="log_checkpoints")
    with simulated("insecure", faults=[broken]) as azure:
        hardening = shop(azure).harden(leave=ALL_LEAVE)
        failed = outcome(hardening.run, "parameters/log_checkpoints")
        assert failed.status is ChangeStatus.FAILED
        assert failed.attempts == 3
        assert len(writes(azure, "log_checkpoints")) == 3
        assert len(failed.tracking_id) == 36
        assert failed.request_id
        assert hardening.run.status is RunStatus.PARTIAL
        done = [o for o in hardening.run.outcomes if o.status is ChangeStatus.APPLIED]
        assert len(done) == len(hardening.run.outcomes) - 1
        assert len(reads(azure, "configurations/log_checkpoints")) >= 3


def test_the_command_reports_the_tracking_id_and_what_was_done(tmp_path):
    """B14: the command ends with 5, and its JSON holds the tracking id and the changes that were made."""
    broken = fault("X7", times=None, method="PUT", path="log_checkpoints")
    path = tmp_path / "world.json"
    with simulated("insecure", faults=[broken]) as azure:
        azure.world.save(path)
    result = cli("harden", *TARGET, "--simulate", path, "--yes", "--format", "json")
    assert result.exit_code == 5, result.output
    outcomes = json.loads(result.stdout)["run"]["outcomes"]
    by_status = {}
    for one in outcomes:
        by_status.setdefault(one["status"], []).append(one)
    assert len(by_status["failed"]) == 1
    assert len(by_status["failed"][0]["tracking_id"]) == 36
    assert by_status["applied"]
