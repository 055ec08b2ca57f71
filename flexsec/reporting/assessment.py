"""An assessment as a report: findings first, then what is not known, then the rest."""

from __future__ import annotations

from ..model.encoding import to_data
from ..model.verdict import Assessment, Severity, Status, Verdict
from . import exceptions
from .document import Cell, Document, Records, Table, Tone, cells, columns
from .words import count, moment, pairs, server_name

SCHEMA = "flexsec.assessment/1"

_LABELS = {
    Status.FAIL: Cell("FAIL", Tone.BAD),
    Status.UNKNOWN: Cell("UNKNOWN", Tone.CAUTION),
    Status.WAIVED: Cell("WAIVED", Tone.CAUTION),
    Status.PASS: Cell("PASS", Tone.GOOD),
    Status.NOT_APPLICABLE: Cell("N/A", Tone.MUTED),
}
_ORDER = list(_LABELS)
_RECORD = (
    "server_id",
    "baseline",
    "observed_at",
    "control",
    "title",
    "severity",
    "status",
    "reason",
    "evidence",
    "remedy",
    "missing_action",
    *exceptions.COLUMNS,
)


def document(assessment: Assessment) -> Document:
    """The report of one assessment."""
    return Document(
        schema=SCHEMA,
        data=to_data(assessment),
        title=f"Audit of {server_name(assessment.server_id)}",
        facts=facts(assessment),
        tables=(verdicts_table(assessment), exceptions.table(assessment), _by_hand(assessment)),
        records=Records(columns=_RECORD, rows=tuple(_record(assessment, v) for v in assessment.verdicts)),
        notes=assessment.notes,
        summary=summary(assessment),
    )


def facts(assessment: Assessment) -> tuple[tuple[str, Cell], ...]:
    """What was judged, against what and when."""
    return (
        ("Server", Cell(assessment.server_id)),
        ("State", Cell(assessment.server_state)),
        ("Baseline", Cell(assessment.baseline)),
        ("Observed", Cell(moment(assessment.observed_at))),
    )


def verdicts_table(assessment: Assessment, title: str = "Controls") -> Table:
    """All verdicts: failures first, the most severe at the top."""
    return Table(
        title=title,
        columns=columns("=Status", "=Severity", "=Control", "What was found"),
        rows=tuple(
            cells(label(verdict), severity(verdict.severity), verdict.control, found(verdict))
            for verdict in sorted(assessment.verdicts, key=_rank)
        ),
        empty="No control was judged: the baseline selects none.",
    )


def summary(assessment: Assessment) -> str:
    """How many controls of each status, in one sentence."""
    total = len(assessment.verdicts)
    counted = {status: len(assessment.with_status(status)) for status in _ORDER}
    words = {
        Status.FAIL: "failing",
        Status.UNKNOWN: "unknown",
        Status.WAIVED: "waived",
        Status.PASS: "passing",
        Status.NOT_APPLICABLE: "not applicable",
    }
    parts = [f"{number} {words[status]}" for status, number in counted.items() if number]
    return f"{count(total, 'control')}: {', '.join(parts)}." if parts else "No control was judged."


def label(verdict: Verdict) -> Cell:
    """The verdict's status as a cell."""
    return _LABELS[verdict.status]


def severity(value: Severity) -> Cell:
    """The severity as a cell."""
    tones = {Severity.CRITICAL: Tone.BAD, Severity.HIGH: Tone.BAD, Severity.MEDIUM: Tone.CAUTION}
    return Cell(value.value, tones.get(value, Tone.PLAIN))


def found(verdict: Verdict) -> str:
    """What was found, with the missing permission, or how long the waiver holds that bears on it."""
    text = verdict.check.reason
    if verdict.check.missing_action:
        text += f" [missing permission: {verdict.check.missing_action}]"
    return f"{text} {exceptions.until(verdict)}".rstrip()


def _by_hand(assessment: Assessment) -> Table:
    failing = [v for v in sorted(assessment.with_status(Status.FAIL), key=_rank) if v.check.remedy]
    return Table(
        title="What flexsec leaves to a person",
        columns=columns("=Control", "What to do"),
        rows=tuple(cells(verdict.control, verdict.check.remedy) for verdict in failing),
    )


def _rank(verdict: Verdict) -> tuple[int, int]:
    return _ORDER.index(verdict.status), -verdict.severity.rank


def _record(assessment: Assessment, verdict: Verdict) -> tuple[str, ...]:
    return (
        assessment.server_id,
        assessment.baseline,
        assessment.observed_at.isoformat(),
        verdict.control,
        verdict.title,
        verdict.severity.value,
        verdict.status.value,
        verdict.check.reason,
        pairs(verdict.check.evidence),
        verdict.check.remedy,
        verdict.check.missing_action,
        *exceptions.record(verdict),
    )
