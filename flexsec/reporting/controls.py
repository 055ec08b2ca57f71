"""Controls as reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .assessment import severity
from .document import Cell, Document, Records, Table, cells, columns
from .words import count, listed, of_value

if TYPE_CHECKING:
    from ..controls.control import Control

LIST_SCHEMA = "flexsec.controls/1"
SCHEMA = "flexsec.control/1"

_RECORD = ("id", "title", "family", "severity", "severity_reason", "reads", "parameters", "cis", "mcsb", "policy")


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
                    cells(item.name, item.expected, of_value(item.default), item.description)
                    for item in control.arguments
                ),
            ),
        ),
        records=Records(columns=_RECORD, rows=(_record(control),)),
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
