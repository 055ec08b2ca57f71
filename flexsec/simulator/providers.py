"""Resource providers: which there are, and whether a subscription is registered with them.

Documented: the body, registering by POST, and that a write without registration is a 409 (its text too). A
registration takes effect at once here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import resource_errors, versions
from .locations import LOCATIONS
from .paging import answer_list
from .routes import PROVIDER

if TYPE_CHECKING:
    from .call import Call
    from .request import Response
    from .state import Subscription

# Namespace: resource types with the family whose api-versions they take, and whether they have locations.
NAMESPACES: dict[str, tuple[tuple[str, str, bool], ...]] = {
    PROVIDER: (
        ("flexibleServers", "postgresql", True),
        ("flexibleServers/configurations", "postgresql", True),
        ("flexibleServers/firewallRules", "postgresql", True),
        ("flexibleServers/administrators", "postgresql", True),
        ("flexibleServers/databases", "postgresql", True),
        ("locations", "postgresql", False),
        ("locations/capabilities", "postgresql", True),
        ("locations/checkNameAvailability", "postgresql", True),
        ("locations/azureAsyncOperation", "postgresql", True),
        ("locations/operationResults", "postgresql", True),
        ("checkNameAvailability", "postgresql", False),
        ("getPrivateDnsZoneSuffix", "postgresql", False),
    ),
    "Microsoft.Security": (("pricings", "security", False),),
    "Microsoft.KeyVault": (("vaults", "keyvault", True), ("vaults/keys", "keyvault", True)),
    "Microsoft.ManagedIdentity": (("userAssignedIdentities", "managedidentity", True),),
    "Microsoft.Resources": (
        ("subscriptions", "resources", False),
        ("subscriptions/locations", "resources", False),
        ("subscriptions/resourceGroups", "resources", False),
        ("subscriptions/resources", "resources", False),
        ("subscriptions/providers", "resources", False),
        ("tags", "resources", False),
        ("deployments", "resources", False),
        ("tenants", "resources", False),
    ),
    "Microsoft.Authorization": (("locks", "locks", False), ("permissions", "permissions", False)),
}
ALWAYS = ("Microsoft.Resources", "Microsoft.Authorization")  # need no registration


def list_providers(call: Call) -> Response:
    """All resource providers."""
    subscription = call.subscription()
    return answer_list(call, [_entry(subscription, each) for each in NAMESPACES])


def get_provider(call: Call) -> Response:
    """One resource provider."""
    return call.answer(200, _entry(call.subscription(), _namespace(call.route.name or "")))


def register(call: Call) -> Response:
    """Registers the subscription with a provider, or ends its registration."""
    subscription, namespace = call.subscription(), _namespace(call.route.location)
    if call.route.name == "register":
        subscription.unregistered.discard(namespace)
    elif namespace in ALWAYS or (namespace == PROVIDER and any(each.servers for each in subscription.groups.values())):
        raise resource_errors.cannot_unregister(namespace)
    else:
        subscription.unregistered.add(namespace)
    call.world.touch()
    return call.answer(200, _entry(subscription, namespace))


def require(subscription: Subscription, namespace: str) -> None:
    """Refuses a write to a provider that the subscription is not registered with.

    Raises:
        WireError: 409 MissingSubscriptionRegistration.
    """
    if namespace in subscription.unregistered:
        raise resource_errors.not_registered(namespace)


def _namespace(name: str) -> str:
    found = next((each for each in NAMESPACES if each.lower() == name.lower()), None)
    if found is None:
        raise resource_errors.unknown_namespace(name)
    return found


def _entry(subscription: Subscription, namespace: str) -> dict[str, Any]:
    places = [display for name, display in LOCATIONS.items() if not name.startswith(("usgov", "china"))]
    types = [
        {
            "resourceType": name,
            "locations": places if located else [],
            "apiVersions": list(reversed(versions.ACCEPTED[family])),
            "capabilities": "None",
        }
        for name, family, located in NAMESPACES[namespace]
    ]
    return {
        "id": f"/subscriptions/{subscription.id}/providers/{namespace}",
        "namespace": namespace,
        "resourceTypes": types,
        "registrationState": "NotRegistered" if namespace in subscription.unregistered else "Registered",
        "registrationPolicy": "RegistrationFree" if namespace in ALWAYS else "RegistrationRequired",
    }
