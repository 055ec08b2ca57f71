"""A run as it goes on, on standard error: what is being written, how long that usually takes, how many are left."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self

import click

from ..reporting.neutral import plain
from ..reporting.words import duration
from .output import colours

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from ..model.event import Event
    from .given import Given

_AGAIN_AFTER = 30.0  # seconds between two plain lines about the same wait
_LASTING = ("done", "failed", "skipped", "retrying")


def progress(given: Given) -> LiveProgress | PlainProgress:
    """A live display on a terminal, plain lines elsewhere."""
    live = sys.stderr.isatty() and colours(given)
    return LiveProgress() if live else PlainProgress()


class PlainProgress:
    """One line per step, for logs."""

    def __init__(self) -> None:
        self._told = ("", 0, 0.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def listen(self, event: Event) -> None:
        """Write the event as a line; a long wait is told again only now and then."""
        stage, number, told_at = self._told
        if event.stage == "waiting" and number == event.number:
            since = event.elapsed_seconds - told_at
            if since < _AGAIN_AFTER:
                return
        self._told = (event.stage, event.number, event.elapsed_seconds)
        if event.stage != "waiting" or stage == "waiting" or event.elapsed_seconds >= _AGAIN_AFTER:
            click.echo(line(event), err=True)


class LiveProgress:
    """A bar that moves, with a lasting line for each change that is settled."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

        self._display: Progress = Progress(
            SpinnerColumn(),
            BarColumn(bar_width=20),
            TextColumn("{task.completed:.0f}/{task.total:.0f}", markup=False),
            TextColumn("{task.description}", markup=False),
            console=Console(stderr=True, markup=False, highlight=False, emoji=False),
            transient=True,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._display.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._display.stop()

    def listen(self, event: Event) -> None:
        """Move the bar; a settled change leaves a line above it."""
        if self._task is None:
            self._task = self._display.add_task("", total=None)
        if event.total:
            settled = event.number if event.stage in ("done", "skipped", "failed") else max(0, event.number - 1)
            self._display.update(self._task, total=event.total, completed=settled)
        self._display.update(self._task, description=line(event, counted=False))
        if event.stage in _LASTING:
            from rich.text import Text

            tone = {"done": "green", "failed": "bold red", "retrying": "yellow"}.get(event.stage, "dim")
            self._display.console.print(Text.assemble((f"{event.stage:>8} ", tone), plain(event.message)))


def line(event: Event, *, counted: bool = True) -> str:
    """The event as one line: "[2/9] Set log_checkpoints to on (usually about 12 s; 7 left)"."""
    place = f"[{event.number}/{event.total}] " if counted and event.number else ""
    extra = []
    if event.stage == "writing" and event.typical_seconds:
        extra.append(f"usually about {duration(event.typical_seconds)}")
    if event.stage == "waiting":
        extra.append(f"{duration(event.elapsed_seconds)} so far")
        if event.typical_seconds:
            extra.append(f"usually about {duration(event.typical_seconds)}")
    if event.stage in ("writing", "waiting") and event.total:
        extra.append(f"{event.total - event.number} left after this")
    if event.stage == "done" and event.elapsed_seconds >= 1:
        extra.append(f"took {duration(event.elapsed_seconds)}")
    tail = f" ({'; '.join(extra)})" if extra else ""
    word = f"{event.stage}: " if event.stage in ("failed", "retrying", "skipped", "done") else ""
    return plain(f"{place}{word}{event.message}{tail}")
