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
        self._told_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def listen(self, event: Event) -> None:
        """Write the event as a line; a long wait is told again only now and then, and reading back not at all."""
        if event.stage == "verifying" and event.number:
            return
        if event.stage == "waiting" and event.elapsed_seconds - self._told_at < _AGAIN_AFTER:
            return
        self._told_at = 0.0 if event.stage == "writing" else event.elapsed_seconds
        click.echo(line(event), err=True)


class LiveProgress:
    """A bar that moves, with a lasting line for each change that is settled."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self._display: Progress = Progress(
            SpinnerColumn(),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[place]}", markup=False),
            TimeElapsedColumn(),
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
            self._task = self._display.add_task("", total=None, place="")
        if event.total:
            settled = event.number if event.stage in ("done", "skipped", "failed") else max(0, event.number - 1)
            place = f"{settled}/{event.total}"
            self._display.update(self._task, total=event.total, completed=settled, place=place)
        if event.stage not in ("done", "skipped"):
            self._display.update(self._task, description=line(event, counted=False))
        if event.stage in _LASTING:
            from rich.text import Text

            tone = {"done": "green", "failed": "bold red", "retrying": "yellow"}.get(event.stage, "dim")
            self._display.console.print(Text.assemble((f"{event.stage:>8} ", tone), plain(event.message)))


def line(event: Event, *, counted: bool = True) -> str:
    """The event as one line: "[2/9] Set log_checkpoints to on (usually about 12 s; 7 left after this)"."""
    place = f"[{event.number}/{event.total}] " if counted and event.number else ""
    took = f"took {duration(event.elapsed_seconds)}" if event.elapsed_seconds >= 1 else ""
    match event.stage:
        case "done":
            return plain(f"{place}done{_in_brackets(took)}")
        case "failed" | "skipped" | "retrying":
            return plain(f"{place}{event.stage}: {event.message}{_in_brackets(took)}")
        case "writing":
            return plain(f"{place}{event.message}{_in_brackets(_usually(event), _left(event))}")
        case "waiting":
            so_far = f"{duration(event.elapsed_seconds)} so far"
            return plain(f"{place}still waiting: {event.message}{_in_brackets(so_far, _usually(event), _left(event))}")
        case "verifying" if event.number:
            return plain(f"{place}reading back: {event.message}{_in_brackets(_left(event))}")
        case _:
            return plain(event.message)


def _usually(event: Event) -> str:
    return f"usually about {duration(event.typical_seconds)}" if event.typical_seconds else ""


def _left(event: Event) -> str:
    left = event.total - event.number
    return f"{left} left after this" if left > 0 else "the last one" if event.total else ""


def _in_brackets(*parts: str) -> str:
    said = "; ".join(part for part in parts if part)
    return f" ({said})" if said else ""
