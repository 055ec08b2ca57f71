"""`flexsec parameters reset`."""

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


@click.command("reset", cls=Command)
@click.argument("names", nargs=-1, metavar="[ARM_ID] NAME...")
@target_options
@closing_options
@record_options
@yes_option
@output_options
@settings_options
@pass_given
def command(given: Given, names: tuple[str, ...]) -> int:
    """Write the defaults of parameters back. The service has no other way to reset one."""
    wanted = split_id(names, given.target)
    if not wanted:
        raise UsageError("which parameter? give at least one NAME")
    check_files(given)
    require_answerable(given, "parameters reset")
    leave, evidence, record = leave_of(given.leave), evidence_of(given.leave), record_of(given.record)
    with Session(given) as session:
        client, handle = session.server()
        plan = handle.parameters.plan_reset(wanted, leave=leave, evidence=evidence, record=record)
        return carry_out(plan, "parameters reset", client, handle, given, question="Reset the parameters so?")
