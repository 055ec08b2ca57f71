"""`flexsec plan`: what hardening would write. Reads only."""

from __future__ import annotations

from functools import partial

import click

from ...reporting.plan import document
from ..exit_codes import of_plan
from ..given import Given, pass_given
from ..options import (
    baseline_option,
    judgement_options,
    leave_options,
    output_options,
    record_options,
    settings_options,
    target_options,
)
from ..output import check_files, show
from ..sections import Command
from ..session import Session, evidence_of, leave_of, record_of
from ..targets import only_id


@click.command("plan", cls=Command)
@click.argument("server", nargs=-1, metavar="[ARM_ID]")
@target_options
@baseline_option
@leave_options
@record_options
@click.option(
    "--check-permissions",
    is_flag=True,
    help="Note in the plan what whoever is signed in lacks for it, and may do beyond it: two more requests.",
)
@judgement_options
@output_options
@settings_options
@pass_given
def command(given: Given, server: tuple[str, ...], *, check_permissions: bool) -> int:
    """Work out what hardening would write. Writes nothing.

    `-o plan.json` saves the plan for `flexsec apply plan.json`, which refuses it once the server has changed. Without
    leave, what restarts the server or takes access away is held back and shown with the option that allows it.

    The exit code is what applying the plan is expected to end with: 6 when something is held back, 3 when findings
    stay, 4 when something is unknown.
    """
    from ...engine import plan_file

    only_id(server, given.target)
    check_files(given)
    leave, evidence, record = leave_of(given.leave), evidence_of(given.leave), record_of(given.record)
    with Session(given) as session:
        _, handle = session.server()
        plan = handle.plan(
            given.judgement.baseline,
            leave=leave,
            evidence=evidence,
            record=record,
            check_permissions=check_permissions,
        )
    show(document(plan), given, write_json=partial(plan_file.write, plan))
    return of_plan(plan, fail_on=given.judgement.fail_on, exit_zero=given.judgement.exit_zero)
