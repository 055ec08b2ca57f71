"""A document as GitHub Markdown: for a pull request, a ticket or a wiki."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .neutral import markdown, visible

if TYPE_CHECKING:
    from .document import Block, Document, Table


def render(document: Document) -> str:
    """The document with a heading, its facts as a list, its tables and notes."""
    blocks = [f"# {markdown(document.title)}"]
    if document.facts:
        blocks.append("\n".join(f"- **{markdown(name)}:** {markdown(cell.text)}" for name, cell in document.facts))
    for table in document.tables:
        blocks.extend(_table(table))
    for block in document.blocks:
        blocks.extend([f"### {markdown(block.title)}", _fenced(block)])
    if document.notes:
        blocks.append("\n".join(["## Notes", "", *(f"- {markdown(note)}" for note in document.notes)]))
    if document.summary:
        blocks.append(f"**{markdown(document.summary)}**")
    return "\n\n".join(blocks) + "\n"


def _fenced(block: Block) -> str:
    """A block between fences that nothing in it can close."""
    longest = max(map(len, re.findall(r"`+", block.text)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}{block.syntax}", *(visible(line) for line in block.text.splitlines()), fence])


def _table(table: Table) -> list[str]:
    if not table.rows:
        return [markdown(table.empty)] if table.empty else []
    lines = [
        "| " + " | ".join(markdown(column.title) for column in table.columns) + " |",
        "|" + " --- |" * len(table.columns),
    ]
    lines += ["| " + " | ".join(markdown(cell.text) for cell in row) + " |" for row in table.rows]
    return [f"## {markdown(table.title)}", "\n".join(lines)]
