"""What a path leads to: paths match without case, and whatever is not modelled is refused loudly."""

from __future__ import annotations

import re
import urllib.parse
from dataclasses import dataclass

from . import wire_errors

PROVIDER = "Microsoft.DBforPostgreSQL"
SERVERS = "flexibleServers"
CHILDREN = {
    name.lower(): name
    for name in ("configurations", "firewallRules", "administrators", "advancedThreatProtectionSettings")
}
POWER_ACTIONS = ("restart",)
POLLS = {name.lower(): name for name in ("azureAsyncOperation", "operationResults")}

# Versions of the provider that serve these resources: recorded (2023-06-01-preview, 2024-08-01, 2024-11-01-preview,
# 2025-08-01, 2026-01-01-preview), the SDK's own (2026-10-01) or published by Microsoft (the others).
PROVIDER_VERSIONS = (
    "2023-06-01-preview", "2023-12-01-preview", "2024-03-01-preview", "2024-08-01", "2024-11-01-preview",
    "2025-01-01-preview", "2025-06-01-preview", "2025-08-01", "2026-01-01-preview", "2026-04-01-preview",
    "2026-10-01",
)  # fmt: skip
RESOURCE_VERSIONS = (
    "2016-06-01", "2018-05-01", "2019-05-01", "2019-08-01", "2019-10-01", "2019-11-01", "2020-01-01", "2020-06-01",
    "2020-10-01", "2021-01-01", "2021-04-01", "2022-09-01", "2022-12-01", "2023-07-01", "2024-03-01", "2024-07-01",
    "2024-11-01", "2025-03-01", "2025-04-01",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Route:
    """A parsed path. `kind` names the resource.

    Subscriptions, subscription, groups, group, servers, server, poll, power, or a child.

    `name` is the child's own name (None for its collection), the operation's id for a poll, or the power action.
    """

    kind: str
    subscription: str = ""
    group: str = ""
    server: str = ""
    name: str | None = None
    collection: str = ""

    @property
    def is_provider(self) -> bool:
        """Whether the PostgreSQL provider answers, as opposed to Resource Manager itself."""
        return self.kind not in {"subscriptions", "subscription", "groups", "group"}


def split_url(url: str) -> tuple[str, str, dict[str, str]]:
    """The origin, decoded path and query of a URL (query names in lower case).

    A bare path gets the public cloud's origin.
    """
    try:
        parts = urllib.parse.urlsplit(url)
    except ValueError:
        return "https://management.azure.com", url, {}
    origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else "https://management.azure.com"
    query = {key.lower(): value for key, value in urllib.parse.parse_qsl(parts.query, keep_blank_values=True)}
    return origin, parts.path, query


def find_route(path: str, api_version: str | None) -> Route:
    """The route of a path as it stands in the URL.

    Raises:
        WireError: 404 InvalidResourceType, 400 for a missing or unknown api-version or a malformed subscription id.
    """
    segments = [urllib.parse.unquote(segment) for segment in path.strip("/").split("/")]
    route = _match(segments)
    if route is None:
        namespace, what = _named(segments)
        raise wire_errors.invalid_resource_type(what, namespace, api_version or "")
    accepted = PROVIDER_VERSIONS if route.is_provider else RESOURCE_VERSIONS
    if not api_version:
        raise wire_errors.missing_api_version()
    if api_version.lower() not in accepted:
        raise wire_errors.invalid_api_version(api_version, accepted)
    return route


def _match(segments: list[str]) -> Route | None:
    words = [segment.lower() for segment in segments]
    if not all(segments) or words[0] != "subscriptions":
        return None
    if len(words) == 1:
        return Route("subscriptions")
    subscription = segments[1]
    if len(words) == 2:
        return Route("subscription", subscription)
    if words[2] == "providers" and len(words) > 4 and words[3] == PROVIDER.lower():
        return _below_subscription(segments, words)
    if words[2] != "resourcegroups":
        return None
    if len(words) == 3:
        return Route("groups", subscription)
    group = segments[3]
    if len(words) == 4:
        return Route("group", subscription, group)
    if len(words) < 7 or words[4:7] != ["providers", PROVIDER.lower(), SERVERS.lower()]:
        return None
    return _below_servers(segments, words)


def _below_subscription(segments: list[str], words: list[str]) -> Route | None:
    if words[4:] == [SERVERS.lower()]:
        return Route("servers", segments[1])
    if len(words) == 8 and words[4] == "locations" and words[6] in POLLS:
        return Route("poll", segments[1], name=words[7], collection=POLLS[words[6]])
    return None


def _below_servers(segments: list[str], words: list[str]) -> Route | None:
    subscription, group, rest = segments[1], segments[3], segments[7:]
    if not rest:
        return Route("servers", subscription, group)
    server = rest[0]
    if len(rest) == 1:
        return Route("server", subscription, group, server)
    below = words[8]
    if below in POWER_ACTIONS and len(rest) == 2:
        return Route("power", subscription, group, server, below)
    if below not in CHILDREN or len(rest) > 3:
        return None
    name = rest[2] if len(rest) == 3 else None
    return Route(CHILDREN[below], subscription, group, server, name, CHILDREN[below])


def _named(segments: list[str]) -> tuple[str, str]:
    """The namespace and resource type that a path names, for the message of a refusal."""
    words = [segment.lower() for segment in segments]
    if "providers" in words and (at := words.index("providers")) + 2 < len(words) + 1:
        namespace = segments[at + 1] if at + 1 < len(segments) else ""
        return namespace, "/".join(segments[at + 2 :: 2])
    return "Microsoft.Resources", re.sub(r"[^\w/.-]", "", "/".join(segments[2::2])) or "unknown"
