"""The exit codes, in one table: scripts rely on them, so none ever changes its meaning.

The first that applies wins, in the order of `TABLE`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.run import ChangeStatus, RunStatus
from ..model.verdict import Severity, Status

if TYPE_CHECKING:
    from ..model.plan import Plan
    from ..model.role import PermissionCheck
    from ..model.run import Hardening, Run
    from ..model.verdict import Assessment

OK = 0
FAILED = 1
USAGE = 2
FINDINGS = 3
UNOBSERVED = 4
RESUMABLE = 5
REFUSED = 6
ROLLED_BACK = 7
INTERRUPTED = 130

TABLE = (
    (USAGE, "the command line, a file or a value is wrong; nothing was sent"),
    (FAILED, "flexsec failed: no credential, an answer of the service, a defect"),
    (ROLLED_BACK, "harden failed and rolled itself back, wholly (--rollback-on-failure)"),
    (RESUMABLE, "applied in part, or the outcome is not known; `flexsec resume` goes on"),
    (REFUSED, "refused by a guard or for want of leave, wholly or in part"),
    (FINDINGS, "findings of at least --fail-on (0 with --exit-zero)"),
    (UNOBSERVED, "something could not be observed (0 with --exit-zero)"),
    (OK, "none of these"),
    (INTERRUPTED, "ended at once by a second Ctrl-C; `flexsec resume` goes on"),
)


def of_assessment(assessment: Assessment, *, fail_on: Severity, exit_zero: bool) -> int:
    """3, 4 or 0 for what was judged."""
    if exit_zero:
        return OK
    if assessment.findings(fail_on):
        return FINDINGS
    return UNOBSERVED if assessment.with_status(Status.UNKNOWN) else OK


def of_plan(plan: Plan, *, fail_on: Severity, exit_zero: bool) -> int:
    """What applying the plan is expected to end with: 6 when something is held back, 3 when findings stay, 4, 0."""
    if plan.withheld:
        return REFUSED
    if exit_zero:
        return OK
    mended = {control for change in plan.changes for control in change.controls}
    mended -= {control for item in plan.handed_over for control in item.change.controls}
    if any(verdict.control not in mended for verdict in plan.assessment.findings(fail_on)):
        return FINDINGS
    return UNOBSERVED if plan.assessment.with_status(Status.UNKNOWN) else OK


def of_permissions(found: PermissionCheck) -> int:
    """6 when an action is missing: Azure would refuse; 4 when that is not known; else 0, whatever is in excess."""
    if found.missing:
        return REFUSED
    return OK if found.sufficient else UNOBSERVED


def of_run(run: Run, *, held_back: bool = False) -> int:
    """5, 6 or 0 for what was written, findings apart."""
    settled = (ChangeStatus.APPLIED, ChangeStatus.ALREADY, ChangeStatus.UNVERIFIED)
    if run.status not in (RunStatus.COMPLETE, RunStatus.ROLLED_BACK):
        return RESUMABLE
    if any(outcome.status not in settled for outcome in run.outcomes):
        return RESUMABLE
    return REFUSED if held_back else OK


def of_applied(run: Run, *, held_back: bool, fail_on: Severity, exit_zero: bool) -> int:
    """What was written, then what was judged afterwards."""
    written = of_run(run, held_back=held_back)
    if written != OK or run.verified is None:
        return written
    return of_assessment(run.verified, fail_on=fail_on, exit_zero=exit_zero)


def of_hardening(hardening: Hardening, *, fail_on: Severity, exit_zero: bool) -> int:
    """7 when the run was undone wholly, 5 when that was asked for and is not so; else what was written and judged."""
    if hardening.rolled_back is not None:
        return ROLLED_BACK if hardening.rolled_back.whole else RESUMABLE
    if hardening.not_rolled_back:
        return RESUMABLE
    held_back = bool(hardening.plan.withheld)
    written = of_run(hardening.run, held_back=held_back) if hardening.run else REFUSED if held_back else OK
    return written or of_assessment(hardening.after, fail_on=fail_on, exit_zero=exit_zero)
