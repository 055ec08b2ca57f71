"""Firewall rules and the arithmetic on their addresses, against an oracle that counts one address at a time."""

from __future__ import annotations

import ipaddress
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flexsec.errors import InvalidValue
from flexsec.model.firewall import (
    INTERNET_SIZE,
    AddressRange,
    FirewallRule,
    RuleClass,
    check_rule_name,
    public_size,
    rule,
    union,
)

# The address blocks that never arrive from the internet, spelt out again so that a slip in the code is not repeated.
NOT_PUBLIC = [
    ipaddress.ip_network(block)
    for block in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.168.0.0/16", "224.0.0.0/4", "240.0.0.0/4",
    )
]  # fmt: skip
LAST = 2**32 - 1


def is_public(number: int) -> bool:
    """Whether the address may come from the internet."""
    return not any(ipaddress.IPv4Address(number) in block for block in NOT_PUBLIC)


# Windows of a few hundred addresses around the edges of the private blocks and somewhere in the open.
edges = [int(block.network_address) for block in NOT_PUBLIC] + [int(block.broadcast_address) for block in NOT_PUBLIC]
windows = st.sampled_from([*edges, int(ipaddress.IPv4Address("203.0.113.0")), LAST])
addresses = st.integers(0, LAST)


@st.composite
def small_ranges(draw):
    """Ranges that lie close together, so that they overlap, touch and miss each other."""
    middle = draw(windows)
    found = []
    for _ in range(draw(st.integers(0, 5))):
        first = min(max(middle + draw(st.integers(-60, 60)), 0), LAST)
        found.append(AddressRange(first, min(first + draw(st.integers(0, 40)), LAST)))
    return found


@st.composite
def any_range(draw):
    """Any range at all."""
    first, last = sorted((draw(addresses), draw(addresses)))
    return AddressRange(first, last)


def counted(ranges) -> set[int]:
    """The addresses one by one."""
    return {number for item in ranges for number in range(item.first, item.last + 1)}


@given(small_ranges())
def test_the_union_holds_the_same_addresses_in_disjoint_ascending_ranges(ranges):
    """The union is the same set of addresses, without overlap and without two ranges that touch."""
    merged = union(ranges)
    assert counted(merged) == counted(ranges)
    for left, right in pairwise(merged):
        assert left.last + 1 < right.first


@given(small_ranges())
def test_the_public_size_is_the_number_of_distinct_public_addresses(ranges):
    """Counting one address at a time gives the same number."""
    assert public_size(ranges) == sum(1 for number in counted(ranges) if is_public(number))


@given(st.lists(any_range(), max_size=5), any_range())
def test_a_further_range_adds_between_nothing_and_its_own_size(ranges, further):
    """The public size never falls when a rule is added, and never rises by more than the rule."""
    before, after = public_size(ranges), public_size([*ranges, further])
    assert before <= after <= before + public_size([further])
    assert public_size([further]) <= further.size


@given(any_range(), st.data())
def test_cutting_a_range_in_two_changes_nothing(whole, data):
    """Two rules for the halves of a range admit what the range admits."""
    assume(whole.size > 1)
    cut = data.draw(st.integers(whole.first, whole.last - 1))
    halves = [AddressRange(whole.first, cut), AddressRange(cut + 1, whole.last)]
    assert union(halves) == [whole]
    assert public_size(halves) == public_size([whole])


def test_the_public_part_of_the_whole_space():
    """All of IPv4 without the blocks that never arrive from the internet."""
    inert = sum(block.num_addresses for block in NOT_PUBLIC)
    assert public_size([AddressRange(0, LAST)]) == 2**32 - inert
    assert public_size([AddressRange(0, LAST)]) >= INTERNET_SIZE


@given(any_range(), addresses)
def test_a_rule_admits_what_lies_between_its_addresses(found, number):
    """Both ends are included; the rule for Azure services admits no address by itself."""
    text = FirewallRule("r", *(str(ipaddress.IPv4Address(n)) for n in (found.first, found.last)))
    expected = found.first <= number <= found.last and (found.first, found.last) != (0, 0)
    assert text.admits(str(ipaddress.IPv4Address(number))) == expected


@pytest.mark.parametrize(
    ("name", "start", "end", "kind"),
    [
        ("office", "0.0.0.0", "0.0.0.0", RuleClass.AZURE_SERVICES),
        ("AllowAllAzureServicesAndResourcesWithinAzureIps_x", "203.0.113.7", "203.0.113.7", RuleClass.PUBLIC),
        ("azure", "0.0.0.0", "255.255.255.255", RuleClass.INTERNET),
        ("azure2", "0.0.0.1", "255.255.255.254", RuleClass.INTERNET),
        ("half", "0.0.0.0", "127.255.255.255", RuleClass.INTERNET),
        ("AllowAll", "10.0.0.0", "10.0.0.255", RuleClass.PRIVATE),
        ("zero-net", "0.0.0.0", "0.0.0.9", RuleClass.PRIVATE),
        ("zeros", "100.0.00.000", "100.0.0.001", RuleClass.PUBLIC),
        ("swapped", "203.0.113.9", "203.0.113.1", RuleClass.UNREADABLE),
        ("empty", "", "", RuleClass.UNREADABLE),
        ("six", "::1", "::1", RuleClass.UNREADABLE),
        ("big", "1.2.3.256", "1.2.3.4", RuleClass.UNREADABLE),
        ("arabic", "1.2.3.٤", "1.2.3.9", RuleClass.UNREADABLE),
    ],
)
def test_a_rule_is_classed_by_its_addresses_alone(name, start, end, kind):
    """C2: rules with misleading names get the right class."""
    assert FirewallRule(name, start, end).kind == kind


def test_two_halves_are_the_internet_together():
    """C2: the union of 0.0.0.0-127.255.255.255 and 128.0.0.0-255.255.255.255 is the internet."""
    halves = [FirewallRule("a", "0.0.0.0", "127.255.255.255"), FirewallRule("b", "128.0.0.0", "255.255.255.255")]
    assert public_size([half.range for half in halves]) >= INTERNET_SIZE


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_stored_text_has_a_class(start, end):
    """Whatever the service stored, a rule can be classed and shown."""
    stored = FirewallRule("r", start, end)
    assert (stored.kind == RuleClass.UNREADABLE) == (stored.range is None)
    assert str(stored).startswith("r (")


@given(any_range())
def test_the_three_ways_to_write_a_range_agree(found):
    """Two addresses, a-b and, for a block, CIDR name the same addresses."""
    first, last = (str(ipaddress.IPv4Address(n)) for n in (found.first, found.last))
    assert rule("r", first, last) == rule("r", f" {first} - {last} ") == FirewallRule("r", first, last)


@given(addresses, st.integers(0, 32))
def test_a_block_is_converted_exactly(number, length):
    """A CIDR block is accepted and converted to its first and last address."""
    block = ipaddress.ip_network((number, length), strict=False)
    made = rule("r", str(block))
    assert made.range == AddressRange(int(block.network_address), int(block.broadcast_address))
    assert made.range.size == 2 ** (32 - length)


@pytest.mark.parametrize(
    ("given_addresses", "end", "words"),
    [
        ("203.0.113.9", "203.0.113.1", "above the last"),
        ("203.0.113.9-203.0.113.1", None, "swap them"),
        ("203.0.113.5/28", None, "host bits"),
        ("203.0.113.0/33", None, "not an IPv4 block"),
        ("2001:db8::1", None, "IPv6 is not supported"),
        ("2001:db8::/64", None, "IPv6 is not supported"),
        ("203.0.113", None, "four numbers"),
        ("203.0.113.007", None, "four numbers"),
        ("", None, "four numbers"),
        ("office", None, "four numbers"),
        ("203.0.113.1-203.0.113.2", "203.0.113.3", "four numbers"),
    ],
)
def test_addresses_that_the_service_refuses_are_refused_here(given_addresses, end, words):
    """C3: start above end, IPv6 and what is no address are refused before any request."""
    with pytest.raises(InvalidValue, match=words):
        rule("office", given_addresses, end)


@given(st.text(max_size=30), st.one_of(st.none(), st.text(max_size=15)))
def test_any_text_makes_a_rule_or_a_clear_refusal(text, end):
    """No input leads to another exception."""
    try:
        made = rule("r", text, end)
    except InvalidValue:
        return
    assert made.range is not None
    assert made.kind != RuleClass.UNREADABLE


@pytest.mark.parametrize("name", ["", "-a", "_a", "a-", "a b", "a.b", "ä", "a\n", "x" * 81])
def test_names_that_the_service_refuses_are_refused_here(name):
    """C3: a name that the service refuses is refused before any request, with the pattern in words."""
    with pytest.raises(InvalidValue, match="1 to 80 letters"):
        check_rule_name(name)


@pytest.mark.parametrize("name", ["a", "7", "Allow_All-2024", "x" * 80, "a_"])
def test_names_that_the_service_takes_are_taken(name):
    """Letters, digits, '-' and '_', beginning with a letter or digit and not ending with '-'."""
    check_rule_name(name)
