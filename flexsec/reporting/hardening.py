"""A hardening as a report: every control before and after, what was written, what is left and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.encoding import to_data
from ..model.verdict import Status, Verdict
from . import exceptions
from .assessment import facts, found, label, severity
from .change_record import RECORD_COLUMNS, record_facts, record_values
from .document import Cell, Document, Records, Table, cells, columns
from .ownership import fight_in_words, fights_in_words, handed_over_table, patch_blocks
from .plan import left_table, withheld_table
from .run import outcomes_table, status_cell
from .run import summary as run_summary
from .words import count, moment, server_name

if TYPE_CHECKING:
    from ..model.plan import Plan
    from ..model.run import Hardening, Run

SCHEMA = "flexsec.hardening/1"

_RECORD = (
    "server_id",
    "baseline",
    "run_id",
    "run_status",
    "control",
    "title",
    "severity",
    "status_before",
    "status_after",
    "reason_before",
    "reason_after",
    "changes",
    *RECORD_COLUMNS,
    *exceptions.COLUMNS,
    "handed_over",
    "comes_back",
)


def document(hardening: Hardening) -> Document:
    """The report of one hardening."""
    tables = [comparison_table(hardening), exceptions.table(hardening.after)]
    if hardening.run is not None:
        tables.append(outcomes_table(hardening.run))
    if hardening.rolled_back is not None:
        undone = outcomes_table(hardening.rolled_back)
        tables.append(Table(title="Undone", columns=undone.columns, rows=undone.rows, empty=undone.empty))
    plan = hardening.plan
    tables += [withheld_table(plan.withheld), left_table(plan.left), handed_over_table(plan.handed_over)]
    notes = dict.fromkeys(
        (
            *fights_in_words(plan.fights),
            *plan.notes,
            *hardening.after.notes,
            *(hardening.run.notes if hardening.run else ()),
            *(_not_undone(hardening.rolled_back) if hardening.rolled_back else ()),
        )
    )
    return Document(
        schema=SCHEMA,
        data=to_data(hardening),
        title=f"Hardening of {server_name(hardening.after.server_id)}",
        facts=_facts(hardening),
        tables=tuple(tables),
        records=Records(columns=_RECORD, rows=_records(hardening)),
        blocks=patch_blocks(plan.handed_over),
        notes=tuple(notes),
        summary=summary(hardening),
    )


def _not_undone(undoing: Run) -> list[str]:
    """What the undoing of a run held back or left alone, with the reasons."""
    held = [f"Not undone: {item.change.sentence} {item.reason}." for item in undoing.withheld]
    return held + [f"Not undone: {item.control}: {item.reason}" for item in undoing.left]


def comparison_table(hardening: Hardening) -> Table:
    """Each control before and after: what changed first, then what still fails or is unknown, then the rest."""
    earlier = {verdict.control: verdict for verdict in hardening.before.verdicts}
    return Table(
        title="Controls before and after",
        columns=columns("=Before", "=After", "=Severity", "=Control", "What is so now"),
        rows=tuple(
            cells(_label(earlier.get(now.control)), label(now), severity(now.severity), now.control, found(now))
            for now in sorted(hardening.after.verdicts, key=lambda now: _rank(earlier.get(now.control), now))
        ),
        empty="No control was judged: the baseline selects none.",
    )


def summary(hardening: Hardening) -> str:
    """How many findings are fixed, how many remain, and how the run ended."""
    before, after = len(hardening.before.findings()), len(hardening.after.findings())
    unknown = len(hardening.after.with_status(Status.UNKNOWN))
    parts = [f"{count(before, 'finding')} before, {after} after"]
    if unknown:
        parts.append(f"{count(unknown, 'control')} unknown")
    if hardening.plan.withheld:
        parts.append(f"{count(len(hardening.plan.withheld), 'change')} held back")
    if hardening.plan.handed_over:
        parts.append(f"{count(len(hardening.plan.handed_over), 'change')} handed over")
    text = "; ".join(parts) + "."
    if hardening.rolled_back is not None:
        undone = "was rolled back" if hardening.rolled_back.whole else "was rolled back in part"
        return f"{text} The run failed and {undone}. {run_summary(hardening.rolled_back)}"
    if hardening.run is not None and hardening.not_rolled_back:
        why = hardening.not_rolled_back.rstrip(".")
        return f"{text} {run_summary(hardening.run)} It was not rolled back: {why}."
    return f"{text} {run_summary(hardening.run)}" if hardening.run else f"{text} Nothing was written."


def _facts(hardening: Hardening) -> tuple[tuple[str, Cell], ...]:
    run = hardening.run
    if run is None:
        return (
            *facts(hardening.after),
            *record_facts(hardening.plan.record),
            ("Run", Cell("none: there was nothing to write")),
        )
    rows = [*facts(hardening.after), ("Run", Cell(run.run_id)), ("Status", status_cell(run.status))]
    rows.append(("Begun", Cell(moment(run.started_at))))
    if run.ended_at:
        rows.append(("Ended", Cell(moment(run.ended_at))))
    rows += record_facts(run.record)
    return tuple(rows)


def _others(plan: Plan, control: str) -> tuple[str, str]:
    """Who was handed what for a control, and which of its values somebody keeps setting back."""
    handed = [f"{item.owner} {item.change.target}" for item in plan.handed_over if control in item.change.controls]
    wanted = [*plan.changes, *(held.change for held in plan.withheld)]
    targets = {change.target for change in wanted if control in change.controls}
    fights = [fight_in_words(fight) for fight in plan.fights if fight.target in targets]
    return "; ".join(handed), " ".join(fights)


def _label(verdict: Verdict | None) -> Cell:
    return label(verdict) if verdict else Cell("-")


def _rank(before: Verdict | None, now: Verdict) -> tuple[int, int]:
    if before is not None and before.status != now.status:
        group = 0
    else:
        group = {Status.FAIL: 1, Status.UNKNOWN: 2, Status.WAIVED: 3, Status.PASS: 4}.get(now.status, 5)
    return group, -now.severity.rank


def _records(hardening: Hardening) -> tuple[tuple[str, ...], ...]:
    earlier = {verdict.control: verdict for verdict in hardening.before.verdicts}
    run = hardening.run
    rows = []
    for now in hardening.after.verdicts:
        before = earlier.get(now.control)
        written = [o.change.target for o in run.outcomes if now.control in o.change.controls] if run else []
        rows.append(
            (
                hardening.after.server_id,
                hardening.after.baseline,
                run.run_id if run else "",
                run.status.value if run else "",
                now.control,
                now.title,
                now.severity.value,
                before.status.value if before else "",
                now.status.value,
                before.check.reason if before else "",
                now.check.reason,
                " ".join(written),
                *record_values(hardening.plan.record),
                *exceptions.record(now),
                *_others(hardening.plan, now.control),
            )
        )
    return tuple(rows)
