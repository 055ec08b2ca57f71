"""`flexsec apply`: write a saved plan."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ...errors import NotFound
from ...model.resource import ServerId
from ...reporting import plan as plan_report
from ...reporting.run import document
from ..confirm import ask, require_answerable
from ..exit_codes import of_applied, of_plan
from ..given import Given, pass_given
from ..interrupts import stoppable
from ..options import judgement_options, output_options, settings_options, yes_option
from ..output import check_files, show
from ..progress import progress
from ..sections import Command
from ..session import Session
from ..writing import tell_held_back, tell_next


@click.command("apply", cls=Command)
@click.argument("plan_file", metavar="PLAN", type=click.Path(path_type=Path))
@yes_option
@judgement_options
@output_options
@settings_options
@pass_given
def command(given: Given, plan_file: Path) -> int:
    """Write a saved plan to the server it was made for.

    The plan holds the server, the leave and the evidence. It is refused when it was edited, or when the server is no
    longer as the plan found it. Each write is journalled first and read back afterwards.
    """
    from ...engine import plan_file as files

    check_files(given)
    require_answerable(given, "apply")
    plan = files.read(plan_file)
    with Session(given) as session:
        client, handle = session.server_of(ServerId.parse(plan.server_id))
        if plan.changes:
            ask(plan_report.document(plan), "Apply this plan?", given)
        try:
            with stoppable(client.stop), progress(given) as shown:
                run = handle.apply(plan, on_event=shown.listen)
        except NotFound as error:
            error.message += f"\nthis plan is for {plan.server_id}"
            raise
    show(document(run), given)
    if not sys.stdout.isatty():
        tell_held_back(plan)  # on a terminal the report has just shown it
    tell_next(run, given)
    judgement = given.judgement
    if not plan.changes:
        return of_plan(plan, fail_on=judgement.fail_on, exit_zero=judgement.exit_zero)
    held_back = bool(plan.withheld)
    return of_applied(run, held_back=held_back, fail_on=judgement.fail_on, exit_zero=judgement.exit_zero)
