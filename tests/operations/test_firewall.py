"""Firewall rules: added, changed in place or removed; what narrows or removes takes access away."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexsec.model.change import Change, Phase
from flexsec.model.desire import DesiredFirewallRule, DesiredFirewallRuleAbsent, DesiredThreatProtection
from flexsec.operations import firewall
from flexsec.operations.operation import Obstacle
from flexsec.testing import simulated
from tests.controls.states import state

ADDRESSES = ("203.0.113.0", "203.0.113.7", "203.0.113.15", "203.0.113.255")
spans = st.tuples(st.sampled_from(range(4)), st.sampled_from(range(4))).map(
    lambda pair: (ADDRESSES[min(pair)], ADDRESSES[max(pair)])
)


def having(*rules, **server):
    """A server with these rules."""
    return state({"firewall": [list(rule) for rule in rules], "server": server})


def wanted(name, start, end=None):
    """A rule that shall be there."""
    return DesiredFirewallRule(name=name, start=start, end=end or start)


def unwanted(name, start, end):
    """A rule that shall be gone."""
    return DesiredFirewallRuleAbsent(name=name, start=start, end=end)


@settings(max_examples=150, deadline=None)
@given(now=st.none() | spans, then=st.none() | spans)
def test_any_change_of_a_rule_is_predicted_proved_and_undone(now, then):
    """From any rule to any other: the diff closes, the undo brings back what was, and only narrowing is closing."""
    before = having(("other", "198.51.100.1", "198.51.100.1"), *([("office", *now)] if now else []))
    desire = wanted("office", *then) if then else unwanted("office", *(now or ADDRESSES[:2]))
    change = firewall.diff(desire, before)
    if now == then:
        assert change is None
        return
    assert isinstance(change, Change)
    assert firewall.untouched(change, before)
    assert not firewall.holds(change, before)
    after = firewall.predict(change, before)
    assert firewall.holds(change, after)
    assert firewall.diff(desire, after) is None
    back = firewall.predict(firewall.undo(change), after)
    assert back.firewall == tuple(sorted(before.firewall))
    place = ADDRESSES.index
    keeps = now is None or (then is not None and place(then[0]) <= place(now[0]) and place(now[1]) <= place(then[1]))
    assert (change.closing, change.phase) == (("", Phase.ADD) if keeps else ("firewall", Phase.CLOSE))


def test_the_same_addresses_in_another_spelling_are_not_written():
    """Leading zeros that the service has stored are the same addresses."""
    assert (
        firewall.diff(wanted("old", "100.0.0.0", "100.0.0.10"), having(("old", "100.0.00.000", "100.0.00.010"))) is None
    )


def test_a_name_in_another_case_is_the_same_rule():
    """Azure compares names without case: the rule is changed in place, not added a second time."""
    change = firewall.diff(wanted("OFFICE", "203.0.113.9"), having(("office", "203.0.113.8", "203.0.113.8")))
    assert change.before == {"start": "203.0.113.8", "end": "203.0.113.8"}
    assert len(firewall.predict(change, having(("office", "203.0.113.8", "203.0.113.8"))).firewall) == 1


def test_a_rule_that_moved_is_not_removed():
    """A rule whose addresses changed since it was judged is left alone, and the obstacle says what it is now."""
    found = firewall.diff(
        unwanted("temp", "0.0.0.0", "255.255.255.255"), having(("temp", "203.0.113.9", "203.0.113.9"))
    )
    assert isinstance(found, Obstacle)
    assert "temp (203.0.113.9) is no longer" in found.reason


def test_an_absent_rule_need_not_be_removed():
    """There is nothing to do for what is gone."""
    assert firewall.diff(unwanted("temp", "0.0.0.0", "255.255.255.255"), having()) is None


@pytest.mark.parametrize(
    ("server", "words"),
    [
        ({"networking": "vnet"}, "VNet-integrated"),
        ({"public_network_access": "Disabled"}, "public network access is off"),
    ],
)
def test_rules_without_effect_are_not_written(server, words):
    """On a VNet-integrated server and while public access is off, a rule is an obstacle, not a write."""
    for desire in (wanted("office", "203.0.113.9"), unwanted("temp", "203.0.113.1", "203.0.113.2")):
        found = firewall.diff(desire, having(("temp", "203.0.113.1", "203.0.113.2"), **server))
        assert isinstance(found, Obstacle)
        assert words in found.reason


def test_unread_rules_are_an_obstacle_and_prove_nothing():
    """Rules that were not read are neither written nor taken for absent."""
    unread = state({"firewall": {"unobserved": "403"}, "server": {}})
    assert isinstance(firewall.diff(wanted("office", "203.0.113.9"), unread), Obstacle)
    removal = firewall.diff(unwanted("a", "1.1.1.1", "1.1.1.1"), having(("a", "1.1.1.1", "1.1.1.1")))
    assert not firewall.holds(removal, unread)
    assert not firewall.untouched(removal, unread)
    assert firewall.predict(removal, unread) is unread


def test_an_unread_server_is_an_obstacle():
    """Whether a rule would have an effect is unknown on a server that was not read."""
    unread = state({"firewall": [], "server": {"unobserved": "403"}})
    assert isinstance(firewall.diff(wanted("office", "203.0.113.9"), unread), Obstacle)


@pytest.mark.parametrize("name", ["old.name", "_first", "last-", "x" * 81])
def test_a_rule_whose_name_is_refused_today_cannot_be_brought_back(name):
    """Removing a rule that the service would not take again says so and is not reversible."""
    change = firewall.diff(unwanted(name, "1.1.1.1", "1.1.1.1"), having((name, "1.1.1.1", "1.1.1.1")))
    assert not change.reversible
    assert "cannot be undone" in change.sentence


def test_addresses_are_written_without_leading_zeros():
    """A rule stored with leading zeros is put back without them, because the service refuses them since 2024-08-01."""
    with simulated("insecure") as simulation:
        server = simulation.server("rg-shop", "shop-db")
        state = server.observe()
        change = firewall.diff(wanted("old", "100.0.00.000", "100.0.00.010"), state)
        acceptance = firewall.write(simulation.client().connection, server.id, change, state)
        assert (
            simulation.client().connection.finish(acceptance, what="write", deadline=_hour(simulation)).kind
            == "succeeded"
        )
        stored = simulation.world.server("shop-db").firewall["old"]
        assert (stored.start, stored.end) == ("100.0.0.0", "100.0.0.10")


def _hour(simulation):
    from flexsec.model.clock import Deadline

    return Deadline(simulation.clock, 3600)


def test_another_desire_is_a_mistake_of_the_caller():
    """An operation refuses a desire that is not its own."""
    with pytest.raises(TypeError):
        firewall.diff(DesiredThreatProtection(enabled=True), having())
