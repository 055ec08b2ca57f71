"""Undo a run from its journal, newest first: itself a guarded plan.

Only values that are still the run's are restored: what someone changed since is left alone and said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.plan import Left
from ..model.run import ChangeStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..model.change import Change
    from ..model.connections import Evidence
    from ..model.leave import Leave
    from ..model.plan import Plan
    from ..model.run import Run
    from ..model.server import ServerState
    from ..operations.operation import Operation
    from .plan import Planner

_MAY_HAVE_TAKEN_EFFECT = (ChangeStatus.APPLIED, ChangeStatus.UNVERIFIED, ChangeStatus.INDETERMINATE)


def rollback_plan(
    run: Run,
    state: ServerState,
    operations: Mapping[str, Operation],
    planner: Planner,
    *,
    leave: Leave,
    evidence: Evidence,
) -> Plan:
    """The plan that brings back what was there before the run.

    Args:
        run: the run to undo.
        state: the server as it is now.
        planner: made for that state.
    """
    changes: list[Change] = []
    left: list[Left] = []
    notes: list[str] = []
    for outcome in reversed(run.outcomes):
        change = outcome.change
        operation = operations[change.kind]
        if outcome.status not in _MAY_HAVE_TAKEN_EFFECT or operation.untouched(change, state):
            continue
        if not change.reversible:
            notes.append(f"Not undone, it cannot be: {change.sentence}")
            continue
        if not operation.holds(change, state):
            left.append(Left(control=change.target, reason=_moved(change, operation.current(change, state))))
            continue
        undone = operation.undo(change)
        if undone is not None:
            changes.append(undone)
    return planner.assemble(changes, left=left, notes=notes, leave=leave, evidence=evidence, restoring=True)


def _moved(change: Change, current: Mapping[str, str] | None) -> str:
    now = "absent" if current is None else ", ".join(f"{k} {v!r}" for k, v in current.items() if k in _SHOWN)
    return f"{change.name} is no longer as the run left it (now {now}): someone changed it since, so it is left alone"


_SHOWN = ("value", "start", "end", "state", "pending")
