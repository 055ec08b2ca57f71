"""`flexsec defender disable-plan`."""

from __future__ import annotations

import click

from ..confirm import require_answerable
from ..given import Given, pass_given
from ..options import lowering_option, output_options, record_options, settings_options, subscription_option, yes_option
from ..output import check_files
from ..sections import Command
from ..session import Session, leave_of, record_of
from ..writing import carry_out


@click.command("disable-plan", cls=Command)
@subscription_option
@lowering_option
@record_options
@yes_option
@output_options
@settings_options
@pass_given
def command(given: Given) -> int:
    """Switch the plan off for the whole subscription, and read it back; servers keep their own settings.

    It needs --allow-lowering. A plan that is inherited from another scope is refused: it has to be changed there.
    """
    check_files(given)
    require_answerable(given, "defender disable-plan", what="takes protection from the subscription's servers")
    leave, record = leave_of(given.leave), record_of(given.record)
    with Session(given) as session:
        client = session.subscription()
        plan = client.defender.plan_disable(leave=leave, record=record)
        question = "Switch the plan off so?"
        return carry_out(plan, "defender disable-plan", client, client.defender, given, question=question)
