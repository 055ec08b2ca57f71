"""What finishing or undoing a run needs: what is left of it, or what brings its own changes back, and no more."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from ..model.resource import ServerId, parse_target
from ..model.role import Role
from ..model.run import RunStatus
from ..observers import threat_protection
from ..operations.registry import OPERATIONS
from .apply import parts_of_plan
from .evaluate import parts_of
from .observe import PARTS
from .permissions import COVERAGE, READS, needs_of
from .turn import DONE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..baselines.baseline import Baseline
    from ..model.change import Change
    from ..model.plan import Plan
    from ..model.run import Run

Way = Literal["resume", "rollback"]

_OPERATIONS = {operation.kind: operation for operation in OPERATIONS}
_RUN_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
_ENDED = (RunStatus.COMPLETE, RunStatus.ROLLED_BACK)


def run_named(purpose: str) -> tuple[Way | None, str] | None:
    """The run that a purpose names: its id alone, or after "resume" or "rollback"; None when it names none."""
    *way, run_id = purpose.split() or [""]
    if not _RUN_ID.fullmatch(run_id):
        return None
    match way:
        case []:
            return None, run_id
        case ["resume"]:
            return "resume", run_id
        case ["rollback"]:
            return "rollback", run_id
    return None


def role_for_run(run: Run, plan: Plan, *, way: Way | None = None, baseline: Baseline | None = None) -> Role:
    """The least that finishing or undoing a run needs.

    Args:
        plan: what the run carries out.
        way: None finishes a run that is not at its end, and undoes another.
        baseline: the plan's own, by which a run of `apply` or `harden` is judged again when it is finished.
    """
    chosen = way or ("rollback" if run.status in _ENDED else "resume")
    role = _resuming(run, plan, baseline) if chosen == "resume" else _undoing(run)
    return replace(role, purpose=f"{chosen} {run.run_id}")


def _resuming(run: Run, plan: Plan, baseline: Baseline | None) -> Role:
    if run.status is RunStatus.COMPLETE:
        return Role(purpose="", needs=())  # nothing is sent
    rest = _permissions(outcome.change for outcome in run.outcomes if outcome.status not in DONE)
    if not _of_server(run):
        return _of_subscription(rest)
    judged = run.kind in ("apply", "harden")
    parts = (*parts_of_plan(plan), *(parts_of(baseline) if baseline and judged else ()))
    return Role(purpose="", needs=needs_of((*_reads(parts), *rest), wide=False))


def _undoing(run: Run) -> Role:
    done = [outcome.change for outcome in run.outcomes if outcome.may_have_taken_effect]
    back = [undone for change in done if (undone := _OPERATIONS[change.kind].undo(change)) is not None]
    writes = _permissions(back)
    if not _of_server(run):
        return _of_subscription(writes)
    if any(change.kind == "parameters" and (change.after or {}).get("dynamic") == "false" for change in back):
        writes += _OPERATIONS["restart"].actions  # what is in force needs a restart to be so no more
    rests_on = {"server", *(part for change in done for part in _OPERATIONS[change.kind].reads)}
    others = [part for part in PARTS if part not in rests_on]
    return Role(
        purpose="",
        needs=needs_of((*_reads(rests_on), *writes), wide=False),
        optional=needs_of(_reads(others), wide=False),
    )


def _of_subscription(writes: Iterable[str]) -> Role:
    optional = needs_of(threat_protection.ACTIONS, wide=True)
    return Role(purpose="", needs=needs_of((*COVERAGE, *writes), wide=True), optional=optional)


def _of_server(run: Run) -> bool:
    return isinstance(parse_target(run.server_id), ServerId)


def _permissions(changes: Iterable[Change]) -> tuple[str, ...]:
    return tuple(action for change in changes for action in change.permissions)


def _reads(parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(action for part in parts for action in READS[part])
