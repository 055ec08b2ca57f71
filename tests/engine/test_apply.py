"""Applying: what is sent, how it is known what came of it, and what is said when it cannot be known."""

from __future__ import annotations

import pytest

from flexsec import Evidence, Leave
from flexsec.model.run import ChangeStatus, RunStatus
from flexsec.simulator.state import FirewallRange, ParameterState
from flexsec.testing import simulated
from tests.engine.truth import untrue, values
from tests.engine.worlds import EVERYTHING, GROUP, NAME, world_of


def shop(faults=(), **server):
    """A simulation of one server: log_checkpoints is off, and whatever else is given."""
    entry = {"name": NAME, "version": "16", "parameters": {"log_checkpoints": "off"}, **server}
    return simulated(world_of(entry), faults=faults)


def writes(simulation):
    """The writes that were sent."""
    return [r for r in simulation.world.requests if r.mutating]


def set_checkpoints(simulation, **options):
    """Set log_checkpoints, and the outcome of it."""
    run = simulation.server(GROUP, NAME).parameters.set("log_checkpoints", "on", **options)
    return run, run.outcomes[0]


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [({"form": "reset_before"}, 2), ({"form": "reset_after"}, 1), ({"form": "truncated"}, 1), ({"form": "empty"}, 1),
     ({"form": "html", "applied": True}, 1), ({"form": "html"}, 2)],
)  # fmt: skip
def test_a_lost_answer_is_looked_up_before_anything_is_sent_again(arguments, sent):
    """G8, X29: a write that took effect is not sent again; one that did not is, after the server was watched."""
    fault = {"id": "X29", "method": "PUT", "arguments": arguments}
    with shop([fault]) as simulation:
        run, outcome = set_checkpoints(simulation)
        assert run.status is RunStatus.COMPLETE
        assert outcome.status is ChangeStatus.APPLIED
        assert (outcome.attempts, len(writes(simulation))) == (sent, sent)
        assert simulation.world.effects(simulation.world.server_id(NAME)) == ("write configurations/log_checkpoints",)


def test_a_lost_write_that_shows_late_is_not_sent_again():
    """A write whose answer was lost and that takes longer than it is watched for is looked up before it is sent again."""
    fault = {"id": "X29", "method": "PUT", "arguments": {"form": "reset_after"}}
    with simulated({**world_of({"name": NAME, "version": "16", "parameters": {"log_checkpoints": "off"}}),
                    "durations": {"configurations": 45}}, faults=[fault]) as simulation:  # fmt: skip
        run, outcome = set_checkpoints(simulation)
        assert run.status is RunStatus.COMPLETE
        assert simulation.world.effects(simulation.world.server_id(NAME)) == ("write configurations/log_checkpoints",)
        assert outcome.attempts == len(writes(simulation)) > 1  # the others found the server busy with it: refused
        assert outcome.proof == "read back after a lost answer"


def test_an_internal_error_that_took_effect_is_a_success_with_a_warning():
    """X7 with effect: the operation says Failed, the server shows the value."""
    fault = {"id": "X7", "method": "PUT", "arguments": {"form": "poll", "applied": True}}
    with shop([fault]) as simulation:
        _, outcome = set_checkpoints(simulation)
        assert outcome.status is ChangeStatus.APPLIED
        assert "although the operation reported a failure" in outcome.proof
        assert len(writes(simulation)) == 1


def test_an_identity_that_is_refused_after_the_write_leaves_it_open():
    """A token that is no longer accepted once the write was accepted: the change is indeterminate, never failed."""
    with shop() as simulation:
        answer = simulation._answer
        expired = []

        def refuse_after_the_write(method, url, headers, body):
            if expired:
                return 401, {"Content-Type": "application/json"}, b'{"error": {"code": "ExpiredAuthenticationToken"}}'
            if method == "PUT":
                expired.append(True)
            return answer(method, url, headers, body)

        simulation._answer = refuse_after_the_write
        run, outcome = set_checkpoints(simulation)
        assert outcome.status is ChangeStatus.INDETERMINATE
        assert "not known" in outcome.message
        assert run.status is RunStatus.INDETERMINATE
        simulation._answer = answer
        finished = simulation.client().resume(run.run_id)
        assert finished.status is RunStatus.COMPLETE
        assert len(writes(simulation)) == 1


def test_success_that_changes_nothing_is_a_failure():
    """D1, X12: accepted and Succeeded, and the server still shows the old value: failed, and it says what it shows."""
    with shop([{"id": "X12"}]) as simulation:
        run, outcome = set_checkpoints(simulation)
        assert outcome.status is ChangeStatus.FAILED
        assert outcome.code == "NotVerified"
        assert "still shows 'off'" in outcome.message
        assert run.status is RunStatus.PARTIAL
        assert simulation.client().resume(run.run_id).status is RunStatus.COMPLETE


def test_stale_reads_after_success_are_waited_out():
    """F11, X19: reads that still show the old value for a while are no failure, and cost no second write."""
    with shop([{"id": "X19", "arguments": {"reads": 5}}]) as simulation:
        _, outcome = set_checkpoints(simulation)
        assert (outcome.status, outcome.attempts) == (ChangeStatus.APPLIED, 1)


def test_an_operation_without_end_is_indeterminate_and_found_by_resume():
    """X23: still running when the time is used up: indeterminate; resume looks at the server before it waits again."""
    with shop([{"id": "X23", "arguments": {"applied": True}}]) as simulation:
        run = simulation.client(timeout=120).server(GROUP, NAME).parameters.set("log_checkpoints", "on")
        assert run.outcomes[0].status is ChangeStatus.INDETERMINATE
        finished = simulation.client(timeout=120).resume(run.run_id)
        assert finished.status is RunStatus.COMPLETE
        assert finished.outcomes[0].proof == "read back on resume"
        assert len(writes(simulation)) == 1


PENDING = {"log_checkpoints": "off", "max_connections": {"value": "200", "pending": True, "running": "859"}}


def test_a_restart_that_someone_else_made_is_not_made_again():
    """When its turn comes and nothing waits any more, the restart is already done."""
    with shop(parameters=PENDING) as simulation:

        def someone_restarts(event):
            if event.stage == "writing":
                simulation.world.server(NAME).restarted()

        run = simulation.server(GROUP, NAME).harden(leave=EVERYTHING, on_event=someone_restarts).run
        last = run.outcomes[-1]
        assert last.change.restarts
        assert (last.status, last.attempts) == (ChangeStatus.ALREADY, 0)
        assert "restart" not in simulation.world.effects(simulation.world.server_id(NAME))


OPEN = {"open": "0.0.0.0-255.255.255.255", "office": "203.0.113.0-203.0.113.15"}


def when_the_first_change_is_written(deed):
    """A listener that does something once, while the first change is being written."""
    done = []

    def on_event(event):
        if event.stage == "writing" and not done:
            done.append(True)
            deed()

    return on_event


def test_the_guards_see_what_someone_else_did_meanwhile():
    """Somebody removes the other way in while the run writes parameters: the last one is not removed."""
    with shop(firewall_rules=OPEN) as simulation:
        rules = simulation.world.server(NAME).firewall
        someone = when_the_first_change_is_written(lambda: rules.pop("office"))
        run = simulation.server(GROUP, NAME).harden(leave=EVERYTHING, on_event=someone).run
        last = run.outcomes[-1]
        assert last.status is ChangeStatus.NOT_STARTED
        assert "last way in" in last.message
        assert list(rules) == ["open"]
        assert run.status is RunStatus.PARTIAL


def test_a_rule_that_someone_narrowed_meanwhile_is_not_removed():
    """The rule that was judged is not the rule that stands there when its turn comes."""
    with shop(firewall_rules=OPEN) as simulation:
        rules = simulation.world.server(NAME).firewall
        narrow = FirewallRange("198.51.100.1", "198.51.100.1")
        someone = when_the_first_change_is_written(lambda: rules.update(open=narrow))
        run = simulation.server(GROUP, NAME).harden(leave=EVERYTHING, on_event=someone).run
        assert "someone changed it since" in run.outcomes[-1].message
        assert rules["open"] == narrow


def test_what_cannot_be_read_again_is_not_closed():
    """A removal whose rules cannot be read when its turn comes is not made, and says why."""
    fault = {"id": "X28", "method": "GET", "path": "firewallRules$", "after": 1, "times": None}
    with shop([fault], firewall_rules=OPEN) as simulation:
        run = simulation.server(GROUP, NAME).harden(leave=EVERYTHING).run
        last = run.outcomes[-1]
        assert last.status is ChangeStatus.NOT_STARTED
        assert "could not be read again" in last.message
        assert "open" in simulation.world.server(NAME).firewall


def test_a_run_that_is_resumed_respects_what_it_cannot_read():
    """A part that cannot be read on resume is not called changed by someone: it is not written, and says so."""
    with shop([{"id": "X28", "method": "PUT"}]) as simulation:
        run, outcome = set_checkpoints(simulation)
        assert outcome.missing_action.endswith("configurations/write")
        simulation.world.faults.add(*_faults({"id": "X28", "method": "GET", "path": "configurations", "times": 2}))
        again = simulation.client().resume(run.run_id)
        assert again.outcomes[0].status is ChangeStatus.NOT_STARTED
        assert "could not be read again" in again.outcomes[0].message
        assert again.outcomes[0].attempts == 0
        assert simulation.client().resume(run.run_id).status is RunStatus.COMPLETE


def _faults(*entries):
    from flexsec.simulator import FaultPlan

    return tuple(FaultPlan.from_list(entries))


def test_a_static_parameter_in_force_is_rolled_back_with_a_restart():
    """B10: a static value that came into force is brought back and into force again, with leave for the restart."""
    with shop() as simulation:
        before = values(simulation)
        server = simulation.server(GROUP, NAME)
        run = server.parameters.set("max_connections", "200")
        simulation.world.server(NAME).restarted()
        client = simulation.client()
        assert client.plan_rollback(run.run_id).withheld[0].needs == "--allow-restart"
        undone = client.rollback(run.run_id, leave=Leave(restart=True))
        assert undone.status is RunStatus.COMPLETE
        assert not untrue(undone, simulation)
        assert values(simulation) == before
        assert not server.parameters.get("max_connections").pending_restart


def test_a_static_parameter_that_never_came_into_force_is_rolled_back_without_a_restart():
    """Writing the running value back leaves nothing pending, so nothing restarts even with leave."""
    with shop() as simulation:
        run = simulation.server(GROUP, NAME).parameters.set("max_connections", "200")
        client = simulation.client()
        undone = client.rollback(run.run_id, leave=Leave(restart=True))
        assert [o.change.kind for o in undone.outcomes] == ["parameters"]
        assert "restart" not in simulation.world.effects(simulation.world.server_id(NAME))


def test_a_tls_minimum_set_by_hand_needs_leave_and_evidence():
    """Setting ssl_min_protocol_version to TLSv1.3 shuts clients out however it is asked for."""
    from flexsec.errors import LeaveRequired

    with shop() as simulation:
        parameters = simulation.server(GROUP, NAME).parameters
        with pytest.raises(LeaveRequired, match="tls-minimum"):
            parameters.set("ssl_min_protocol_version", "TLSv1.3")
        assert not writes(simulation)
        closing = Leave(closing=("tls-minimum",))
        with pytest.raises(LeaveRequired, match="nobody looked"):
            parameters.set("ssl_min_protocol_version", "TLSv1.3", leave=closing)
        run = parameters.set("ssl_min_protocol_version", "TLSv1.3", leave=closing, evidence=Evidence(connections=()))
        assert run.status is RunStatus.COMPLETE


def test_a_failed_change_does_not_stop_the_others():
    """One change that the service refuses is in the run with the service's words; the others are made."""
    with shop([{"id": "X5", "path": "log_disconnections"}],
              parameters={"log_disconnections": "off", "log_checkpoints": "off"}) as simulation:  # fmt: skip
        run = simulation.server(GROUP, NAME).harden(leave=EVERYTHING).run
        by_name = {o.change.name: o for o in run.outcomes}
        assert by_name["log_disconnections"].status is ChangeStatus.FAILED
        assert by_name["log_checkpoints"].status is ChangeStatus.APPLIED
        assert run.status is RunStatus.PARTIAL
        assert simulation.world.server(NAME).parameters["log_checkpoints"] == ParameterState("on")


def test_a_failed_harden_undoes_itself_when_asked():
    """With rollback_on_failure every value is as before, and the hardening says that it was rolled back."""
    with simulated("insecure", faults=[{"id": "X5", "path": "log_statement", "times": None}]) as simulation:
        before = values(simulation)
        hardening = simulation.server(GROUP, NAME).harden(leave=EVERYTHING, rollback_on_failure=True)
        assert hardening.run.status is RunStatus.PARTIAL
        assert hardening.rolled_back.status is RunStatus.COMPLETE
        assert values(simulation) == before
        assert simulation.client().run(hardening.run.run_id).status is RunStatus.ROLLED_BACK
