"""What an identity has against what it needs, as a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.encoding import to_data
from ..model.resource import parse_target
from ..model.role import ExcessKind
from .document import Cell, Document, Records, Table, Tone, cells, columns
from .words import count, server_name

if TYPE_CHECKING:
    from ..model.role import PermissionCheck

SCHEMA = "flexsec.permissions/1"

_RECORD = ("server_id", "for", "identity", "finding", "kind", "action", "scope", "reason")
_TONES = {ExcessKind.DANGEROUS: Tone.BAD, ExcessKind.WRITES: Tone.CAUTION}
_BLIND_SPOTS = "deny assignments, conditions of role assignments and Azure Policy are not told, so they are not in this"


def document(found: PermissionCheck) -> Document:
    """The report of a check."""
    return Document(
        schema=SCHEMA,
        data=to_data(found) | {"sufficient": found.sufficient},
        title=f"Permissions for {found.role.purpose} on {server_name(found.server_id)}",
        facts=(
            (parse_target(found.server_id).noun.capitalize(), Cell(found.server_id)),
            ("Identity", Cell(found.identity or "unknown")),
        ),
        tables=(_missing(found), _unchecked(found), _excess(found)),
        records=Records(columns=_RECORD, rows=_records(found)),
        notes=(_BLIND_SPOTS,),
        summary=_summary(found),
    )


def _missing(found: PermissionCheck) -> Table:
    return Table(
        title=f"Missing: {count(len(found.missing), 'action')}",
        columns=columns("Action", "=At", "What for"),
        rows=tuple(cells(Cell(need.action, Tone.BAD), need.scope.value, need.reason) for need in found.missing),
    )


def _unchecked(found: PermissionCheck) -> Table:
    return Table(
        title="Not known",
        columns=columns("=At", "Why"),
        rows=tuple(cells(each.scope.value, Cell(each.reason, Tone.CAUTION)) for each in found.unchecked),
    )


def _excess(found: PermissionCheck) -> Table:
    return Table(
        title=f"Granted beyond the need: {count(len(found.excess), 'pattern')}",
        columns=columns("Granted", "=At", "=Kind", "Why it is too much"),
        rows=tuple(
            cells(each.pattern, each.scope.value, Cell(each.kind.value, _TONES.get(each.kind, Tone.PLAIN)), each.reason)
            for each in found.excess
        ),
    )


def _summary(found: PermissionCheck) -> str:
    if found.missing:
        met = f"{count(len(found.missing), 'action')} of {len(found.role.needs)} missing"
    elif found.unchecked:
        met = "Whether everything needed is granted is not known"
    else:
        met = "Everything needed is granted"
    return f"{met}; {count(len(found.excess), 'pattern')} granted beyond the need."


def _records(found: PermissionCheck) -> tuple[tuple[str, ...], ...]:
    head = (found.server_id, found.role.purpose, found.identity)
    rows = [(*head, "missing", "", need.action, need.scope.value, need.reason) for need in found.missing]
    rows += [(*head, "unchecked", "", each.missing_action, each.scope.value, each.reason) for each in found.unchecked]
    rows += [(*head, "excess", each.kind.value, each.pattern, each.scope.value, each.reason) for each in found.excess]
    return tuple(rows)
