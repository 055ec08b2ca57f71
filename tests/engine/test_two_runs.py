"""One run at a time on a server, whoever else wants to; and plans that no longer fit are refused."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from flexsec import Evidence, Leave
from flexsec.engine.apply import apply
from flexsec.engine.earlier_runs import new_run_id
from flexsec.engine.journal_files import JournalFiles
from flexsec.errors import PlanInvalid, RunInProgress, StalePlan
from flexsec.model.event import silent
from flexsec.model.resource import ServerId
from flexsec.model.run import ChangeStatus, RunStatus
from flexsec.simulator import Fault
from flexsec.simulator.state import FirewallRange, ParameterState
from flexsec.testing import simulated
from tests.engine.dying import Countdown, Death, dying_client, harden
from tests.engine.truth import untrue, values
from tests.engine.worlds import EVERYTHING, GROUP, NAME

HOLDER = """
import os, sys, time
from pathlib import Path
from flexsec.engine.journal_files import JournalFiles
with JournalFiles(Path(sys.argv[1])).lock(sys.argv[2], "run-of-another-process"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def shop():
    """The insecure shop."""
    with simulated("insecure") as simulation:
        yield simulation


def key(simulation):
    """The server as the lock knows it."""
    return ServerId.parse(simulation.world.server_id(NAME)).key


def test_a_second_run_in_another_thread_is_refused(shop):
    """While a run writes, a run in another thread on the same server is refused, and names the one that goes on."""
    refused = []

    def second():
        with shop.clock.thread(), pytest.raises(RunInProgress) as caught:
            shop.server(GROUP, NAME).parameters.set("log_checkpoints", "on")
        refused.append(caught.value)

    def on_event(event):
        if event.stage == "writing" and not refused:
            other = threading.Thread(target=second)
            other.start()
            with shop.clock.away():
                other.join()

    run = shop.server(GROUP, NAME).harden(leave=EVERYTHING, on_event=on_event).run
    assert run.status is RunStatus.COMPLETE
    assert run.run_id in refused[0].message
    assert refused[0].exit_code == 6


def test_a_run_beside_one_of_another_process_is_refused_until_it_dies(shop):
    """Another process's lock holds as long as that process lives, and not a moment longer, however it ends."""
    command = [sys.executable, "-c", HOLDER, str(shop.state_directory), key(shop)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_root()) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(RunInProgress, match="run-of-another-process, process"):
            shop.server(GROUP, NAME).parameters.set("log_checkpoints", "on")
        assert not [r for r in shop.world.requests if r.mutating]
        other.kill()
        other.wait()
    assert shop.server(GROUP, NAME).parameters.set("log_checkpoints", "on").status is RunStatus.COMPLETE


def _root():
    return Path(__file__).parents[2]


def test_another_server_is_not_held(shop):
    """The lock is of one server: a run on another goes on beside it."""
    journals = JournalFiles(shop.state_directory)
    with journals.lock("another server", "x"):
        assert shop.server(GROUP, NAME).parameters.set("log_checkpoints", "on").status is RunStatus.COMPLETE


def test_an_unfinished_run_must_be_resumed_first(shop):
    """After a run that died in a write, new runs, rollbacks and older runs are refused until it is resumed."""
    older = shop.server(GROUP, NAME).parameters.set("log_checkpoints", "on")
    with pytest.raises(Death):
        harden(dying_client(shop, requests=Countdown(7, after=True)))
    client = shop.client()
    dead = client.runs()[0]
    assert dead.status is RunStatus.INDETERMINATE
    with pytest.raises(RunInProgress, match=dead.run_id):
        client.server(GROUP, NAME).harden(leave=EVERYTHING)
    with pytest.raises(RunInProgress, match=dead.run_id):
        client.rollback(older.run_id, leave=EVERYTHING)
    with pytest.raises(RunInProgress, match=dead.run_id):
        client.rollback(dead.run_id, leave=EVERYTHING)
    assert client.resume(dead.run_id).status is RunStatus.COMPLETE


def test_an_older_run_is_not_resumed_beside_an_unfinished_one(shop):
    """A partial run is not resumed while a later run on the server is unfinished: its write may be in flight."""
    shop.world.faults.add(Fault("X28", method="PUT", path="log_checkpoints"))
    partial = shop.server(GROUP, NAME).parameters.set("log_checkpoints", "on")
    assert partial.status is RunStatus.PARTIAL
    with pytest.raises(Death):
        harden(dying_client(shop, requests=Countdown(7, after=True)))
    with pytest.raises(RunInProgress):
        shop.client().resume(partial.run_id)


def test_runs_of_one_second_keep_their_order(shop):
    """Run ids sort in the order of their beginning also within one second, in which the clock stood still."""
    means = shop.server(GROUP, NAME).means(silent, None)
    ids = []
    for _ in range(12):
        ids.append(new_run_id(means.journals, means.connection.clock))
        means.journals.append(ids[-1], b"{}")
    assert len({run_id[:16] for run_id in ids}) == 1
    assert means.journals.runs() == ids


def test_a_plan_without_changes_makes_no_run(shop):
    """What the server has already is not written: nothing is sent beyond the reads, and nothing is journalled."""
    server = shop.server(GROUP, NAME)
    run = server.parameters.set("log_disconnections", "off")
    assert (run.run_id, run.outcomes, run.status) == ("", (), RunStatus.COMPLETE)
    assert shop.client().runs() == ()


def test_a_run_that_had_ended_is_not_resumed_after_a_later_one_wrote(shop):
    """Its remaining changes were decided before the later run wrote, so a new plan decides them."""
    shop.world.faults.add(Fault("X28", method="PUT", path="log_checkpoints"))
    server = shop.server(GROUP, NAME)
    partial = server.parameters.set("log_checkpoints", "on")
    assert partial.status is RunStatus.PARTIAL
    later = server.parameters.set("log_connections", "on")
    with pytest.raises(StalePlan, match=later.run_id):
        shop.client().resume(partial.run_id)


def someone_sets_a_parameter(server):
    """A parameter that a control reads."""
    server.parameters["log_checkpoints"] = ParameterState("on")


def someone_adds_a_rule(server):
    """A firewall rule."""
    server.firewall["new"] = FirewallRange("198.51.100.1", "198.51.100.1")


def someone_enables_threat_protection(server):
    """The setting that the plan would write."""
    server.threat_protection.state = "Enabled"


def someone_closes_public_access(server):
    """A property of the server itself."""
    server.public_network_access = "Disabled"


def someone_leaves_a_restart_pending(server):
    """A parameter that no control reads, waiting for a restart."""
    server.parameters["max_worker_processes"] = ParameterState("16", pending=True, running="8")


@pytest.mark.parametrize(
    ("someone", "word"),
    [
        (someone_sets_a_parameter, "parameter log_checkpoints was 'off', is now 'on'"),
        (someone_adds_a_rule, "firewall rules"),
        (someone_enables_threat_protection, "threat protection was False, is now True"),
        (someone_closes_public_access, "public network access was Enabled, is now Disabled"),
        (someone_leaves_a_restart_pending, "parameters waiting for a restart"),
    ],
)
def test_a_stale_plan_is_refused(shop, someone, word):
    """A plan is refused, and nothing written, once somebody changed what it rests on; the message says what moved."""
    server = shop.server(GROUP, NAME)
    plan = server.plan(leave=EVERYTHING)
    someone(shop.world.server(NAME))
    with pytest.raises(StalePlan) as caught:
        server.apply(plan)
    assert word in caught.value.message
    assert not shop.world.effects(shop.world.server_id(NAME))


def test_a_run_that_ended_between_reading_and_writing_makes_the_reading_stale(shop):
    """Harden writes on what it has just read, unless another run got the lock in between: then it reads again."""
    server = shop.server(GROUP, NAME)
    state = server.observe()
    plan = server.planner(state, server.baseline("recommended")).for_failures(leave=EVERYTHING, evidence=Evidence())
    server.parameters.set("log_checkpoints", "on")
    with pytest.raises(StalePlan, match="log_checkpoints"):
        apply(plan, server.means(silent, None), kind="harden", observed=state)
    current = server.observe()
    plan = server.planner(current, server.baseline("recommended")).for_failures(leave=EVERYTHING, evidence=Evidence())
    requests = len(shop.world.requests)
    run = apply(plan, server.means(silent, None), kind="harden", observed=current)
    assert run.status is RunStatus.COMPLETE
    assert shop.world.requests[requests].method == "PUT"


def test_a_plan_survives_what_it_does_not_rest_on(shop):
    """A parameter that no control reads and no change writes may move between plan and apply."""
    server = shop.server(GROUP, NAME)
    plan = server.plan(leave=EVERYTHING)
    shop.world.server(NAME).parameters["work_mem"] = ParameterState("8192")
    assert server.apply(plan).status is RunStatus.COMPLETE


def test_an_edited_plan_is_refused(shop):
    """A plan whose leave, changes or evidence were edited after it was made is refused before anything is read."""
    server = shop.server(GROUP, NAME)
    plan = server.plan()
    requests = len(shop.world.requests)
    for edited in (
        replace(plan, leave=Leave(restart=True)),
        replace(plan, changes=plan.changes[:1]),
        replace(plan, changes=tuple(replace(c, lowers_security=True) for c in plan.changes)),
        replace(plan, basis={}),
        replace(plan, digest=""),
    ):
        with pytest.raises(PlanInvalid, match="edited"):
            server.apply(edited)
    assert len(shop.world.requests) == requests


def test_a_plan_of_another_server_is_refused(shop):
    """A plan is for one server."""
    plan = shop.server(GROUP, NAME).plan()
    with pytest.raises(PlanInvalid, match="is for"):
        shop.server(GROUP, "shop-archive").apply(plan)


def test_someone_who_changes_a_value_between_death_and_resume_is_respected(shop):
    """Resume writes nothing over what somebody changed since the plan was made, and says so."""
    with pytest.raises(Death):
        harden(dying_client(shop, requests=Countdown(7, after=True)))
    shop.world.server(NAME).parameters["log_error_verbosity"] = ParameterState("verbose")
    client = shop.client()
    run = client.resume(client.runs()[0].run_id)
    assert run.status is RunStatus.PARTIAL
    outcome = next(o for o in run.outcomes if o.change.name == "log_error_verbosity")
    assert outcome.status is ChangeStatus.FAILED
    assert "someone changed it since" in outcome.message
    assert shop.world.server(NAME).parameters["log_error_verbosity"].value == "verbose"
    assert not untrue(run, shop)


def test_rollback_leaves_alone_what_someone_changed_since(shop):
    """Only values that are still the run's are restored; the others are named and kept."""
    before = values(shop)
    client = shop.client()
    run = client.server(GROUP, NAME).harden(leave=EVERYTHING).run
    shop.world.server(NAME).parameters["logfiles.retention_days"] = ParameterState("7")
    plan = client.plan_rollback(run.run_id, leave=EVERYTHING)
    assert [left.control for left in plan.left] == ["parameters/logfiles.retention_days"]
    assert "someone changed it since" in plan.left[0].reason
    assert client.rollback(run.run_id, plan=plan).status is RunStatus.COMPLETE
    assert shop.world.server(NAME).parameters["logfiles.retention_days"].value == "7"
    after = values(shop)
    assert {name for name in before if before[name] != after.get(name)} == {"logfiles.retention_days"}
