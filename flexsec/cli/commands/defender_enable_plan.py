"""`flexsec defender enable-plan`."""

from __future__ import annotations

import click

from ..confirm import require_answerable
from ..given import Given, pass_given
from ..options import cost_option, output_options, record_options, settings_options, subscription_option, yes_option
from ..output import check_files
from ..sections import Command
from ..session import Session, leave_of, record_of
from ..writing import carry_out


@click.command("enable-plan", cls=Command)
@subscription_option
@cost_option
@record_options
@yes_option
@output_options
@settings_options
@pass_given
def command(given: Given) -> int:
    """Switch the plan on for the whole subscription, and read it back.

    It bills every flexible server of the subscription, PostgreSQL and MySQL: they are named first, and without
    --allow-subscription-cost nothing is written. What the service changes besides is reported. While another change of
    the subscription's plans is going on it is tried again every few minutes, within --timeout.
    """
    check_files(given)
    require_answerable(given, "defender enable-plan", what="bills every server of the subscription")
    leave, record = leave_of(given.leave), record_of(given.record)
    with Session(given) as session:
        client = session.subscription()
        plan = client.defender.plan_enable(leave=leave, record=record)
        question = "Switch the plan on so?"
        return carry_out(plan, "defender enable-plan", client, client.defender, given, question=question)
