"""Controls and baselines as reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.encoding import to_data
from .assessment import severity
from .document import Cell, Document, Records, Table, cells, columns
from .words import count, listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..baselines.baseline import Baseline
    from ..controls.control import Control
    from ..model.verdict import Waiver

LIST_SCHEMA = "flexsec.controls/1"
SCHEMA = "flexsec.control/1"
BASELINE_SCHEMA = "flexsec.baseline/1"

_RECORD = ("id", "title", "family", "severity", "severity_reason", "reads", "parameters", "cis", "mcsb", "policy")
_BASELINE_RECORD = ("baseline", "control", "title", "severity", "arguments")


def list_document(controls: tuple[Control, ...]) -> Document:
    """The report of many controls; its JSON is a list."""
    return Document(
        schema=LIST_SCHEMA,
        data=[_entry(control) for control in controls],
        title="Controls",
        facts=(),
        tables=(
            Table(
                title=count(len(controls), "control"),
                columns=columns("=Control", "=Severity", "Family", "What it asks for"),
                rows=tuple(cells(c.id, severity(c.severity), c.family, c.title) for c in controls),
                empty="No control matches.",
            ),
        ),
        records=Records(columns=_RECORD, rows=tuple(_record(control) for control in controls)),
    )


def document(control: Control) -> Document:
    """The page of one control."""
    sections = control.sections
    return Document(
        schema=SCHEMA,
        data=_entry(control) | {"documentation": sections},
        title=f"{control.id}: {control.title}",
        facts=(
            ("In short", Cell(sections.get("", ""))),
            ("Severity", severity(control.severity)),
            ("Because", Cell(control.rating.reason)),
            ("Family", Cell(control.family)),
            ("Reads", Cell(listed((*control.reads, *control.parameters)))),
            *((name, Cell(text)) for name, text in sections.items() if name),
        ),
        tables=(
            Table(
                title="Arguments",
                columns=columns("=Name", "Takes", "Default", "Meaning"),
                rows=tuple(
                    cells(item.name, item.expected, _value(item.default), item.description)
                    for item in control.arguments
                ),
            ),
        ),
        records=Records(columns=_RECORD, rows=(_record(control),)),
    )


def baseline_document(baseline: Baseline) -> Document:
    """What a baseline selects and accepts, with every argument settled."""
    chosen = tuple((item.control, item.control.settled(dict(item.arguments))) for item in baseline.controls)
    return Document(
        schema=BASELINE_SCHEMA,
        data={
            "name": baseline.name,
            "description": baseline.description,
            "sources": list(baseline.sources),
            "controls": [{"id": control.id, "arguments": dict(arguments)} for control, arguments in chosen],
            "waivers": [to_data(waiver) for waiver in baseline.waivers],
        },
        title=f"Baseline {baseline.name}",
        facts=(
            *((("Description", Cell(baseline.description)),) if baseline.description else ()),
            ("Read from", Cell(listed(baseline.sources))),
        ),
        tables=(
            Table(
                title=count(len(chosen), "control"),
                columns=columns("=Control", "=Severity", "What it asks for", "Arguments"),
                rows=tuple(
                    cells(control.id, severity(control.severity), control.title, _arguments(arguments))
                    for control, arguments in chosen
                ),
                empty="This baseline judges nothing.",
            ),
            _waivers(baseline.waivers),
        ),
        records=Records(
            columns=_BASELINE_RECORD,
            rows=tuple(
                (baseline.name, control.id, control.title, control.severity.value, _arguments(arguments))
                for control, arguments in chosen
            ),
        ),
    )


def _waivers(waivers: tuple[Waiver, ...]) -> Table:
    return Table(
        title=count(len(waivers), "waiver"),
        columns=columns("=Control", "Servers", "Owner", "Ticket", "=Until", "Reason"),
        rows=tuple(cells(w.control, w.servers, w.owner, w.ticket, w.expires.isoformat(), w.reason) for w in waivers),
    )


def _entry(control: Control) -> dict[str, object]:
    return {
        "id": control.id,
        "title": control.title,
        "family": control.family,
        "severity": control.severity.value,
        "severity_reason": control.rating.reason,
        "reads": list(control.reads),
        "parameters": list(control.parameters),
        "arguments": [
            {
                "name": item.name,
                "kind": item.kind,
                "expected": item.expected,
                "default": item.default,
                "description": item.description,
            }
            for item in control.arguments
        ],
        "references": {
            "cis": list(control.references.cis),
            "mcsb": list(control.references.mcsb),
            "policy": [{"guid": policy.guid, "name": policy.name} for policy in control.references.policy],
        },
    }


def _record(control: Control) -> tuple[str, ...]:
    return (
        control.id,
        control.title,
        control.family,
        control.severity.value,
        control.rating.reason,
        " ".join(control.reads),
        " ".join(control.parameters),
        "; ".join(control.references.cis),
        "; ".join(control.references.mcsb),
        "; ".join(f"{policy.guid} {policy.name}" for policy in control.references.policy),
    )


def _arguments(arguments: Mapping[str, object]) -> str:
    return listed(f"{name}={_value(value)}" for name, value in arguments.items())


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
