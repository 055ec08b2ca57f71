"""`flexsec parameters set`."""

from __future__ import annotations

import click

from ...errors import UsageError
from ..confirm import require_answerable
from ..given import Given, pass_given
from ..options import (
    closing_options,
    output_options,
    record_options,
    settings_options,
    target_options,
    yes_option,
)
from ..output import check_files
from ..sections import Command
from ..session import Session, evidence_of, leave_of, record_of
from ..targets import split_id
from ..writing import carry_out


@click.command("set", cls=Command)
@click.argument("values", nargs=-1, metavar="[ARM_ID] NAME VALUE | NAME=VALUE...")
@target_options
@click.option("--replace", is_flag=True, help="Make a list exactly what is given, instead of adding to it.")
@closing_options
@record_options
@yes_option
@output_options
@settings_options
@pass_given
def command(given: Given, values: tuple[str, ...], *, replace: bool) -> int:
    """Set parameters and read them back: NAME VALUE, or several as NAME=VALUE.

    A value that the service would refuse is refused before anything is sent. A value that is there already is not
    written. What a list holds is kept, unless --replace is given. A static parameter comes into force with the next
    restart, which this command does not make.
    """
    wanted = _values(split_id(values, given.target))
    check_files(given)
    require_answerable(given, "parameters set")
    leave, evidence, record = leave_of(given.leave), evidence_of(given.leave), record_of(given.record)
    with Session(given) as session:
        client, handle = session.server()
        plan = handle.parameters.plan_set(wanted, replace=replace, leave=leave, evidence=evidence, record=record)
        return carry_out(plan, "parameters set", client, handle, given, question="Set the parameters so?")


def _values(words: tuple[str, ...]) -> dict[str, str]:
    if len(words) == 2 and "=" not in words[0]:
        return {words[0]: words[1]}
    found: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise UsageError(_not_a_pair(word, words))
        if name in found:
            raise UsageError(f"parameter {name!r} is given twice")
        found[name] = value
    if not found:
        raise UsageError("which parameter, and to what? give NAME VALUE or NAME=VALUE")
    return found


def _not_a_pair(word: str, words: tuple[str, ...]) -> str:
    """Name the culprit: of NAME VALUE VALUE that is the word after the value."""
    if len(words) > 2 and not any("=" in each for each in words[:2]):
        return f"{words[2]!r} is one word too many after {words[0]} {words[1]}; set several as NAME=VALUE NAME=VALUE"
    return f"{word!r} is not of the form NAME=VALUE (one parameter alone may be given as NAME VALUE)"
