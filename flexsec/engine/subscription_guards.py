"""What keeps a change of a whole subscription from being made by the way: cost and lost protection need leave by name.

Nothing is switched on whose bill nobody has seen: without the list of servers there is no such change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.observation import Unobserved
from ..model.plan import Withheld

if TYPE_CHECKING:
    from ..model.change import Change
    from ..model.leave import Leave
    from ..model.subscription import SubscriptionState


def withheld(change: Change, state: SubscriptionState, *, leave: Leave) -> Withheld | None:
    """Why this change of the subscription is not made, or None."""
    return _bill_unknown(change, state) or _leave_to_bill(change, state, leave) or _leave_to_lower(change, leave)


def bills(change: Change) -> bool:
    """Whether the change makes every server of the subscription cost more."""
    return change.kind == "defender_plan" and (change.after or {}).get("tier") == "Standard"


def billed(state: SubscriptionState) -> str:
    """The servers that the plan bills, each by name, as a sentence; "" when the list was not read."""
    if isinstance(state.servers, Unobserved):
        return ""
    if not state.servers:
        return "No flexible server of the subscription is one that this identity may see; each made later is billed."
    kinds = [each.engine for each in state.servers]
    counted = [f"{kinds.count(kind)} {kind}" for kind in ("PostgreSQL", "MySQL") if kind in kinds]
    noun = "flexible server" if len(kinds) == 1 else "flexible servers"
    names = ", ".join(str(each) for each in state.servers)
    seen = f"{len(kinds)} {noun} that this identity may see ({', '.join(counted)})"
    return f"It bills {seen}, and each that is made later: {names}."


def _bill_unknown(change: Change, state: SubscriptionState) -> Withheld | None:
    if not bills(change) or not isinstance(state.servers, Unobserved):
        return None
    reason = f"which servers it would bill is not known, since they could not be listed: {state.servers.reason}"
    return Withheld(change=change, by="guard", reason=reason)


def _leave_to_bill(change: Change, state: SubscriptionState, leave: Leave) -> Withheld | None:
    if not bills(change) or leave.subscription_cost:
        return None
    said = billed(state).rstrip(".")
    reason = said[:1].lower() + said[1:]
    return Withheld(change=change, by="leave", reason=reason, needs="--allow-subscription-cost")


def _leave_to_lower(change: Change, leave: Leave) -> Withheld | None:
    if not change.lowers_security or leave.lower_security:
        return None
    reason = "it takes protection from every server that has no setting of its own"
    return Withheld(change=change, by="leave", reason=reason, needs="--allow-lowering")
