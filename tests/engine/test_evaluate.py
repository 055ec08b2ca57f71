"""Evaluating a server by a baseline: verdicts, waivers and notes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from flexsec.baselines.baseline import Baseline, Scope, Selection
from flexsec.baselines.loader import load
from flexsec.controls.catalogue import CONTROLS, control
from flexsec.engine.evaluate import evaluate
from flexsec.model.encoding import from_data, to_data
from flexsec.model.pattern import fits
from flexsec.model.verdict import Assessment, Severity, Status, Waiver
from flexsec.simulator import catalogue
from tests.controls.states import SERVER_ID, state

TODAY = date(2026, 5, 4)
UNREAD = {"unobserved": "403: the identity may not read it", "missing_action": "some/read"}
CASES = sorted((Path(__file__).parents[1] / "controls" / "cases").glob("*/*.json"))


def judging(*ids: str, waivers: tuple[Waiver, ...] = ()) -> Baseline:
    """A baseline of these controls."""
    return Baseline(
        name="mine", description="", controls=tuple(Selection(control(one)) for one in ids), waivers=waivers
    )


def waiving(control_id: str, expires: date, *, servers: str = "*", ticket: str = "DB-7") -> Waiver:
    """A waiver that ends on this day."""
    return Waiver(control=control_id, owner="Ana", reason="old driver", ticket=ticket, expires=expires, servers=servers)


def insecure() -> dict:
    """A server with something wrong in every part."""
    every = catalogue.parameters("16")
    listed = {name: every[name].value for entry in CONTROLS for name in entry.parameters}
    return {
        "server": {"entra_auth": "Disabled"},
        "parameters": {**listed, "require_secure_transport": "off", "log_checkpoints": "off", "log_statement": "all"},
        "firewall": [
            ["everyone", "0.0.0.0", "255.255.255.255"],
            ["azure", "0.0.0.0", "0.0.0.0"],
            ["office", "203.0.113.7", "203.0.113.7"],
        ],
        "administrators": [],
        "threat_protection": False,
    }


def test_every_control_of_the_baseline_gets_a_verdict_in_its_order():
    """The assessment tells the server, the time, the server's state and one verdict for each control."""
    observed = state(insecure())
    assessment = evaluate(observed, load("recommended"), today=TODAY)
    asked = [selection.control.id for selection in load("recommended").controls]
    assert [verdict.control for verdict in assessment.verdicts] == asked
    assert (assessment.server_id, assessment.baseline, assessment.server_state) == (SERVER_ID, "recommended", "Ready")
    assert assessment.observed_at == observed.observed_at
    failing = {verdict.control for verdict in assessment.findings()}
    assert failing == {
        "tls-require-secure-transport", "auth-connection-throttle", "auth-entra-enabled", "auth-entra-admin-exists",
        "net-public-access-disabled", "net-fw-no-azure-services", "net-fw-no-allow-all", "net-fw-range-bounded",
        "log-checkpoints", "log-server-logs-enabled", "log-retention-days", "log-line-prefix", "log-statement-ddl",
        "defender-atp-per-server",
    }  # fmt: skip
    assert {verdict.control for verdict in assessment.findings(Severity.CRITICAL)} == {"net-fw-no-allow-all"}
    for verdict in assessment.verdicts:
        assert verdict.status == verdict.check.status
        assert verdict.title == control(verdict.control).title
        assert verdict.severity == control(verdict.control).severity


def test_evaluating_is_pure():
    """The same state and day give the same assessment, and the state is left as it was."""
    observed, again = state(insecure()), state(insecure())
    first = evaluate(observed, load("recommended"), today=TODAY)
    assert evaluate(observed, load("recommended"), today=TODAY) == first
    assert observed == again


def test_an_assessment_survives_json():
    """An assessment is written to a plan and read back without loss."""
    waivers = (waiving("log-checkpoints", date(2027, 1, 1)), waiving("log-statement-ddl", date(2020, 1, 1)))
    baseline = load("recommended")
    baseline = Baseline(name="b", description="", controls=baseline.controls, waivers=waivers)
    assessment = evaluate(state(insecure()), baseline, today=TODAY)
    assert from_data(Assessment, json.loads(json.dumps(to_data(assessment)))) == assessment


def test_arguments_of_the_baseline_reach_the_control():
    """A baseline that asks for seven days finds five too few; one that does not finds them enough."""
    observed = state({"parameters": {"logfiles.retention_days": "5"}})
    strict = Baseline(name="b", description="", controls=(Selection(control("log-retention-days"), {"days": 7}),))
    assert evaluate(observed, strict, today=TODAY).verdicts[0].status == Status.FAIL
    assert evaluate(observed, judging("log-retention-days"), today=TODAY).verdicts[0].status == Status.PASS


@pytest.mark.parametrize(("expires", "status"), [(date(2026, 5, 4), Status.WAIVED), (date(2026, 5, 3), Status.FAIL)])
def test_a_waiver_holds_up_to_and_with_its_last_day(expires, status):
    """After that day the failure is a failure again, and the expired waiver is told."""
    baseline = judging("log-checkpoints", waivers=(waiving("log-checkpoints", expires),))
    assessment = evaluate(state({"parameters": {"log_checkpoints": "off"}}), baseline, today=TODAY)
    (verdict,) = assessment.verdicts
    assert verdict.status == status
    assert verdict.check.status == Status.FAIL
    assert verdict.waiver == baseline.waivers[0]
    assert verdict.waiver_expired == (status == Status.FAIL)
    ends = "expired on 2026-05-03" if verdict.waiver_expired else "ends today, on 2026-05-04"
    assert assessment.notes == (
        f"the waiver of log-checkpoints (DB-7, Ana) {ends}: mend the finding or renew the waiver",
    )
    assert bool(assessment.findings()) == verdict.waiver_expired


@pytest.mark.parametrize(
    ("servers", "waived"),
    [
        ("*", True),
        ("shop-*", True),
        ("SHOP-DB", True),
        ("shop-d?", True),
        ("shop", False),
        ("other-*", False),
        ("[", False),
    ],
)
def test_a_waiver_covers_the_servers_that_it_names(servers, waived):
    """Names match without case, as Azure compares them, with * and ? for any characters."""
    baseline = judging("log-checkpoints", waivers=(waiving("log-checkpoints", date(2027, 1, 1), servers=servers),))
    assessment = evaluate(state({"parameters": {"log_checkpoints": "off"}}), baseline, today=TODAY)
    assert (assessment.verdicts[0].status == Status.WAIVED) == waived
    told = f"the waiver of log-checkpoints (DB-7) is for servers {servers!r}, which this one is not"
    assert assessment.notes == (() if waived else (told,))


@pytest.mark.parametrize(("days", "said"), [(1, "tomorrow"), (14, "in 14 days"), (15, ""), (400, "")])
def test_a_waiver_is_announced_to_end_from_two_weeks_before(days, said):
    """From 14 days before its last day on the report says that a waiver ends, and always how many days are left."""
    expires = TODAY + timedelta(days=days)
    assessment = evaluate(
        state({"parameters": {"log_checkpoints": "off"}}),
        judging("log-checkpoints", waivers=(waiving("log-checkpoints", expires),)),
        today=TODAY,
    )
    assert (assessment.verdicts[0].status, assessment.verdicts[0].waiver_days_left) == (Status.WAIVED, days)
    told = f"the waiver of log-checkpoints (DB-7, Ana) ends {said}, on {expires}: mend the finding or renew the waiver"
    assert assessment.notes == ((told,) if said else ())


def test_days_left_are_negative_after_the_end_and_absent_without_a_waiver():
    """An expired waiver tells for how long it has been so; what nobody waived has no days."""
    waivers = (waiving("log-checkpoints", TODAY - timedelta(days=3)),)
    found = evaluate(
        state({"parameters": {"log_checkpoints": "off", "log_statement": "all"}}),
        judging("log-checkpoints", "log-statement-ddl", waivers=waivers),
        today=TODAY,
    )
    assert [verdict.waiver_days_left for verdict in found.verdicts] == [-3, None]


@pytest.mark.parametrize(
    ("tags", "waived"),
    [
        ({"client": "legacy"}, True),
        ({"CLIENT": "Legacy-2"}, True),
        ({"client": "modern"}, False),
        ({"other": "legacy"}, False),
        ({}, False),
    ],
)
def test_a_waiver_covers_the_servers_with_its_tags(tags, waived):
    """Tag names and patterns ignore case; a server that lacks a tag or has another value is not covered, and it is told."""
    waiver = replace(waiving("log-checkpoints", date(2027, 1, 1)), tags={"Client": "legacy*"})
    observed = state({"parameters": {"log_checkpoints": "off"}, "server": {"tags": tags}})
    assessment = evaluate(observed, judging("log-checkpoints", waivers=(waiver,)), today=TODAY)
    assert (assessment.verdicts[0].status == Status.WAIVED) == waived
    told = "the waiver of log-checkpoints (DB-7) is for servers '*' with the tags Client=legacy*, which this one is not"
    assert assessment.notes == (() if waived else (told,))


def test_a_waiver_by_tag_is_in_doubt_while_tags_are_unread():
    """What may be excepted is unknown, not a finding: nothing is written that a client may rely on."""
    waiver = replace(waiving("log-checkpoints", date(2027, 1, 1)), tags={"client": "legacy"})
    observed = state({"parameters": {"log_checkpoints": "off"}, "server": UNREAD})
    for waivers, status in (((waiver,), Status.UNKNOWN), ((replace(waiver, expires=date(2020, 1, 1)),), Status.FAIL)):
        (verdict,) = evaluate(observed, judging("log-checkpoints", waivers=waivers), today=TODAY).verdicts
        assert verdict.status == status
        assert verdict.waiver is None
        if status == Status.UNKNOWN:
            assert "whether the waiver DB-7 of Ana covers this server is not known" in verdict.check.reason
            assert verdict.check.missing_action == "some/read"


def test_brackets_in_patterns_are_themselves():
    """Only * and ? stand for others: a pattern with a bracket covers the name with that bracket."""
    assert fits("rule[1]", "rule[1]")
    assert not fits("rule1", "rule[1]")
    assert fits("PROD-db", "prod-*")


def test_the_scope_by_tags_cannot_be_checked_on_a_server_that_was_not_read():
    """Then everything is unknown, with the reason and the permission that is missing, and one note says so."""
    baseline = replace(judging("log-checkpoints", "auth-scram"), scope=Scope(tags={"environment": "prod"}))
    observed = state({"parameters": {"log_checkpoints": "off"}, "server": UNREAD})
    assessment = evaluate(observed, baseline, today=TODAY)
    assert {verdict.status for verdict in assessment.verdicts} == {Status.UNKNOWN}
    assert {verdict.check.missing_action for verdict in assessment.verdicts} == {"some/read"}
    (note,) = assessment.notes
    assert "the scope of baseline mine could not be checked: it asks for the tags environment" in note


def test_what_the_baseline_has_to_say_is_said():
    """The notes of a baseline, such as that its numbering is to be checked, are in every assessment."""
    baseline = replace(judging("log-checkpoints"), notes=("Check every row.",))
    assert (
        evaluate(state({"parameters": {"log_checkpoints": "on"}}), baseline, today=TODAY).notes[-1]
        == "Check every row."
    )


def test_of_several_waivers_the_longest_counts():
    """A waiver that was renewed beside its expired predecessor holds."""
    old, new = waiving("log-checkpoints", date(2026, 1, 1)), waiving("log-checkpoints", date(2027, 1, 1), ticket="DB-9")
    for order in ((old, new), (new, old)):
        observed = state({"parameters": {"log_checkpoints": "off"}})
        (verdict,) = evaluate(observed, judging("log-checkpoints", waivers=order), today=TODAY).verdicts
        assert verdict.status == Status.WAIVED
        assert verdict.waiver == new


def test_a_waiver_is_for_failures_only():
    """A pass stays a pass and the waiver is told to be needless; what is unknown is never waived."""
    waivers = (waiving("log-checkpoints", date(2027, 1, 1)),)
    passing = evaluate(
        state({"parameters": {"log_checkpoints": "on"}}), judging("log-checkpoints", waivers=waivers), today=TODAY
    )
    assert passing.verdicts[0].status == Status.PASS
    assert passing.verdicts[0].waiver is None
    assert passing.notes == ("the waiver of log-checkpoints (DB-7) is no longer needed: the control passes",)
    unread = evaluate(state({"parameters": UNREAD}), judging("log-checkpoints", waivers=waivers), today=TODAY)
    assert unread.verdicts[0].status == Status.UNKNOWN
    assert unread.notes == ()


def test_a_control_that_is_off_is_not_judged():
    """What the baseline leaves out is not in the assessment."""
    assessment = evaluate(state(insecure()), judging("log-checkpoints", "auth-scram"), today=TODAY)
    assert [verdict.control for verdict in assessment.verdicts] == ["log-checkpoints", "auth-scram"]


def test_rules_that_the_baseline_does_not_own_are_named_as_kept():
    """Only the rules that a failing control wants gone are left out of the note."""
    assessment = evaluate(state(insecure()), load("recommended"), today=TODAY)
    assert assessment.notes == ("firewall rules that the baseline does not own are kept: office (203.0.113.7)",)


def test_a_waived_rule_is_kept():
    """Whoever waives a finding about a rule keeps the rule."""
    everything = load("recommended")
    waivers = (waiving("net-fw-no-allow-all", date(2027, 1, 1)),)
    baseline = Baseline(name="b", description="", controls=everything.controls, waivers=waivers)
    kept, waived = evaluate(state(insecure()), baseline, today=TODAY).notes
    assert "firewall rules that would have to go are kept while a waiver holds: everyone (0.0.0.0-255" in waived
    assert "everyone" not in kept
    assert "azure" not in kept + waived


def test_inert_rules_are_told_apart():
    """C4: with public access disabled the rules admit nobody, and come back when it is enabled again."""
    observed = state({**insecure(), "server": {"public_network_access": "Disabled"}})
    notes = evaluate(observed, load("recommended"), today=TODAY).notes
    assert notes[-1] == "the firewall rules come back into force if public network access is enabled again"
    assert "everyone" in notes[0]


def test_settings_that_no_control_judges_are_told_when_they_moved():
    """B12: a change that was made beside flexsec is told, compared by data type; what the platform sets is not."""
    beside = {
        "work_mem": "8192",  # the default is 4096
        "row_security": "ON",  # the default in another spelling
        "wal_level": "replica",
        "listen_addresses": "*",  # read-only, and not its default
        "search_path": "",
        "log_checkpoints": "off",  # judged, so it has its verdict
    }
    assessment = evaluate(state({"parameters": beside}), judging("log-checkpoints"), today=TODAY)
    default = catalogue.parameters("16")["search_path"].default
    (note,) = assessment.notes
    told, _, settings = note.partition(": ")
    assert told == "parameters that no control judges differ from their defaults"
    assert settings == f"search_path is (empty) (default {default}); work_mem is 8192 (default 4096)"
    assert evaluate(state({"parameters": UNREAD}), judging("log-checkpoints"), today=TODAY).notes == ()


def test_a_stopped_server_is_judged_on_what_can_be_known():
    """F6: the server's own properties are judged, everything below is unknown with the reason, nothing is raised."""
    stopped = {"unobserved": "the server is stopped"}
    parts = dict.fromkeys(("parameters", "firewall", "administrators", "threat_protection"), stopped)
    assessment = evaluate(state({"server": {"state": "Stopped"}, **parts}), load("recommended"), today=TODAY)
    known = {verdict.control for verdict in assessment.verdicts if verdict.status != Status.UNKNOWN}
    assert known == {
        "auth-entra-enabled", "net-public-access-disabled", "enc-at-rest-platform", "enc-key-health", "version-supported",
    }  # fmt: skip
    assert assessment.server_state == "Stopped"
    for verdict in assessment.with_status(Status.UNKNOWN):
        assert "the server is stopped" in verdict.check.reason


def test_a_server_being_deleted_is_judged_by_nothing():
    """Dropping: every control is not applicable, and nothing is a finding."""
    assessment = evaluate(state({**insecure(), "server": {"state": "Dropping"}}), load("recommended"), today=TODAY)
    assert {verdict.status for verdict in assessment.verdicts} == {Status.NOT_APPLICABLE}
    assert {verdict.check.reason for verdict in assessment.verdicts} == {"the server is being deleted"}


def test_what_was_not_read_is_unknown_everywhere():
    """F7: a failed read never becomes a finding, and each verdict names the missing action."""
    parts = dict.fromkeys(("server", "parameters", "firewall", "administrators", "threat_protection"), UNREAD)
    assessment = evaluate(state(parts), load("recommended"), today=TODAY)
    assert assessment.findings() == ()
    assert {verdict.status for verdict in assessment.verdicts} == {Status.UNKNOWN}
    assert {verdict.check.missing_action for verdict in assessment.verdicts} == {"some/read"}
    assert assessment.server_state == "unobserved"
    assert assessment.notes == ()


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_state_stops_the_evaluation(path):
    """Whatever a server looks like, every control has its verdict."""
    case = json.loads(path.read_text("utf-8"))
    assessment = evaluate(state(case), judging(*(entry.id for entry in CONTROLS)), today=TODAY)
    assert len(assessment.verdicts) == len(CONTROLS)
