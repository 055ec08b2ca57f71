"""The formats of a report, by name and by file suffix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import UnknownName
from . import csv_text, json_text, markdown, terminal

if TYPE_CHECKING:
    from pathlib import Path

    from .document import Document

FORMATS = ("table", "json", "csv", "markdown")
SUFFIXES = {".json": "json", ".csv": "csv", ".md": "markdown", ".txt": "table"}


def of_file(path: Path) -> str:
    """The format that a file's suffix asks for.

    Raises:
        UnknownName: another suffix.
    """
    found = SUFFIXES.get(path.suffix.lower())
    if found is None:
        raise UnknownName(
            f"cannot tell a format from the name of output file {str(path)!r}: it must end in {', '.join(SUFFIXES)}"
        )
    return found


def render(
    document: Document, format_name: str, *, width: int = 120, colour: bool = False, ascii_only: bool = False
) -> str:
    """The document in a format; width, colour and ASCII concern the table alone.

    Raises:
        UnknownName: no such format.
    """
    match format_name:
        case "table":
            return terminal.render(document, width=width, colour=colour, ascii_only=ascii_only)
        case "json":
            return json_text.render(document)
        case "csv":
            return csv_text.render(document)
        case "markdown":
            return markdown.render(document)
        case _:
            raise UnknownName(f"there is no format {format_name!r}; the formats are {', '.join(FORMATS)}")
