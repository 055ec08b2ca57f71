"""Failures that somebody accepted for a time: in every report, with who, why, under which ticket, for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.verdict import WAIVER_ENDS_SOON_DAYS
from .document import Cell, Table, Tone, cells, columns
from .words import count

if TYPE_CHECKING:
    from ..model.verdict import Assessment, Verdict

COLUMNS = (
    "waiver_owner",
    "waiver_reason",
    "waiver_ticket",
    "waiver_expires",
    "waiver_expired",
    "waiver_days_left",
)
"""The columns of a waiver in CSV."""


def table(assessment: Assessment) -> Table:
    """The waivers that bear on a failure, also those that have expired; the nearest end first."""
    excepted = [verdict for verdict in assessment.verdicts if verdict.waiver is not None]
    excepted.sort(key=lambda verdict: verdict.waiver_days_left or 0)
    return Table(
        title=f"Accepted for a time: {count(len(excepted), 'exception')}",
        columns=columns("=Control", "Owner", "Reason", "Ticket", "=Until", "=Days left"),
        rows=tuple(_row(verdict) for verdict in excepted),
    )


def until(verdict: Verdict) -> str:
    """How long the verdict's waiver holds, in brackets; "" without one."""
    if verdict.waiver is None:
        return ""
    if verdict.waiver_expired:
        return f"[waiver expired {verdict.waiver.expires}]"
    return f"[waived until {verdict.waiver.expires}]"


def record(verdict: Verdict) -> tuple[str, ...]:
    """The verdict's waiver, in the order of `COLUMNS`; empty texts without one."""
    waiver = verdict.waiver
    if waiver is None:
        return ("",) * len(COLUMNS)
    return (
        waiver.owner,
        waiver.reason,
        waiver.ticket,
        waiver.expires.isoformat(),
        str(verdict.waiver_expired).lower(),
        "" if verdict.waiver_days_left is None else str(verdict.waiver_days_left),
    )


def _row(verdict: Verdict) -> tuple[Cell, ...]:
    waiver = verdict.waiver
    if waiver is None:
        return ()
    left = verdict.waiver_days_left
    soon = left is not None and left <= WAIVER_ENDS_SOON_DAYS
    days = Cell("" if left is None else str(left), Tone.CAUTION if soon else Tone.PLAIN)
    if verdict.waiver_expired:
        days = Cell("expired", Tone.BAD)
    return cells(verdict.control, waiver.owner, waiver.reason, waiver.ticket, waiver.expires.isoformat(), days)
