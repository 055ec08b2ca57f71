"""Where a report goes: standard output in the chosen format, and files by suffix, each whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from typing import TYPE_CHECKING, TextIO

import click

from ..errors import FlexSecError, UsageError
from ..reporting.formats import of_file, render
from .inputs import of_options, refuse_overwriting

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ..reporting.document import Document
    from .given import Given

_FILE_WIDTH = 120


def check_files(given: Given, *read: Path) -> None:
    """Refuse output files that cannot be written, before anything is done.

    Args:
        given: names the files, and by its options some that are read.
        read: the other files that the command reads.

    Raises:
        UnknownName: a suffix that names no format.
        UsageError: a place that cannot be written, a file named twice, or one that the command reads.
    """
    files = given.output.files
    for path in files:
        of_file(path)
        folder = path.parent
        if not folder.is_dir():
            raise UsageError(f"cannot write {path}: there is no directory {folder}")
        if not os.access(folder, os.W_OK):
            raise UsageError(f"cannot write {path}: directory {folder} is not writable")
    twice = sorted({str(path) for path in files if files.count(path) > 1})
    if twice:
        raise UsageError(f"output file {', '.join(twice)} is named twice")
    refuse_overwriting(files, (*read, *of_options(given)))


def show(document: Document, given: Given, *, write_json: Callable[[Path], None] | None = None) -> None:
    """Write the files, then the report on standard output.

    Args:
        document: the report.
        given: the formats and files that the command line asks for.
        write_json: writes a .json file in its place, where that file is more than a report (a plan to apply).
    """
    write_report_files(document, given, write_json=write_json)
    print_out(render_for_output(document, given))


def write_report_files(document: Document, given: Given, *, write_json: Callable[[Path], None] | None = None) -> None:
    """Write the report's files alone; see `show`."""
    for path in given.output.files:
        kind = of_file(path)
        if kind == "json" and write_json is not None:
            write_json(path)
        else:
            write_file(path, render(document, kind, width=_FILE_WIDTH))
        say(f"wrote {path}")


def render_for_output(document: Document, given: Given) -> str:
    """The report in the format of standard output: as asked, else a table on a terminal and JSON elsewhere."""
    terminal = sys.stdout.isatty()
    return render(
        document,
        given.output.format or ("table" if terminal else "json"),
        width=_width(sys.stdout.isatty()),
        colour=terminal and colours(given),
        ascii_only=not _unicode(sys.stdout.encoding),
    )


def render_for_reader(document: Document, given: Given, stream: TextIO | None = None) -> str:
    """The report as a table for a stream that people read; standard error when none is given."""
    stream = stream or sys.stderr
    terminal = stream.isatty()
    return render(
        document,
        "table",
        width=_width(terminal),
        colour=terminal and colours(given),
        ascii_only=not _unicode(stream.encoding),
    )


def colours(given: Given) -> bool:
    """Whether colours are wanted."""
    return not given.settings.no_color and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def print_out(text: str) -> None:
    """Write to standard output; a reader who went away (`| head`) is no error.

    Raises:
        FlexSecError: it cannot be written for another reason, such as a full disk.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_standard_output()
    except OSError as error:
        _drop_standard_output()
        raise FlexSecError(f"cannot write to standard output: {error.strerror or error}") from None


def _drop_standard_output() -> None:
    """Send what is still buffered nowhere, so that the interpreter does not stumble over it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def say(text: str) -> None:
    """One line for people, on standard error."""
    click.echo(f"flexsec: {text}", err=True)


def write_file(path: Path, text: str) -> None:
    """Write a file by atomic replace: a reader sees the old one or the new one, never a part.

    Raises:
        UsageError: the place cannot be written.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        try:
            with beside.open("x", encoding="utf-8", newline="\n") as out:
                out.write(text)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}") from None


def _width(terminal: bool) -> int:
    return shutil.get_terminal_size((_FILE_WIDTH, 40)).columns if terminal or "COLUMNS" in os.environ else _FILE_WIDTH


def _unicode(encoding: str | None) -> bool:
    return (encoding or "").lower().replace("-", "").startswith("utf")
