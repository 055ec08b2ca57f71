"""Whether a plan has the consent of a second identity: of neither who made it nor who applies it. Pure judgement.

An approval is not signed: it says who approved as far as the place where it is kept can be trusted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import ApprovalRequired, PlanInvalid
from ..model.resource import ServerId, parse_target

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from ..model.change_record import Approval
    from ..model.plan import Plan

# Clocks of two machines may differ by as much.
_CLOCKS_DIFFER_SECONDS = 300.0
_NO_OBJECT_ID = "the token holds no object id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Who agreed to a plan, and whether somebody must have.

    Attributes:
        approvals: as they were found; those of other plans do not count.
        required: refuse the plan when nobody else has approved it.
        max_age: seconds after which an approval does not count any more; None for never.
    """

    approvals: tuple[Approval, ...] = ()
    required: bool = False
    max_age: float | None = None

    def to(self, plan: Plan) -> tuple[Approval, ...]:
        """The approvals of exactly this plan."""
        return tuple(each for each in self.approvals if each.digest == plan.digest)


def planned_server(plan: Plan) -> ServerId:
    """The server of a plan that is to be approved, or applied from a file.

    Raises:
        PlanInvalid: the plan is about a subscription; such plans are neither saved nor approved.
    """
    target = parse_target(plan.server_id)
    if isinstance(target, ServerId):
        return target
    raise PlanInvalid(
        f"this plan is about the subscription {target.subscription_id}: plans about a subscription are applied by "
        "`flexsec defender enable-plan` and `disable-plan`, and cannot be saved and approved"
    )


def refuse_unapproved(plan: Plan, consent: Consent, *, identity: str, now: datetime) -> None:
    """Refuse a plan that needs an approval and has none that counts.

    Args:
        identity: object id of who applies it, or "".

    Raises:
        ApprovalRequired: nobody else approved it, with the reason why each approval does not count; or it cannot be
            told who made it or who applies it.
    """
    if not consent.required:
        return
    _require_maker(plan)
    if not identity:
        raise ApprovalRequired(
            f"who applies the plan cannot be told, as {_NO_OBJECT_ID}: nobody counts as somebody else"
        )
    reasons = [_flaw(each, plan, consent.max_age, identity=identity, now=now) for each in consent.approvals]
    if "" in reasons:
        return
    raise ApprovalRequired(
        ("this plan needs the approval of a second identity: `flexsec approve PLAN`", *(f"  {r}" for r in reasons))
    )


def refuse_approver(plan: Plan, approver: str, earlier: Iterable[Approval]) -> None:
    """Refuse an approval that would not be one.

    Args:
        approver: object id of who would approve, or "".
        earlier: the approvals there are.

    Raises:
        ApprovalRequired: it is nobody's, by the plan's maker, or given already.
    """
    if not approver:
        raise ApprovalRequired(f"who approves cannot be told, as {_NO_OBJECT_ID}: sign in as somebody it tells of")
    _require_maker(plan)
    if _same(approver, plan.made_by):
        raise ApprovalRequired(f"{approver} made this plan, so somebody else has to approve it")
    for each in earlier:
        if each.digest == plan.digest and _same(each.approved_by, approver):
            raise ApprovalRequired(
                f"{approver} approved this plan already, at {each.approved_at:%Y-%m-%d %H:%M:%S} UTC"
            )


def _require_maker(plan: Plan) -> None:
    if not plan.made_by:
        raise ApprovalRequired(
            f"the plan does not tell who made it, as {_NO_OBJECT_ID} of who did: nobody counts as somebody else; "
            "make it again, signed in otherwise"
        )


def _flaw(approval: Approval, plan: Plan, max_age: float | None, *, identity: str, now: datetime) -> str:
    """Why an approval does not count, or ""."""
    named = f"the approval by {approval.approved_by or 'nobody'}"
    if approval.digest != plan.digest:
        return f"{named} is of another plan"
    if not approval.approved_by or _same(approval.approved_by, plan.made_by):
        return f"{named} does not count: the maker of a plan does not approve it"
    if _same(approval.approved_by, identity):
        return f"{named} does not count: who approved a plan does not apply it"
    if max_age is None:
        return ""
    age = (now - approval.approved_at).total_seconds()
    if age < -_CLOCKS_DIFFER_SECONDS:
        return f"{named} does not count: it is from the future, {approval.approved_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"{named} is too old: given {_ago(age)} ago, at most {_ago(max_age)} are allowed" if age > max_age else ""


def _ago(seconds: float) -> str:
    minutes = round(seconds) // 60
    if minutes < 1:
        return f"{round(seconds)} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
