"""The loop of a run: each change in its turn, until all are through or something ends the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import FlexSecError
from ..model.run import ChangeStatus, Outcome
from ..model.server import Server
from ..model.subscription import SubscriptionState
from .access import Access
from .turn import Turn
from .write import Begun, ChangeWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from ..azure.connection import Connection
    from ..model.acceptance import Acceptance
    from ..model.change import Change
    from ..model.clock import Deadline
    from ..model.event import Listener
    from ..model.journal import JournalStore
    from ..model.plan import Plan
    from ..model.resource import Target
    from ..model.subscription import State
    from ..operations.operation import Operation
    from .evaluate import Judge
    from .journal import Journal
    from .observe import Observers


_UNDONE = "not taken up: the run is being undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What every run needs: where Azure is, what reads and changes it, and where the journal goes.

    Attributes:
        stopped: tells that the user asked to stop.
        judge: evaluates a state under the plan's baseline; None when the run is not judged at its end.
    """

    connection: Connection
    observers: Observers
    operations: Mapping[str, Operation]
    journals: JournalStore
    deadline: Deadline
    on_event: Listener
    stopped: Callable[[], bool]
    judge: Judge | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """Where a run begins, or goes on.

    Attributes:
        ended: what became of changes already, by position.
        begun: what was sent and has no end yet: the acceptance, or None when no answer was recorded.
        doubted: what was sent and given up without being seen, by position: it may have taken effect since.
        fresh: nothing was read or sent since the plan was made from the state, so it need not be read again.
        settle_only: find out what became of what was begun, and send nothing.
    """

    ended: Mapping[int, Outcome]
    begun: Mapping[int, Acceptance | None]
    doubted: Collection[int] = ()
    fresh: bool
    settle_only: bool = False


def carry_out(
    plan: Plan, journal: Journal, state: State, *, target: Target, means: Means, beginning: Beginning
) -> tuple[dict[int, Outcome], str]:
    """Write what a plan holds, one change at a time.

    Returns:
        What became of each change, by position, and why the run ended early, or "".
    """
    access = Access(
        connection=means.connection,
        target=target,
        observers=means.observers,
        operations=means.operations,
        deadline=means.deadline,
    )
    ended = dict(beginning.ended)
    ends_run = _not_ready(access, state) if len(ended) < len(plan.changes) else ""
    fresh = beginning.fresh and _is_ready(state)
    for position, change in enumerate(plan.changes):
        if position in ended:
            continue
        ends_run = ends_run or _reason_to_stop(means)
        if ends_run or (beginning.settle_only and position not in beginning.begun):
            status = ChangeStatus.INDETERMINATE if position in beginning.begun else ChangeStatus.NOT_STARTED
            ended[position] = Outcome(change=change, status=status, message=ends_run or _UNDONE)
            continue
        operation = means.operations[change.kind]
        turn = Turn(change=change, plan=plan, operation=operation, ended=tuple(ended.values()), clock=access.clock)
        writer = ChangeWriter(
            access,
            journal,
            turn,
            state,
            fresh=fresh and not _among_others(change),
            doubted=position in beginning.doubted,
            number=position + 1,
            total=len(plan.changes),
            on_event=means.on_event,
            stopped=means.stopped,
        )
        begun = Begun(beginning.begun[position]) if position in beginning.begun else None
        written = writer.write(begun, settle_only=beginning.settle_only)
        ended[position], state, ends_run = written.outcome, written.state, written.ends_run
        fresh = False
    return ended, ends_run


def _among_others(change: Change) -> bool:
    """Whether the write carries what others may have set meanwhile: tags are written all at once."""
    return change.kind == "server_setting" and change.name.startswith("tag:")


def _not_ready(access: Access, state: State) -> str:
    """Wait for a server that is at work on something else; why nothing is written when that does not end well."""
    if _is_ready(state):
        return ""
    try:
        access.wait_until_ready()
    except FlexSecError as error:
        return error.message
    return ""


def _is_ready(state: State) -> bool:
    if isinstance(state, SubscriptionState):
        return True
    return not isinstance(state.server, Server) or state.server.state.casefold() == "ready"


def _reason_to_stop(means: Means) -> str:
    if means.stopped():
        return "stopped on request; `flexsec resume` goes on"
    return "the time given is used up; `flexsec resume` goes on" if means.deadline.passed else ""
