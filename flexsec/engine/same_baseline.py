"""Whether a plan's baseline still says what it said: waivers, owners and scope may be added after planning."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..baselines.content import content
from ..errors import StalePlan
from .basis import BASELINE_CONTENT, sealed

if TYPE_CHECKING:
    from ..baselines.baseline import Baseline
    from ..model.plan import Plan


def resting_on(plan: Plan, baseline: Baseline) -> Plan:
    """The plan, sealed anew, with what its baseline says among the facts that it takes for granted."""
    return sealed(replace(plan, basis={**plan.basis, BASELINE_CONTENT: content(baseline)}))


def refuse_changed(plan: Plan, baseline: Baseline | None) -> None:
    """Refuse a plan whose baseline says something else by now.

    Args:
        baseline: as it can be loaded now, or None when it cannot (see `unchecked`).

    Raises:
        StalePlan: it does.
    """
    said = plan.basis.get(BASELINE_CONTENT)
    if baseline is not None and said is not None and said != content(baseline):
        raise StalePlan(
            f"the baseline {plan.baseline} was changed since the plan was made "
            "(its controls, waivers, owners or scope); make a new plan"
        )


def unchecked(plan: Plan, baseline: Baseline | None) -> tuple[str, ...]:
    """What a run has to say when the baseline of its plan cannot be loaded any more."""
    if baseline is not None or BASELINE_CONTENT not in plan.basis:
        return ()
    where = plan.baseline_source or "it is in no file"
    said = f"The baseline {plan.baseline} could not be read again ({where}): neither its scope nor whether it still"
    return (f"{said} says what the plan was made by was checked.",)
