"""What the peers' checks are made of: a question about what the service tells, and the four answers there can be.

`NO_ANSWER` is what a tool says that could not look, or drops the server. `NOT_COUNTED` is for what would not be fair to
count: a threshold or a scope of the tool's own that differs from ours, and whatever our reading left in doubt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.controls.truth.scene import Told

PASS, FAIL, NO_ANSWER, NOT_COUNTED = "pass", "fail", "no answer", "not counted"

Question = Callable[[Told], str]
PORTAL_RULE = "allowallazureservicesandresourceswithinazureips"
EVERYBODY = ("0.0.0.0", "255.255.255.255")
AZURE = ("0.0.0.0", "0.0.0.0")


@dataclass(frozen=True)
class PeerCheck:
    """One check of a peer's.

    Attributes:
        id: as the peer calls it.
        properties: the controls that ask for what it claims; several when one answer covers them.
        ask: its test.
    """

    id: str
    properties: tuple[str, ...]
    ask: Question


def verdict(holds: bool) -> str:
    """Pass or fail."""
    return PASS if holds else FAIL


def parameter(
    name: str, holds: Callable[[str], bool], *, missing: str = NOT_COUNTED, unread: str = NO_ANSWER
) -> Question:
    """A test of a server parameter's value.

    Args:
        name: the parameter.
        holds: whether the value is good enough.
        missing: the answer when the server has no such parameter.
        unread: the answer when the list cannot be read.
    """

    def ask(told: Told) -> str:
        if told.parameters is None:
            return unread
        if name not in told.parameters:
            return missing
        return verdict(holds(told.parameters[name]))

    return ask


def is_on(value: str) -> bool:
    """On, in any case."""
    return value.casefold() == "on"


def exactly_on(value: str) -> bool:
    """On, spelt just so."""
    return value == "on"


def more_than_three(value: str) -> bool:
    """A number above three."""
    return int(value) > 3


def plain_connections(ask: Question) -> Question:
    """The question, unless log_connections is a list beyond on and off: how the tool reads one is not known."""

    def careful(told: Told) -> str:
        listed = told.parameters is not None and told.parameters["log_connections"].casefold() not in {"on", "off"}
        return NOT_COUNTED if listed else ask(told)

    return careful


def rules(fails: Callable[[str, str, str], bool]) -> Question:
    """A test of the firewall rules: fails when one of them does, given its name, start and end.

    Rules that are not in force, behind a public endpoint that is off or in a virtual network, are not counted: to
    report them is defensible. Neither are addresses with leading zeros, which a tool may or may not understand.
    """

    def ask(told: Told) -> str:
        if told.rules is None:
            return NO_ANSWER
        inert = told.rules and told.properties["network"]["publicNetworkAccess"] == "Disabled"
        odd = any("000" in address for pair in told.rules.values() for address in pair)
        if inert or odd:
            return NOT_COUNTED
        return verdict(not any(fails(name, *pair) for name, pair in told.rules.items()))

    return ask


def named_by_portal(name: str) -> bool:
    """Whether a rule has the name that the portal gives to the one for all of Azure."""
    return name.casefold().startswith(PORTAL_RULE)


def is_public(address: str) -> bool:
    """Whether an address is one of the internet's, as far as these states go."""
    return not address.startswith(("10.", "0."))


def size(start: str, end: str) -> int:
    """How many addresses a rule spans."""
    first, last = (int.from_bytes(bytes(map(int, each.split("."))), "big") for each in (start, end))
    return last - first + 1


def switch(*path: str, word: str = "Enabled") -> Question:
    """A test of one of the server's own properties."""

    def ask(told: Told) -> str:
        value = told.properties
        for key in path:
            value = value.get(key, {})
        return verdict(value == word)

    return ask


def unless(doubtful: Callable[[Told], bool], ask: Question) -> Question:
    """The question, not counted where it would not be fair."""
    return lambda told: NOT_COUNTED if doubtful(told) else ask(told)


def plan(told: Told) -> str:
    """The subscription's plan is Standard."""
    return verdict(told.plan == "Standard")


def threat_protection(told: Told) -> str:
    """The per-server setting is on."""
    return NO_ANSWER if told.threat_protection is None else verdict(told.threat_protection == "Enabled")


def an_administrator(told: Told) -> str:
    """There is an Entra administrator."""
    return NO_ANSWER if told.administrators is None else verdict(bool(told.administrators))


def entra_only(told: Told) -> str:
    """Entra is on and passwords are off."""
    auth = told.properties["authConfig"]
    return verdict((auth["activeDirectoryAuth"], auth["passwordAuth"]) == ("Enabled", "Disabled"))


def own_key(told: Told) -> str:
    """A customer-managed key is named."""
    key = told.properties["dataEncryption"]
    return verdict(key["type"] == "AzureKeyVault" and bool(key.get("primaryKeyURI")))


def approved_endpoint(told: Told) -> str:
    """A private endpoint is approved."""
    listed = told.properties.get("privateEndpointConnections", [])
    statuses = [each["properties"]["privateLinkServiceConnectionState"]["status"] for each in listed]
    return verdict("Approved" in statuses)


def in_vnet(told: Told) -> bool:
    """Whether the server is in a virtual network."""
    return "delegatedSubnetResourceId" in told.properties["network"]


def is_replica(told: Told) -> bool:
    """Whether the server follows another."""
    return told.properties["replicationRole"].endswith("Replica")


def is_burstable(told: Told) -> bool:
    """Whether the server is of the smallest tier."""
    return bool(told.server["sku"]["tier"] == "Burstable")


def unpaired(told: Told) -> bool:
    """Whether the states' one region without geo-redundant backups is the server's."""
    return bool(told.server["location"] == "Italy North")


def classes(told: Told) -> set[str]:
    """What pgaudit.log names."""
    return {each.strip().casefold() for each in (told.parameters or {}).get("pgaudit.log", "").split(",")}


def allows_pgaudit(told: Told) -> bool:
    """Whether azure.extensions names pgaudit."""
    return "pgaudit" in (told.parameters or {}).get("azure.extensions", "").casefold()
