"""What every report is made of, before any format: facts, tables, notes, records and the data itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """How a cell reads at a glance; only a colour terminal shows it."""

    PLAIN = ""
    GOOD = "green"
    BAD = "bold red"
    CAUTION = "yellow"
    MUTED = "dim"


@dataclass(frozen=True, slots=True)
class Cell:
    """A text and its tone."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column; a `whole` one is not broken over lines on a terminal of usual width."""

    title: str
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows for a reader; `empty` is said when there are none ("" leaves the table out)."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A text in another language, printed line by line as it is, so that it can be copied: never broken or cut.

    Attributes:
        syntax: the language, as Markdown names it.
    """

    title: str
    syntax: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Rows for a program, as CSV writes them: the columns of one kind of report never change their order."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One report.

    Attributes:
        schema: name and version of the JSON form ("flexsec.assessment/1"); "" for a form that is somebody else's.
        data: the value's own data, for JSON; an object gets the schema as its first member.
        facts: what the report is about, as name and value.
        summary: the last sentence: what a reader should take away.
    """

    schema: str
    data: object
    title: str
    facts: tuple[tuple[str, Cell], ...]
    tables: tuple[Table, ...]
    records: Records
    blocks: tuple[Block, ...] = ()
    notes: tuple[str, ...] = ()
    summary: str = ""


def cells(*texts: str | Cell) -> tuple[Cell, ...]:
    """A row, with plain texts as plain cells."""
    return tuple(text if isinstance(text, Cell) else Cell(text) for text in texts)


def columns(*titles: str) -> tuple[Column, ...]:
    """Columns by title; a title with a leading "=" is a whole one."""
    return tuple(Column(title.removeprefix("="), whole=title.startswith("=")) for title in titles)
