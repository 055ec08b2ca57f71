"""A demonstration told to a person, paced so that it can be followed on a terminal."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TYPE_CHECKING, TextIO

import click

from ..reporting.document import Document, Records
from .output import colours, print_out, render_for_reader
from .progress import progress

if TYPE_CHECKING:
    from ..model.event import Event
    from ..reporting.document import Table
    from .given import Given
    from .progress import LiveProgress, PlainProgress

_PACE = 0.2  # seconds that a change stays in sight while it is written: the simulated service takes no real time


class Story:
    """Chapters, sentences and tables on standard output, or on standard error when a report has the former."""

    def __init__(self, given: Given, *, chapters: int) -> None:
        self._given = given
        self._chapters = chapters
        self._chapter = 0

    def chapter(self, title: str) -> None:
        """Begin the next chapter."""
        self._chapter += 1
        text = f"{self._chapter}/{self._chapters}  {title}"
        self._write("\n" + (click.style(text, bold=True, fg="cyan") if self._coloured() else text) + "\n")

    def tell(self, text: str = "") -> None:
        """A sentence, broken over lines on a terminal."""
        if self._stream().isatty():
            text = click.wrap_text(text, shutil.get_terminal_size().columns) if text[:1] != " " else text
        self._write(text + "\n")

    def show(self, *tables: Table, summary: str = "") -> None:
        """Tables, and what to take from them."""
        document = Document(
            schema="",
            data=None,
            title="",
            facts=(),
            tables=tables,
            records=Records(columns=(), rows=()),
            summary=summary,
        )
        self._write(render_for_reader(document, self._given, self._stream()).lstrip("\n"))

    def progress(self) -> LiveProgress | PlainProgress:
        """The display of a run's progress."""
        return progress(self._given)

    def pace(self, event: Event) -> None:
        """Let a person see what is being written."""
        if event.stage == "writing" and self._stream().isatty():
            time.sleep(_PACE)

    def _write(self, text: str) -> None:
        if self._given.output.format:
            click.echo(text, nl=False, err=True)
        else:
            print_out(text)

    def _coloured(self) -> bool:
        return self._stream().isatty() and colours(self._given)

    def _stream(self) -> TextIO:
        return sys.stderr if self._given.output.format else sys.stdout
