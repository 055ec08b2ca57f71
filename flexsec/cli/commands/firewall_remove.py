"""`flexsec firewall remove`."""

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
@click.argument("words", nargs=-1, metavar="[ARM_ID] NAME")
@target_options
@closing_options
@record_options
@yes_option
@output_options
@settings_options
@pass_given
def command(given: Given, words: tuple[str, ...]) -> int:
    """Remove a rule. That takes access away: it needs --allow-closing firewall, and evidence or a reason without it."""
    parts = split_id(words, given.target)
    if len(parts) != 1:
        raise UsageError("give the NAME of one rule")
    check_files(given)
    require_answerable(given, "firewall remove")
    leave, evidence, record = leave_of(given.leave), evidence_of(given.leave), record_of(given.record)
    with Session(given) as session:
        client, handle = session.server()
        plan = handle.firewall.plan_remove(parts[0], leave=leave, evidence=evidence, record=record)
        return carry_out(plan, "firewall remove", client, handle, given, question="Remove the rule?")
