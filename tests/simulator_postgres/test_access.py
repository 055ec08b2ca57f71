"""How firewall rules and client addresses come to the loopback addresses that a real server sees."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.simulator.postgres.access import access_rules, loopback_of, networks
from flexsec.simulator.state import FirewallRange, Server

numbers = st.integers(0, 2**32 - 1)
ranges = st.tuples(numbers, numbers).map(sorted)


def text(number):
    """An address as text."""
    return str(ipaddress.IPv4Address(number))


def server(*rules, **members):
    """A server with firewall rules, each a start and an end."""
    made = Server("shop-db", **members)
    made.firewall = {f"rule{at}": FirewallRange(start, end) for at, (start, end) in enumerate(rules)}
    return made


def admits(made, address):
    """Whether a client's address is let in."""
    return any(ipaddress.ip_address(loopback_of(address)) in ipaddress.ip_network(each) for each in networks(made))


@given(ranges, st.floats(0, 1))
def test_every_address_of_a_rule_is_let_in(bounds, where):
    """The loopback address that stands for an address of a rule is let in."""
    low, high = bounds
    inside = low + int((high - low) * where)
    assert admits(server((text(low), text(high))), text(inside)) or (low, high) == (0, 0)


@given(ranges, numbers)
def test_nobody_else_is_let_in(bounds, address):
    """Whoever is let in has the last three numbers of some address of the rule."""
    low, high = bounds
    if (low, high) != (0, 0) and admits(server((text(low), text(high))), text(address)):
        first = low + (address - low) % 2**24
        assert low <= first <= high


def test_rules_stand_together():
    """Overlapping and adjoining rules become one network; Azure services are nobody on this machine."""
    made = server(
        ("203.0.113.0", "203.0.113.7"),
        ("203.0.113.4", "203.0.113.15"),
        ("0.0.0.0", "0.0.0.0"),
        ("198.51.100.7", "198.51.100.7"),
    )
    assert networks(made) == ("127.0.113.0/28", "127.51.100.7/32")


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({}, ("127.1.2.3/32",)),
        ({"public_network_access": "Disabled"}, ()),
        ({"public_network_access": "Disabled", "delegated_subnet_id": "/subnets/db"}, ("127.0.0.0/8",)),
    ],
)
def test_the_kind_of_network_decides(members, expected):
    """Rules count on a public server only; a VNet server lets everybody in, one without public access nobody."""
    assert networks(server(("10.1.2.3", "10.1.2.3"), **members)) == expected


def test_methods_follow_the_accepted_passwords():
    """Verifiers of both kinds are taken unless the server accepts SCRAM only; the superuser never comes by network."""
    from flexsec.simulator.state import ParameterState

    made = server(("10.1.2.3", "10.1.2.3"))
    assert access_rules(made) == (
        "local all azuresu trust",
        "host all azuresu all reject",
        "hostssl all all 127.1.2.3/32 md5",
    )
    made.parameters = {
        "azure.accepted_password_auth_method": ParameterState("SCRAM-SHA-256"),
        "require_secure_transport": ParameterState("OFF"),
    }
    assert access_rules(made)[-1] == "host all all 127.1.2.3/32 scram-sha-256"


def test_an_address_must_be_one():
    """What is no IPv4 address stands for nobody."""
    with pytest.raises(ValueError, match="'::1' is not an IPv4 address"):
        loopback_of("::1")
