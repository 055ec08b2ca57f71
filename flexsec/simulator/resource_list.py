"""The generic list of resources, of a subscription or a group, with the filters that clients send.

Beside the servers and vaults it holds what a world says of other providers' resources: type, name and location.

Documented: the entries (no properties) and the filter language, of which this takes comparisons with eq and ne,
substringof and startswith over name, resourceType, resourceGroup, location, tagName and tagValue, joined by `and` or
by `or`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import resource_errors
from .paging import answer_list
from .state import BareResource, server_id

if TYPE_CHECKING:
    from .call import Call
    from .request import Response
    from .state import ResourceGroup, Server, Subscription
    from .vault_state import Vault

VAULT = "Microsoft.KeyVault/vaults"
TYPE = "Microsoft.DBforPostgreSQL/flexibleServers"
COMPARISON = re.compile(r"(\w+)\s+(eq|ne)\s+'([^']*)'", re.IGNORECASE)
FUNCTION = re.compile(
    r"(substringof|startswith)\(\s*(?:'([^']*)'\s*,\s*(\w+)|(\w+)\s*,\s*'([^']*)')\s*\)", re.IGNORECASE
)
KEYS = ("name", "resourcetype", "resourcegroup", "location", "tagname", "tagvalue")
MOST_TERMS = 50

Facts = dict[str, str | list[str]]
Test = Callable[[Facts], bool]


def read(call: Call) -> Response:
    """The resources of a scope."""
    subscription = call.subscription()
    groups = [call.group()] if call.route.group else list(subscription.groups.values())
    wanted = _filter(call.query.get("$filter"))
    entries: list[dict[str, Any]] = []
    for group in groups:
        entries += [
            _entry(server_id(subscription, group, server), server)
            for server in group.servers.values()
            if wanted(_facts(group, server))
        ]
        entries += [
            body | ({"tags": dict(vault.tags)} if vault.tags else {})
            for vault in group.vaults.values()
            for body in [_bare(subscription, group, BareResource(VAULT, vault.name, vault.location))]
            if wanted(_vault_facts(group, vault))
        ]
        entries += [_bare(subscription, group, each) for each in group.resources if wanted(_bare_facts(group, each))]
    return answer_list(call, entries[: _top(call)])


def tag_names(call: Call) -> Response:
    """The names of all tags in a subscription, with their values and how often they occur."""
    subscription = call.subscription()
    found: dict[str, dict[str, int]] = {}
    for group in subscription.groups.values():
        below = [*(each.tags for each in group.servers.values()), *(each.tags for each in group.vaults.values())]
        for tags in (group.tags, *below):
            for name, value in tags.items():
                values = found.setdefault(name, {})
                values[value] = values.get(value, 0) + 1
    base = f"/subscriptions/{subscription.id}/tagNames"
    entries = [
        {
            "id": f"{base}/{name}",
            "tagName": name,
            "count": {"type": "Total", "value": sum(values.values())},
            "values": [
                {
                    "id": f"{base}/{name}/tagValues/{value}",
                    "tagValue": value,
                    "count": {"type": "Total", "value": count},
                }
                for value, count in values.items()
            ],
        }
        for name, values in found.items()
    ]
    return answer_list(call, entries)


def _top(call: Call) -> int | None:
    text = call.query.get("$top")
    if text is None:
        return None
    if not re.fullmatch(r"[1-9][0-9]{0,5}", text):
        raise resource_errors.invalid_filter("$top", text)
    return int(text)


def _filter(text: str | None) -> Test:
    """The test that a $filter stands for.

    Raises:
        WireError: 400 for what it does not understand.
    """
    if text is None or not text.strip():  # azure-cli sends an empty one
        return lambda facts: True
    quoted = re.sub(r"'[^']*'", lambda found: found.group().replace(" ", "\0"), text.strip())
    joined = {word: re.split(rf"\s+{word}\s+", quoted, flags=re.IGNORECASE) for word in ("and", "or")}
    if all(len(terms) > 1 for terms in joined.values()) or max(map(len, joined.values())) > MOST_TERMS:
        raise resource_errors.invalid_filter("$filter", text)
    word = "or" if len(joined["or"]) > 1 else "and"
    tests = [_term(each.replace("\0", " ").strip(), text) for each in joined[word]]
    combine = any if word == "or" else all
    return lambda facts: combine(test(facts) for test in tests)


def _term(term: str, whole: str) -> Test:
    if (found := COMPARISON.fullmatch(term)) is not None and found.group(1).lower() in KEYS:
        key, value, equal = found.group(1).lower(), found.group(3).lower(), found.group(2).lower() == "eq"
        return lambda facts: (value in _values(facts, key)) == equal
    if (found := FUNCTION.fullmatch(term)) is not None:
        key, value = (found.group(3) or found.group(4)).lower(), (found.group(2) or found.group(5) or "").lower()
        if key in KEYS:
            if found.group(1).lower() == "startswith":
                return lambda facts: any(each.startswith(value) for each in _values(facts, key))
            return lambda facts: any(value in each for each in _values(facts, key))
    raise resource_errors.invalid_filter("$filter", whole)


def _values(facts: Facts, key: str) -> list[str]:
    found = facts[key]
    return [each.lower() for each in ([found] if isinstance(found, str) else found)]


def _facts(group: ResourceGroup, server: Server) -> Facts:
    return {
        "name": server.name,
        "resourcetype": TYPE,
        "resourcegroup": group.name,
        "location": server.location,
        "tagname": list(server.tags),
        "tagvalue": list(server.tags.values()),
    }


def _entry(resource_id: str, server: Server) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": resource_id,
        "name": server.name,
        "type": TYPE,
        "sku": {"name": server.sku_name, "tier": server.sku_tier},
        "location": server.location,
    }
    if server.tags:
        entry["tags"] = dict(server.tags)
    return entry


def _bare_facts(group: ResourceGroup, resource: BareResource) -> Facts:
    return {
        "name": resource.name,
        "resourcetype": resource.type,
        "resourcegroup": group.name,
        "location": resource.location,
        "tagname": [],
        "tagvalue": [],
    }


def _vault_facts(group: ResourceGroup, vault: Vault) -> Facts:
    facts = _bare_facts(group, BareResource(VAULT, vault.name, vault.location))
    return facts | {"tagname": list(vault.tags), "tagvalue": list(vault.tags.values())}


def _bare(subscription: Subscription, group: ResourceGroup, resource: BareResource) -> dict[str, Any]:
    provider, *types = resource.type.split("/")
    names = resource.name.split("/")
    below = "/".join(part for pair in zip(types, names, strict=False) for part in pair)
    return {
        "id": f"/subscriptions/{subscription.id}/resourceGroups/{group.name}/providers/{provider}/{below}",
        "name": resource.name,
        "type": resource.type,
        "location": resource.location,
    }
