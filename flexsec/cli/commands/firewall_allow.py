"""`flexsec firewall allow`."""

from __future__ import annotations

import click

from ...errors import UsageError
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


@click.command("allow", cls=Command)
@click.argument("words", nargs=-1, metavar="[ARM_ID] NAME ADDRESSES [LAST]")
@target_options
@closing_options
@record_options
@yes_option
@output_options
@settings_options
@pass_given
def command(given: Given, words: tuple[str, ...]) -> int:
    """Admit addresses by a rule: one IPv4 address, a range FIRST-LAST (or FIRST LAST), or a block (203.0.113.0/28).

    Admitting more asks nothing. Narrowing a rule that exists takes access away: that needs --allow-closing firewall,
    and evidence or a reason without it. Admitting so much that a control fails needs --allow-lowering. Both ask on a
    terminal and need --yes elsewhere.
    """
    parts = split_id(words, given.target)
    if len(parts) not in (2, 3):
        raise UsageError("give a rule's NAME and its ADDRESSES, such as: office 203.0.113.0/28")
    check_files(given)
    name, addresses = parts[:2]
    end = parts[2] if len(parts) == 3 else None
    leave, evidence, record = leave_of(given.leave), evidence_of(given.leave), record_of(given.record)
    with Session(given) as session:
        client, handle = session.server()
        plan = handle.firewall.plan_allow(name, addresses, end=end, leave=leave, evidence=evidence, record=record)
        question = "Change the rule so?"
        return carry_out(plan, "firewall allow", client, handle, given, question=question, always=False)
