"""An approval as a report: of which plan, by whom, and who else approved it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.encoding import to_data
from .change_record import RECORD_COLUMNS, approvals_table, record_facts, record_values
from .document import Cell, Document, Records
from .words import count, moment, server_name

if TYPE_CHECKING:
    from ..model.change_record import Approval
    from ..model.plan import Plan

SCHEMA = "flexsec.approval/1"

_RECORD = ("server_id", "plan_digest", "made_by", "approved_by", "approved_at", "comment", *RECORD_COLUMNS)


def document(plan: Plan, approvals: tuple[Approval, ...]) -> Document:
    """The report of what was approved; the newest approval is the last."""
    newest = approvals[-1]
    return Document(
        schema=SCHEMA,
        data={
            "server_id": plan.server_id,
            "plan_digest": plan.digest,
            "made_by": plan.made_by,
            "record": to_data(plan.record),
            "approvals": [to_data(each) for each in approvals],
        },
        title=f"Approval of the plan for {server_name(plan.server_id)}",
        facts=(
            ("Server", Cell(plan.server_id)),
            ("Plan", Cell(f"{count(len(plan.changes), 'change')}, digest {plan.digest}")),
            ("Made", Cell(f"{moment(plan.made_at)} by {plan.made_by}")),
            *record_facts(plan.record),
        ),
        tables=(approvals_table(approvals),),
        records=Records(columns=_RECORD, rows=tuple(_row(plan, each) for each in approvals)),
        summary=f"Approved by {newest.approved_by} at {moment(newest.approved_at)}.",
    )


def _row(plan: Plan, approval: Approval) -> tuple[str, ...]:
    return (
        plan.server_id,
        plan.digest,
        plan.made_by,
        approval.approved_by,
        approval.approved_at.isoformat(),
        approval.comment,
        *record_values(plan.record),
    )
