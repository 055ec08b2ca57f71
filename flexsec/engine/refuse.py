"""For a change asked for by name: withheld means refused, since there is nothing else to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import GuardRefused, LeaveRequired

if TYPE_CHECKING:
    from ..model.plan import Plan


def refuse_withheld(plan: Plan) -> None:
    """Refuse a plan that does not make every change it was asked for.

    Raises:
        LeaveRequired: leave is missing; the reasons name what gives it.
        GuardRefused: a guard refuses, or the restart window is not open.
    """
    if not plan.withheld:
        return
    asked = [item for item in plan.withheld if item.change.kind != "restart"]
    if not asked:
        return  # a restart that nobody asked for by name is only reported
    reasons = tuple(
        f"{w.change.sentence} Refused: {w.reason}" + (f" (give {w.needs})" if w.needs else "") for w in asked
    )
    if any(item.by == "leave" for item in asked):
        raise LeaveRequired(reasons)
    raise GuardRefused(reasons)
