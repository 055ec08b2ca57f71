"""A run as a report: what became of each change, how that is known, and what is needed for a support ticket."""

from __future__ import annotations

from ..model.encoding import to_data
from ..model.run import ChangeStatus, Outcome, Run, RunStatus
from . import exceptions
from .assessment import verdicts_table
from .change_record import RECORD_COLUMNS, approval_facts, record_facts, record_in_words, record_values
from .document import Cell, Document, Records, Table, Tone, cells, columns
from .ownership import COLUMNS as OWNERSHIP_COLUMNS
from .ownership import fight_in_words, fights_in_words, handed_over_table, patch_blocks
from .plan import left_table, withheld_table
from .words import before_or_after, count, listed, moment, server_name, target_word

SCHEMA = "flexsec.run/1"
LIST_SCHEMA = "flexsec.runs/1"

RESUMABLE = (RunStatus.PARTIAL, RunStatus.INDETERMINATE, RunStatus.INTERRUPTED)

_CHANGE_TONES = {
    ChangeStatus.APPLIED: Tone.GOOD,
    ChangeStatus.ALREADY: Tone.MUTED,
    ChangeStatus.UNVERIFIED: Tone.CAUTION,
    ChangeStatus.FAILED: Tone.BAD,
    ChangeStatus.INDETERMINATE: Tone.BAD,
    ChangeStatus.NOT_STARTED: Tone.CAUTION,
}
_RECORD = (
    "run_id",
    "run_kind",
    "server_id",
    "run_status",
    "number",
    "kind",
    "name",
    "status",
    "sentence",
    "before",
    "after",
    "message",
    "attempts",
    "proof",
    "code",
    "request_id",
    "tracking_id",
    "missing_action",
    "scope",
    "warnings",
    *RECORD_COLUMNS,
    "approved_by",
    *OWNERSHIP_COLUMNS,
)
_LIST_RECORD = (
    "run_id",
    "kind",
    "server_id",
    "baseline",
    "status",
    "started_at",
    "ended_at",
    "changes",
    "identity",
    *RECORD_COLUMNS,
    "approved_by",
)


def document(run: Run) -> Document:
    """The report of one run."""
    tables = [outcomes_table(run), withheld_table(run.withheld), left_table(run.left)]
    if run.verified is not None:
        tables += [verdicts_table(run.verified, "Controls after the run"), exceptions.table(run.verified)]
    tables.append(handed_over_table(run.handed_over))
    return Document(
        schema=SCHEMA,
        data=to_data(run),
        title=f"Run {run.run_id}: {run.kind} on {server_name(run.server_id)}"
        if run.run_id
        else f"{run.kind} on {server_name(run.server_id)}: nothing to write",
        facts=_facts(run),
        tables=tuple(tables),
        blocks=patch_blocks(run.handed_over),
        records=Records(columns=_RECORD, rows=(*records(run), *_not_written(run))),
        notes=fights_in_words(run.fights) + run.notes + _warnings(run),
        summary=summary(run),
    )


def runs_document(runs: tuple[Run, ...]) -> Document:
    """The report of a list of runs, newest first as given; its JSON is a list."""
    told = any(run.record for run in runs)
    return Document(
        schema=LIST_SCHEMA,
        data=[_entry(run) for run in runs],
        title="Runs",
        facts=(),
        tables=(
            Table(
                title=count(len(runs), "run"),
                columns=columns("=Run", "=Kind", "=Server", "=Status", "=Begun", "Changes", *(["For"] if told else [])),
                rows=tuple(
                    cells(
                        run.run_id,
                        run.kind,
                        server_name(run.server_id),
                        status_cell(run.status),
                        moment(run.started_at),
                        tally(run),
                        *([record_in_words(run.record) or "-"] if told else []),
                    )
                    for run in runs
                ),
                empty="No run is recorded in this state directory.",
            ),
        ),
        records=Records(columns=_LIST_RECORD, rows=tuple(_list_record(run) for run in runs)),
    )


def outcomes_table(run: Run) -> Table:
    """What became of each change, in the order of writing."""
    return Table(
        title="Changes",
        columns=columns("=No.", "=Outcome", "Change", "How it is known, or what went wrong"),
        rows=tuple(
            cells(str(number), outcome_cell(outcome), outcome.change.sentence, told(outcome))
            for number, outcome in enumerate(run.outcomes, 1)
        ),
        empty="Nothing was written." if run.run_id else "",
    )


def outcome_cell(outcome: Outcome) -> Cell:
    """The outcome's status as a cell."""
    return Cell(outcome.status.value.replace("_", " "), _CHANGE_TONES[outcome.status])


def status_cell(status: RunStatus) -> Cell:
    """The run's status as a cell."""
    tone = Tone.GOOD if status == RunStatus.COMPLETE else Tone.BAD if status in RESUMABLE else Tone.CAUTION
    return Cell(status.value.replace("_", " "), tone)


def told(outcome: Outcome) -> str:
    """The outcome's sentence, its proof, and what a support ticket or an access request needs."""
    parts = [part for part in (outcome.message, outcome.proof) if part]
    if outcome.attempts > 1:
        parts.append(f"sent {outcome.attempts} times")
    named = {
        "code": outcome.code,
        "missing permission": outcome.missing_action,
        "scope": outcome.scope,
        "tracking id": outcome.tracking_id,
        "request id": outcome.request_id if outcome.status != ChangeStatus.APPLIED else "",
    }
    parts += [f"{name} {value}" for name, value in named.items() if value and value not in outcome.message]
    return "; ".join(parts)


def tally(run: Run) -> str:
    """How many changes of each outcome."""
    counted: dict[str, int] = {}
    for outcome in run.outcomes:
        word = outcome.status.value.replace("_", " ")
        counted[word] = counted.get(word, 0) + 1
    return listed(f"{number} {word}" for word, number in counted.items()) or "none"


def summary(run: Run) -> str:
    """How the run ended, and what can be done next."""
    if not run.run_id:
        undone = f" Run {run.rolls_back} has nothing left to undo." if run.rolls_back else ""
        return f"Nothing to write: no run was made.{undone}"
    text = f"Run {run.run_id} is {run.status.value.replace('_', ' ')}: {tally(run)}."
    if run.status in RESUMABLE:
        text += f" `flexsec resume {run.run_id}` goes on with it."
    return text


def records(run: Run) -> tuple[tuple[str, ...], ...]:
    """One record per change."""
    return tuple(
        (
            run.run_id,
            run.kind,
            run.server_id,
            run.status.value,
            str(number),
            outcome.change.kind,
            outcome.change.name,
            outcome.status.value,
            outcome.change.sentence,
            before_or_after(outcome.change.before),
            before_or_after(outcome.change.after),
            outcome.message,
            str(outcome.attempts),
            outcome.proof,
            outcome.code,
            outcome.request_id,
            outcome.tracking_id,
            outcome.missing_action,
            outcome.scope,
            "; ".join((*outcome.warnings, *(f"side effect: {effect}" for effect in outcome.side_effects))),
            *record_values(run.record),
            _approvers(run),
            "",
        )
        for number, outcome in enumerate(run.outcomes, 1)
    )


def _not_written(run: Run) -> list[tuple[str, ...]]:
    """What was handed over, and what somebody keeps setting back."""
    rows = []
    for item in run.handed_over:
        told = {"kind": item.change.kind, "name": item.change.name, "status": "handed_over", "owner": item.owner}
        told |= {"sentence": item.change.sentence, "message": item.note}
        told |= {"before": before_or_after(item.change.before), "after": before_or_after(item.change.after)}
        rows.append(told)
    for fight in run.fights:
        kind, _, name = fight.target.partition("/")
        told = {"kind": kind, "name": name, "status": "fight", "message": fight_in_words(fight)}
        rows.append(told | {"before": fight.comes_back_as, "after": fight.wanted})
    about = {"run_id": run.run_id, "run_kind": run.kind, "server_id": run.server_id, "run_status": run.status.value}
    about |= dict(zip(RECORD_COLUMNS, record_values(run.record), strict=True)) | {"approved_by": _approvers(run)}
    return [tuple((dict.fromkeys(_RECORD, "") | about | row).values()) for row in rows]


def _facts(run: Run) -> tuple[tuple[str, Cell], ...]:
    if not run.run_id:
        facts = [(target_word(run.server_id), Cell(run.server_id)), ("Baseline", Cell(run.baseline or "none"))]
        return (*facts, *record_facts(run.record))
    facts = [
        (target_word(run.server_id), Cell(run.server_id)),
        ("Status", status_cell(run.status)),
        ("Baseline", Cell(run.baseline or "none")),
        ("Begun", Cell(moment(run.started_at))),
        ("Ended", Cell(moment(run.ended_at) or "not yet")),
        ("Run by", Cell(run.identity or "unknown (the token does not tell)")),
        *approval_facts(run.approvals),
        *record_facts(run.record),
    ]
    if run.rolls_back:
        facts.append(("Rolls back", Cell(run.rolls_back)))
    return tuple(facts)


def _approvers(run: Run) -> str:
    return " ".join(each.approved_by for each in run.approvals)


def _warnings(run: Run) -> tuple[str, ...]:
    return tuple(
        f"{outcome.change.target}: {told}"
        for outcome in run.outcomes
        for told in (*outcome.warnings, *(f"side effect: {effect}" for effect in outcome.side_effects))
    )


def _entry(run: Run) -> dict[str, object]:
    return {
        "run_id": run.run_id,
        "kind": run.kind,
        "server_id": run.server_id,
        "baseline": run.baseline,
        "status": run.status.value,
        "started_at": run.started_at.isoformat(),
        "ended_at": run.ended_at.isoformat() if run.ended_at else None,
        "identity": run.identity,
        "changes": len(run.outcomes),
        "resumable": run.status in RESUMABLE,
        "rolls_back": run.rolls_back,
        "record": to_data(run.record),
        "approved_by": [each.approved_by for each in run.approvals],
    }


def _list_record(run: Run) -> tuple[str, ...]:
    return (
        run.run_id,
        run.kind,
        run.server_id,
        run.baseline,
        run.status.value,
        run.started_at.isoformat(),
        run.ended_at.isoformat() if run.ended_at else "",
        str(len(run.outcomes)),
        run.identity,
        *record_values(run.record),
        _approvers(run),
    )
