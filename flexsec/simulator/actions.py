"""Which action of a role definition a request needs, and over which scope: the words of an AuthorizationFailed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .routes import OTHERS, PROVIDER

if TYPE_CHECKING:
    from .call import Call
    from .routes import Route

VERBS = {"GET": "read", "HEAD": "read", "DELETE": "delete", "POST": "action"}
RESOURCES = "Microsoft.Resources"
FREE = frozenset({"subscriptions", "tenants", "dnsSuffix"})
# Kinds that need no more than what reads them: action without its verb.
NAMED = {
    "subscription": f"{RESOURCES}/subscriptions",
    "locations": f"{RESOURCES}/subscriptions/locations",
    "resources": f"{RESOURCES}/subscriptions/resources",
    "tagNames": f"{RESOURCES}/subscriptions/tagNames",
    "providers": f"{RESOURCES}/subscriptions/providers",
    "provider": f"{RESOURCES}/subscriptions/providers",
    "groups": f"{RESOURCES}/subscriptions/resourceGroups",
    "group": f"{RESOURCES}/subscriptions/resourceGroups",
    "tags": f"{RESOURCES}/tags",
    "deployments": f"{RESOURCES}/deployments",
    "locks": "Microsoft.Authorization/locks",
    "permissions": "Microsoft.Authorization/permissions",
    "roleAssignments": "Microsoft.Authorization/roleAssignments",
    "roleDefinitions": "Microsoft.Authorization/roleDefinitions",
    "pricings": "Microsoft.Security/pricings",
    "genericThreatProtection": "Microsoft.Security/advancedThreatProtectionSettings",
    "activityLog": "Microsoft.Insights/eventtypes/values",
    "vaults": "Microsoft.KeyVault/vaults",
    "vault": "Microsoft.KeyVault/vaults",
    "vaultKeys": "Microsoft.KeyVault/vaults/keys",
    "vaultKeyVersions": "Microsoft.KeyVault/vaults/keys/versions",
    "identities": "Microsoft.ManagedIdentity/userAssignedIdentities",
    "nameAvailability": f"{PROVIDER}/checkNameAvailability",
    "locationCapabilities": f"{PROVIDER}/locations/capabilities",
    "servers": f"{PROVIDER}/flexibleServers",
    "server": f"{PROVIDER}/flexibleServers",
}


def action_of(route: Route, method: str) -> str | None:
    """The action of a role definition that a request needs; None where nothing is asked for."""
    verb = VERBS.get(method, "write")
    if route.kind in FREE:
        return None
    if route.kind == "registration":
        return f"{route.location}/{route.name}/action"
    if route.kind == "poll":
        return f"{PROVIDER}/locations/{route.collection}/{verb}"
    if route.kind in NAMED:
        return f"{NAMED[route.kind]}/{verb}"
    below = f"/{route.name}" if route.kind == "power" else f"/{route.kind}"
    return f"{PROVIDER}/flexibleServers{below}/{verb}"


def scope_of(call: Call) -> str:
    """The scope that a refusal names: the path in the service's own casing as far as it is known."""
    route = call.route
    if not route.subscription:
        return "/"
    scope = f"/subscriptions/{route.subscription}"
    if route.kind == "poll":
        return call.path
    if route.kind == "pricings":
        scope += "/providers/Microsoft.Security/pricings"
        return f"{scope}/{route.name}" if route.name else scope
    if not route.group:
        return scope
    scope += f"/resourceGroups/{route.group}"
    if route.kind in OTHERS:
        below = call.path.lower().find("/providers/")
        return scope + call.path[below:].rstrip("/")
    if not route.server:
        return scope
    scope += f"/providers/{PROVIDER}/flexibleServers/{route.server}"
    if route.collection:
        scope += f"/{route.collection}"
    return f"{scope}/{route.name}" if route.collection and route.name else scope
