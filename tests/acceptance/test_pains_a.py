"""Busy servers, states and ordering: what users of the service suffered from, and must not suffer from here."""

import re

import pytest

from flexsec.errors import NotObserved
from flexsec.model.firewall import FirewallRule
from flexsec.model.run import ChangeStatus, RunStatus
from flexsec.model.verdict import Status
from flexsec.testing import simulated
from tests.acceptance.scene import (
    ALL_LEAVE,
    ALL_LEAVE_FLAGS,
    GROUP,
    NAME,
    TARGET,
    TEN,
    cli,
    effects,
    fault,
    most_in_flight,
    outcome,
    reads,
    shop,
    value,
    verdict,
    world,
    writes,
)

BUSY = [
    fault("X2", code="ServerIsBusy"),
    fault("X2", code="ServerBusy"),
    fault("X2", code="ProvisioningServerBusy"),
    fault("X2", code=""),
    fault("X1"),
]
ONE_OF_EACH = {
    "configurations": lambda server: server.parameters.set("log_checkpoints", "on"),
    "firewallRules": lambda server: server.firewall.allow("office", "203.0.113.7"),
    "advancedThreatProtectionSettings": lambda server: server.threat_protection.enable(),
}


def test_two_busy_rejections_among_ten_parameters_cost_two_more_writes():
    """A1: a write that the busy server accepts and then fails is sent again; never are two in flight."""
    with simulated(world(), faults=[fault("X2", times=2, after=3)]) as azure:
        run = shop(azure).parameters.set_many(TEN)
        assert run.status is RunStatus.COMPLETE
        assert len(writes(azure)) == 12
        assert most_in_flight(azure) == 1
        assert sorted(effects(azure)) == sorted(f"write configurations/{name}" for name in TEN)


def test_every_kind_of_child_takes_its_turn():
    """A1: parameters, firewall rules, threat protection and the restart of one run are never in flight together."""
    with simulated("insecure") as azure:
        hardening = shop(azure).harden(leave=ALL_LEAVE)
        assert {o.change.kind for o in hardening.run.outcomes} == {
            "parameters", "firewall", "threat_protection", "restart",
        }  # fmt: skip
        assert hardening.run.status is RunStatus.COMPLETE
        assert most_in_flight(azure) == 1


def test_harden_in_spite_of_busy_rejections_exits_with_what_is_left(tmp_path):
    """A1: busy rejections do not show in the exit code: findings that only a person can mend do (3)."""
    with simulated("insecure", faults=[fault("X2", times=2)]) as azure:
        path = tmp_path / "world.json"
        azure.world.save(path)
    result = cli("harden", *TARGET, "--simulate", path, *ALL_LEAVE_FLAGS)
    assert result.exit_code == 3, result.output


@pytest.mark.parametrize("kind", ONE_OF_EACH)
@pytest.mark.parametrize("busy", BUSY, ids=lambda entry: entry["id"] + "-" + entry.get("arguments", {}).get("code", ""))
def test_every_spelling_of_busy_means_once_more(busy, kind):
    """A2: busy is told by code or words, never by the HTTP status: the second attempt succeeds."""
    with simulated(world(parameters={"log_checkpoints": "off"}), faults=[busy]) as azure:
        run = ONE_OF_EACH[kind](shop(azure))
        assert [(o.status, o.attempts) for o in run.outcomes] == [(ChangeStatus.APPLIED, 2)]
        assert len(writes(azure, kind)) == 2
        assert len(effects(azure)) == 1


@pytest.mark.parametrize("form", ["poll", "submit"])
def test_a_server_that_settles_after_success_is_written_to_without_fixed_sleeps(form):
    """A3: neither Ready nor Succeeded is permission to write; busy is retried soon, and no wait is a fixed one."""
    five = dict(list(TEN.items())[:5])
    with simulated(world(), faults=[fault("X31", times=None, seconds=5.0, form=form)]) as azure:
        run = shop(azure, poll="eager").parameters.set_many(five)
        assert [o.status for o in run.outcomes] == [ChangeStatus.APPLIED] * 5
        assert azure.world.server(NAME).state == "Ready"
        assert len(effects(azure)) == 5
        assert any(o.attempts > 1 for o in run.outcomes), "the fault must have struck, or this proves nothing"
        assert azure.clock.monotonic() < 5 * (10.0 + 5.0 + 8.0)


def test_threat_protection_and_parameters_never_overlap():
    """A4: switching threat protection takes the same turn as parameters do."""
    parameters = {"log_checkpoints": "off", "log_connections": "off", "log_disconnections": "off"}
    with simulated(world(parameters=parameters)) as azure:
        hardening = shop(azure).harden(leave=ALL_LEAVE)
        kinds = [o.change.kind for o in hardening.run.outcomes]
        assert kinds.count("threat_protection") == 1
        assert kinds.count("parameters") >= 3
        assert most_in_flight(azure) == 1


def test_a_restart_that_comes_too_soon_is_sent_once_more_and_takes_effect_once():
    """A5: ServerIsNotReady from the poll: exactly two restarts are sent, one takes effect, each after two Ready."""
    with simulated("insecure", faults=[fault("X3")]) as azure:
        hardening = shop(azure).harden(leave=ALL_LEAVE)
        assert outcome(hardening.run, "restart/server").attempts == 2
        sent = writes(azure, "/restart$")
        assert len(sent) == 2
        assert effects(azure).count("restart") == 1
        requests = list(azure.world.requests)
        for restart in sent:
            before = requests[: requests.index(restart)][-4:]
            # twice Ready, and a last look at what the restart is about
            assert [(r.method, r.path.rsplit("/", 1)[1]) for r in before] == [
                *[("GET", NAME)] * 3,
                ("GET", "configurations"),
            ]


def test_no_second_restart_while_one_is_pending():
    """A5: a restart whose answer is lost is looked for, not sent again."""
    with simulated("insecure", faults=[fault("X29", path="/restart$", form="reset_after")]) as azure:
        hardening = shop(azure).harden(leave=ALL_LEAVE)
        assert outcome(hardening.run, "restart/server").status is ChangeStatus.APPLIED
        assert len(writes(azure, "/restart$")) == 1
        assert effects(azure).count("restart") == 1


@pytest.mark.parametrize("word", ["Reticulating", "Restarting", "Starting", "Updating"])
def test_every_state_but_ready_is_waited_for_unknown_words_included(word):
    """A6: a state that no version of the service has used yet means that work goes on: three polls, then Ready."""
    with simulated("insecure", faults=[fault("X33", times=3, after=1, states=[word] * 3)]) as azure:
        hardening = shop(azure).harden(leave=ALL_LEAVE)
        assert hardening.run.status is RunStatus.COMPLETE
        assert azure.world.faults.fired("X33") == 3


@pytest.mark.parametrize("word", ["Stopped", "Disabled", "Inaccessible", "Dropping"])
def test_a_state_that_ends_badly_ends_the_wait(word):
    """A6: a server that stops in the middle of a run is written to no more, and the run says why."""
    faults = [fault("X33", times=None, after=1, states=[word]), fault("X2", path="log_statement")]
    with simulated("insecure", faults=faults) as azure:
        hardening = shop(azure).harden(leave=ALL_LEAVE)
        assert hardening.run.status is RunStatus.PARTIAL
        assert word in outcome(hardening.run, "parameters/log_statement").message
        assert not writes(azure, "/restart$")


def test_of_five_hundred_rules_only_those_that_differ_are_written():
    """A8: 500 rules present, two differ and one goes: two writes and one delete; the plan reads the list once."""
    present = {f"rule-{n}": f"203.0.{n // 250}.{n % 250}-203.0.{n // 250}.{n % 250}" for n in range(500)}
    wanted = [FirewallRule(name, *text.split("-")) for name, text in present.items()][:499]
    wanted[7] = FirewallRule("rule-7", "198.51.100.7", "198.51.100.7")
    wanted[300] = FirewallRule("rule-300", "198.51.100.8", "198.51.100.9")
    with simulated(world(firewall=present)) as azure:
        server = shop(azure)
        plan = server.firewall.plan_reconcile(wanted, remove_others=True, leave=ALL_LEAVE)
        assert len(reads(azure, "firewallRules")) == 1
        assert len(plan.changes) == 3
        assert sum(change.typical_seconds for change in plan.changes) == 180
        told = []
        run = server.firewall.reconcile(wanted, remove_others=True, leave=ALL_LEAVE, on_event=told.append)
        assert run.status is RunStatus.COMPLETE
        assert sorted(r.method for r in writes(azure)) == ["DELETE", "PUT", "PUT"]
        assert {(e.number, e.total) for e in told if e.stage == "writing"} == {(1, 3), (2, 3), (3, 3)}
        assert all(e.typical_seconds == 60 for e in told if e.stage == "writing")
        # one list for the plan, one to prove each change, and one right before each change but the first
        assert len(reads(azure, "firewallRules")) - 1 == 6


def test_a_wedged_server_gets_no_more_writes_and_the_ids_for_support():
    """A9: a server that stays Updating is given half an hour and no write; the request id for a ticket is told."""
    with simulated(world(parameters={"log_checkpoints": "off"}, wedged=True)) as azure:
        run = shop(azure).harden(leave=ALL_LEAVE).run
        assert len(run.outcomes) > 1
        assert not writes(azure)
        assert {o.status for o in run.outcomes} == {ChangeStatus.NOT_STARTED}
        assert all("Updating" in o.message and "support" in o.message for o in run.outcomes)
        assert all(re.search(r"request id [0-9a-f-]{36}", o.message) for o in run.outcomes)
        assert run.status is RunStatus.PARTIAL
        assert azure.clock.monotonic() < 2400
        azure.world.server(NAME).wedged = False
        assert shop(azure).harden(leave=ALL_LEAVE).run.status is RunStatus.COMPLETE


def test_a_server_that_wedges_in_the_middle_gets_at_most_one_more_write():
    """A9: the write that meets the wedged server is accepted and fails; after it none is sent."""
    with simulated(world(parameters={"log_checkpoints": "off"}), faults=[fault("X32", after=8)]) as azure:
        run = shop(azure).harden(leave=ALL_LEAVE).run
        statuses = [o.status for o in run.outcomes]
        assert ChangeStatus.APPLIED in statuses
        assert ChangeStatus.NOT_STARTED in statuses
        failed = next(o for o in run.outcomes if o.status is ChangeStatus.FAILED)
        assert "support" in failed.message
        assert failed.request_id
        assert len(writes(azure)) == statuses.count(ChangeStatus.APPLIED) + 1
        assert run.status is RunStatus.PARTIAL


def test_a_wedged_server_is_told_by_the_exit_code(tmp_path):
    """A9: the command ends with 5: applied in part, resumable."""
    path = tmp_path / "world.json"
    with simulated(world(wedged=True, parameters={"log_checkpoints": "off"})) as azure:
        azure.world.save(path)
    result = cli("harden", *TARGET, "--simulate", path, *ALL_LEAVE_FLAGS, "--format", "json")
    assert result.exit_code == 5, result.output
    assert "support" in result.stdout


def test_a_server_being_deleted_costs_one_request_and_is_no_finding():
    """A10: nothing applies to a server that is being dropped: one read, no write, exit code 0."""
    with simulated(world(state="Dropping")) as azure:
        server = shop(azure)
        assessment = server.audit()
        assert {v.status for v in assessment.verdicts} == {Status.NOT_APPLICABLE}
        assert all("deleted" in v.check.reason for v in assessment.verdicts)
        assert len(azure.world.requests) == 1
        assert not server.harden(leave=ALL_LEAVE).plan.changes
        assert not writes(azure)


def test_the_dropping_refusal_is_permanent():
    """A10: ServerGroupDropping is not retried, whether it meets a read or a write."""
    dropping = fault("X20", times=None, state="Dropping", path="configurations")
    with simulated(world(parameters={"log_checkpoints": "off"}), faults=[dropping]) as azure:
        assessment = shop(azure).audit()
        assert len(reads(azure, "configurations")) == 1
        assert verdict(assessment, "log-checkpoints").status is Status.UNKNOWN
        assert "being deleted" in verdict(assessment, "log-checkpoints").check.reason
    dropping = fault("X20", times=None, state="Dropping", method="PUT")
    with simulated(world(parameters={"log_checkpoints": "off"}), faults=[dropping]) as azure:
        run = shop(azure).parameters.set("log_checkpoints", "on")
        assert run.outcomes[0].status is ChangeStatus.FAILED
        assert run.outcomes[0].code == "ServerGroupDropping"
        assert len(writes(azure)) == 1


def test_the_children_of_a_server_being_created_are_not_read():
    """A11: a provisioning server answers 500 to its parameters: they are unknown, with the reason, and not asked."""
    with simulated(world(state="Provisioning")) as azure:
        assessment = shop(azure).audit()
        of_children = [v for v in assessment.verdicts if v.control.startswith(("tls", "log", "defender", "net-fw"))]
        assert {v.status for v in of_children} == {Status.UNKNOWN}
        assert all("being created" in v.check.reason for v in of_children)
        assert len(azure.world.requests) == 1


def test_a_failing_read_is_unknown_and_never_a_finding():
    """A11: a 500 on the parameters, whatever the state: unknown, and no control about them fails."""
    with simulated(world(), faults=[fault("X7", times=None, path="configurations")]) as azure:
        assessment = shop(azure).audit()
        about_parameters = [v for v in assessment.verdicts if v.control.startswith(("tls", "log", "config"))]
        assert {v.status for v in about_parameters} == {Status.UNKNOWN}
        assert verdict(assessment, "defender-atp-per-server").status is Status.FAIL
        assert len(reads(azure, "configurations")) == 3


def test_a_stopped_server_is_judged_on_what_can_be_known_and_not_written_to():
    """A11: a stopped server is reported as such: its children are unknown, its own properties judged."""
    with simulated("insecure") as azure:
        server = azure.server(GROUP, "shop-archive")
        assessment = server.audit()
        assert assessment.server_state == "Stopped"
        assert verdict(assessment, "enc-at-rest-platform").status is Status.PASS
        assert "stopped" in verdict(assessment, "log-connections").check.reason
        assert verdict(assessment, "log-connections").status is Status.UNKNOWN
        assert server.harden(leave=ALL_LEAVE).run is None
        with pytest.raises(NotObserved, match="stopped"):
            server.firewall.allow("office", "203.0.113.7")
        assert not writes(azure)


def test_what_could_not_be_observed_has_its_own_exit_code(tmp_path):
    """A11: a provisioning server ends an audit with 4 where there are no findings to end it with 3."""
    path = tmp_path / "world.json"
    with simulated(world(state="Provisioning", public_network_access="Disabled")) as azure:
        azure.world.save(path)
    result = cli("audit", *TARGET, "--simulate", path, "--fail-on", "high")
    assert result.exit_code == 4, result.output


def test_stale_reads_do_not_undo_success():
    """A3: reads that still show the old value after success are repeated until they show the new one."""
    with simulated(world(), faults=[fault("X19", reads=3)]) as azure:
        run = shop(azure).parameters.set("enable_hashjoin", "off")
        assert run.outcomes[0].status is ChangeStatus.APPLIED
        assert value(azure, "enable_hashjoin") == "off"
        assert len(writes(azure)) == 1
