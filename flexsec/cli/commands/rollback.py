"""`flexsec rollback`: undo a run."""

from __future__ import annotations

import click

from ...reporting import plan as plan_report
from ...reporting.run import document
from ..confirm import ask, require_answerable
from ..exit_codes import of_run
from ..given import Given, pass_given
from ..interrupts import stoppable
from ..options import leave_options, output_options, settings_options, yes_option
from ..output import check_files, show
from ..progress import progress
from ..session import Session, evidence_of, leave_of
from ..writing import tell_held_back, tell_next


@click.command("rollback")
@click.argument("run_id", metavar="RUN")
@leave_options
@yes_option
@output_options
@settings_options
@pass_given
def command(given: Given, run_id: str) -> int:
    """Undo a run from its journal, newest change first.

    Only values that are still the run's are restored. Undoing a hardening makes controls fail again: that needs
    --allow-lowering. Exits with 0 when all is restored.
    """
    from ...engine.refuse import refuse_withheld

    check_files(given)
    require_answerable(given, "rollback")
    leave, evidence = leave_of(given.leave), evidence_of(given.leave)
    with Session(given) as session:
        client = session.client_of(session.recorder().run(run_id))
        plan = client.plan_rollback(run_id, leave=leave, evidence=evidence)
        if not plan.changes:
            refuse_withheld(plan)
        if plan.changes:
            ask(plan_report.document(plan), f"Roll back run {run_id} so?", given)
        with stoppable(client.stop), progress(given) as shown:
            run = client.rollback(run_id, leave=leave, evidence=evidence, plan=plan, on_event=shown.listen)
    show(document(run), given)
    tell_held_back(plan)
    tell_next(run, given)
    return of_run(run, held_back=bool(plan.withheld or plan.left))
