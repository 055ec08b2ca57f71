"""What flexsec covers and what the tools beside it do, as a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.encoding import to_data
from .document import Cell, Document, Records, Table, Tone, cells, columns
from .words import count, listed

if TYPE_CHECKING:
    from ..controls.coverage import Coverage, Property

SCHEMA = "flexsec.coverage/1"
OWN = "flexsec"
_NOTE = (
    "covered means that a tool has a check for the property on flexible servers, not that the check is right; rules "
    "for the retired single server do not count"
)


def document(found: Coverage) -> Document:
    """The report: counts by tool, counts by group, and what flexsec does not cover yet."""
    covered = [each for each in found.properties if each.covered]
    missing = [each for each in found.properties if not each.covered]
    alone = sum(1 for each in covered if not each.tools)
    return Document(
        schema=SCHEMA,
        data={
            "total": len(found.properties),
            "covered": {OWN: len(covered), **{tool.key: len(_by(found, tool.key)) for tool in found.tools}},
            "tools": [to_data(tool) for tool in found.tools],
            "groups": [_group_data(found, group) for group in found.groups],
            "properties": [to_data(each) for each in found.properties],
        },
        title="Coverage",
        facts=(
            ("Properties", Cell(f"{len(found.properties)} in {len(found.groups)} groups")),
            ("flexsec", Cell(f"{len(covered)} covered, {alone} of them by no other tool")),
        ),
        tables=(_tools(found), _groups(found), _missing(found, missing)),
        records=_records(found),
        notes=(_NOTE,),
        summary=f"flexsec judges {len(covered)} of {count(len(found.properties), 'property', 'properties')}.",
    )


def _by(found: Coverage, tool: str) -> list[Property]:
    return [each for each in found.properties if tool in each.tools]


def _tools(found: Coverage) -> Table:
    own = [each for each in found.properties if each.covered]
    rows = [(OWN, "this one", own), *((one.name, one.version, _by(found, one.key)) for one in found.tools)]
    rows.sort(key=lambda row: len(row[2]), reverse=True)
    return Table(
        title="By tool",
        columns=columns("=Tool", "Version read", "Properties", "In the database"),
        rows=tuple(
            cells(name, version, str(len(judged)), str(sum(each.plane == "data" for each in judged)))
            for name, version, judged in rows
        ),
    )


def _groups(found: Coverage) -> Table:
    return Table(
        title="By group",
        columns=columns("=Group", "Properties", "flexsec", "Others"),
        rows=tuple(
            cells(group, str(len(found.of_group(group))), _own(found, group), _others(found, group))
            for group in found.groups
        ),
    )


def _own(found: Coverage, group: str) -> Cell:
    asked = found.of_group(group)
    covered = sum(each.covered for each in asked)
    return Cell(str(covered), Tone.GOOD if covered == len(asked) else Tone.PLAIN if covered else Tone.CAUTION)


def _others(found: Coverage, group: str) -> str:
    counted = [(tool.name, sum(tool.key in each.tools for each in found.of_group(group))) for tool in found.tools]
    counted.sort(key=lambda one: -one[1])
    return listed(f"{name} {number}" for name, number in counted if number) or "none"


def _missing(found: Coverage, missing: list[Property]) -> Table:
    names = {tool.key: tool.name for tool in found.tools}
    return Table(
        title="Not covered by flexsec yet",
        columns=columns("=Property", "What it asks for", "Others"),
        rows=tuple(cells(each.id, each.title, listed(names[key] for key in each.tools) or "none") for each in missing),
        empty="Every property is covered.",
    )


def _group_data(found: Coverage, group: str) -> dict[str, object]:
    asked = found.of_group(group)
    by_tool = {tool.key: sum(tool.key in each.tools for each in asked) for tool in found.tools}
    return {
        "group": group,
        "total": len(asked),
        "covered": {OWN: sum(each.covered for each in asked), **by_tool},
    }


def _records(found: Coverage) -> Records:
    return Records(
        columns=("id", "group", "plane", "title", OWN, *(tool.key for tool in found.tools)),
        rows=tuple(
            (
                each.id,
                each.group,
                each.plane,
                each.title,
                "yes" if each.covered else "no",
                *("; ".join(each.tools.get(tool.key, ())) for tool in found.tools),
            )
            for each in found.properties
        ),
    )
