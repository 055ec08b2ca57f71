"""A run as a report: what became of each change, how that is known, and what is needed for a support ticket."""

from __future__ import annotations

from ..model.encoding import to_data
from ..model.run import ChangeStatus, Outcome, Run, RunStatus
from .assessment import verdicts_table
from .document import Cell, Document, Records, Table, Tone, cells, columns
from .plan import left_table, withheld_table
from .words import before_or_after, count, listed, moment, server_name

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
)
_LIST_RECORD = ("run_id", "kind", "server_id", "baseline", "status", "started_at", "ended_at", "changes", "identity")


def document(run: Run) -> Document:
    """The report of one run."""
    tables = [outcomes_table(run), withheld_table(run.withheld), left_table(run.left)]
    if run.verified is not None:
        tables.append(verdicts_table(run.verified, "Controls after the run"))
    return Document(
        schema=SCHEMA,
        data=to_data(run),
        title=f"Run {run.run_id}: {run.kind} on {server_name(run.server_id)}"
        if run.run_id
        else f"{run.kind} on {server_name(run.server_id)}: nothing to write",
        facts=_facts(run),
        tables=tuple(tables),
        records=Records(columns=_RECORD, rows=records(run)),
        notes=run.notes + _warnings(run),
        summary=summary(run),
    )


def runs_document(runs: tuple[Run, ...]) -> Document:
    """The report of a list of runs, newest first as given; its JSON is a list."""
    return Document(
        schema=LIST_SCHEMA,
        data=[_entry(run) for run in runs],
        title="Runs",
        facts=(),
        tables=(
            Table(
                title=count(len(runs), "run"),
                columns=columns("=Run", "=Kind", "=Server", "=Status", "=Begun", "Changes"),
                rows=tuple(
                    cells(
                        run.run_id,
                        run.kind,
                        server_name(run.server_id),
                        status_cell(run.status),
                        moment(run.started_at),
                        tally(run),
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
            "; ".join(outcome.warnings),
        )
        for number, outcome in enumerate(run.outcomes, 1)
    )


def _facts(run: Run) -> tuple[tuple[str, Cell], ...]:
    if not run.run_id:
        return ("Server", Cell(run.server_id)), ("Baseline", Cell(run.baseline or "none"))
    facts = [
        ("Server", Cell(run.server_id)),
        ("Status", status_cell(run.status)),
        ("Baseline", Cell(run.baseline or "none")),
        ("Begun", Cell(moment(run.started_at))),
        ("Ended", Cell(moment(run.ended_at) or "not yet")),
        ("Run by", Cell(run.identity or "unknown (the token does not tell)")),
    ]
    if run.rolls_back:
        facts.append(("Rolls back", Cell(run.rolls_back)))
    return tuple(facts)


def _warnings(run: Run) -> tuple[str, ...]:
    return tuple(f"{outcome.change.target}: {warning}" for outcome in run.outcomes for warning in outcome.warnings)


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
    )
