"""Values that somebody keeps setting back: told by the journals of the runs on a server and by what it shows now.

What flexsec itself set back since, as a rollback does, is nobody's doing but its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import JournalDamaged
from ..model.ownership import Fight
from ..model.run import ChangeStatus
from .history import as_run, server_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..model.change import Change
    from ..model.journal import JournalStore
    from ..model.plan import Plan
    from ..model.resource import ServerId
    from ..model.run import Run
    from ..model.server import ServerState
    from ..operations.operation import Operation

LOOKED_AT = 30
"""So many of the latest runs on a server are looked at."""
OFTEN = 2
"""A value that came back so often is fought over."""


def recorded_runs(server: ServerId, journals: JournalStore) -> list[Run]:
    """The latest runs on a server that have ended, oldest first; a journal that cannot be trusted is left out."""
    found: list[Run] = []
    for run_id in reversed(journals.runs()):
        if len(found) == LOOKED_AT:
            break
        try:
            run = as_run(journals, run_id) if server_of(journals, run_id) == server.key else None
        except JournalDamaged:
            continue
        if run is not None and run.ended_at is not None:
            found.append(run)
    return found[::-1]


def find(plan: Plan, state: ServerState, operations: Mapping[str, Operation], runs: Sequence[Run]) -> tuple[Fight, ...]:
    """What the plan would set once more although runs have set it at least twice.

    What belongs to someone else is not set once more, so it is no fight.

    Args:
        state: what the plan was made from.
        runs: those that have ended, oldest first.
    """
    wanted = [*plan.changes, *(item.change for item in plan.withheld)]
    found = (
        _fight(change, state, operations[change.kind], runs)
        for change in wanted
        if change.kind != "restart"  # a restart leaves no value behind
    )
    return tuple(fight for fight in found if fight is not None)


def _fight(change: Change, state: ServerState, operation: Operation, runs: Sequence[Run]) -> Fight | None:
    undone: list[Run] = []
    standing: Run | None = None
    for run, earlier in _writes(change, runs):
        if run.rolls_back or not operation.holds(change, operation.predict(earlier, state)):
            standing = None  # flexsec itself set something else
            continue
        if standing is not None:
            undone.append(standing)  # it had to be set again
        standing = run
    if standing is None:
        return None  # as it is now, flexsec itself has set it, or nobody has
    undone.append(standing)  # and the plan would set it again
    if len(undone) < OFTEN:
        return None
    return Fight(
        target=change.target,
        wanted=in_words(change.after),
        comes_back_as=in_words(operation.current(change, state)),
        times=len(undone),
        runs=tuple(run.run_id for run in undone),
    )


def _writes(change: Change, runs: Sequence[Run]) -> list[tuple[Run, Change]]:
    """What runs wrote of a change's target and read back, oldest first."""
    return [
        (run, outcome.change)
        for run in runs
        for outcome in run.outcomes
        if outcome.change.target.casefold() == change.target.casefold() and outcome.status is ChangeStatus.APPLIED
    ]


def in_words(properties: Mapping[str, str] | None) -> str:
    """One side of a change in a few words."""
    if properties is None:
        return "absent"
    if "start" in properties:
        return f"{properties['start']}-{properties['end']}"
    return properties.get("value", properties.get("state", "")) or "''"
