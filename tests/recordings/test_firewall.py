import pytest

from flexsec.errors import Busy, Forbidden
from flexsec.model.acceptance import EndingKind
from flexsec.model.firewall import FirewallRule, RuleClass
from flexsec.observers import firewall

ADDRESSES = {"start": "198.18.0.3", "end": "198.18.0.4"}


def test_rules_are_listed_and_classed(play):
    """The recorded rules are told apart by their addresses, not by their names."""
    kinds = sorted(rule.kind for rule in play.read("firewall/list", firewall))
    assert kinds == sorted([RuleClass.AZURE_SERVICES, RuleClass.PUBLIC, RuleClass.INTERNET])


def test_rule_is_added(play, change):
    """A rule is accepted, followed for its minute, and there when read."""
    done = play.write("firewall/allow", change("firewall", "rule-1", ADDRESSES), then=firewall)
    assert done.ending.kind == EndingKind.SUCCEEDED
    assert done.waits == [60]
    assert FirewallRule("rule-1", "198.18.0.3", "198.18.0.4") in done.read


def test_rule_is_removed(play, change):
    """A rule is removed and gone when read."""
    before = {"start": "0.0.0.0", "end": "255.255.255.255"}
    done = play.write("firewall/remove", change("firewall", "rule-1", None, before), then=firewall)
    assert done.ending.kind == EndingKind.SUCCEEDED
    assert done.read
    assert "rule-1" not in [rule.name for rule in done.read]


def test_removing_what_is_not_there(play, change):
    """Removing an absent rule is a success: it is not there."""
    done = play.write("firewall/remove_absent", change("firewall", "rule-1", None, ADDRESSES))
    assert done.ending.kind == EndingKind.SUCCEEDED


def test_busy_in_the_poll(play, change):
    """A rule can be accepted and then fail because the server is busy."""
    addresses = {"start": "198.18.0.1", "end": "198.18.0.2"}
    ending = play.write("firewall/allow_busy_in_poll", change("firewall", "rule-1", addresses)).ending
    assert isinstance(ending.error, Busy)


def test_missing_right_is_named(play, change):
    """A forbidden rule names the action that is missing."""
    addresses = {"start": "198.18.0.1", "end": "198.18.0.2"}
    with pytest.raises(Forbidden) as caught:
        play.write("firewall/allow_forbidden", change("firewall", "rule-1", addresses))
    assert caught.value.missing_action == "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules/write"


def test_throttled_list_waits(play):
    """A throttled list waits as asked and then holds all rules."""
    begun = play.clock.monotonic()
    assert len(play.read("firewall/list_throttled", firewall)) == 3
    assert play.clock.monotonic() - begun >= 4
