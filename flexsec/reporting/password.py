"""Stored passwords as a report: which there are and which works. Never a password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.encoding import to_data
from ..model.secret_store import Stage
from .document import Cell, Document, Records, Table, Tone, cells, columns
from .words import count, moment, server_name

if TYPE_CHECKING:
    from datetime import datetime

    from ..model.secret_store import Recovery, StoredVersion

STATUS_SCHEMA = "flexsec.password-status/1"
RECOVERY_SCHEMA = "flexsec.password-recovery/1"
_TONES = {
    Stage.PENDING: Tone.CAUTION,
    Stage.CURRENT: Tone.GOOD,
    Stage.PREVIOUS: Tone.MUTED,
    Stage.ABANDONED: Tone.MUTED,
}
_COLUMNS = ("server_id", "version", "stage", "login", "created_at", "expires_at", "run_id", "works", "how")
_WORDS = {True: Cell("works", Tone.GOOD), False: Cell("refused", Tone.BAD), None: Cell("not tried", Tone.CAUTION)}


def status_document(server_id: str, place: str, versions: tuple[StoredVersion, ...], *, now: datetime) -> Document:
    """The report of what a store holds."""
    pending = [version for version in versions if version.stage is Stage.PENDING]
    return Document(
        schema=STATUS_SCHEMA,
        data={"server_id": server_id, "place": place, "versions": [to_data(version) for version in versions]},
        title=f"Stored passwords of {server_name(server_id)}",
        facts=(("Server", Cell(server_id)), ("Store", Cell(place))),
        tables=(
            Table(
                title=count(len(versions), "version"),
                columns=columns("=Version", "=Stage", "Login", "=Stored", "Age", "=Replace by", "Run"),
                rows=tuple(
                    cells(
                        version.version,
                        _stage(version),
                        version.login or "-",
                        _moment(version.created_at),
                        _age(version.created_at, now),
                        _moment(version.expires_at),
                        version.run_id or "-",
                    )
                    for version in versions
                ),
                empty="No password is stored.",
            ),
        ),
        records=Records(columns=_COLUMNS, rows=tuple(_record(server_id, version, "", "") for version in versions)),
        summary="A rotation has not been settled: `flexsec password recover` finds out which password works."
        if pending
        else "",
    )


def recovery_document(server_id: str, recovery: Recovery) -> Document:
    """The report of what was found out and put right."""
    return Document(
        schema=RECOVERY_SCHEMA,
        data={"server_id": server_id, **to_data(recovery)},
        title=f"Which password of {server_name(server_id)} works",
        facts=(("Server", Cell(server_id)), ("Store", Cell(recovery.place))),
        tables=(
            Table(
                title="Logins",
                columns=columns("=Version", "=Was", "=Login", "How"),
                rows=tuple(
                    cells(one.version.version, _stage(one.version), _WORDS[one.works], one.how)
                    for one in recovery.tried
                ),
                empty="No password is stored.",
            ),
        ),
        records=Records(
            columns=_COLUMNS,
            rows=tuple(
                _record(server_id, one.version, {True: "true", False: "false", None: ""}[one.works], one.how)
                for one in recovery.tried
            ),
        ),
        notes=tuple(f"{sentence[0].upper()}{sentence[1:]}." for sentence in recovery.done),
        summary=recovery.advice,
    )


def _stage(version: StoredVersion) -> Cell:
    return Cell(version.stage.value, _TONES[version.stage])


def _moment(at: datetime | None) -> str:
    return moment(at) if at is not None else "-"


def _age(at: datetime | None, now: datetime) -> str:
    return count(max((now - at).days, 0), "day") if at is not None else "-"


def _record(server_id: str, version: StoredVersion, works: str, how: str) -> tuple[str, ...]:
    return (
        server_id,
        version.version,
        version.stage.value,
        version.login,
        version.created_at.isoformat() if version.created_at else "",
        version.expires_at.isoformat() if version.expires_at else "",
        version.run_id,
        works,
        how,
    )
