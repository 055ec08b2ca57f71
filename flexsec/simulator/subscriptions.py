"""Subscriptions and resource groups: read only.

The body of a resource group is recorded; that of a subscription follows Microsoft's documentation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .authorization import allows

if TYPE_CHECKING:
    from .call import Call
    from .request import Response
    from .state import ResourceGroup, Subscription

READ = "Microsoft.Resources/subscriptions/read"


def list_subscriptions(call: Call) -> Response:
    """The subscriptions that the principal can see; none is an empty list, not a refusal."""
    visible = call.world.state.subscriptions.values() if allows(call.principal, READ) else ()
    entries = [_subscription(each) for each in visible]
    return call.answer(200, {"value": entries, "count": {"type": "Total", "value": len(entries)}})


def get_subscription(call: Call) -> Response:
    """One subscription."""
    return call.answer(200, _subscription(call.subscription()))


def list_groups(call: Call) -> Response:
    """The resource groups of a subscription."""
    subscription = call.subscription()
    return call.answer(200, {"value": [_group(subscription, each) for each in subscription.groups.values()]})


def get_group(call: Call) -> Response:
    """One resource group."""
    return call.answer(200, _group(call.subscription(), call.group()))


def _subscription(subscription: Subscription) -> dict[str, Any]:
    return {
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


def _group(subscription: Subscription, group: ResourceGroup) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": f"/subscriptions/{subscription.id}/resourceGroups/{group.name}",
        "name": group.name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": group.location,
    }
    if group.tags:
        body["tags"] = dict(group.tags)
    return body | {"properties": {"provisioningState": "Succeeded"}}
