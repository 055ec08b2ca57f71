"""Somebody else works on the same server: what he set is never overwritten, and the run tells what is really so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec import Evidence, FlexSecError, Leave
from flexsec.model.run import ChangeStatus, RunStatus
from flexsec.simulator import Fault
from flexsec.testing import simulated
from tests.engine.dying import Countdown, Death, dying_client
from tests.engine.second_actor import SecondActor, allows, deeds_on, protects, removes, restarts, sets
from tests.engine.test_properties import FEW, MANY
from tests.engine.truth import denied, untrue
from tests.engine.worlds import (
    CALLER,
    CLIENTS,
    EVERYTHING,
    GROUP,
    INSECURE,
    NAME,
    Watched,
    admitted,
    calm,
    servers,
    someone_connects,
    ways_in,
    world_of,
)

_FAULTS = (
    *({"id": "X2", "arguments": {"code": code}} for code in ("ServerIsBusy", "ServerBusy", "")),
    {"id": "X1"},
    {"id": "X7", "method": "PUT"},
    {"id": "X7", "method": "PUT", "arguments": {"form": "poll"}},
    {"id": "X7", "method": "DELETE", "arguments": {"applied": True}},
    {"id": "X12"},
    {"id": "X24"},
    {"id": "X28", "method": "GET"},
    {"id": "X29", "method": "PUT", "arguments": {"form": "reset_before"}},
    {"id": "X29", "method": "PUT", "arguments": {"form": "reset_after"}},
    {"id": "X29", "method": "DELETE", "arguments": {"form": "reset_after"}},
    {"id": "X41"},
)
_PLACES = {"after": st.integers(0, 6), "times": st.sampled_from((1, 1, 2, 3))}
faults = st.lists(
    st.tuples(st.sampled_from(_FAULTS), st.fixed_dictionaries(_PLACES)).map(lambda pair: pair[0] | pair[1]), max_size=2
)


@st.composite
def together(draw):
    """A server, what somebody does to it and when, and when flexsec dies (0: never)."""
    server = draw(st.one_of(st.just(INSECURE), servers()))
    deeds = draw(st.dictionaries(st.integers(1, 110), deeds_on(server), min_size=1, max_size=6))
    return server, deeds, draw(st.sampled_from((0, 0, *range(4, 100, 7)))), draw(st.booleans())


def applied(simulation, plan, dies_at, after):
    """The plan carried out; when the process dies, by another one that resumes. None when nothing could be begun."""
    client = dying_client(simulation, requests=Countdown(dies_at, after=after)) if dies_at else simulation.client()
    try:
        return client.server(GROUP, NAME).apply(plan)
    except FlexSecError:
        return None
    except Death:
        return None


def check_truth(run, simulation, him, since):
    """What the run claims is so, what it denies is not, but for what he changed."""
    him.resting = True
    besides = {deed.target for deed in him.done if deed.target}
    assert not untrue(run, simulation, besides=besides), run
    assert not denied(run, simulation, since=since), run
    him.resting = False


def check_together(world, faults):
    """Apply, die, resume and roll back beside somebody who changes things in between."""
    server, deeds, dies_at, after = world
    with simulated(world_of(server)) as simulation:
        handle = simulation.server(GROUP, NAME)
        plan = handle.plan(leave=EVERYTHING, evidence=someone_connects(True))
        if not plan.changes:
            return
        watched = Watched(simulation, protected=(CALLER, *CLIENTS))
        him = SecondActor(simulation, deeds, watched)
        for fault in faults:
            simulation.world.faults.add(Fault(**fault))
        applied(simulation, plan, dies_at, after)
        him.act()
        client = simulation.client()
        for _ in range(2):
            for run in client.runs():
                if run.status is not RunStatus.COMPLETE:
                    client.resume(run.run_id)
            calm(simulation)
        assert not watched.broken
        assert not him.overwritten(plan.changes)
        for run in client.runs():
            assert run.status is not RunStatus.INDETERMINATE
            check_truth(run, simulation, him, 0)
        check_undoing(simulation, him, watched, plan)


def may_be_ours(run, simulation):
    """The targets of changes that were really sent and that the run does not deny: what shows there may be its work."""
    sent = {record.path.rpartition("/")[2] for record in simulation.world.requests if record.mutating}
    return {o.change.target for o in run.outcomes if o.may_have_taken_effect and o.change.name in sent}


def check_undoing(simulation, him, watched, plan):
    """Rolling back beside him: his values stay, and no way in is lost."""
    client = simulation.client()
    for run in client.runs():
        ours = may_be_ours(run, simulation)
        since = len(simulation.world.effects(simulation.world.server_id(NAME)))
        try:
            undone = client.rollback(run.run_id, leave=EVERYTHING, evidence=someone_connects(True))
        except FlexSecError:
            continue  # he was quicker, and the plan is stale
        assert not watched.broken
        assert not him.overwritten(plan.changes, undone=ours)
        if undone.run_id:
            check_truth(undone, simulation, him, since)
        marked = client.run(run.run_id).status is RunStatus.ROLLED_BACK
        assert marked == bool(undone.run_id and undone.whole)


@FEW
@given(world=together(), faults=faults)
def test_nothing_that_somebody_else_set_is_overwritten(world, faults):
    """Whatever he changes and whenever, between requests, retries, death and resume: it stays, and no way in is lost."""
    check_together(world, faults)


@pytest.mark.long
@MANY
@given(world=together(), faults=faults)
def test_nothing_that_somebody_else_set_is_overwritten_in_very_many_worlds(world, faults):
    """The same, for many more."""
    check_together(world, faults)


@pytest.fixture
def shop():
    """The server that has something to mend by every kind of change."""
    with simulated(world_of(INSECURE)) as simulation:
        yield simulation


DEEDS = (
    sets("log_statement", "all"),
    sets("log_error_verbosity", "verbose"),
    removes("open"),
    allows("open", "203.0.113.0-203.0.113.127"),
    removes("office"),
    protects("Enabled"),
    restarts(),
)


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: f"{deed.target} {deed.value}")
@pytest.mark.parametrize("request_number", [1, 4, 6, 30, 70])
def test_each_deed_at_any_time_is_respected(request_number, deed):
    """Every kind of deed, early and late in a run, while every second write meets a busy server (X2)."""
    busy = {"id": "X2", "after": 1, "times": 6}
    check_together((INSECURE, {request_number: deed}, 0, False), [busy])


def dying_at_the_acceptance(shop, deed):
    """A client whose `deed` is killed when the service has said 202, before that is written down."""
    client = shop.client()
    answer = client.connection.write

    def write(*arguments, **options):
        answer(*arguments, **options)
        raise Death

    client.connection.write = write
    with pytest.raises(Death):
        deed(client.server(GROUP, NAME))


def closing(server):
    """Remove the rule that opens the server to everybody, on evidence that a client needs another one."""
    leave = Leave(closing=("firewall",), without_evidence="a test")
    return server.firewall.remove("open", leave=leave, evidence=Evidence(caller_address=CALLER))


def test_the_last_way_in_is_kept_when_others_are_removed_between_death_and_resume(shop):
    """Killed after the 202 of `firewall remove`, which comes to nothing; the other rules go; resume removes nothing."""
    shop.world.faults.add(Fault("X41", method="DELETE"))
    dying_at_the_acceptance(shop, closing)
    shop.clock.sleep(120)
    him = SecondActor(shop, {})
    him.does(removes("office"))
    him.does(removes("azure"))
    client = shop.client()
    run = client.resume(client.runs()[0].run_id)
    assert ways_in(shop.world) == {"open"}
    assert admitted(shop.world, (CALLER,)) == {CALLER}
    assert run.status is RunStatus.PARTIAL
    assert "last way in" in run.outcomes[0].message
    assert run.outcomes[0].doubted
    assert not denied(run, shop)


def test_a_removal_that_took_effect_is_told_so_whatever_was_removed_beside_it(shop):
    """Killed after the 202 of `firewall remove`, which takes effect; resume finds it gone and sends nothing."""
    dying_at_the_acceptance(shop, closing)
    shop.clock.sleep(120)
    SecondActor(shop, {}).does(removes("azure"))
    client = shop.client()
    run = client.resume(client.runs()[0].run_id)
    assert run.outcomes[0].status is ChangeStatus.APPLIED
    assert len([r for r in shop.world.requests if r.mutating]) == 1
    assert ways_in(shop.world) == {"office"}


def verbose(server):
    """Set a parameter that has three values."""
    return server.parameters.set("log_error_verbosity", "default")


@pytest.mark.parametrize("fault", ["", "X12", "X41"])
def test_a_value_that_somebody_sets_between_death_and_resume_stays(shop, fault):
    """`parameters set` is killed after the 202, somebody sets another value: resume leaves it and says so."""
    if fault:
        shop.world.faults.add(Fault(fault, method="PUT"))
    dying_at_the_acceptance(shop, verbose)
    shop.clock.sleep(60)
    SecondActor(shop, {}).does(sets("log_error_verbosity", "verbose"))
    client = shop.client()
    run = client.resume(client.runs()[0].run_id)
    assert shop.world.server(NAME).parameters["log_error_verbosity"].value == "verbose"
    assert (run.status, run.outcomes[0].status) == (RunStatus.PARTIAL, ChangeStatus.FAILED)
    assert "someone changed it since" in run.outcomes[0].message
    assert run.outcomes[0].doubted
    plan = client.plan_rollback(run.run_id, leave=EVERYTHING)
    assert not plan.changes
    assert [left.control for left in plan.left] == ["parameters/log_error_verbosity"]


def test_a_lost_answer_and_then_no_right_to_read_is_not_called_a_failure(shop):
    """The write's answer is lost and every read is then forbidden: whether it took effect is not known, and said so."""
    shop.world.faults.add(
        Fault("X29", method="PUT", arguments={"form": "reset_after"}), Fault("X28", method="GET", after=2, times=None)
    )
    run = verbose(shop.server(GROUP, NAME))
    assert (run.status, run.outcomes[0].status) == (RunStatus.INDETERMINATE, ChangeStatus.INDETERMINATE)
    calm(shop)
    assert shop.client().resume(run.run_id).status is RunStatus.COMPLETE
    assert len([r for r in shop.world.requests if r.mutating]) == 1


def test_a_lost_answer_and_then_a_refused_look_before_sending_again_is_not_called_a_failure(shop):
    """The write is watched for in vain; then nothing can be read while waiting to send it again: indeterminate."""
    shop.world.faults.add(Fault("X29", method="PUT", arguments={"form": "reset_before"}))

    def on_event(event):
        if event.stage == "retrying":
            shop.world.faults.add(Fault("X28", method="GET", times=None))

    run = shop.server(GROUP, NAME).parameters.set("log_error_verbosity", "default", on_event=on_event)
    assert (run.status, run.outcomes[0].status) == (RunStatus.INDETERMINATE, ChangeStatus.INDETERMINATE)


def test_a_write_that_shows_late_is_doubted_and_rolled_back_when_it_shows(shop):
    """Reported done and still stale after a minute: failed, in doubt; once it shows, rollback undoes it."""
    shop.world.faults.add(Fault("X19", method="PUT", arguments={"reads": 40}))
    run = verbose(shop.server(GROUP, NAME))
    assert (run.outcomes[0].status, run.outcomes[0].doubted) == (ChangeStatus.FAILED, True)
    assert run.changed
    calm(shop)
    client = shop.client()
    undone = client.rollback(run.run_id, leave=EVERYTHING)
    assert [o.status for o in undone.outcomes] == [ChangeStatus.APPLIED]
    assert shop.world.server(NAME).parameters["log_error_verbosity"].value == "terse"
    assert client.run(run.run_id).status is RunStatus.ROLLED_BACK


def test_a_doubted_write_that_shows_on_resume_is_the_runs_own(shop):
    """Given up in doubt and found on resume: the run brought it about, so that a rollback undoes it."""
    shop.world.faults.add(Fault("X19", method="PUT", arguments={"reads": 40}))
    run = verbose(shop.server(GROUP, NAME))
    calm(shop)
    client = shop.client()
    resumed = client.resume(run.run_id)
    assert (resumed.status, resumed.outcomes[0].status) == (RunStatus.COMPLETE, ChangeStatus.APPLIED)
    assert not denied(resumed, shop)
    client.rollback(run.run_id, leave=EVERYTHING)
    assert shop.world.server(NAME).parameters["log_error_verbosity"].value == "terse"


def test_a_rule_that_somebody_adds_and_removes_between_busy_retries_is_seen(shop):
    """Between two attempts that meet a busy server the other ways in go: the next attempt is not sent."""
    shop.world.faults.add(Fault("X2", method="DELETE", times=2))
    him = SecondActor(shop, {})
    seen = []

    def on_event(event):
        if event.stage == "retrying" and not seen:
            seen.append(event)
            him.does(removes("office"))
            him.does(removes("azure"))

    leave = Leave(closing=("firewall",), without_evidence="a test")
    run = shop.server(GROUP, NAME).firewall.remove("open", leave=leave, on_event=on_event)
    assert run.outcomes[0].status is ChangeStatus.NOT_STARTED
    assert run.outcomes[0].attempts == 1
    assert ways_in(shop.world) == {"open"}


def test_a_change_between_two_reads_of_an_earlier_plan_is_seen(shop):
    """While a plan made earlier is held against the server part by part, somebody sets what was read already: it stays."""
    client = shop.client()
    done = verbose(client.server(GROUP, NAME))
    plan = client.plan_rollback(done.run_id, leave=EVERYTHING)
    him = SecondActor(shop, {4: sets("log_error_verbosity", "verbose")})
    run = shop.client().rollback(done.run_id, plan=plan)
    assert him.his
    assert not him.overwritten(plan.changes)
    assert (run.status, run.outcomes[0].attempts) == (RunStatus.PARTIAL, 0)
