"""Threat protection: one switch, on or off."""

from __future__ import annotations

import pytest

from flexsec.model.change import Phase
from flexsec.model.desire import DesiredRestart, DesiredThreatProtection
from flexsec.operations import threat_protection
from flexsec.operations.operation import Obstacle
from tests.controls.states import state


@pytest.mark.parametrize("now", [True, False])
@pytest.mark.parametrize("wanted", [True, False])
def test_the_switch_is_written_only_when_it_differs(now, wanted):
    """A setting that is as desired is not written; otherwise the diff closes and the undo brings back what was."""
    before = state({"threat_protection": now})
    change = threat_protection.diff(DesiredThreatProtection(enabled=wanted), before)
    if now == wanted:
        assert change is None
        return
    assert threat_protection.untouched(change, before)
    assert not threat_protection.holds(change, before)
    after = threat_protection.predict(change, before)
    assert after.threat_protection.enabled is wanted
    assert threat_protection.holds(change, after)
    assert threat_protection.predict(threat_protection.undo(change), after) == before
    assert change.phase is (Phase.ADD if wanted else Phase.CLOSE)


def test_enabling_says_that_it_costs():
    """Threat protection is billed per server: the plan says so."""
    change = threat_protection.diff(DesiredThreatProtection(enabled=True), state({"threat_protection": False}))
    assert change.sentence == "Enable threat protection. It is billed per server."


def test_an_unread_setting_is_an_obstacle():
    """A setting that was not read is neither written nor taken for off."""
    unread = state({"threat_protection": {"unobserved": "403"}})
    found = threat_protection.diff(DesiredThreatProtection(enabled=True), unread)
    assert isinstance(found, Obstacle)
    change = threat_protection.diff(DesiredThreatProtection(enabled=True), state({"threat_protection": False}))
    assert not threat_protection.holds(change, unread)
    assert not threat_protection.untouched(change, unread)


def test_another_desire_is_a_mistake_of_the_caller():
    """An operation refuses a desire that is not its own."""
    with pytest.raises(TypeError):
        threat_protection.diff(DesiredRestart(parameters=()), state({"threat_protection": False}))
