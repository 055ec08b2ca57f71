"""What a path leads to: paths match without case, and whatever is not modelled is refused loudly."""

from __future__ import annotations

import re
import urllib.parse
from collections import defaultdict
from dataclasses import dataclass

from . import wire_errors
from .versions import ACCEPTED

PROVIDER = "Microsoft.DBforPostgreSQL"
SERVERS = "flexibleServers"
CHILDREN = (
    "configurations", "firewallRules", "administrators", "advancedThreatProtectionSettings", "databases",
    "privateEndpointConnections", "privateLinkResources",
)  # fmt: skip
SERVER_LISTS = ("replicas", "capabilities", "logFiles")
POWER_ACTIONS = ("restart", "start", "stop")
POLLS = {name.lower(): name for name in ("azureAsyncOperation", "operationResults")}
POSTGRESQL = frozenset(
    {"servers", "server", "power", "migrateNetwork", "poll", "locationCapabilities", "nameAvailability", "dnsSuffix"}
) | {*CHILDREN, *SERVER_LISTS}  # fmt: skip

# Kinds of other providers, with the rest of the provider's name.
OTHERS = dict.fromkeys(("vaults", "vault", "vaultKeys", "vaultKeyVersions"), "KeyVault") | {
    "identities": "ManagedIdentity"
}

_SUBSCRIPTION = "/subscriptions/{subscription}"
_GROUP = _SUBSCRIPTION + "/resourceGroups/{group}"
_LOCATION = _SUBSCRIPTION + f"/providers/{PROVIDER}/locations/{{location}}"
_VAULTS = "/providers/Microsoft.KeyVault/vaults"
_VAULT = _GROUP + _VAULTS + "/{vault}"
_IDENTITIES = "/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
_SERVER = _GROUP + f"/providers/{PROVIDER}/{SERVERS}/{{server}}"
TEMPLATES = (
    ("/subscriptions", "subscriptions"),
    ("/tenants", "tenants"),
    (_SUBSCRIPTION, "subscription"),
    (_SUBSCRIPTION + "/locations", "locations"),
    (_SUBSCRIPTION + "/resources", "resources"),
    (_SUBSCRIPTION + "/tagNames", "tagNames"),
    (_SUBSCRIPTION + "/providers", "providers"),
    (_SUBSCRIPTION + "/providers/{name}", "provider"),
    (_SUBSCRIPTION + "/providers/{location}/{name=register|unregister}", "registration"),
    (_SUBSCRIPTION + "/resourceGroups", "groups"),
    (_GROUP, "group"),
    (_GROUP + "/resources", "resources"),
    *(
        (scope + ending, kind)
        for scope in (_SUBSCRIPTION, _GROUP, _SERVER)
        for ending, kind in (
            ("/providers/Microsoft.Resources/tags/default", "tags"),
            ("/providers/Microsoft.Authorization/locks", "locks"),
            ("/providers/Microsoft.Authorization/locks/{name}", "locks"),
            ("/providers/Microsoft.Authorization/permissions", "permissions"),
            ("/providers/Microsoft.Authorization/roleAssignments", "roleAssignments"),
            ("/providers/Microsoft.Authorization/roleAssignments/{name}", "roleAssignments"),
            ("/providers/Microsoft.Authorization/roleDefinitions", "roleDefinitions"),
            ("/providers/Microsoft.Authorization/roleDefinitions/{name}", "roleDefinitions"),
            ("/providers/Microsoft.Resources/deployments", "deployments"),
        )
    ),
    (_SUBSCRIPTION + "/providers/Microsoft.Security/pricings", "pricings"),
    (_SUBSCRIPTION + "/providers/Microsoft.Security/pricings/{name}", "pricings"),
    (_SUBSCRIPTION + "/providers/Microsoft.Insights/eventtypes/management/values", "activityLog"),
    *((scope + _VAULTS, "vaults") for scope in (_SUBSCRIPTION, _GROUP)),
    (_VAULT, "vault"),
    (_VAULT + "/keys", "vaultKeys"),
    (_VAULT + "/keys/{name}", "vaultKeys"),
    (_VAULT + "/keys/{name}/versions", "vaultKeyVersions"),
    (_VAULT + "/keys/{name}/versions/{collection}", "vaultKeyVersions"),
    *((scope + _IDENTITIES, "identities") for scope in (_SUBSCRIPTION, _GROUP)),
    (_GROUP + _IDENTITIES + "/{name}", "identities"),
    (f"/providers/{PROVIDER}/getPrivateDnsZoneSuffix", "dnsSuffix"),
    (_SUBSCRIPTION + f"/providers/{PROVIDER}/checkNameAvailability", "nameAvailability"),
    (_LOCATION + "/checkNameAvailability", "nameAvailability"),
    (_LOCATION + "/capabilities", "locationCapabilities"),
    *((_LOCATION + f"/{each}/{{name}}", "poll") for each in POLLS.values()),
    (_SUBSCRIPTION + f"/providers/{PROVIDER}/{SERVERS}", "servers"),
    (_GROUP + f"/providers/{PROVIDER}/{SERVERS}", "servers"),
    (_SERVER, "server"),
    (_SERVER + f"/{{name={'|'.join(POWER_ACTIONS)}}}", "power"),
    (_SERVER + "/migrateNetwork", "migrateNetwork"),
    (_SERVER + "/providers/Microsoft.Security/advancedThreatProtectionSettings/{name}", "genericThreatProtection"),
    *((f"{_SERVER}/{each}", each) for each in (*CHILDREN, *SERVER_LISTS)),
    *((f"{_SERVER}/{each}/{{name}}", each) for each in CHILDREN),
)


@dataclass(frozen=True, slots=True)
class Route:
    """A parsed path. `kind` names the resource, in the words of `TEMPLATES`.

    `name` is the child's own name (None for its collection), the operation's id for a poll, the power action, or the
    namespace of a provider; `location` the location, or the namespace of a registration; `collection` the version of a
    vault's key.
    """

    kind: str
    subscription: str = ""
    group: str = ""
    server: str = ""
    name: str | None = None
    collection: str = ""
    location: str = ""
    vault: str = ""

    @property
    def family(self) -> str:
        """Whose api-versions apply."""
        others = {
            "migrateNetwork", "locks", "permissions", "roleAssignments", "roleDefinitions", "pricings", "activityLog",
            "genericThreatProtection",
        }  # fmt: skip
        if self.kind in others:
            return {"pricings": "security", "activityLog": "insights"}.get(self.kind, self.kind)
        if self.kind in OTHERS:
            return OTHERS[self.kind].lower()
        return "postgresql" if self.kind in POSTGRESQL else "resources"

    @property
    def namespace(self) -> str:
        """The provider that a subscription must be registered with to write here; empty for Resource Manager's own."""
        if self.kind in {"pricings", "genericThreatProtection"}:
            return "Microsoft.Security"
        if self.kind in OTHERS:
            return f"Microsoft.{OTHERS[self.kind]}"
        return PROVIDER if self.kind in POSTGRESQL and self.subscription else ""


@dataclass(frozen=True, slots=True)
class _Template:
    kind: str
    collection: str
    literals: tuple[tuple[int, str], ...]
    fields: tuple[tuple[int, str, tuple[str, ...]], ...]

    def match(self, segments: list[str], words: list[str]) -> Route | None:
        if any(words[at] != literal for at, literal in self.literals):
            return None
        found = {}
        for at, name, choices in self.fields:
            if choices and words[at] not in choices:
                return None
            found[name] = words[at] if choices or (self.kind == "poll" and name == "name") else segments[at]
        return Route(self.kind, **{"collection": self.collection, **found})


def _compiled() -> dict[int, list[_Template]]:
    by_length: dict[int, list[_Template]] = defaultdict(list)
    for path, kind in TEMPLATES:
        segments = path.strip("/").split("/")
        literals, fields = [], []
        for at, segment in enumerate(segments):
            if segment.startswith("{"):
                name, _, choices = segment.strip("{}").partition("=")
                fields.append((at, name, tuple(choices.split("|")) if choices else ()))
            else:
                literals.append((at, segment.lower()))
        collection = kind if kind in CHILDREN else segments[-2] if kind == "poll" else ""
        # The literals nearest the end tell paths apart soonest.
        by_length[len(segments)].append(_Template(kind, collection, tuple(reversed(literals)), tuple(fields)))
    return by_length


_BY_LENGTH = _compiled()


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
        WireError: 404 InvalidResourceType, 400 for a missing or unknown api-version.
    """
    segments = [urllib.parse.unquote(segment) for segment in path.strip("/").split("/")]
    route = _match(segments)
    if route is None:
        namespace, what = _named(segments)
        raise wire_errors.invalid_resource_type(what, namespace, api_version or "")
    accepted = ACCEPTED[route.family]
    if not api_version:
        raise wire_errors.missing_api_version()
    if api_version.lower() not in accepted:
        raise wire_errors.invalid_api_version(api_version, accepted)
    return route


def _match(segments: list[str]) -> Route | None:
    if not all(segments):
        return None
    words = [segment.lower() for segment in segments]
    for template in _BY_LENGTH.get(len(words), ()):
        route = template.match(segments, words)
        if route is not None:
            return route
    return None


def _named(segments: list[str]) -> tuple[str, str]:
    """The namespace and resource type that a path names, for the message of a refusal."""
    words = [segment.lower() for segment in segments]
    if "providers" in words and (at := words.index("providers")) + 2 < len(words) + 1:
        namespace = segments[at + 1] if at + 1 < len(segments) else ""
        return namespace, "/".join(segments[at + 2 :: 2])
    return "Microsoft.Resources", re.sub(r"[^\w/.-]", "", "/".join(segments[2::2])) or "unknown"
