"""Carry out a plan: one write at a time per server, journal first, every change read back, everything judged again.

A plan may be about a subscription instead of a server. A lock per server or subscription refuses a second run. What was
not finished stands in the journal and is finished by `resume`.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from .. import __version__
from ..errors import FlexSecError, OutOfScope, StalePlan
from ..model.change_record import NO_RECORD
from ..model.encoding import to_data
from ..model.event import Event
from ..model.observation import Unobserved
from ..model.resource import ServerId, SubscriptionId, parse_target
from ..model.run import ChangeStatus, Outcome, Run, RunStatus
from ..model.server import ServerState
from .approvals import Consent, refuse_unapproved
from .basis import again, check_seal, differences
from .carry_out import Beginning, Means, carry_out
from .earlier_runs import new_run_id, refuse_overtaken, refuse_unfinished
from .history import as_run, read_all
from .journal import Journal, reopen
from .observe import PARTS, observe
from .observe_subscription import observe_subscription
from .same_baseline import refuse_changed, unchecked
from .scope import refuse_outside
from .turn import DONE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..baselines.baseline import Baseline
    from ..model.change_record import ChangeRecord
    from ..model.plan import Plan
    from ..model.resource import Target
    from ..model.subscription import State
    from ..model.verdict import Assessment
    from .history import History
    from .steps import Steps

_NO_CONSENT = Consent()


def apply(
    plan: Plan,
    means: Means,
    *,
    kind: str = "apply",
    observed: State | None = None,
    record: ChangeRecord = NO_RECORD,
    consent: Consent = _NO_CONSENT,
    steps: Steps | None = None,
) -> Run:
    """Carry out a plan.

    Args:
        kind: what the run is called in the journal.
        observed: the server as just read; without it, or when a run ended since, the server is read again and held
            against the plan.
        record: what is said about the run; put over what the plan says, whose seal stays whole.
        consent: who approved the plan, and whether somebody must have.
        steps: what the run does besides writing, before and after it.

    Returns:
        The run; a change that failed is in it, not raised. A plan without changes makes a run without an id, which is
        not recorded and for which nothing is sent.

    Raises:
        PlanInvalid: the plan was edited.
        OutOfScope: the baseline that it was made by is not for this server.
        ApprovalRequired: it needs an approval and has none that counts.
        StalePlan: the server is no longer as the plan found it, or the baseline says something else by now.
        RunInProgress: another run holds the server, or an earlier one is unfinished.
        NotFound, Unauthorized, CredentialUnavailable: the server cannot be read.
    """
    check_seal(plan)
    if consent.required:
        refuse_unapproved(plan, consent, identity=means.connection.identity(), now=means.connection.clock.now())
    target = parse_target(plan.server_id)
    said = plan.record.overlaid(record)
    if not plan.changes:
        refuse_unfinished(target, means.journals)
        return _nothing_to_write(plan, means, kind, said)
    run_id = new_run_id(means.journals, means.connection.clock)
    with means.journals.lock(target.key, run_id):
        last = refuse_unfinished(target, means.journals)
        state = observed if observed and not _ended_since(last, observed) else _observe(plan, target, means)
        _refuse_stale(plan, state)
        if means.judge is not None and isinstance(state, ServerState):
            refuse_outside(means.judge.baseline, state)
        refuse_changed(plan, _baseline(means))
        journal = Journal(means.journals, run_id, means.connection.clock)
        journal.write(
            "started",
            {
                "kind": kind,
                "rolls_back": plan.undoes,
                "flexsec": __version__,
                "identity": means.connection.identity(),
                "record": to_data(said),
                "approvals": [to_data(each) for each in consent.to(plan)],
                "approval_required": consent.required,
                "notes": list(unchecked(plan, _baseline(means))),
                "plan": to_data(plan),
            },
        )
        beginning = Beginning(ended={}, begun={}, fresh=state is observed)
        _carry_out(plan, journal, state, target=target, means=means, beginning=beginning, steps=steps)
    return as_run(means.journals, run_id)


def resume(
    run_id: str,
    means: Means,
    *,
    settle_only: bool = False,
    record: ChangeRecord = NO_RECORD,
    steps: Steps | None = None,
) -> Run:
    """Finish a run that another process left unfinished.

    What was begun is followed to its end or looked up before anything is sent; what was not begun is written if the
    server still is as the run knew it, and the guards still allow it. When nothing more may be sent, because of what
    the baseline says by now or of who would be billed, what was begun is settled first: then the run has ended, and
    a new plan can be carried out.

    Args:
        settle_only: find out what became of what was begun, and send nothing.
        record: what is said about going on; put over what was said about the run.
        steps: as given to `apply`, for the same run.

    Raises:
        UnknownName: no such run.
        JournalDamaged: the journal cannot be trusted.
        ApprovalRequired: the run needed an approval, and none of its approvals is by somebody else than who goes on.
        RunInProgress: the run, or another on this server, still goes on.
        OutOfScope: the baseline is not for the server any more; what was begun has been settled.
        StalePlan: the run had come to an end, and a later one has written to the server since; or, with what was begun
            settled, the baseline was changed or the subscription is no longer as it was.
    """
    before = as_run(means.journals, run_id)
    if before.status is RunStatus.COMPLETE:
        return before
    target = parse_target(before.server_id)
    with means.journals.lock(target.key, run_id):
        refuse_unfinished(target, means.journals, resumed=run_id)
        refuse_overtaken(run_id, target, means.journals)
        journal, records = reopen(means.journals, run_id, means.connection.clock)
        history = read_all(records)
        if not settle_only:
            _refuse_unapproved_resume(history, means)
        state = _observe(history.plan, target, means)
        refusal = None if settle_only else _refusal(history.plan, state, means)
        journal.write(
            "resumed",
            {
                "identity": means.connection.identity(),
                "flexsec": __version__,
                "record": to_data(record),
                "notes": list(unchecked(history.plan, _baseline(means))),
            },
        )
        ended = {number: outcome for number, outcome in history.outcomes.items() if outcome.status in DONE}
        doubted = history.doubted | {number for number, outcome in history.outcomes.items() if outcome.doubted}
        settle = settle_only or refusal is not None
        beginning = Beginning(ended=ended, begun=history.begun, doubted=doubted, fresh=False, settle_only=settle)
        why = refusal.message.partition("\n")[0] if refusal else ""
        _carry_out(
            history.plan, journal, state, target=target, means=means, beginning=beginning, steps=steps, refused=why
        )
    run = as_run(means.journals, run_id)
    if refusal is None or run.status in (RunStatus.COMPLETE, RunStatus.INDETERMINATE):
        return run  # there is nothing left to refuse, or what was begun has to be looked up again
    settled = f"nothing more was sent for run {run_id}, and what it had begun is settled: make a new plan"
    raise type(refusal)(f"{refusal.message}\n{settled}")


def _refusal(plan: Plan, state: State, means: Means) -> OutOfScope | StalePlan | None:
    """Why nothing more of a run's plan may be sent: the baseline has moved on, or others would be billed."""
    try:
        if isinstance(state, ServerState):
            baseline = _baseline(means)
            if baseline is not None:
                refuse_outside(baseline, state)
            refuse_changed(plan, baseline)
        else:
            _refuse_stale(plan, state)
    except (OutOfScope, StalePlan) as error:
        return error
    return None


def _baseline(means: Means) -> Baseline | None:
    return None if means.judge is None else means.judge.baseline


def _carry_out(
    plan: Plan,
    journal: Journal,
    state: State,
    *,
    target: Target,
    means: Means,
    beginning: Beginning,
    steps: Steps | None,
    refused: str = "",
) -> None:
    """Write what the plan holds, between the steps that stand around it, and record the run's end.

    Args:
        refused: why nothing more is sent, when what was begun is only settled.
    """
    hindered = _hindrance(lambda: steps.before(journal)) if steps else ""
    if hindered:
        _finish(journal, target, means, _not_taken_up(plan, beginning, hindered), hindered)
        return
    ended, why = carry_out(plan, journal, state, target=target, means=means, beginning=beginning)
    undone = _hindrance(lambda: steps.after(journal, ended)) if steps else ""
    _finish(journal, target, means, ended, why or undone or refused, in_part=bool(undone))


def _hindrance(step: Callable[[], None]) -> str:
    """Why a step could not be done, or ""."""
    try:
        step()
    except FlexSecError as error:
        return error.message
    return ""


def _not_taken_up(plan: Plan, beginning: Beginning, why: str) -> dict[int, Outcome]:
    """What is known of each change when a step before the first hindered the run."""
    ended = dict(beginning.ended)
    for position, change in enumerate(plan.changes):
        begun = position in beginning.begun
        status = ChangeStatus.INDETERMINATE if begun else ChangeStatus.NOT_STARTED
        ended.setdefault(position, Outcome(change=change, status=status, message=why))
    return ended


def _refuse_unapproved_resume(history: History, means: Means) -> None:
    """Who approved a plan does not carry it out, not even the rest of it. How old the approval is was judged before."""
    consent = Consent(approvals=history.approvals, required=history.approval_required)
    if consent.required:
        refuse_unapproved(history.plan, consent, identity=means.connection.identity(), now=means.connection.clock.now())


def _nothing_to_write(plan: Plan, means: Means, kind: str, said: ChangeRecord) -> Run:
    now = means.connection.clock.now()
    return Run(
        run_id="",
        kind=kind,
        server_id=plan.server_id,
        baseline=plan.baseline,
        status=RunStatus.COMPLETE,
        started_at=now,
        ended_at=now,
        identity="",
        outcomes=(),
        rolls_back=plan.undoes,
        withheld=plan.withheld,
        left=plan.left,
        handed_over=plan.handed_over,
        fights=plan.fights,
        record=said,
    )


def _finish(
    journal: Journal,
    target: Target,
    means: Means,
    ended: Mapping[int, Outcome],
    ends_run: str,
    *,
    in_part: bool = False,
) -> None:
    status = _status({outcome.status for outcome in ended.values()}, interrupted=means.stopped())
    if in_part and status is RunStatus.COMPLETE:
        status = RunStatus.PARTIAL
    verified = None if status is RunStatus.INTERRUPTED else _judged_again(target, means)
    record = {"status": status.value, "verified": to_data(verified) if verified else None, "reason": ends_run}
    journal.write("ended", record)
    means.on_event(Event(stage="finished", message=f"Run {journal.run_id}: {status.value}."))


def _judged_again(target: Target, means: Means) -> Assessment | None:
    if means.judge is None or means.deadline.passed or not isinstance(target, ServerId):
        return None
    means.on_event(Event(stage="verifying", message="Reading everything again and judging it."))
    try:
        parts = means.judge.parts
        return means.judge(observe(means.connection, target, means.observers, deadline=means.deadline, parts=parts))
    except FlexSecError:
        return None  # the run's own outcomes stand; that it was not judged again shows as no assessment


def _status(statuses: set[ChangeStatus], *, interrupted: bool) -> RunStatus:
    if ChangeStatus.INDETERMINATE in statuses:
        return RunStatus.INDETERMINATE
    if statuses <= set(DONE):
        return RunStatus.COMPLETE
    return RunStatus.INTERRUPTED if interrupted else RunStatus.PARTIAL


def _observe(plan: Plan, target: Target, means: Means) -> State:
    if isinstance(target, SubscriptionId):
        return observe_subscription(means.connection, target, means.observers, deadline=means.deadline)
    return observe(means.connection, target, means.observers, deadline=means.deadline, parts=parts_of_plan(plan))


def parts_of_plan(plan: Plan) -> tuple[str, ...]:
    """The parts of a server that a plan rests on: those that were read when it was made."""
    read = {
        "parameters": "parameters waiting for a restart" in plan.basis,
        "firewall": plan.basis.get("firewall rules") != "unobserved",
        "administrators": plan.basis.get("Entra administrators") != "unobserved",
        "threat_protection": plan.basis.get("threat protection") != "unobserved",
    }
    return tuple(part for part in PARTS if read.get(part, True))


def _refuse_stale(plan: Plan, state: State) -> None:
    moved = differences(plan.basis, again(plan.basis, state))
    if moved:
        noun = parse_target(plan.server_id).noun
        told = (*moved, *_not_allowed(state))
        raise StalePlan(
            (f"the {noun} is no longer as it was when the plan was made; make a new plan", *(f"  {m}" for m in told))
        )


def _not_allowed(state: State) -> list[str]:
    """What could not be read for want of an action: a plan is as stale by that as by a change."""
    parts = [getattr(state, each.name) for each in fields(state)]
    return [part.reason for part in parts if isinstance(part, Unobserved) and part.missing_action]


def _ended_since(run: Run | None, state: State) -> bool:
    """Whether a run ended after the state was read, so that the state tells of the time before it."""
    return run is not None and run.ended_at is not None and run.ended_at > state.observed_at
