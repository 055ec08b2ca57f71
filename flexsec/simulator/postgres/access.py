"""Who may connect: firewall rules and authentication switches as host-based access rules of PostgreSQL.

A real server on this machine sees only loopback addresses, so those stand for clients: a client a.b.c.d comes from
127.b.c.d. Firewall rules are translated the same way, so a rule that covers 203.0.113.5 lets 127.0.113.5 in, and one
that covers whole networks of sixteen million addresses lets all of 127.0.0.0/8 in. A straight connection comes from
127.0.0.1. The rule 0.0.0.0-0.0.0.0 (Azure services) lets nobody on this machine in. Into a VNet-integrated server
everybody is let, as from within its network; into one whose public access is off nobody, private endpoints included.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from ..state import ipv4

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..state import FirewallRange, Server

SUPERUSER = "azuresu"
EVERYBODY = "127.0.0.0/8"
NETWORK = 2**24  # addresses that differ in their first number only look alike here
LOOPBACK = 127 * NETWORK


def loopback_of(address: str) -> str:
    """The loopback address that stands for a client's.

    Raises:
        ValueError: no IPv4 address.
    """
    number = ipv4(address)
    if number is None:
        raise ValueError(f"{address!r} is not an IPv4 address such as 203.0.113.5")
    return str(ipaddress.IPv4Address(LOOPBACK + number % NETWORK))


def access_rules(server: Server) -> tuple[str, ...]:
    """The lines of pg_hba.conf; whatever none of them matches is refused, as by the service."""
    rules = [f"local all {SUPERUSER} trust", f"host all {SUPERUSER} all reject"]
    if server.password_auth != "Enabled":  # noqa: S105 - a switch
        return tuple(rules)
    kind = "host" if (server.in_force("require_secure_transport") or "on").lower() == "off" else "hostssl"
    accepted = server.in_force("azure.accepted_password_auth_method") or "md5"
    method = "md5" if "md5" in accepted.lower() else "scram-sha-256"
    return (*rules, *(f"{kind} all all {network} {method}" for network in networks(server)))


def networks(server: Server) -> tuple[str, ...]:
    """The loopback networks that are let in."""
    if server.in_virtual_network:
        return (EVERYBODY,)
    if server.public_network_access != "Enabled":
        return ()
    blocks = (block for rule in server.firewall.values() for block in _blocks(rule))
    return tuple(str(each) for each in ipaddress.collapse_addresses(blocks))


def _blocks(rule: FirewallRange) -> Iterator[ipaddress.IPv4Network]:
    first, last = ipv4(rule.start), ipv4(rule.end)
    if first is None or last is None or (first, last) == (0, 0):
        return
    if last - first + 1 >= NETWORK:
        pieces = [(0, NETWORK - 1)]
    elif first // NETWORK == last // NETWORK:
        pieces = [(first % NETWORK, last % NETWORK)]
    else:
        pieces = [(first % NETWORK, NETWORK - 1), (0, last % NETWORK)]
    for low, high in pieces:
        yield from ipaddress.summarize_address_range(
            ipaddress.IPv4Address(LOOPBACK + low), ipaddress.IPv4Address(LOOPBACK + high)
        )
