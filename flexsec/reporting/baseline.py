"""Baselines as reports: the built-in ones, one in full, and two held against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.encoding import to_data
from .assessment import severity
from .document import Cell, Document, Records, Table, Tone, cells, columns
from .words import count, listed, of_arguments

if TYPE_CHECKING:
    from ..baselines.baseline import Baseline, MappedRow
    from ..model.verdict import Waiver

LIST_SCHEMA = "flexsec.baselines/1"
SCHEMA = "flexsec.baseline/1"

_LIST_RECORD = ("name", "controls", "description")
_RECORD = ("baseline", "control", "title", "severity", "arguments", "mapping")
_BASIS = {"official": Cell("official", Tone.GOOD), "public": Cell("public copies"), "ours": Cell("ours", Tone.CAUTION)}


def list_document(baselines: tuple[Baseline, ...]) -> Document:
    """The report of many baselines; its JSON is a list."""
    return Document(
        schema=LIST_SCHEMA,
        data=[
            {"name": each.name, "controls": len(each.controls), "description": each.description} for each in baselines
        ],
        title="Baselines",
        facts=(),
        tables=(
            Table(
                title=count(len(baselines), "built-in baseline"),
                columns=columns("=Baseline", "=Controls", "What it is for"),
                rows=tuple(cells(each.name, str(len(each.controls)), each.description) for each in baselines),
            ),
        ),
        records=Records(
            columns=_LIST_RECORD,
            rows=tuple((each.name, str(len(each.controls)), each.description) for each in baselines),
        ),
    )


def document(baseline: Baseline) -> Document:
    """What a baseline selects and accepts, with every argument settled."""
    chosen = tuple((item.control, item.control.settled(dict(item.arguments))) for item in baseline.controls)
    return Document(
        schema=SCHEMA,
        data={
            "name": baseline.name,
            "description": baseline.description,
            "sources": list(baseline.sources),
            "controls": [{"id": control.id, "arguments": to_data(arguments)} for control, arguments in chosen],
            "waivers": [to_data(waiver) for waiver in baseline.waivers],
            "scope": to_data(baseline.scope),
            "owners": dict(baseline.owners),
            "notes": list(baseline.notes),
            "mapping": [to_data(row) for row in baseline.mapping],
        },
        title=f"Baseline {baseline.name}",
        facts=_facts(baseline),
        tables=(
            Table(
                title=count(len(chosen), "control"),
                columns=columns("=Control", "=Severity", "What it asks for", "Arguments"),
                rows=tuple(
                    cells(control.id, severity(control.severity), control.title, of_arguments(arguments))
                    for control, arguments in chosen
                ),
                empty="This baseline judges nothing.",
            ),
            _waivers(baseline.waivers),
            _owners(baseline),
            *_mappings(baseline),
        ),
        records=Records(columns=_RECORD, rows=_records(baseline)),
        notes=baseline.notes,
    )


def _facts(baseline: Baseline) -> tuple[tuple[str, Cell], ...]:
    scope = baseline.scope
    return (
        *((("Description", Cell(baseline.description)),) if baseline.description else ()),
        ("Read from", Cell(listed(baseline.sources))),
        *((("For", Cell(str(scope))),) if scope.names or scope.tags else ()),
    )


def _waivers(waivers: tuple[Waiver, ...]) -> Table:
    return Table(
        title=count(len(waivers), "waiver"),
        columns=columns("=Control", "Servers", "Owner", "Ticket", "=Until", "Reason"),
        rows=tuple(cells(w.control, covered(w), w.owner, w.ticket, w.expires.isoformat(), w.reason) for w in waivers),
    )


def covered(waiver: Waiver) -> str:
    """Which servers a waiver covers, by name and tags."""
    tags = ", ".join(f"{name}={pattern}" for name, pattern in waiver.tags.items())
    return f"{waiver.servers} with {tags}" if tags else waiver.servers


def _owners(baseline: Baseline) -> Table:
    return Table(
        title="Who owns what: flexsec writes only its own",
        columns=columns("=What", "Owner"),
        rows=tuple(cells(pattern, owner) for pattern, owner in baseline.owners.items()),
    )


def _mappings(baseline: Baseline) -> list[Table]:
    """One table for each standard; every row says against what it is to be checked."""
    judged = {selection.control.id for selection in baseline.controls}
    by_standard: dict[str, list[MappedRow]] = {}
    for row in baseline.mapping:
        by_standard.setdefault(row.standard, []).append(row)
    return [
        Table(
            title=standard,
            columns=columns("=Row", "Controls", "=Level", "=Who says so", "Note", "To be checked against"),
            rows=tuple(
                cells(row.row, _answering(row, judged), row.level or "-", _BASIS[row.basis], row.note, row.check)
                for row in rows
            ),
        )
        for standard, rows in by_standard.items()
    ]


def _answering(row: MappedRow, judged: set[str]) -> Cell:
    if not row.controls:
        return Cell("none: not judged", Tone.CAUTION)
    return Cell(listed(each if each in judged else f"{each} (off here)" for each in row.controls))


def _records(baseline: Baseline) -> tuple[tuple[str, ...], ...]:
    """A row for each control, then one for each row of a standard that no control answers to."""
    rows = [
        (
            baseline.name,
            each.control.id,
            each.control.title,
            each.control.severity.value,
            of_arguments(each.control.settled(dict(each.arguments))),
            "; ".join(_mapped(row) for row in baseline.mapping if each.control.id in row.controls),
        )
        for each in baseline.controls
    ]
    rows += [(baseline.name, "", row.note, "", "", _mapped(row)) for row in baseline.mapping if not row.controls]
    return tuple(rows)


def _mapped(row: MappedRow) -> str:
    level = f", level {row.level}" if row.level else ""
    return f"{row.standard} {row.row} ({row.basis}{level}; to be checked against {row.check})"
