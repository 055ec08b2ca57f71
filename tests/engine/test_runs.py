"""Recorded runs as a script meets them: looked up at little cost, and raised when they are not complete."""

from __future__ import annotations

import pytest

from flexsec import FlexSecError, Leave
from flexsec.errors import RunIncomplete
from flexsec.model.run import RunStatus
from flexsec.testing import simulated
from tests.engine.worlds import GROUP, NAME, world_of

LOWER = Leave(lower_security=True)


def shop(faults=()):
    """A simulation of one server with log_checkpoints off."""
    return simulated(world_of({"name": NAME, "version": "16", "parameters": {"log_checkpoints": "off"}}), faults=faults)


def test_a_complete_run_is_given_back():
    """`raise_unless_complete` on a complete run is the run, and so on one for which there was nothing to write."""
    with shop() as simulation:
        parameters = simulation.server(GROUP, NAME).parameters
        run = parameters.set("log_checkpoints", "on")
        assert run.raise_unless_complete() is run
        nothing = parameters.set("log_checkpoints", "on")
        assert nothing.run_id == ""
        assert nothing.raise_unless_complete() is nothing


def test_a_run_that_is_not_complete_is_raised_with_what_is_open():
    """A failed change raises RunIncomplete with the run, the change, the service's words and how to go on; exit code 5."""
    with shop([{"id": "X5", "method": "PUT", "times": 1}]) as simulation:
        run = simulation.server(GROUP, NAME).parameters.set_many({"log_checkpoints": "on", "log_lock_waits": "on"})
        assert run.status is RunStatus.PARTIAL
        with pytest.raises(RunIncomplete) as raised:
            run.raise_unless_complete()
        error = raised.value
        assert isinstance(error, FlexSecError)
        assert (error.run, error.exit_code) == (run, 5)
        first, *others = error.message.splitlines()
        assert first == f"run {run.run_id} is partial; `flexsec resume {run.run_id}` goes on with it"
        failed = next(outcome for outcome in run.outcomes if outcome.status == "failed")
        assert others == [f"failed: {failed.change.sentence} {failed.message}"]


def test_a_run_that_was_rolled_back_is_not_complete():
    """What was undone does not hold any more: it is raised too, without a word of resuming."""
    with shop() as simulation:
        run = simulation.server(GROUP, NAME).parameters.set("log_checkpoints", "on")
        client = simulation.client()
        client.rollback(run.run_id, leave=LOWER)
        undone = client.run(run.run_id)
        assert undone.status is RunStatus.ROLLED_BACK
        with pytest.raises(RunIncomplete) as raised:
            undone.raise_unless_complete()
        assert raised.value.message == f"run {run.run_id} is rolled back"


def test_one_run_is_looked_up_without_reading_all(monkeypatch):
    """Of other runs only the first lines are read; only the run itself and those that undo it are read to the end."""
    with shop() as simulation:
        client = simulation.client()
        parameters = client.server(GROUP, NAME).parameters
        first = parameters.set("log_checkpoints", "on")
        for value in ("on", "off", "on"):
            parameters.set("log_lock_waits", value)
        undoing = client.rollback(first.run_id, leave=LOWER)
        read, whole = [], client.journals.read
        monkeypatch.setattr(client.journals, "read", lambda run_id: read.append(run_id) or whole(run_id))
        assert client.run(first.run_id).status is RunStatus.ROLLED_BACK
        assert read == [first.run_id, undoing.run_id]
        assert {run.run_id: run.status for run in client.runs()}[first.run_id] is RunStatus.ROLLED_BACK
