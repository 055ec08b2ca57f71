"""Regular expressions of callers."""

import re

import pytest

from flexsec.simulator import Fault
from flexsec.simulator.patterns import pattern


@pytest.mark.parametrize("text", ["(a|a)+$", "(a+)+$", "(.*)*x", "(a{1,9}){9}", "a" * 201, "("])
def test_a_pattern_that_could_match_for_ever_is_refused(text):
    """What backtracks without bound would stop every answer, so it is refused where it comes in."""
    with pytest.raises(re.error):
        pattern(text)
    with pytest.raises(ValueError, match="no regular expression"):
        Fault("X1", path=text)


@pytest.mark.parametrize("text", ["/configurations/log_.*$", "(firewallRules|administrators)/", "", r"/restart$"])
def test_the_patterns_that_people_write_are_taken(text):
    """Patterns ignore case, as Azure's paths do."""
    assert pattern(text).search("/Configurations/LOG_x firewallrules/ /restart")
