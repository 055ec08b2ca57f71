"""A document as text for a terminal, or for a plain log when colour is off."""

from __future__ import annotations

import re
from io import StringIO
from typing import TYPE_CHECKING

from .neutral import plain

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    from .document import Cell, Document, Table

_WIDE_ENOUGH = 72  # below this even names are broken over lines


def render(document: Document, *, width: int = 120, colour: bool = False, ascii_only: bool = False) -> str:
    """The document as lines of at most `width` columns.

    Args:
        document: what to show.
        width: columns of the terminal.
        colour: with ANSI colours.
        ascii_only: draw lines with ASCII characters.
    """
    from rich.console import Console

    console = Console(
        file=StringIO(),
        width=max(width, 40),
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    )
    _print(console, document, ascii_only=ascii_only)
    written = console.file
    assert isinstance(written, StringIO)  # noqa: S101 - it was given four lines above
    lines = "\n".join(line.rstrip() for line in written.getvalue().splitlines()) + "\n"
    return re.sub(r"\n{3,}", "\n\n", lines)  # a table brings its own blank line


def _print(console: Console, document: Document, *, ascii_only: bool) -> None:
    from rich.text import Text

    console.print(Text(plain(document.title), style="bold"))
    if document.facts:
        console.print(_facts(document))
    for table in document.tables:
        if table.rows:
            console.print()
            console.print(Text(plain(table.title), style="bold"))
            console.print(_table(table, whole=console.width >= _WIDE_ENOUGH, ascii_only=ascii_only))
        elif table.empty:
            console.print()
            console.print(Text(plain(table.empty)))
    if document.notes:
        console.print()
        for note in document.notes:
            console.print(_hanging("note: ", note))
    if document.summary:
        console.print()
        console.print(Text(plain(document.summary), style="bold"))


def _facts(document: Document) -> RichTable:
    from rich.table import Table as RichTable
    from rich.text import Text

    grid = RichTable.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, cell in document.facts:
        grid.add_row(Text(plain(name), style="dim"), _text(cell))
    return grid


def _table(table: Table, *, whole: bool, ascii_only: bool) -> RichTable:
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    drawn = RichTable(box=box.ASCII2 if ascii_only else box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for column in table.columns:
        drawn.add_column(Text(plain(column.title)), no_wrap=whole and column.whole, overflow="fold")
    for row in table.rows:
        drawn.add_row(*map(_text, row))
    return drawn


def _text(cell: Cell) -> Text:
    from rich.text import Text

    return Text(plain(cell.text), style=str(cell.tone))


def _hanging(label: str, text: str) -> RichTable:
    from rich.table import Table as RichTable
    from rich.text import Text

    grid = RichTable.grid()
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text(label, style="dim"), Text(plain(text)))
    return grid
