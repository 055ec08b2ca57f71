"""What notices an attack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.desire import DesiredThreatProtection
from ..model.observation import Unobserved
from .control import Arguments, Control
from .outcome import failed, passed, unknown, unread
from .references import REFERENCES
from .severities import RATINGS

if TYPE_CHECKING:
    from ..model.defender import DefenderPlan
    from ..model.server import ServerState
    from ..model.verdict import Check

_OWN = "advancedThreatProtectionSettings"


def threat_protection(state: ServerState, arguments: Arguments) -> Check:
    """Microsoft Defender watches this server for unusual logins and queries.

    What it checks: the server's setting advancedThreatProtectionSettings/Default is Enabled.

    Why: it raises alerts on password guessing and on logins from unusual places, identities and applications.

    Remedy: flexsec enables the setting on this server. Microsoft charges for each protected server.

    What it does not check: whether the subscription's Defender plan for open-source relational databases is on, and
    whether anyone reads the alerts. A replica has a setting of its own.

    Cost: one request per server.
    """
    found = state.threat_protection
    if isinstance(found, Unobserved):
        return unread("the threat protection setting", found)
    if found.enabled:
        return passed("threat protection is enabled", {_OWN: "Enabled"})
    return failed(
        "threat protection is disabled: attacks on this server raise no alert",
        {_OWN: "Disabled"},
        desires=(DesiredThreatProtection(enabled=True),),
    )


def subscription_plan(state: ServerState, arguments: Arguments) -> Check:
    """Microsoft Defender covers every PostgreSQL server of the subscription, future ones included.

    What it checks: the subscription's plan OpenSourceRelationalDatabases has the pricing tier Standard. The server's
    own setting is a separate switch (defender-atp-per-server): with the plan Free and that setting on this control
    fails, and says that this server is protected by its own setting.

    Why: a server that is made tomorrow is covered from its first hour, without anybody thinking of it.

    Remedy: flexsec defender enable-plan, with --allow-subscription-cost. It is a command of its own and never a part of
    hardening a server, because Microsoft then charges for every server of the subscription, not for this one alone.

    What it does not check: whether anyone reads the alerts, and other Defender plans.

    Cost: one request per subscription, shared by its servers; the right Microsoft.Security/pricings/read at the
    subscription.
    """
    plan, own = state.defender_plan, state.threat_protection
    if isinstance(plan, Unobserved):
        return unread("the subscription's Defender plan", plan)
    evidence = {"pricingTier": plan.tier}
    if plan.coverage:
        evidence["resourcesCoverageStatus"] = plan.coverage
    if not isinstance(own, Unobserved):
        evidence[_OWN] = "Enabled" if own.enabled else "Disabled"
    if plan.enabled:
        return passed(_shown(plan), evidence)
    if plan.tier.casefold() != "free":
        return unknown(f"the service tells {plan.tier or 'nothing'} as the pricing tier of the Defender plan")
    also = "; this server is protected by its own setting" if evidence.get(_OWN) == "Enabled" else ""
    return failed(
        f"the subscription's Defender plan is Free: new servers are not covered{also}",
        evidence,
        remedy="flexsec defender enable-plan --allow-subscription-cost: it bills every server of the subscription, so "
        "it is never a part of hardening one",
    )


def _shown(plan: DefenderPlan) -> str:
    partly = "; resources below it differ from it" if plan.coverage.casefold() == "partiallycovered" else ""
    return f"the subscription's Defender plan is {plan.tier}{partly}"


CONTROLS = (
    Control(
        id="defender-atp-per-server",
        title="Threat protection is enabled on the server",
        family="detection",
        rating=RATINGS["defender-atp-per-server"],
        check=threat_protection,
        reads=("threat_protection",),
        references=REFERENCES["defender-atp-per-server"],
    ),
    Control(
        id="defender-plan-oss-rdb",
        title="The subscription's Defender plan is on",
        family="detection",
        rating=RATINGS["defender-plan-oss-rdb"],
        check=subscription_plan,
        reads=("defender_plan", "threat_protection"),
        references=REFERENCES["defender-plan-oss-rdb"],
    ),
)
