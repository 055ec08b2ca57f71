"""Reads the subscription's plan of Microsoft Defender for open-source relational databases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import Unreadable
from ..model.defender import DefenderPlan
from .reading import flag, properties, word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..azure.connection import Connection
    from ..model.clock import Deadline
    from ..model.resource import SubscriptionId

ACTIONS = ("Microsoft.Security/pricings/read",)
API_VERSION = "2024-01-01"
"""The version of Microsoft.Security/pricings that tells coverage and inheritance (azure-mgmt-security 7)."""


def observe_plan(connection: Connection, subscription: SubscriptionId, *, deadline: Deadline) -> DefenderPlan:
    """As `observe`, for a run that is about the subscription."""
    return observe(connection, subscription.subscription_id, deadline=deadline)


def observe(connection: Connection, subscription_id: str, *, deadline: Deadline) -> DefenderPlan:
    """Read the plan: one request at the subscription, action Microsoft.Security/pricings/read.

    Raises:
        ArmError, AnswerLost, DeadlineExceeded, CredentialUnavailable: as `Connection.read`.
        Unreadable: the answer does not tell the tier.
    """
    what = f"read the Defender plan of subscription {subscription_id}"
    path = f"/subscriptions/{subscription_id}/providers/Microsoft.Security/pricings/OpenSourceRelationalDatabases"
    return parse(connection.read(path, what=what, deadline=deadline, api_version=API_VERSION), what=what)


def parse(resource: Mapping[str, Any], *, what: str) -> DefenderPlan:
    """The plan that a resource describes. A tier that is not told is not guessed."""
    told = properties(resource, what=what)
    tier = word(told, "pricingTier")
    if not tier:
        raise Unreadable(f"could not {what}: the answer does not tell the pricing tier", status=200, what=what)
    extensions = told.get("extensions")
    return DefenderPlan(
        tier=tier,
        sub_plan=word(told, "subPlan"),
        coverage=word(told, "resourcesCoverageStatus"),
        inherited_from=_inherited_from(told),
        enforce=word(told, "enforce"),
        enabled_since=word(told, "enablementTime"),
        free_trial_remaining=word(told, "freeTrialRemainingTime"),
        extensions={
            word(one, "name"): flag(one, "isEnabled")
            for one in (extensions if isinstance(extensions, list) else [])
            if isinstance(one, dict) and word(one, "name")
        },
    )


def _inherited_from(told: Mapping[str, Any]) -> str:
    """The scope that the plan comes from; the service writes the text Null where there is none (documented)."""
    scope = word(told, "inheritedFrom")
    if scope.casefold() == "null":
        scope = ""
    return scope or ("a scope above it" if flag(told, "inherited") else "")
