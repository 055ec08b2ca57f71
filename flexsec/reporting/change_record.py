"""Why a change is made and who agreed to it, as every report of a plan or a run shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .document import Cell, Table, cells, columns
from .words import moment

if TYPE_CHECKING:
    from ..model.change_record import Approval, ChangeRecord

RECORD_COLUMNS = ("change_reference", "change_reason", "change_ticket")
"""What a CSV adds; `record_values` fills them."""


def record_facts(record: ChangeRecord) -> tuple[tuple[str, Cell], ...]:
    """One fact for each text that was given."""
    named = (("Change reference", record.reference), ("Reason", record.reason), ("Ticket", record.ticket))
    return tuple((name, Cell(text)) for name, text in named if text)


def record_values(record: ChangeRecord) -> tuple[str, str, str]:
    """The values of `RECORD_COLUMNS`."""
    return record.reference, record.reason, record.ticket


def record_in_words(record: ChangeRecord) -> str:
    """All that was given, in one text."""
    return "; ".join(text for text in (record.reference, record.ticket, record.reason) if text)


def approval_facts(approvals: tuple[Approval, ...]) -> tuple[tuple[str, Cell], ...]:
    """One fact for each approval."""
    return tuple(("Approved by", Cell(_in_words(each))) for each in approvals)


def approvals_table(approvals: tuple[Approval, ...]) -> Table:
    """Who agreed to a plan; left out when nobody did."""
    return Table(
        title="Approved by",
        columns=columns("=Identity", "=At", "Comment"),
        rows=tuple(cells(each.approved_by, moment(each.approved_at), each.comment or "-") for each in approvals),
    )


def _in_words(approval: Approval) -> str:
    said = f": {approval.comment}" if approval.comment else ""
    return f"{approval.approved_by} at {moment(approval.approved_at)}{said}"
