"""`flexsec apply`: write a saved plan."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...errors import ApprovalRequired, NotFound, UsageError
from ...reporting import plan as plan_report
from ...reporting.neutral import plain
from ...reporting.run import document
from .. import inputs
from ..confirm import ask, require_answerable
from ..exit_codes import of_applied, of_plan
from ..given import Given, pass_given
from ..interrupts import stoppable
from ..options import judgement_options, output_options, record_options, settings_options, yes_option
from ..output import check_files, say, show
from ..progress import progress
from ..sections import Command
from ..session import Session, record_of
from ..value_types import Duration
from ..writing import tell_held_back, tell_next

if TYPE_CHECKING:
    from ...client import FlexSec
    from ...engine.approvals import Consent
    from ...model.plan import Plan


@click.command("apply", cls=Command)
@click.argument("plan_file", metavar="PLAN", type=click.Path(path_type=Path))
@click.option("--require-approval", is_flag=True, help="Refuse a plan that no second identity has approved.")
@click.option(
    "--approval-max-age",
    type=Duration(),
    metavar="DURATION",
    help="With --require-approval: an approval older than this, such as 8h or 2d, does not count.",
)
@record_options
@yes_option
@judgement_options
@output_options
@settings_options
@pass_given
def command(given: Given, plan_file: Path, *, require_approval: bool, approval_max_age: float | None) -> int:
    """Write a saved plan to the server it was made for.

    The plan holds the server, the leave and the evidence. It is refused when it was edited, or when the server is no
    longer as the plan found it. Each write is journalled first and read back afterwards.

    What `flexsec approve` wrote beside the plan is journalled too. With --require-approval it must hold an approval of
    exactly this plan by somebody who neither made it nor applies it now. What is said here of the change is put over
    what the plan says.
    """
    from ...engine import plan_file as files
    from ...engine.approvals import planned_server

    check_files(given, *inputs.of_plan(plan_file))
    require_answerable(given, "apply")
    if approval_max_age is not None and not require_approval:
        raise UsageError("--approval-max-age says which approvals count; give --require-approval too")
    record = record_of(given.record)
    plan = files.read(plan_file)
    server = planned_server(plan)
    consent = _consent(plan_file, required=require_approval, max_age=approval_max_age)
    with Session(given) as session:
        client, handle = session.server_of(server)
        _refuse_unapproved(plan, consent, client)
        if plan.changes:
            ask(plan_report.document(plan), "Apply this plan?", given)
        try:
            with stoppable(client.stop), progress(given) as shown:
                run = handle.apply(
                    plan,
                    record=record,
                    approvals=consent.approvals,
                    require_approval=require_approval,
                    approval_max_age=approval_max_age,
                    on_event=shown.listen,
                )
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


def _consent(plan_file: Path, *, required: bool, max_age: float | None) -> Consent:
    """The approvals beside the plan; when none is required, those that cannot be trusted are told and left out."""
    from ...engine import approval_file
    from ...engine.approvals import Consent

    try:
        approvals = approval_file.read(approval_file.place(plan_file))
    except (ApprovalRequired, UsageError) as error:
        if required:
            raise
        say(plain(f"not recorded: {error.message}"))
        approvals = ()
    return Consent(approvals=approvals, required=required, max_age=max_age)


def _refuse_unapproved(plan: Plan, consent: Consent, client: FlexSec) -> None:
    """Refuse before anybody is asked; carrying the plan out looks again."""
    from ...engine.approvals import refuse_unapproved

    if consent.required:
        refuse_unapproved(plan, consent, identity=client.connection.identity(), now=client.clock.now())
