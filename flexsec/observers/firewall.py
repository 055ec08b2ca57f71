"""Reads the firewall rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..model.firewall import FirewallRule
from .reading import name, properties, word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..azure.connection import Connection
    from ..model.clock import Deadline
    from ..model.resource import ServerId

ACTIONS = ("Microsoft.DBforPostgreSQL/flexibleServers/firewallRules/read",)


def observe(connection: Connection, server: ServerId, *, deadline: Deadline) -> tuple[FirewallRule, ...]:
    """Read every rule, sorted by name: one request a page, and no rule when a page is missing.

    Action: Microsoft.DBforPostgreSQL/flexibleServers/firewallRules/read.

    Raises:
        ArmError, AnswerLost, DeadlineExceeded, CredentialUnavailable: as `Connection.read_list`.
        Unreadable: the answer is not a list of rules.
    """
    what = f"read the firewall rules of {server.name}"
    entries = connection.read_list(f"{server.arm_id}/firewallRules", what=what, deadline=deadline)
    return tuple(sorted(parse(entry, what=what) for entry in entries))


def parse(resource: Mapping[str, Any], *, what: str) -> FirewallRule:
    """The rule that an entry describes, its addresses as stored (the service has stored leading zeros)."""
    told = properties(resource, what=what)
    return FirewallRule(name(resource, what=what), word(told, "startIpAddress"), word(told, "endIpAddress"))
