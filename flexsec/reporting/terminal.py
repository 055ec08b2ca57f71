"""A document as text for a terminal, or for a plain log when colour is off."""

from __future__ import annotations

import re
from io import StringIO
from typing import TYPE_CHECKING

from .layout import broken, column_widths
from .neutral import plain, visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    from .document import Cell, Document, Table

_INDENT = 4  # of what stands below a row's heading when the columns do not fit beside each other


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
        console.print(_facts(document, console.width))
    for table in document.tables:
        if table.rows:
            console.print()
            console.print(Text(plain(table.title), style="bold"))
            _print_table(console, table, ascii_only=ascii_only)
        elif table.empty:
            console.print()
            console.print(Text(plain(table.empty)))
    for block in document.blocks:
        console.print()
        console.print(Text(plain(block.title), style="bold"))
        for line in block.text.splitlines():
            console.print(Text(visible(line)), soft_wrap=True)
    if document.notes:
        console.print()
        for note in document.notes:
            console.print(_labelled("note: ", note, console.width))
    if document.summary:
        console.print()
        console.print(Text(plain(document.summary), style="bold"))


def _facts(document: Document, width: int) -> RichTable:
    from rich.cells import cell_len
    from rich.table import Table as RichTable
    from rich.text import Text

    beside = width - max(cell_len(plain(name)) for name, _ in document.facts) - 2
    grid = RichTable.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, cell in document.facts:
        grid.add_row(Text(plain(name), style="dim"), _text(cell, beside))
    return grid


def _print_table(console: Console, table: Table, *, ascii_only: bool) -> None:
    """The table with its columns beside each other where they fit, else with each row as a block."""
    from rich.cells import cell_len

    texts = [[plain(column.title) for column in table.columns]]
    texts += [[plain(cell.text) for cell in row] for row in table.rows]
    between = 3 * len(table.columns) - 1  # two borders, and a divider with a blank on either side between columns
    whole = [column.whole for column in table.columns]
    widths = column_widths(texts, whole, console.width - between, measure=cell_len)
    if widths is None:
        _print_stacked(console, table)
    else:
        console.print(_beside(table, widths, ascii_only=ascii_only))


def _beside(table: Table, widths: list[int], *, ascii_only: bool) -> RichTable:
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    drawn = RichTable(box=box.ASCII2 if ascii_only else box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for column, width in zip(table.columns, widths, strict=True):
        drawn.add_column(Text(plain(column.title)), width=width, no_wrap=column.whole, overflow="fold")
    for row in table.rows:
        drawn.add_row(*(_text(cell, width) for cell, width in zip(row, widths, strict=True)))
    return drawn


def _print_stacked(console: Console, table: Table) -> None:
    """Each row as a block: the short columns on its first line, the long ones below it."""
    from rich.text import Text

    heading = [number for number, column in enumerate(table.columns) if column.whole] or [0]
    below = [number for number in range(len(table.columns)) if number not in heading]
    for row in table.rows:
        console.print()
        first = Text("  ").join(_text(row[number], console.width) for number in heading if row[number].text)
        console.print(first, overflow="fold")
        for number in below:
            label = f"{table.columns[number].title}: " if len(below) > 1 else ""
            if row[number].text:
                console.print(_labelled(" " * _INDENT + label, row[number].text, console.width, str(row[number].tone)))


def _text(cell: Cell, width: int) -> Text:
    from rich.cells import cell_len
    from rich.text import Text

    return Text(broken(plain(cell.text), width, measure=cell_len), style=str(cell.tone))


def _labelled(label: str, text: str, width: int, style: str = "") -> RichTable:
    from rich.cells import cell_len
    from rich.table import Table as RichTable
    from rich.text import Text

    grid = RichTable.grid()
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    beside = width - cell_len(label)
    grid.add_row(Text(label, style="dim"), Text(broken(plain(text), beside, measure=cell_len), style=style))
    return grid
