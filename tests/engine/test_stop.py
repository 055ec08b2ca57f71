"""Ctrl-C in the middle: the write in flight ends, the run stops in good order, and resume completes it."""

from __future__ import annotations

import pytest

from flexsec.model.run import ChangeStatus, RunStatus
from flexsec.testing import simulated
from tests.engine.test_kill import EFFECTS, VALUES, effects
from tests.engine.truth import untrue, values
from tests.engine.worlds import EVERYTHING, GROUP, NAME

CHANGES = 16


def stopped_at(simulation, number: int, stage: str):
    """A run that is asked to stop when its change of this number is at this stage."""
    client = simulation.client()

    def on_event(event):
        if event.number == number and event.stage == stage:
            client.stop()

    return client.server(GROUP, NAME).harden(leave=EVERYTHING, on_event=on_event).run


@pytest.mark.parametrize("number", range(1, CHANGES + 1))
def test_stopping_at_any_change_is_resumed(number):
    """The change in flight is brought to its end, no further one is begun, and resume writes the rest, each once."""
    with simulated("insecure") as simulation:
        run = stopped_at(simulation, number, "waiting")
        assert len(run.outcomes) == CHANGES
        assert [o.status for o in run.outcomes[:number]] == [ChangeStatus.APPLIED] * number
        assert {o.status for o in run.outcomes[number:]} <= {ChangeStatus.NOT_STARTED}
        assert run.status is (RunStatus.COMPLETE if number == CHANGES else RunStatus.INTERRUPTED)
        assert not untrue(run, simulation)
        assert sum(effects(simulation).values()) == number
        finished = simulation.client().resume(run.run_id)
        assert finished.status is RunStatus.COMPLETE
        assert values(simulation) == VALUES
        assert effects(simulation) == EFFECTS


def test_a_stopped_run_says_that_resume_goes_on():
    """What was not begun says that it was stopped on request."""
    with simulated("insecure") as simulation:
        run = stopped_at(simulation, 3, "waiting")
        assert {o.message for o in run.outcomes[3:]} == {"stopped on request; `flexsec resume` goes on"}


def test_a_stop_ends_the_wait_for_a_busy_server():
    """A run that waits for a busy server sends nothing again once it is asked to stop."""
    with simulated("insecure", faults=[{"id": "X1", "times": None, "method": "PUT"}]) as simulation:
        client = simulation.client()
        seen = []

        def on_event(event):
            seen.append(event.stage)
            if seen.count("retrying") == 2:
                client.stop()

        run = client.server(GROUP, NAME).harden(leave=EVERYTHING, on_event=on_event).run
        assert run.status is RunStatus.INTERRUPTED
        assert run.outcomes[0].attempts == 2
        assert len([r for r in simulation.world.requests if r.mutating]) == 2
        simulation.world.faults.clear()
        assert simulation.client().resume(run.run_id).status is RunStatus.COMPLETE
        assert values(simulation) == VALUES
