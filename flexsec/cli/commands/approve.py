"""`flexsec approve`: a second identity's consent to a saved plan."""

from __future__ import annotations

from pathlib import Path

import click

from ...reporting import plan as plan_report
from ...reporting.approval import document
from ...reporting.words import count
from ..confirm import ask, require_answerable
from ..exit_codes import OK
from ..given import Given, pass_given
from ..inputs import of_plan
from ..options import output_options, settings_options, yes_option
from ..output import check_files, say, show
from ..sections import Command
from ..session import Session


@click.command("approve", cls=Command)
@click.argument("plan_file", metavar="PLAN", type=click.Path(path_type=Path))
@click.option("--comment", metavar="TEXT", default="", help="Kept with the approval and shown, in the clear.")
@yes_option
@output_options
@settings_options
@pass_given
def command(given: Given, plan_file: Path, *, comment: str) -> int:
    """Consent to a saved plan as a second identity, for `flexsec apply --require-approval`.

    The approval (who, when, of exactly which plan) goes to PLAN's name with .approval.json beside it. Nothing is read
    of Azure but a token, and nothing is written there. Refused: an edited plan, who made the plan, an identity that
    cannot be told, approving twice. The file is not signed: whoever can write it can forge it.
    """
    from ...engine import approval_file
    from ...engine import plan_file as files
    from ...engine.approvals import planned_server

    check_files(given, *of_plan(plan_file))
    require_answerable(given, "approve", what="consents to a plan")
    plan = files.read(plan_file)
    server = planned_server(plan)
    place = approval_file.place(plan_file)
    earlier = approval_file.read(place)
    with Session(given) as session:
        client = session.client(server.subscription_id)
        client.approve(plan, comment=comment, earlier=earlier)  # refused before anybody reads the plan in vain
        ask(plan_report.document(plan), "Approve this plan?", given, otherwise="nothing was approved")
        approval = client.approve(plan, comment=comment, earlier=earlier)
    dropped = sum(each.digest != plan.digest for each in earlier)
    kept = approval_file.add(approval, place)
    if dropped:
        say(f"dropped from {place}: {count(dropped, 'approval')} of another plan")
    say(f"wrote {place}")
    show(document(plan, kept), given)
    return OK
