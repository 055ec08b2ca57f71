"""The subscription's plan of Microsoft Defender for open-source relational databases: on for all servers, or off.

The request holds the pricing tier and nothing else: a sub-plan or an extension that is sent along brings others with it
(E2). What the service does besides is told as side effects: extensions it switches on by itself, and servers whose own
setting changes (Microsoft documentation: enabling the plan enables them).

Requires Microsoft.Security/pricings/write at the subscription. The service takes one plan change of a subscription at a
time and asks to come back "in a few minutes" (E1), so the waits here are minutes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..model.change import Change, Phase
from ..model.defender import DefenderPlan
from ..model.desire import DesiredDefenderPlan
from ..model.observation import Unobserved
from ..model.server import ThreatProtection
from .operation import Obstacle, Operation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..azure.connection import Connection
    from ..model.acceptance import Acceptance
    from ..model.desire import Desire
    from ..model.resource import SubscriptionId
    from ..model.subscription import CoveredServer, SubscriptionState

ACTIONS = (
    "Microsoft.Security/pricings/read",
    "Microsoft.Security/pricings/write",
    "Microsoft.Resources/subscriptions/resources/read",
)
PLAN = "OpenSourceRelationalDatabases"
STANDARD, FREE = "Standard", "Free"
# Recorded: answered at once.
_TYPICAL_SECONDS = 5
_AGAIN_AFTER = 120.0
_TITLE = "Microsoft Defender for open-source relational databases"


def diff(desire: Desire, state: SubscriptionState) -> Change | Obstacle | None:
    """The write that switches the plan, None when it is as desired, or why it is not written."""
    if not isinstance(desire, DesiredDefenderPlan):
        raise TypeError(f"not a desired Defender plan: {desire!r}")
    plan = state.defender_plan
    if isinstance(plan, Unobserved):
        return Obstacle(desire=desire, reason=f"the Defender plan was not read: {plan.reason}")
    if plan.enabled == desire.enabled:
        return None
    if plan.inherited_from and not desire.enabled:
        return Obstacle(
            desire=desire,
            reason=f"the plan is inherited from {plan.inherited_from} and cannot be disabled here: change it there",
        )
    return _change(_properties(plan), STANDARD if desire.enabled else FREE)


def _change(before: dict[str, str], tier: str, *, back: bool = False) -> Change:
    again = " again" if back else ""
    return Change(
        kind="defender_plan",
        name=PLAN,
        before=before,
        after={"tier": tier},
        sentence=f"Enable {_TITLE}{again} for the whole subscription. It bills every server of it."
        if tier == STANDARD
        else f"Disable {_TITLE}{again} for the whole subscription. Servers that have no setting of their own are no "
        "longer watched.",
        phase=Phase.ADD if tier == STANDARD else Phase.CLOSE,
        lowers_security=tier != STANDARD,
        permissions=ACTIONS,
        typical_seconds=_TYPICAL_SECONDS,
    )


def write(
    connection: Connection, subscription: SubscriptionId, change: Change, _state: SubscriptionState
) -> Acceptance:
    """PUT the tier."""
    body: Any = {"properties": {"pricingTier": (change.after or {})["tier"]}}
    return connection.write_security(
        lambda client: client.pricings.update(subscription.arm_id.removeprefix("/"), PLAN, body),
        what=f"switch the Defender plan of subscription {subscription.subscription_id}",
        warn=failed_extensions,
    )


def failed_extensions(answer: object) -> tuple[str, ...]:
    """The extensions that a successful answer reports as failed (Microsoft documentation): later reads do not."""
    properties = answer.get("properties") if isinstance(answer, dict) else None
    listed = properties.get("extensions") if isinstance(properties, dict) else None
    found = []
    for each in listed if isinstance(listed, list) else ():
        status = each.get("operationStatus") if isinstance(each, dict) else None
        if isinstance(status, dict) and str(status.get("code", "")).casefold() == "failed":
            found.append(f"extension {each.get('name')}: the service could not switch it: {status.get('message')}")
    return tuple(found)


def current(change: Change, state: SubscriptionState) -> dict[str, str] | None:
    """The plan as observed."""
    plan = state.defender_plan
    return _properties(plan) if isinstance(plan, DefenderPlan) else None


def holds(change: Change, state: SubscriptionState) -> bool:
    """Whether the plan has the wanted tier."""
    return _tier(current(change, state)) == _tier(change.after)


def untouched(change: Change, state: SubscriptionState) -> bool:
    """Whether the plan has the tier from before the change."""
    return _tier(current(change, state)) == _tier(change.before)


def undo(change: Change) -> Change:
    """The write that brings the earlier tier back; what came with it by itself stays or goes as the service decides.

    The rest of the plan is held against what it was before the change that is undone.
    """
    earlier = change.before or {"tier": FREE}
    return _change({**earlier, **(change.after or {})}, earlier["tier"], back=True)


def predict(change: Change, state: SubscriptionState) -> SubscriptionState:
    """The state with the wanted tier."""
    plan = state.defender_plan
    if not isinstance(plan, DefenderPlan):
        return state
    return replace(state, defender_plan=replace(plan, tier=(change.after or {})["tier"]))


def side_effects(change: Change, before: SubscriptionState, after: SubscriptionState) -> tuple[str, ...]:
    """What the service changed besides the tier: the rest of the plan, and the servers' own settings."""
    found = []
    plan = after.defender_plan
    if isinstance(plan, DefenderPlan):
        was = change.before or {}
        now = _properties(plan)
        names = [name for name in dict.fromkeys((*was, *now)) if name not in ("tier", "coverage")]
        found += [
            f"{_in_words(name)} was {was.get(name) or 'not set'} and is now {now.get(name) or 'not set'}"
            for name in names
            if was.get(name, "") != now.get(name, "")
        ]
    return (*found, *_servers_changed(before, after))


def _servers_changed(before: SubscriptionState, after: SubscriptionState) -> list[str]:
    if isinstance(before.servers, Unobserved) or isinstance(after.servers, Unobserved):
        return []
    was = {each.server_id.casefold(): each for each in before.servers}
    found = []
    for server in after.servers:
        earlier, now = _own(was.get(server.server_id.casefold())), _own(server)
        if earlier and now and earlier != now:
            found.append(f"the own setting of {server} was {earlier} and is now {now}")
    return found


def _own(server: CoveredServer | None) -> str:
    """A server's own setting in a word, "" when it is not known."""
    if server is None or not isinstance(server.protection, ThreatProtection):
        return ""
    return "Enabled" if server.protection.enabled else "Disabled"


def _properties(plan: DefenderPlan) -> dict[str, str]:
    """The whole plan as texts, so that a later process can tell what changed; what is not told is left out.

    Not among them: when it was enabled and how much of the trial is left, which follow from the tier.
    """
    told = {
        "tier": plan.tier,
        "sub_plan": plan.sub_plan,
        "enforce": plan.enforce,
        "inherited_from": plan.inherited_from,
        "coverage": plan.coverage,
        **{f"extension {name}": "on" if on else "off" for name, on in sorted(plan.extensions.items())},
    }
    return {name: value for name, value in told.items() if value}


def _tier(properties: Mapping[str, str] | None) -> str:
    return (properties or {}).get("tier", "").casefold()


def _in_words(name: str) -> str:
    return {"sub_plan": "the sub-plan", "enforce": "enforcement", "inherited_from": "the scope it comes from"}.get(
        name, name
    )


OPERATION = Operation(
    kind="defender_plan",
    about="subscription",
    desires=("defender_plan",),
    reads=("defender_plan",),
    actions=ACTIONS,
    affects=("servers",),
    diff=diff,
    write=write,
    current=current,
    holds=holds,
    untouched=untouched,
    undo=undo,
    predict=predict,
    side_effects=side_effects,
    again_after=_AGAIN_AFTER,
)
