"""A document's records as CSV (RFC 4180, but with plain line feeds): one header line, then one line per record."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from .neutral import csv_cell

if TYPE_CHECKING:
    from .document import Document


def render(document: Document) -> str:
    """The records; the header line is there even when there are none."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(document.records.columns)
    for row in document.records.rows:
        writer.writerow(map(csv_cell, row))
    return text.getvalue()
