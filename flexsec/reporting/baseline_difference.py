"""Two baselines held against each other, as a report."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from ..model.encoding import to_data
from .assessment import severity
from .baseline import covered
from .document import Cell, Document, Records, Table, Tone, cells, columns
from .words import count, of_value

if TYPE_CHECKING:
    from ..baselines.difference import ArgumentDifference, Difference
    from ..controls.control import Control

SCHEMA = "flexsec.baseline-difference/1"

_RECORD = ("left", "right", "what", "name", "left_value", "right_value", "right_is")
_TONES = {"stricter": Tone.GOOD, "weaker": Tone.BAD, "": Tone.PLAIN}


def document(found: Difference) -> Document:
    """The report of one difference; everything is told of the right baseline."""
    return Document(
        schema=SCHEMA,
        data={
            "left": found.left,
            "right": found.right,
            "same": found.same,
            "removed": [control.id for control in found.removed],
            "added": [control.id for control in found.added],
            "arguments": [asdict(item) for item in found.arguments],
            "waivers_removed": [to_data(waiver) for waiver in found.waivers_removed],
            "waivers_added": [to_data(waiver) for waiver in found.waivers_added],
            "owners": [to_data(item) for item in found.owners],
            "scopes": [to_data(scope) for scope in found.scopes] if found.scopes else None,
        },
        title=f"Baselines {found.left} and {found.right}",
        facts=(("From", Cell(found.left)), ("To", Cell(found.right))),
        tables=(
            _controls(found.removed, f"Only {found.left} judges"),
            _controls(found.added, f"Only {found.right} judges"),
            _arguments(found),
            _waivers(found),
            _owners(found),
            _scopes(found),
        ),
        records=Records(columns=_RECORD, rows=_records(found)),
        summary=_summary(found),
    )


def _controls(controls: tuple[Control, ...], title: str) -> Table:
    return Table(
        title=f"{title}: {count(len(controls), 'control')}",
        columns=columns("=Control", "=Severity", "What it asks for"),
        rows=tuple(cells(each.id, severity(each.severity), each.title) for each in controls),
    )


def _arguments(found: Difference) -> Table:
    return Table(
        title="Both judge, by other arguments",
        columns=columns("=Control", "=Argument", found.left, found.right, f"={found.right} is"),
        rows=tuple(
            cells(each.control, each.argument, of_value(each.left), of_value(each.right), _compared(each))
            for each in found.arguments
        ),
    )


def _compared(item: ArgumentDifference) -> Cell:
    return Cell(item.right_is or "different", _TONES[item.right_is])


def _waivers(found: Difference) -> Table:
    sides = ((found.left, found.waivers_removed), (found.right, found.waivers_added))
    return Table(
        title="Waivers that only one of them holds",
        columns=columns("=Baseline", "=Control", "Servers", "Owner", "Ticket", "=Until"),
        rows=tuple(
            cells(side, each.control, covered(each), each.owner, each.ticket, each.expires.isoformat())
            for side, waivers in sides
            for each in waivers
        ),
    )


def _owners(found: Difference) -> Table:
    return Table(
        title="Other owners",
        columns=columns("=What", found.left, found.right),
        rows=tuple(cells(each.pattern, each.left or "-", each.right or "-") for each in found.owners),
    )


def _scopes(found: Difference) -> Table:
    rows = () if found.scopes is None else (cells(str(found.scopes[0]), str(found.scopes[1])),)
    return Table(title="For other servers", columns=columns(found.left, found.right), rows=rows)


def _summary(found: Difference) -> str:
    if found.same:
        return f"{found.left} and {found.right} ask for the same."
    words = [
        f"{count(len(found.added), 'control')} more" if found.added else "",
        f"{count(len(found.removed), 'control')} fewer" if found.removed else "",
        *_argument_words(found),
        "other waivers" if found.waivers_added or found.waivers_removed else "",
        "other owners" if found.owners else "",
        "another scope" if found.scopes else "",
    ]
    return f"{found.right} against {found.left}: {'; '.join(word for word in words if word)}."


def _argument_words(found: Difference) -> list[str]:
    counted = {
        word: sum(each.right_is == kind for each in found.arguments)
        for kind, word in (("stricter", "stricter"), ("weaker", "weaker"), ("", "otherwise"))
    }
    return [f"{count(number, 'argument')} {word}" for word, number in counted.items() if number]


def _records(found: Difference) -> tuple[tuple[str, ...], ...]:
    rows = [("control", each.id, "judged", "", "") for each in found.removed]
    rows += [("control", each.id, "", "judged", "") for each in found.added]
    rows += [
        ("argument", f"{each.control}.{each.argument}", of_value(each.left), of_value(each.right), each.right_is)
        for each in found.arguments
    ]
    rows += [("waiver", f"{w.control} ({w.ticket})", f"{covered(w)} until {w.expires}", "", "")
             for w in found.waivers_removed]  # fmt: skip
    rows += [("waiver", f"{w.control} ({w.ticket})", "", f"{covered(w)} until {w.expires}", "")
             for w in found.waivers_added]  # fmt: skip
    rows += [("owner", each.pattern, each.left, each.right, "") for each in found.owners]
    if found.scopes:
        rows.append(("scope", "", str(found.scopes[0]), str(found.scopes[1]), ""))
    return tuple((found.left, found.right, *row) for row in rows)
