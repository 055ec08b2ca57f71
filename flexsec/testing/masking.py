"""Replaces whatever identifies somebody in a captured world, and keeps what it is like.

One to one, so that what was equal stays equal: ids, names of subscriptions, groups, servers, rules, databases and
administrators, logins and addresses; the values of tags all become one. Ranges that overlap or touch move together and
keep their sizes, public and private ones among their kind, so that a firewall is judged as before. Ranges too wide to
be anybody's stay, rounded to blocks of a million addresses.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any

from ..simulator import catalogue, customer_key

if TYPE_CHECKING:
    from collections.abc import Callable

# Where ranges go: addresses set aside for benchmarks (RFC 2544), and when they are full a public stretch.
_POOLS = {
    "public": (int(ipaddress.IPv4Address("198.18.0.0")), int(ipaddress.IPv4Address("198.20.0.0"))),
    "overflow": (int(ipaddress.IPv4Address("20.0.0.0")), int(ipaddress.IPv4Address("100.0.0.0"))),
    "private": (int(ipaddress.IPv4Address("10.0.0.0")), int(ipaddress.IPv4Address("11.0.0.0"))),
}
_WIDE = 2**20
_EVERYTHING = 2**32 - 1
# Blocks from which nobody comes over the internet: private, shared, loopback, link-local, multicast, reserved.
_PRIVATE = tuple(
    map(
        ipaddress.IPv4Network,
        ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
         "224.0.0.0/4", "240.0.0.0/4"),
    )
)  # fmt: skip
_ZONE = re.compile(r"(?:\.private)?\.postgres\.database\..+$", re.IGNORECASE)
# Texts that say how a server behaves, not whose it is. Every other text that was changed goes back to what is usual.
_TELLING = frozenset(
    {
        "DateStyle", "default_text_search_config", "lc_monetary", "lc_numeric", "log_line_prefix", "ssl_ciphers",
        "ssl_ecdh_curve", "TimeZone",
    }
)  # fmt: skip
_STAND_INS = {"pgaudit.role": "role", "pg_partman_bgw.role": "role"}
_DATABASE_PARAMETERS = ("cron.database_name", "pg_partman_bgw.dbname")


def masked(world: dict[str, Any]) -> dict[str, Any]:
    """The world without identifiers; the one given is left as it is."""
    names = _Names()
    spans = [
        _span(text)
        for subscription in world["subscriptions"]
        for group in subscription["resource_groups"]
        for server in group["servers"]
        for text in server.get("firewall_rules", {}).values()
    ]
    moves = _moves(spans)
    found = {key: value for key, value in world.items() if key != "subscriptions"}
    found["subscriptions"] = [_subscription(each, names, moves) for each in world["subscriptions"]]
    return found


class _Names:
    """What stands for what: the same for the same thing, whatever its case."""

    def __init__(self) -> None:
        self._given: dict[str, dict[str, str]] = {}

    def name(self, kind: str, text: str, *, joint: str = "-") -> str:
        """A name such as server-1."""
        given = self._given.setdefault(kind, {})
        return given.setdefault(text.lower(), f"{kind}{joint}{len(given) + 1}")

    def guid(self, text: str) -> str:
        """A GUID that is nobody's."""
        if not text.strip("0-"):
            return text
        given = self._given.setdefault("guid", {})
        return given.setdefault(text.lower(), f"00000000-0000-4000-8000-{len(given) + 1:012x}")

    def resource_id(self, text: str) -> str:
        """A resource id with each of its names replaced."""
        parts = text.split("/")
        for at in range(2, len(parts), 2):
            parts[at] = self._segment(parts[at - 1].lower(), parts[at])
        return "/".join(parts)

    def _segment(self, key: str, value: str) -> str:
        match key:
            case "providers":
                return value
            case "subscriptions":
                return self.guid(value)
            case "resourcegroups":
                return self.name("group", value)
            case "flexibleservers":
                return self.name("server", value)
            case "privatednszones":
                zone = _ZONE.search(value)
                return self.name("zone", value) + (zone.group().lower() if zone else ".example")
            case _:
                return self.name(key.removesuffix("s"), value)


_Moves = dict[tuple[int, int], tuple[int, int]]


def _subscription(entry: dict[str, Any], names: _Names, moves: _Moves) -> dict[str, Any]:
    found = entry | {
        "id": names.guid(entry["id"]),
        "name": names.name("subscription", entry["id"]),
        "tenant_id": names.guid(entry["tenant_id"]),
        "resource_groups": [
            _tagged(each)
            | {
                "name": names.name("group", each["name"]),
                "servers": [_server(server, names, moves) for server in each["servers"]],
            }
            for each in entry["resource_groups"]
        ],
    }
    return _tagged(found)


def _tagged(entry: dict[str, Any]) -> dict[str, Any]:
    return entry | {"tags": dict.fromkeys(entry["tags"], "masked")} if "tags" in entry else dict(entry)


def _server(entry: dict[str, Any], names: _Names, moves: _Moves) -> dict[str, Any]:
    found = _tagged(entry) | {"name": names.name("server", entry["name"])}
    if login := found.get("administrator_login"):
        found["administrator_login"] = names.name("login", login, joint="")
    elif "administrator_login" not in found:
        found["administrator_login"] = names.name("login", "pgadmin", joint="")
    if found.get("tenant_id"):
        found["tenant_id"] = names.guid(found["tenant_id"])
    for key in ("delegated_subnet_id", "private_dns_zone_id", "source_server_id"):
        if found.get(key):
            found[key] = names.resource_id(found[key])
    for member, mask in _MEMBERS.items():
        if member in found:
            found[member] = mask(found[member], names)
    if "firewall_rules" in found:
        found["firewall_rules"] = {
            names.name("rule", name): _moved(text, moves) for name, text in found["firewall_rules"].items()
        }
    if "parameters" in found:
        found["parameters"] = _parameters(found["version"], found["parameters"], names)
    return found


def _identities(told: list[str], names: _Names) -> list[str]:
    return [names.resource_id(each) for each in told]


def _administrators(told: dict[str, dict[str, str]], names: _Names) -> dict[str, dict[str, str]]:
    return {
        names.guid(key): {
            "type": each["type"],
            "name": names.name("principal", each["name"]),
            "tenant_id": names.guid(each["tenant_id"]),
        }
        for key, each in told.items()
    }


def _databases(told: dict[str, Any], names: _Names) -> dict[str, Any]:
    return {names.name("database", name, joint="_"): each for name, each in told.items()}


def _connections(told: dict[str, dict[str, str]], names: _Names) -> dict[str, dict[str, str]]:
    return {
        names.name("connection", name): {
            "private_endpoint_id": names.resource_id(each["private_endpoint_id"]),
            "status": each["status"],
        }
        for name, each in told.items()
    }


def _customer_key(told: dict[str, str], names: _Names) -> dict[str, str]:
    """The keys under other names in other vaults, with a version where they had one, which says whether they rotate."""
    found = dict(told)
    for member in customer_key.KEYS:
        if member in told:
            vault, _, path = told[member].removeprefix("https://").partition("/keys/")
            key, *version = path.split("/")
            parts = (names.name("vault", vault) + ".vault.azure.net", "keys", names.name("key", f"{vault}/{key}"))
            found[member] = "https://" + "/".join((*parts, *("0" * 32 for _ in version)))
    for member in customer_key.IDENTITIES:
        if member in told:
            found[member] = names.resource_id(told[member])
    return found


_MEMBERS: dict[str, Callable[[Any, _Names], Any]] = {
    "identities": _identities,
    "customer_key": _customer_key,
    "administrators": _administrators,
    "databases": _databases,
    "private_endpoint_connections": _connections,
}


def _parameters(version: str, parameters: dict[str, Any], names: _Names) -> dict[str, Any]:
    known = catalogue.parameters(version)
    found = {}
    for name, entry in parameters.items():
        if entry is None or known[name].data_type != "String" or name in _TELLING:
            found[name] = entry
            continue
        value = entry if isinstance(entry, str) else entry["value"]
        if name in _DATABASE_PARAMETERS and value not in {"", "postgres"}:
            stand_in = names.name("database", value, joint="_")
        elif name in _STAND_INS and value:
            stand_in = _STAND_INS[name]
        else:
            continue
        found[name] = stand_in if isinstance(entry, str) else entry | {"value": stand_in}
        if isinstance(found[name], dict):
            found[name].pop("running", None)
    return found


# Addresses


def _span(text: str) -> tuple[int, int]:
    """The first and last address of a rule as numbers."""
    first, _, last = text.partition("-")
    return _number(first), _number(last)


def _number(text: str) -> int:
    return int.from_bytes(bytes(int(part) for part in text.strip().split(".")), "big")


def _moved(text: str, moves: _Moves) -> str:
    first, last = moves[_span(text)]
    return f"{ipaddress.IPv4Address(first)}-{ipaddress.IPv4Address(last)}"


def _moves(spans: list[tuple[int, int]]) -> _Moves:
    """Where each range goes: ranges that overlap or touch by the same distance, the aligned ones aligned."""
    moves = {span: _rounded(span) for span in spans if _nobodys(*span)}
    full = {pool: begin for pool, (begin, _) in _POOLS.items()}
    for cluster in _clusters(sorted(set(spans) - moves.keys())):
        low, high = cluster[0][0], max(last for _, last in cluster)
        block = 1 << (high - low).bit_length()
        inside = low % block
        size = block if inside + high - low < block else 2 * block
        for pool in ("private",) if _is_private(low, high) else ("public", "overflow"):
            start = -(-full[pool] // size) * size
            if start + size <= _POOLS[pool][1]:
                full[pool] = start + size
                shift = start + inside - low
                moves |= {(first, last): (first + shift, last + shift) for first, last in cluster}
                break
        else:
            moves |= {span: _rounded(span) for span in cluster}
    return moves


def _clusters(spans: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    found: list[list[tuple[int, int]]] = []
    end = -2
    for span in spans:
        if span[0] <= end + 1:
            found[-1].append(span)
        else:
            found.append([span])
        end = max(end, span[1])
    return found


def _nobodys(first: int, last: int) -> bool:
    """Whether a range is the service's own word for Azure, or so wide that it is nobody's."""
    return first == last == 0 or last - first + 1 >= _WIDE


def _rounded(span: tuple[int, int]) -> tuple[int, int]:
    """A wide range without the addresses at which it begins and ends, unless they are the first and last there are."""
    first, last = span
    if first == last == 0:
        return span
    begins = first if first <= 1 else first // _WIDE * _WIDE
    ends = last if last >= _EVERYTHING - 1 else last // _WIDE * _WIDE + _WIDE - 1
    return begins, ends


def _is_private(first: int, last: int) -> bool:
    return any(int(net.network_address) <= first and last <= int(net.broadcast_address) for net in _PRIVATE)
