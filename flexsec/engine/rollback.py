"""Undo a run from its journal, newest first: itself a guarded plan.

Only values that are still the run's are restored: what someone changed since is left alone and said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.change import in_words
from ..model.plan import Left
from .observe import unread_part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..model.change import Change
    from ..model.connections import Evidence
    from ..model.leave import Leave
    from ..model.plan import Plan
    from ..model.run import Run
    from ..model.subscription import State
    from ..operations.operation import Operation
    from .plan import Planner
    from .subscription_plan import SubscriptionPlanner

_ALONE = "someone changed it since, so it is left alone"


def rollback_plan(
    run: Run,
    state: State,
    operations: Mapping[str, Operation],
    planner: Planner | SubscriptionPlanner,
    *,
    leave: Leave,
    evidence: Evidence,
) -> Plan:
    """The plan that brings back what was there before the run.

    Args:
        run: the run to undo.
        state: the server or subscription as it is now.
        planner: made for that state.
    """
    changes: list[Change] = []
    left: list[Left] = []
    notes: list[str] = []
    for outcome in reversed(run.outcomes):
        change = outcome.change
        operation = operations[change.kind]
        if not outcome.may_have_taken_effect:
            continue
        unread = unread_part(state, operation.reads)
        if unread is not None:
            left.append(Left(control=change.target, reason=f"whether to undo it is unknown, not read: {unread.reason}"))
            continue
        if operation.untouched(change, state):
            continue
        if change.restarts and not change.reversible:
            notes.append(f"A restart cannot be undone: {change.sentence}")
            continue
        if not change.reversible:
            left.append(Left(control=change.target, reason=f"it cannot be undone: {change.sentence}"))
            continue
        if not operation.holds(change, state):
            now = in_words(operation.current(change, state))
            left.append(
                Left(
                    control=change.target, reason=f"{change.name} is no longer as the run left it (now {now}): {_ALONE}"
                )
            )
            continue
        undone = operation.undo(change)
        if undone is not None:
            changes.append(undone)
            notes += [f"Not undone, since the run did not set it: {effect}." for effect in outcome.side_effects]
    return planner.assemble(changes, left=left, notes=notes, leave=leave, evidence=evidence, undoes=run.run_id)
