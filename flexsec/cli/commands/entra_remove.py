"""`flexsec entra remove`."""

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


@click.command("remove", cls=Command)
@click.argument("words", nargs=-1, metavar="[ARM_ID] OBJECT_ID")
@target_options
@closing_options
@record_options
@yes_option
@output_options
@settings_options
@pass_given
def command(given: Given, words: tuple[str, ...]) -> int:
    """Remove an administrator: needs --allow-closing entra-administrators, and evidence or a reason without it.

    The last administrator stays while password authentication is off; with passwords it also needs --allow-lowering.
    """
    parts = split_id(words, given.target)
    if len(parts) != 1:
        raise UsageError("give the OBJECT_ID of one administrator")
    check_files(given)
    require_answerable(given, "entra remove")
    leave, evidence, record = leave_of(given.leave), evidence_of(given.leave), record_of(given.record)
    with Session(given) as session:
        client, handle = session.server()
        plan = handle.entra.plan_remove_administrator(parts[0], leave=leave, evidence=evidence, record=record)
        return carry_out(plan, "entra remove", client, handle, given, question="Remove the administrator?")
