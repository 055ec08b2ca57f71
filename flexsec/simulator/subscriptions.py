"""Subscriptions, tenants and locations: read only. The bodies follow Microsoft's documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .authorization import allows
from .locations import LOCATIONS
from .paging import answer_list

if TYPE_CHECKING:
    from .call import Call
    from .request import Response
    from .state import Subscription

READ = "Microsoft.Resources/subscriptions/read"


def list_subscriptions(call: Call) -> Response:
    """The subscriptions that the principal can see; none is an empty list, not a refusal."""
    visible = call.world.state.subscriptions.values() if allows(call.principal, READ) else ()
    entries = [_subscription(each) for each in visible]
    return answer_list(call, entries, count={"type": "Total", "value": len(entries)})


def get_subscription(call: Call) -> Response:
    """One subscription."""
    return call.answer(200, _subscription(call.subscription()))


def list_tenants(call: Call) -> Response:
    """The tenants that the world knows."""
    entries = [
        {
            "id": f"/tenants/{each}",
            "tenantId": each,
            "countryCode": "US",
            "displayName": "Simulated tenant",
            "domains": [f"{each}.onmicrosoft.com"],
            "tenantCategory": "Home",
            "defaultDomain": f"{each}.onmicrosoft.com",
            "tenantType": "AAD",
        }
        for each in call.world.state.tenants()
    ]
    return answer_list(call, entries)


def list_locations(call: Call) -> Response:
    """The locations of the cloud in which the subscription's resources are."""
    subscription = call.subscription()
    prefixes = tuple(
        prefix
        for prefix in ("usgov", "china")
        if any(group.location.startswith(prefix) for group in subscription.groups.values())
    )
    names = [each for each in LOCATIONS if each.startswith(prefixes or ("usgov", "china")) == bool(prefixes)]
    return answer_list(call, [_location(subscription.id, each) for each in names])


def _location(subscription_id: str, name: str) -> dict[str, Any]:
    return {
        "id": f"/subscriptions/{subscription_id}/locations/{name}",
        "name": name,
        "type": "Region",
        "displayName": LOCATIONS[name],
        "regionalDisplayName": LOCATIONS[name],
        "metadata": {"regionType": "Physical", "regionCategory": "Recommended"},
    }


def _subscription(subscription: Subscription) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": f"/subscriptions/{subscription.id}",
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": subscription.id,
        "tenantId": subscription.tenant_id,
        "displayName": subscription.name,
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    }
    return body | {"tags": dict(subscription.tags)} if subscription.tags else body
