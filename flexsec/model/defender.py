"""The subscription's plan of Microsoft Defender for open-source relational databases."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class DefenderPlan:
    """The plan as the service tells it; "" where it tells nothing.

    Attributes:
        tier: Standard (billed for every server) or Free.
        coverage: FullyCovered, PartiallyCovered or NotCovered: whether resources below differ from the plan.
        inherited_from: the scope that the plan is inherited from, or "".
        enforce: "True" when resources below cannot differ from the plan.
        enabled_since: the service's own time stamp.
        free_trial_remaining: an ISO 8601 duration, such as PT0S.
        extensions: whether each is on, by name.
    """

    tier: str
    sub_plan: str = ""
    coverage: str = ""
    inherited_from: str = ""
    enforce: str = ""
    enabled_since: str = ""
    free_trial_remaining: str = ""
    extensions: dict[str, bool] = field(default_factory=dict)

    @property
    def enabled(self) -> bool:
        """Whether the plan covers (and bills) the subscription's servers."""
        return self.tier.casefold() == "standard"
