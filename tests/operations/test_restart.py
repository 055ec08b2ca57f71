"""A restart: for what waits for one, once, and never undone."""

from __future__ import annotations

import pytest

from flexsec.model.change import Phase
from flexsec.model.desire import DesiredRestart, DesiredThreatProtection
from flexsec.operations import restart
from flexsec.operations.operation import Obstacle
from tests.controls.states import state


def waiting(*names, ready="Ready"):
    """A server with two static parameters, of which these wait for a restart."""
    both = {name: {"value": "7", "pending_restart": name in names} for name in ("max_connections", "max_wal_senders")}
    return state({"server": {"state": ready}, "parameters": both})


def test_a_restart_names_everything_that_waits():
    """The restart names also what somebody else left pending, because it brings that into force too."""
    change = restart.diff(
        DesiredRestart(parameters=("max_connections",)), waiting("max_connections", "max_wal_senders")
    )
    assert "max_connections, max_wal_senders" in change.sentence
    assert (change.phase, change.restarts, change.reversible) == (Phase.RESTART, True, False)
    assert restart.undo(change) is None


def test_nothing_waiting_needs_no_restart():
    """A server without pending parameters is not restarted."""
    assert restart.diff(DesiredRestart(parameters=("max_connections",)), waiting()) is None


def test_a_restart_is_proved_by_a_ready_server_on_which_nothing_named_waits():
    """Neither a server that is still restarting nor one that still waits proves the restart."""
    change = restart.diff(DesiredRestart(parameters=("max_connections",)), waiting("max_connections"))
    assert restart.holds(change, waiting())
    assert restart.holds(change, waiting("max_wal_senders"))
    assert not restart.holds(change, waiting("max_connections"))
    assert not restart.holds(change, waiting(ready="Restarting"))
    assert restart.holds(change, restart.predict(change, waiting("max_connections")))


def test_a_restart_is_untouched_while_what_it_names_waits():
    """Whether the server is busy meanwhile does not change that."""
    change = restart.diff(DesiredRestart(parameters=("max_connections",)), waiting("max_connections"))
    assert restart.untouched(change, waiting("max_connections"))
    assert restart.untouched(change, waiting("max_connections", ready="Updating"))
    assert not restart.untouched(change, waiting("max_wal_senders"))


def test_unread_parameters_are_an_obstacle():
    """Without the parameters nobody knows whether a restart is needed, or did anything."""
    unread = state({"server": {}, "parameters": {"unobserved": "500"}})
    assert isinstance(restart.diff(DesiredRestart(parameters=("a",)), unread), Obstacle)
    change = restart.diff(DesiredRestart(parameters=("max_connections",)), waiting("max_connections"))
    assert not restart.holds(change, unread)
    assert not restart.untouched(change, unread)
    assert restart.current(change, unread) is None


def test_another_desire_is_a_mistake_of_the_caller():
    """An operation refuses a desire that is not its own."""
    with pytest.raises(TypeError):
        restart.diff(DesiredThreatProtection(enabled=True), waiting())
