"""Recordings are committed and shared, so nothing in them may belong to anyone.

Identifiers are replaced one to one, so that what was equal stays equal and what differed still differs: GUIDs, names of
resource groups, resources and administrators, e-mail addresses, and IPv4 addresses (ascending, so
that a range stays a range; 0.0.0.0 and 255.255.255.255 mean something and stay). Secrets are removed: values of keys
that hold one, tokens, every query parameter but a few harmless ones, and whatever the caller names as a secret.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from .recordings import KEPT_HEADERS, Exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

REMOVED = "<removed>"

_SECRET_KEY = re.compile(r"password|secret|token|privatekey|connectionstring|accesskey", re.IGNORECASE)
_TOKEN = re.compile(r"\beyJ[\w-]*(?:\.[\w-]*)*|(?<=\bBearer )[^\s\"',]+", re.IGNORECASE)
# A secret in the words of a message: password=..., "password": "...", the password '...'.
_NAMED_SECRET = re.compile(
    r"(?i)(\b\w*(?:password|secret|access_token|refresh_token)\b['\"]?(?:\s*[=:]\s*|\s+(?:(?:is|was|value)\s+)?(?=['\"])))"
    r"(\"[^\"]*\"|'[^']*'|[^\s,;&'\"}]+)"
)
_QUERY = re.compile(r"(?P<path>https?://[^\s\"'?<>]+)\?(?P<query>[^\s\"'<>]+)")
_HARMLESS_QUERY = {"api-version", "$top", "$filter", "$expand"}
_GUID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ADDRESS = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\w)")
_MEANINGFUL_ADDRESSES = {"0.0.0.0", "255.255.255.255"}  # noqa: S104 - the service's words for "Azure" and "everyone"
_FIRST_ADDRESS = int(ipaddress.IPv4Address("198.18.0.1"))  # set aside for benchmarks (RFC 2544)
_GROUP = re.compile(r"/resourceGroups/([^/?\s\"'#]+)", re.IGNORECASE)
_VAULT = re.compile(r"https://([\w-]+)\.vault\.", re.IGNORECASE)
# What follows a provider in a whole path: types and names in turn. Whole paths only: in the action
# "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules/write" nothing is anybody's name.
_RESOURCE = re.compile(r"/providers/[^/\s]+((?:/[^/?\s\"'#]+)+)", re.IGNORECASE)
_KINDS = {"flexibleservers": "server", "firewallrules": "rule"}
_NAMED_BY_THE_SERVICE = {
    "providers",
    "locations",
    "azureasyncoperation",
    "operationresults",
    "configurations",
    "advancedthreatprotectionsettings",
    "pricings",
}
_NAMES_IN_KEYS = {"administratorLogin": "login", "principalName": "principal"}
# Words of the service itself: as somebody's name they tell nothing, and replacing them would change what is meant.
_WORDS = {"default", "ready", "enabled", "disabled", "azure", "microsoft", "postgres", REMOVED}


def scrub(exchanges: Sequence[Exchange], *, secrets: Iterable[str] = ()) -> tuple[Exchange, ...]:
    """The same exchanges without identifiers and secrets.

    Args:
        exchanges: as they took place.
        secrets: texts known to be secret (the access token that was used); they are removed wherever they stand.
    """
    known = sorted({secret for secret in secrets if secret}, key=len, reverse=True)
    bare = [_without_secrets(exchange, known) for exchange in exchanges]
    swap = _replacer(bare)
    return tuple(
        replace(
            exchange,
            url=swap(exchange.url),
            body=_walk(exchange.body, swap),
            headers={name: swap(value) for name, value in exchange.headers.items()},
            answer=_walk(exchange.answer, swap),
        )
        for exchange in bare
    )


def without_secrets(body: Any) -> Any:
    """JSON data with the values of secret keys removed, as a recording holds it."""
    return _walk(body, lambda text: text, remove_secret_keys=True)


def _without_secrets(exchange: Exchange, known: list[str]) -> Exchange:
    def clean(text: str) -> str:
        for secret in known:
            text = text.replace(secret, REMOVED)
        return _QUERY.sub(_bare_query, _NAMED_SECRET.sub(rf"\1{REMOVED}", _TOKEN.sub(REMOVED, text)))

    return replace(
        exchange,
        url=clean(exchange.url),
        body=_walk(exchange.body, clean, remove_secret_keys=True),
        headers={n: clean(v) for n, v in exchange.headers.items() if n in KEPT_HEADERS},
        answer=_walk(exchange.answer, clean, remove_secret_keys=True),
    )


def _bare_query(found: re.Match[str]) -> str:
    # The signature of a status URL (t, c, s, h) opens it for whoever has it; a page token can hold anything.
    pairs = parse_qsl(found["query"], keep_blank_values=True)
    return found["path"] + "?" + "&".join(f"{k}={v if k.lower() in _HARMLESS_QUERY else 'x'}" for k, v in pairs)


def _replacer(exchanges: list[Exchange]) -> Callable[[str], str]:
    texts = [text for exchange in exchanges for text in _texts_of(exchange)]
    table = _names(exchanges, texts)
    table |= _numbered(_GUID, texts, "00000000-0000-0000-0000-{:012d}".format)
    table |= _numbered(_EMAIL, texts, "user-{}@example.com".format)
    table |= _addresses(texts)
    if not table:
        return lambda text: text
    longest_first = sorted(table, key=len, reverse=True)
    # One pass over all of them at once: a replacement is never replaced again.
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])", re.IGNORECASE)
    return lambda text: pattern.sub(lambda found: table[found[0].casefold()], text)


def _names(exchanges: list[Exchange], texts: list[str]) -> dict[str, str]:
    found: dict[str, list[str]] = {
        "group": [match[1] for text in texts for match in _GROUP.finditer(text)],
        "vault": [match[1] for text in texts for match in _VAULT.finditer(text)],
    }
    for text in texts:
        for kind, name in _resource_names(text):
            found.setdefault(kind, []).append(name)
    for key, kind in _NAMES_IN_KEYS.items():
        found[kind] = [v for e in exchanges for body in (e.body, e.answer) for v in _values_of(body, key)]
    table: dict[str, str] = {}
    for kind, names in found.items():
        table |= _number(names, table, f"{kind}-{{}}".format)
    return table


def _resource_names(text: str) -> Iterator[tuple[str, str]]:
    """Kind and name of every resource in a path: "/providers/X/flexibleServers/a/firewallRules/b" names a and b."""
    for match in _RESOURCE.finditer(text):
        segments = match[1].strip("/").split("/")
        for resource_type, name in zip(segments[::2], segments[1::2], strict=False):
            folded = resource_type.casefold()
            if folded not in _NAMED_BY_THE_SERVICE:
                yield _KINDS.get(folded, folded), name


def _numbered(pattern: re.Pattern[str], texts: list[str], name: Callable[[int], str]) -> dict[str, str]:
    return _number((found[0] for text in texts for found in pattern.finditer(text)), {}, name)


def _number(found: Iterable[str], known: dict[str, str], name: Callable[[int], str]) -> dict[str, str]:
    table: dict[str, str] = {}
    for item in found:
        key = item.casefold()
        if key not in known and key not in table and key not in _WORDS:
            table[key] = name(len(table) + 1)
    return table


def _addresses(texts: list[str]) -> dict[str, str]:
    found = {match[0] for text in texts for match in _ADDRESS.finditer(text)} - _MEANINGFUL_ADDRESSES
    in_order = sorted(found, key=lambda address: ([int(octet) for octet in address.split(".")], address))
    return {address: str(ipaddress.IPv4Address(_FIRST_ADDRESS + n)) for n, address in enumerate(in_order)}


def _texts_of(exchange: Exchange) -> Iterator[str]:
    yield exchange.url
    yield from _leaves(exchange.body)
    yield from (exchange.headers[name] for name in sorted(exchange.headers))
    yield from _leaves(exchange.answer)


def _leaves(data: Any) -> Iterator[str]:
    match data:
        case str():
            yield data
        case dict():
            for key, value in data.items():
                if "/" in key:  # a map of resources by id, such as a server's identities
                    yield key
                yield from _leaves(value)
        case list():
            for value in data:
                yield from _leaves(value)


def _values_of(data: Any, key: str) -> Iterator[str]:
    match data:
        case dict():
            for name, value in data.items():
                if name == key and isinstance(value, str) and value:
                    yield value
                yield from _values_of(value, key)
        case list():
            for value in data:
                yield from _values_of(value, key)


def _walk(data: Any, clean: Callable[[str], str], *, remove_secret_keys: bool = False) -> Any:
    match data:
        case str():
            return clean(data)
        case dict():
            return {
                clean(key) if "/" in key else key: _secret_free(key, value)
                if remove_secret_keys and _is_secret(key, value)
                else _walk(value, clean, remove_secret_keys=remove_secret_keys)
                for key, value in data.items()
            }
        case list():
            return [_walk(value, clean, remove_secret_keys=remove_secret_keys) for value in data]
        case _:
            return data


def _is_secret(key: str, value: Any) -> bool:
    # "passwordAuth": "Enabled" is a setting, so only the keys that hold the secret itself count; tags hold anything.
    return (key.lower() != "passwordauth" and isinstance(value, str) and bool(_SECRET_KEY.search(key))) or key == "tags"


def _secret_free(key: str, value: Any) -> Any:
    return dict.fromkeys(value, REMOVED) if key == "tags" and isinstance(value, dict) else REMOVED
