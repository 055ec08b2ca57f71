"""Asked to undo itself, a hardening that fails anywhere sends nothing more than what brings back the values of before."""

from __future__ import annotations

import pytest

from flexsec.model.run import RunStatus
from flexsec.testing import simulated
from tests.engine.truth import denied, mark, untrue, values
from tests.engine.worlds import EVERYTHING, GROUP, INSECURE, NAME, Watched, calm, world_of

_EVER = {"times": None}
FAILURES = {
    "forbidden": {"id": "X28", "method": "PUT", **_EVER},
    "forbidden to delete": {"id": "X28", "method": "DELETE", **_EVER},
    "no restart": {"id": "X28", "method": "POST", **_EVER},
    "busy": {"id": "X1", "times": 400},
    "busy in the poll": {"id": "X2", "times": 400},
    "refused value": {"id": "X5", "times": 1},
    "cancelled": {"id": "X41", "times": 1},
    "ignored": {"id": "X12", "times": 1},
    "stale": {"id": "X19", "times": 1, "arguments": {"reads": 40}},
    "internal error": {"id": "X7", "method": "PUT", "times": 3},
    "internal error in the poll": {"id": "X7", "method": "PUT", "times": 3, "arguments": {"form": "poll"}},
    "lost before": {"id": "X29", "times": 3, "method": "PUT", "arguments": {"form": "reset_before"}},
    "hanging": {"id": "X23", "times": 1},
    "throttled": {"id": "X22", "method": "PUT", "times": 1, "arguments": {"seconds": 9000}},
}
"""Each kind of end that is not a success."""


def marks(simulation):
    """The effects on the server so far."""
    return simulation.world.effects(simulation.world.server_id(NAME))


@pytest.mark.parametrize("after", [0, 3, 8, pytest.param(5, marks=pytest.mark.long)])
@pytest.mark.parametrize("failure", FAILURES)
def test_after_a_failure_there_are_only_undos(failure, after):
    """Whichever write fails and however: from the undoing on nothing new is written, and the end is told as it is."""
    check_undoing(failure, after, lasting=False)


@pytest.mark.parametrize("failure", ["forbidden", "busy", "ignored", "hanging", "lost before", "throttled"])
def test_an_undoing_that_meets_the_same_failure_is_told_as_it_is(failure):
    """The failure goes on while the run is undone: still nothing new is written, and no undoing is called whole that is not."""
    check_undoing(failure, 3, lasting=True)


def check_undoing(failure, after, *, lasting):
    """Harden with a failure, to be undone when it fails.

    Args:
        lasting: the failure goes on when the undoing begins; otherwise it is over then, as an outage that ends.
    """
    with simulated(world_of(INSECURE), faults=[{**FAILURES[failure], "after": after}]) as simulation:
        before = values(simulation)
        watched = Watched(simulation, protected=())
        begun = []

        def on_event(event):
            if event.stage == "finished" and not begun:
                begun.append(len(marks(simulation)))
                if not lasting:
                    calm(simulation)

        hardening = simulation.server(GROUP, NAME).harden(leave=EVERYTHING, rollback_on_failure=True, on_event=on_event)
        calm(simulation)
        run, undone = hardening.run, hardening.rolled_back
        assert not watched.broken
        assert not untrue(run, simulation) or undone
        if run.status is RunStatus.COMPLETE and undone is None:
            assert not hardening.not_rolled_back  # nothing failed in this place
            return
        assert undone is not None or hardening.not_rolled_back or not run.changed
        check_only_undos(simulation, run, undone, begun[0])
        assert undone is None or not undone.whole or moved(before, values(simulation)) == set()
        marked = simulation.client().run(run.run_id).status is RunStatus.ROLLED_BACK
        assert marked == bool(undone and undone.run_id and undone.whole)


def check_only_undos(simulation, run, undone, begun):
    """Once the run had ended, only what it had sent before arrived, and what undoes it."""
    sent = {mark(o.change) for o in run.outcomes if o.may_have_taken_effect or o.attempts}
    undoing = {mark(o.change) for o in undone.outcomes} if undone else set()
    later = marks(simulation)[begun:]
    assert "restart" not in later or "restart" in sent
    assert set(later) <= sent | undoing
    assert not denied(run, simulation) or undone


def moved(before, after):
    """What is not as it was."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def test_what_was_begun_is_settled_and_nothing_else_is_sent():
    """A write whose end is not known is looked up, not sent again, before the run is undone: the world is as before."""
    lost = {"id": "X29", "method": "PUT", "after": 4, "arguments": {"form": "reset_after"}}
    unreadable = {"id": "X28", "method": "GET", "path": "configurations/"}
    with simulated(world_of(INSECURE), faults=[lost]) as simulation:
        before = values(simulation)

        def on_event(event):
            if event.stage == "writing" and event.number == 5:
                simulation.world.faults.add(fault(unreadable))
            if event.stage == "finished":
                calm(simulation)

        server = simulation.server(GROUP, NAME)
        hardening = server.harden(leave=EVERYTHING, rollback_on_failure=True, on_event=on_event)
        assert hardening.rolled_back.whole
        assert values(simulation) == before
        sent = [r for r in simulation.world.requests if r.mutating]
        undone = len(hardening.rolled_back.outcomes)
        assert len(sent) == 2 * undone
        assert "restart" not in marks(simulation)


def fault(entry):
    """A fault that lasts, which spares the first look before the write."""
    from flexsec.simulator import FaultPlan

    (found,) = FaultPlan.from_list([{**entry, "times": None, "after": 1}])
    return found


def test_an_undoing_that_is_impossible_is_told_and_not_raised():
    """The server cannot be read any more after the failure: the hardening comes back, and says why it was not undone."""
    failing = {"id": "X28", "method": "PUT", "after": 3, "times": None}
    with simulated(world_of(INSECURE), faults=[failing]) as simulation:

        def on_event(event):
            if event.stage == "finished":
                simulation.world.server(NAME).state = "Dropping"

        server = simulation.server(GROUP, NAME)
        hardening = server.harden(leave=EVERYTHING, rollback_on_failure=True, on_event=on_event)
        assert hardening.run.changed
        assert hardening.not_rolled_back or not hardening.rolled_back.whole


def test_a_rule_that_cannot_come_back_leaves_the_undoing_in_part():
    """A removed rule whose name the service takes no more: the rest is undone, and the run is not called rolled back."""
    server = {**INSECURE, "firewall_rules": {"old.name": "0.0.0.0-0.0.0.0", "office": "203.0.113.0-203.0.113.15"}}
    with simulated(world_of(server)) as simulation:
        client = simulation.client()
        run = client.server(GROUP, NAME).harden(leave=EVERYTHING).run
        undone = client.rollback(run.run_id, leave=EVERYTHING)
        assert undone.status is RunStatus.COMPLETE
        assert not undone.whole
        assert [left.control for left in undone.left] == ["firewall/old.name"]
        assert client.run(run.run_id).status is RunStatus.COMPLETE
