"""What a person reads when something goes wrong: one clear message, never a traceback."""

from __future__ import annotations

import traceback
from pathlib import Path

import click

from ..errors import ArmError, FlexSecError
from ..reporting.neutral import plain
from . import exit_codes

_PACKAGE = Path(__file__).resolve().parent.parent


def expected(error: FlexSecError) -> int:
    """Tell of an error that flexsec raises on purpose; returns its exit code."""
    lines = [plain(line) for line in error.message.splitlines() if line.strip()] or [type(error).__name__]
    if isinstance(error, ArmError):
        lines.append(_ids(error))
    _tell([line for line in lines if line])
    return error.exit_code


def usage(error: click.ClickException) -> int:
    """Tell of a command line that click refuses; returns 2."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return exit_codes.USAGE
    lines = [plain(error.format_message())]
    context = getattr(error, "ctx", None)
    if isinstance(context, click.Context):
        lines.append(f"see `{context.command_path} --help`")
    _tell(lines)
    return exit_codes.USAGE


def interrupted() -> int:
    """Tell that the command was ended at once; returns 130."""
    _tell(
        [
            "ended at once",
            "a run that was under way goes on with `flexsec resume`; `flexsec runs` lists what was recorded",
        ]
    )
    return exit_codes.INTERRUPTED


def unexpected(error: BaseException, *, verbosity: int) -> int:
    """Tell of a defect: its kind and place, but not its text, which may hold anything. Returns 1."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).resolve().is_relative_to(_PACKAGE)]
    place = f" at {_where(ours[-1])}" if ours else ""
    _tell(
        [
            f"this is a defect in flexsec ({type(error).__name__}{place}); please report it, with what you ran",
            *([] if verbosity >= 3 else ["-vvv shows where it came from"]),
        ]
    )
    if verbosity >= 3:
        for frame in frames:
            click.echo(f"  {_where(frame)} in {frame.name}", err=True)
    return exit_codes.FAILED


def _tell(lines: list[str]) -> None:
    click.echo(f"flexsec: error: {lines[0]}", err=True)
    for line in lines[1:]:
        click.echo(f"  {line}", err=True)


def _where(frame: traceback.FrameSummary) -> str:
    path = Path(frame.filename).resolve()
    shown = path.relative_to(_PACKAGE.parent) if path.is_relative_to(_PACKAGE) else path.name
    return f"{shown}:{frame.lineno}"


def _ids(error: ArmError) -> str:
    named = {
        "request id": error.request_id,
        "correlation id": error.correlation_id if error.correlation_id != error.request_id else "",
        "tracking id": error.tracking_id,
    }
    return plain(", ".join(f"{name} {value}" for name, value in named.items() if value))
