"""A server's settings as a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.encoding import to_data
from ..model.server_setting import AUTO_GROW, FIPS, RETENTION, TAG, WINDOW
from .document import Cell, Document, Records, Table, Tone, cells, columns
from .words import count, server_name

if TYPE_CHECKING:
    from ..model.server_setting import ServerSettings

SCHEMA = "flexsec.settings/1"

_MEANING = {
    RETENTION: "days for which backups are kept (7 to 35)",
    AUTO_GROW: "whether the storage grows before it is full",
    WINDOW: "when the service may maintain the server, in UTC",
    FIPS: "whether only cryptography that FIPS 140 admits is used",
}


def document(server_id: str, settings: ServerSettings) -> Document:
    """The report of a server's settings."""
    rows = _rows(settings)
    return Document(
        schema=SCHEMA,
        data={"server_id": server_id, **to_data(settings)},
        title=f"Settings of {server_name(server_id)}",
        facts=(("Server", Cell(server_id)),),
        tables=(
            Table(
                title=count(len(rows), "setting"),
                columns=columns("=Setting", "Value", "Meaning"),
                rows=tuple(
                    cells(name, value or Cell("(not told)", Tone.MUTED), _MEANING[name])
                    if name in _MEANING
                    else cells(name, value or "(empty)", "")
                    for name, value in rows
                ),
            ),
        ),
        records=Records(
            columns=("server_id", "name", "value"), rows=tuple((server_id, name, value) for name, value in rows)
        ),
    )


def _rows(settings: ServerSettings) -> list[tuple[str, str]]:
    days = settings.backup_retention_days
    tags = sorted(settings.tags.items(), key=lambda item: item[0].casefold())
    return [
        (RETENTION, "" if days is None else str(days)),
        (AUTO_GROW, settings.storage_auto_grow),
        (WINDOW, settings.maintenance_window),
        (FIPS, settings.fips_mode),
        *((f"{TAG}{key}", value) for key, value in tags),
    ]
