"""What is covered by whom agrees with the catalogue and with what was counted when the sources were read."""

from __future__ import annotations

from collections import Counter

import pytest

from flexsec.controls.catalogue import CONTROLS
from flexsec.controls.coverage import coverage
from tests.controls.truth.peers.all import PEERS

# As counted when the sources were read: properties of flexible servers that each tool has a check for.
COUNTED = {
    "azpolicy": 21, "pgdsat": 20, "cloudsploit": 14, "cnspec": 12, "prowler": 12, "azqr": 9, "community": 9, "trivy": 8,
    "mondoo-pg": 8, "powerpipe": 7, "mitre": 6, "psrule": 6, "cloudbeat": 5, "azts": 5, "checkov": 4, "c7n": 4,
}  # fmt: skip


def test_every_control_is_among_the_properties():
    """Each id of the catalogue is a property that is covered, under the catalogue's own title; no other one is covered."""
    found = {each.id: each for each in coverage().properties}
    assert len(found) == len(coverage().properties) == 83
    for entry in CONTROLS:
        assert found[entry.id].covered
        assert found[entry.id].title == entry.title
    assert {each.id for each in found.values() if each.covered} == {entry.id for entry in CONTROLS}


def test_what_is_not_covered_says_what_it_would_ask_for():
    """A property without a control has a title of its own, and is said not to be covered."""
    missing = [each for each in coverage().properties if not each.covered]
    assert len(missing) == 83 - len(CONTROLS)
    assert all(each.title and each.title != each.id for each in missing)


def test_the_tools_are_counted_as_they_were_read():
    """Each tool covers as many properties as were counted, and each of its entries names a check."""
    counted = Counter(key for each in coverage().properties for key in each.tools)
    assert counted == COUNTED
    assert {tool.key for tool in coverage().tools} == set(COUNTED)
    assert all(ids and all(ids) for each in coverage().properties for ids in each.tools.values())


def test_groups_keep_together():
    """The properties of a group stand together, so that a report can list them in the order of the data."""
    order = [each.group for each in coverage().properties]
    assert [group for at, group in enumerate(order) if at == 0 or order[at - 1] != group] == list(coverage().groups)
    assert sum(len(coverage().of_group(group)) for group in coverage().groups) == 83


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.key)
def test_a_tool_is_compared_on_what_it_claims(peer):
    """Each check that the comparison asks of a tool is one that the data has for it, on a property that it covers."""
    found = {each.id: each.tools.get(peer.key, ()) for each in coverage().properties}
    known = {tool.key: tool for tool in coverage().tools}[peer.key]
    assert (known.name, known.version) == (peer.name, peer.version)
    for check in peer.checks:
        for control in check.properties:
            assert any(check.id.split(" ")[0] in id_ or id_ in check.id for id_ in found[control]), (check.id, control)
