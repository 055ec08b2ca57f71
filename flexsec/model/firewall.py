"""Firewall rules and exact arithmetic on the IPv4 addresses they admit."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ..errors import InvalidValue

# Rule names since api-version 2025-08-01: 1 to 80 letters, digits, '-' and '_', beginning with a letter or digit,
# not ending with '-' (service specification).
_NAME = re.compile(r"[a-zA-Z0-9][-_a-zA-Z0-9]{0,79}(?<!-)")
_OCTETS = re.compile(r"\s*" + r"\.".join([r"([0-9]{1,3})"] * 4) + r"\s*")


class RuleClass(StrEnum):
    """What a rule admits, told by its addresses alone: its name carries no meaning (C2)."""

    AZURE_SERVICES = "azure-services"
    INTERNET = "internet"
    PRIVATE = "private"
    PUBLIC = "public"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class AddressRange:
    """IPv4 addresses from `first` to `last`, both included, as numbers."""

    first: int
    last: int

    @property
    def size(self) -> int:
        """How many addresses."""
        return self.last - self.first + 1

    def __contains__(self, address: int) -> bool:
        return self.first <= address <= self.last


@dataclass(frozen=True, slots=True, order=True)
class FirewallRule:
    """A rule as the service stores it: name, first and last address as texts."""

    name: str
    start: str
    end: str

    @property
    def range(self) -> AddressRange | None:
        """The addresses, or None when the stored texts are not a range."""
        first, last = _loose(self.start), _loose(self.end)
        return AddressRange(first, last) if first is not None and last is not None and first <= last else None

    @property
    def kind(self) -> RuleClass:
        """The rule's class. 0.0.0.0-0.0.0.0 means every Azure service of every tenant."""
        found = self.range
        if found is None:
            return RuleClass.UNREADABLE
        if found.first == 0 and found.last == 0:
            return RuleClass.AZURE_SERVICES
        if public_size([found]) == 0:
            return RuleClass.PRIVATE
        return RuleClass.INTERNET if found.size >= INTERNET_SIZE else RuleClass.PUBLIC

    def admits(self, address: str) -> bool:
        """Whether the rule lets this IPv4 address in."""
        found, number = self.range, _loose(address)
        return found is not None and number is not None and number in found and self.kind != RuleClass.AZURE_SERVICES

    def __str__(self) -> str:
        return f"{self.name} ({self.start})" if self.start == self.end else f"{self.name} ({self.start}-{self.end})"


# Half of IPv4 or more is "the internet": 0.0.0.1-255.255.255.254 and two half-internet rules must not slip through.
INTERNET_SIZE = 2**31

_PRIVATE = tuple(
    AddressRange(int(net.network_address), int(net.broadcast_address))
    for net in map(
        ipaddress.IPv4Network,
        ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
         "192.168.0.0/16", "224.0.0.0/4", "240.0.0.0/4"),
    )
)  # fmt: skip


def rule(name: str, addresses: str, end: str | None = None) -> FirewallRule:
    """A rule from what a person writes: one address, two addresses, "a-b" or a CIDR block.

    Args:
        name: 1 to 80 letters, digits, '-' and '_', beginning with a letter or digit, not ending with '-'.
        addresses: first address, range "a-b" or CIDR such as 203.0.113.0/28.
        end: last address, when `addresses` is the first.

    Raises:
        InvalidValue: a name the service refuses, IPv6, a first address above the last, host bits set in a CIDR.
    """
    check_rule_name(name)
    first, last = _addresses(addresses.strip(), end)
    if first > last:
        raise InvalidValue(f"firewall rule {name!r}: the first address {first} is above the last {last}; swap them")
    return FirewallRule(name, str(first), str(last))


def check_rule_name(name: str) -> None:
    """Refuse a rule name that the service refuses.

    Raises:
        InvalidValue: with the pattern in words.
    """
    if not _NAME.fullmatch(name):
        raise InvalidValue(
            f"firewall rule name {name!r} is not valid: 1 to 80 letters, digits, '-' and '_', "
            "beginning with a letter or digit and not ending with '-'"
        )


def union(ranges: Iterable[AddressRange]) -> list[AddressRange]:
    """The same addresses as disjoint ranges in ascending order."""
    merged: list[AddressRange] = []
    for item in sorted(ranges, key=lambda r: (r.first, r.last)):
        if merged and item.first <= merged[-1].last + 1:
            merged[-1] = AddressRange(merged[-1].first, max(merged[-1].last, item.last))
        else:
            merged.append(item)
    return merged


def public_size(ranges: Iterable[AddressRange]) -> int:
    """How many distinct public addresses the ranges hold together; private ones are inert in a rule."""
    total = 0
    for item in union(ranges):
        inert = sum(max(0, min(item.last, p.last) - max(item.first, p.first) + 1) for p in _PRIVATE)
        total += item.size - inert
    return total


def _addresses(text: str, end: str | None) -> tuple[ipaddress.IPv4Address, ipaddress.IPv4Address]:
    if end is not None:
        return _address(text), _address(end)
    if "/" in text:
        try:
            network = ipaddress.IPv4Network(text)
        except ValueError as error:
            hint = "IPv6 is not supported by the service" if ":" in text else _block_hint(text, error)
            raise InvalidValue(f"{text!r} is not an IPv4 block such as 203.0.113.0/28: {hint}") from None
        return network.network_address, network.broadcast_address
    if "-" in text:
        low, _, high = text.partition("-")
        return _address(low), _address(high)
    return _address(text), _address(text)


def _block_hint(text: str, error: ValueError) -> str:
    """The block that holds the address, when only bits after the prefix are set."""
    try:
        return f"it has host bits set; did you mean {ipaddress.IPv4Network(text, strict=False)}?"
    except ValueError:
        return str(error)


def _address(text: str) -> ipaddress.IPv4Address:
    try:
        return ipaddress.IPv4Address(text.strip())
    except ValueError:
        hint = "IPv6 is not supported by the service" if ":" in text else "expected four numbers from 0 to 255"
        raise InvalidValue(f"{text.strip()!r} is not an IPv4 address: {hint}") from None


def plain_address(text: str) -> str:
    """A stored address without the leading zeros that the service refuses since 2024-08-01; other texts as they are."""
    number = _loose(text)
    return text if number is None else str(ipaddress.IPv4Address(number))


def _loose(text: str) -> int | None:
    """A stored address as a number. The service has stored leading zeros ("100.0.00.000"), read here as decimal."""
    found = _OCTETS.fullmatch(text)
    if not found or any(int(octet) > 255 for octet in found.groups()):
        return None
    value = 0
    for octet in found.groups():
        value = value * 256 + int(octet)
    return value
