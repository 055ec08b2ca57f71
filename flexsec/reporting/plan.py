"""A plan as a report: what will be written, what is held back and for want of what, what is left to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.encoding import to_data
from ..model.verdict import Status
from . import exceptions
from .change_record import RECORD_COLUMNS, record_facts, record_values
from .document import Cell, Document, Records, Table, Tone, cells, columns
from .ownership import COLUMNS as OWNERSHIP_COLUMNS
from .ownership import fight_in_words, fights_in_words, handed_over_table, patch_blocks
from .words import before_or_after, count, duration, listed, moment, server_name, target_word, yes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model.change import Change
    from ..model.leave import Leave
    from ..model.plan import Left, Plan, Withheld

SCHEMA = "flexsec.plan/1"

_RECORD = (
    "server_id",
    "disposition",
    "number",
    "phase",
    "kind",
    "name",
    "sentence",
    "before",
    "after",
    "restarts",
    "closing",
    "reversible",
    "lowers_security",
    "typical_seconds",
    "controls",
    "permissions",
    "withheld_by",
    "reason",
    "needs",
    *RECORD_COLUMNS,
    *exceptions.COLUMNS,
    *OWNERSHIP_COLUMNS,
)


def document(plan: Plan) -> Document:
    """The report of one plan."""
    return Document(
        schema=SCHEMA,
        data=to_data(plan),
        title=f"Plan for {server_name(plan.server_id)}",
        facts=_facts(plan),
        tables=(
            changes_table(plan),
            withheld_table(plan.withheld),
            left_table(plan.left),
            exceptions.table(plan.assessment),
            handed_over_table(plan.handed_over),
        ),
        records=Records(columns=_RECORD, rows=_records(plan)),
        blocks=patch_blocks(plan.handed_over),
        notes=tuple(dict.fromkeys((*fights_in_words(plan.fights), *plan.notes, *plan.assessment.notes))),
        summary=summary(plan),
    )


def changes_table(plan: Plan) -> Table:
    """The changes in the order of writing."""
    return Table(
        title="Changes, in this order",
        columns=columns("=No.", "=Phase", "Change", "Mind", "=Usually"),
        rows=tuple(
            cells(str(number), change.phase.name.lower(), change.sentence, cautions(change), _usually(change))
            for number, change in enumerate(plan.changes, 1)
        ),
        empty="Nothing to write.",
    )


def withheld_table(withheld: tuple[Withheld, ...]) -> Table:
    """Changes that the plan does not make; a reason that several share is told once."""
    return Table(
        title=f"Held back: {count(len(withheld), 'change')}",
        columns=columns("Change", "Why not", "Allowed by"),
        rows=tuple(row for group in grouped(withheld) for row in _held_rows(group)),
    )


def grouped(withheld: Iterable[Withheld]) -> list[list[Withheld]]:
    """What is held back by reason, in the order in which the reasons come first."""
    groups: dict[tuple[str, str], list[Withheld]] = {}
    for item in withheld:
        groups.setdefault((item.reason, item.needs), []).append(item)
    return list(groups.values())


def _held_rows(group: list[Withheld]) -> list[tuple[Cell, ...]]:
    first, *others = group
    rows = [cells(first.change.sentence, Cell(first.reason, Tone.CAUTION), first.needs or "-")]
    same = Cell("as above", Tone.MUTED)
    return rows + [cells(item.change.sentence, same, same if first.needs else "-") for item in others]


def left_table(left: tuple[Left, ...]) -> Table:
    """Failing controls that no change addresses."""
    return Table(
        title="What flexsec leaves to a person",
        columns=columns("=Control", "What to do"),
        rows=tuple(cells(item.control, item.reason) for item in left),
    )


def cautions(change: Change) -> Cell:
    """What a reader must not overlook about a change."""
    marks = []
    if change.restarts:
        marks.append("restarts the server")
    if change.closing:
        marks.append(f"takes access away ({change.closing})")
    if change.lowers_security:
        marks.append("lowers security")
    if not change.reversible:
        marks.append("cannot be undone")
    return Cell(listed(marks), Tone.CAUTION)


def summary(plan: Plan) -> str:
    """How much there is to write, how long it usually takes, and what stays open."""
    parts = []
    if plan.changes:
        total = sum(change.typical_seconds for change in plan.changes)
        parts.append(f"{count(len(plan.changes), 'change')} to write, usually about {duration(total)}")
    else:
        parts.append("nothing to write")
    if plan.withheld:
        parts.append(f"{len(plan.withheld)} held back")
    if plan.handed_over:
        parts.append(f"{len(plan.handed_over)} handed over")
    if plan.left:
        parts.append(f"{count(len(plan.left), 'control')} left to a person")
    waived = len(plan.assessment.with_status(Status.WAIVED))
    if waived:
        parts.append(f"{count(waived, 'control')} accepted for a time")
    unknown = len(plan.assessment.with_status(Status.UNKNOWN))
    if unknown:
        parts.append(f"{count(unknown, 'control')} unknown (the server is {plan.assessment.server_state})")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def leave_in_words(leave: Leave) -> str:
    """The leave that was given, as the flags that give it."""
    given = []
    if leave.restart:
        given.append("--allow-restart")
    if leave.restart_window:
        given.append(f"--restart-window {leave.restart_window}")
    given += [f"--allow-closing {name}" for name in leave.closing]
    if leave.without_evidence:
        given.append(f'--without-evidence "{leave.without_evidence}"')
    given += [f"--allow-lockout {role}" for role in leave.lockout]
    if leave.lower_security:
        given.append("--allow-lowering")
    if leave.subscription_cost:
        given.append("--allow-subscription-cost")
    return ", ".join(given) or "none"


def _facts(plan: Plan) -> tuple[tuple[str, Cell], ...]:
    evidence = plan.evidence.source or "none"
    if plan.evidence.connections is not None:
        evidence += f" ({count(len(plan.evidence.connections), 'connection')})"
    return (
        (target_word(plan.server_id), Cell(plan.server_id)),
        ("Baseline", Cell(plan.baseline or "none")),
        ("Made", Cell(moment(plan.made_at))),
        ("Made by", Cell(plan.made_by or "unknown (the token does not tell)")),
        *record_facts(plan.record),
        ("Leave given", Cell(leave_in_words(plan.leave))),
        ("Evidence of clients", Cell(evidence)),
    )


def _usually(change: Change) -> str:
    return duration(change.typical_seconds) if change.typical_seconds else ""


def _records(plan: Plan) -> tuple[tuple[str, ...], ...]:
    rows = [
        _record(plan, "change", change, number=str(number), by="", reason="", needs="")
        for number, change in enumerate(plan.changes, 1)
    ]
    rows += [
        _record(plan, "withheld", item.change, number="", by=item.by, reason=item.reason, needs=item.needs)
        for item in plan.withheld
    ]
    rows += [
        _record(plan, "handed_over", item.change, number="", by="", reason=item.note, needs="", owner=item.owner)
        for item in plan.handed_over
    ]
    for left in plan.left:
        row = dict.fromkeys(_RECORD, "")
        row |= {"server_id": plan.server_id, "disposition": "left", "controls": left.control, "reason": left.reason}
        row |= dict(zip(RECORD_COLUMNS, record_values(plan.record), strict=True))
        rows.append(tuple(row.values()))
    return (*rows, *_waived(plan), *_fights(plan))


def _fights(plan: Plan) -> list[tuple[str, ...]]:
    """What somebody keeps setting back."""
    rows = []
    for fight in plan.fights:
        row = dict.fromkeys(_RECORD, "")
        kind, _, name = fight.target.partition("/")
        row |= {"server_id": plan.server_id, "disposition": "fight", "kind": kind, "name": name}
        row |= {"before": fight.comes_back_as, "after": fight.wanted, "reason": fight_in_words(fight)}
        row |= dict(zip(RECORD_COLUMNS, record_values(plan.record), strict=True))
        rows.append(tuple(row.values()))
    return rows


def _waived(plan: Plan) -> list[tuple[str, ...]]:
    """What is kept as it is because somebody accepted it for a time."""
    rows = []
    for verdict in plan.assessment.with_status(Status.WAIVED):
        row = dict.fromkeys(_RECORD, "")
        row |= {"server_id": plan.server_id, "disposition": "waived", "controls": verdict.control}
        row |= {"reason": verdict.check.reason}
        row |= dict(zip(RECORD_COLUMNS, record_values(plan.record), strict=True))
        row |= dict(zip(exceptions.COLUMNS, exceptions.record(verdict), strict=True))
        rows.append(tuple(row.values()))
    return rows


def _record(
    plan: Plan, disposition: str, change: Change, *, number: str, by: str, reason: str, needs: str, owner: str = ""
) -> tuple[str, ...]:
    return (
        plan.server_id,
        disposition,
        number,
        change.phase.name.lower(),
        change.kind,
        change.name,
        change.sentence,
        before_or_after(change.before),
        before_or_after(change.after),
        yes(change.restarts),
        change.closing,
        yes(change.reversible),
        yes(change.lowers_security),
        str(change.typical_seconds),
        " ".join(change.controls),
        " ".join(change.permissions),
        by,
        reason,
        needs,
        *record_values(plan.record),
        *("" for _ in exceptions.COLUMNS),
        owner,
    )
