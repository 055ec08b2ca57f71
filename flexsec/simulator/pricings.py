"""Microsoft Defender for Cloud's plans of a subscription; answered at once, never with a 202.

Recorded (2023-01-01): the list and its plans, the members that are absent where they say nothing, `standard` echoed
as Standard, `enablementTime` and the default sub-plan once a plan is on, extension values as the texts True and False.
Documented: enabling the plan for open-source relational databases switches threat protection of every server on.
Documented with 2024-01-01: resourcesCoverageStatus and, on a plan that comes from another scope, inherited and
inheritedFrom. Reported: extensions that go on by themselves (`switches_on` in a world). Inferred: switching it off
again leaves the servers' own setting as it is; `enforce` is stored and nothing follows; how the coverage is reckoned;
an inherited plan takes no change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import resource_errors, wire_errors
from .state import DefenderPlan

if TYPE_CHECKING:
    from .call import Call
    from .request import Response
    from .state import Subscription

OPEN_SOURCE = "OpenSourceRelationalDatabases"
PLANS = (
    "VirtualMachines", "SqlServers", "AppServices", "StorageAccounts", "SqlServerVirtualMachines",
    "KubernetesService", "ContainerRegistry", "KeyVaults", "Dns", "Arm", OPEN_SOURCE, "CosmosDbs", "Containers",
    "CloudPosture", "Api",
)  # fmt: skip
REPLACED = {"KubernetesService": "Containers", "ContainerRegistry": "Containers", "Dns": "VirtualMachines"}
SUB_PLANS = {"VirtualMachines": "P2", "StorageAccounts": "DefenderForStorageV2"}
TIERS = {"free": "Free", "standard": "Standard"}
WRITABLE = frozenset({"pricingTier", "subPlan", "extensions", "enforce"})
READ_ONLY = frozenset(
    {"freeTrialRemainingTime", "enablementTime", "deprecated", "replacedBy", "inherited", "inheritedFrom",
     "resourcesCoverageStatus"}
)  # fmt: skip


def read(call: Call) -> Response:
    """One plan, or all of them."""
    call.counters = {"x-ms-ratelimit-remaining-subscription-resource-requests": "749"}
    subscription = call.subscription()
    if call.route.name is not None:
        return call.answer(200, _entry(subscription, _plan(call.route.name), call.api_version))
    wanted = _named(call.query.get("$filter"))
    names = [each for each in PLANS if wanted is None or each.lower() in wanted]
    return call.answer(200, {"value": [_entry(subscription, each, call.api_version) for each in names]})


def write(call: Call) -> Response:
    """Switches a plan on or off."""
    call.counters = {"x-ms-ratelimit-remaining-subscription-resource-requests": "249"}
    subscription, name = call.subscription(), _plan(call.route.name or "")
    properties = call.properties(WRITABLE | READ_ONLY)
    tier = TIERS.get(str(properties.get("pricingTier", "")).lower())
    if tier is None:
        raise resource_errors.invalid_pricing_tier(str(properties.get("pricingTier")))
    before = subscription.plans.get(name) or DefenderPlan()
    if before.inherited_from is not None:
        raise resource_errors.inherited_plan(name, before.inherited_from)
    extensions = _extensions(properties.get("extensions"))
    plan = DefenderPlan(tier, extensions=extensions, switches_on=before.switches_on)
    if tier == "Standard":
        plan.since = before.since if before.tier == "Standard" else call.now
        plan.sub_plan = _text(properties, "subPlan") or before.sub_plan or SUB_PLANS.get(name)
        plan.enforce = _text(properties, "enforce")
        plan.extensions = plan.extensions or dict(before.extensions)
        if before.tier != "Standard":
            plan.extensions |= dict.fromkeys(plan.switches_on, "True")
        if name == OPEN_SOURCE and before.tier != "Standard":
            _protect(call, subscription)
    else:
        plan.extensions = {}
    subscription.plans[name] = plan
    call.world.touch()
    return call.answer(200, _entry(subscription, name, call.api_version))


def covers_databases(subscription: Subscription) -> bool:
    """Whether the plan is on that protects a new server from its beginning."""
    plan = subscription.plans.get(OPEN_SOURCE)
    return plan is not None and plan.tier == "Standard"


def _protect(call: Call, subscription: Subscription) -> None:
    for group in subscription.groups.values():
        for server in group.servers.values():
            setting = server.threat_protection
            setting.state, setting.since = "Enabled", setting.since or call.now


def _plan(name: str) -> str:
    found = next((each for each in PLANS if each.lower() == name.lower()), None)
    if found is None:
        raise resource_errors.unknown_plan(name)
    return found


def _named(text: str | None) -> set[str] | None:
    """The plans of a filter such as name in (VirtualMachines,Api); None without one."""
    if text is None:
        return None
    head, _, names = text.partition("(")
    if head.lower().split() != ["name", "in"] or not names.endswith(")"):
        raise resource_errors.invalid_filter("$filter", text)
    return {each.strip().strip("'").lower() for each in names[:-1].split(",")}


def _text(properties: dict[str, Any], key: str) -> str | None:
    value = properties.get(key)
    if value is not None and not isinstance(value, str):
        raise wire_errors.invalid_content(f"The member '{key}' is not a string")
    return value


def _extensions(value: Any) -> dict[str, str]:
    """Extensions by name with True or False as texts."""
    if value is None:
        return {}
    found = {}
    for each in value if isinstance(value, list) else [None]:
        name = each.get("name") if isinstance(each, dict) else None
        enabled = str(each.get("isEnabled", "")).lower() if isinstance(each, dict) else ""
        if not isinstance(name, str) or enabled not in {"true", "false"}:
            raise wire_errors.invalid_content("The member 'extensions' is not a list of names with isEnabled")
        found[name] = enabled.title()
    return found


def _entry(subscription: Subscription, name: str, version: str) -> dict[str, Any]:
    plan = subscription.plans.get(name) or DefenderPlan()
    properties: dict[str, Any] = {}
    if plan.extensions:
        properties["extensions"] = [{"name": key, "isEnabled": value} for key, value in plan.extensions.items()]
    if plan.since is not None:
        properties["enablementTime"] = f"{plan.since:%Y-%m-%dT%H:%M:%S}.{plan.since.microsecond:06d}0Z"
    if plan.sub_plan is not None:
        properties["subPlan"] = plan.sub_plan
    properties |= {"pricingTier": plan.tier, "freeTrialRemainingTime": "PT0S"}
    if name in REPLACED:
        properties |= {"deprecated": True, "replacedBy": [REPLACED[name]]}
    if version >= "2024":
        properties |= _since_2024(subscription, name, plan)
    return {
        "id": f"/subscriptions/{subscription.id}/providers/Microsoft.Security/pricings/{name}",
        "name": name,
        "type": "Microsoft.Security/pricings",
        "properties": properties,
    }


def _since_2024(subscription: Subscription, name: str, plan: DefenderPlan) -> dict[str, Any]:
    """The members that the api-version of 2024 added."""
    found: dict[str, Any] = {} if plan.enforce is None else {"enforce": plan.enforce}
    if plan.inherited_from is not None:
        found |= {"inherited": "True", "inheritedFrom": plan.inherited_from}
    return found | {"resourcesCoverageStatus": _coverage(subscription, name, plan)}


def _coverage(subscription: Subscription, name: str, plan: DefenderPlan) -> str:
    """How many of the servers are covered by their own setting; for other plans, and without servers, by the plan."""
    covered = {plan.tier == "Standard"}
    if name == OPEN_SOURCE:
        servers = [server for group in subscription.groups.values() for server in group.servers.values()]
        covered = {server.threat_protection.state == "Enabled" for server in servers} or covered
    return "PartiallyCovered" if len(covered) > 1 else "FullyCovered" if True in covered else "NotCovered"
