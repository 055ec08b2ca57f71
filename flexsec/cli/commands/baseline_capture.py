"""`flexsec baseline capture`: a server that is as it should be, written down as a baseline. Reads only."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...errors import UsageError
from ...model.verdict import Status
from ...reporting.neutral import plain
from ...reporting.words import count
from ..exit_codes import OK, UNOBSERVED
from ..given import Given, pass_given
from ..inputs import of_options, refuse_overwriting
from ..options import settings_options, target_options
from ..output import print_out, say, write_file
from ..sections import Command
from ..session import Session
from ..targets import only_id

if TYPE_CHECKING:
    from ...baselines.capture import Captured

_SUFFIXES = (".yaml", ".yml")


@click.command("capture", cls=Command)
@click.argument("server", nargs=-1, metavar="[ARM_ID]")
@target_options
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the baseline to this file (.yaml). Default: standard output.",
)
@click.option("--force", is_flag=True, help="Overwrite the file if it is there.")
@settings_options
@pass_given
def command(given: Given, server: tuple[str, ...], output: Path | None, *, force: bool) -> int:
    """Write a baseline that asks for what a server is now. Reads only.

    Each control that passes is asked for, as strictly as the server meets it: log retention as long as it is, room
    for as many addresses as it admits. What fails, is not known or does not apply is left out and named in a comment.
    Something unknown ends the command with 4. The baseline is always YAML.
    """
    only_id(server, given.target)
    if output is not None:
        _check(output, force=force)
        refuse_overwriting((output,), of_options(given))
    with Session(given) as session:
        _, handle = session.server()
        captured = handle.capture_baseline()
    if output is None:
        print_out(captured.text)
    else:
        write_file(output, captured.text)
        say(f"wrote {count(len(captured.baseline.controls), 'control')} to {output}")
    _tell(captured)
    return UNOBSERVED if captured.unknown else OK


def _check(output: Path, *, force: bool) -> None:
    """Refuse a file that cannot be written, or is there, before anything is read.

    Raises:
        UsageError: with what to do.
    """
    if output.suffix not in _SUFFIXES:
        raise UsageError(f"cannot write {output}: a baseline is YAML; give a name that ends in .yaml")
    if not output.parent.is_dir():
        raise UsageError(f"cannot write {output}: there is no directory {output.parent}")
    if output.exists() and not force:
        raise UsageError(f"{output} is there already; give --force to overwrite it, or another name")


def _tell(captured: Captured) -> None:
    """What was left out, in one line for each reason that matters."""
    words = {Status.FAIL: "failing", Status.UNKNOWN: "not known", Status.NOT_APPLICABLE: "not applicable"}
    for status, word in words.items():
        found = [item.control for item in captured.left_out if item.status == status]
        if found:
            say(plain(f"left out, {word}: {', '.join(found)}"))
