"""When a change's turn comes: whether it is still to be written, since minutes have passed since the plan was made."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..errors import FlexSecError
from ..model.observation import Unobserved
from ..model.run import ChangeStatus, Outcome
from .guards import withheld
from .observe import unread_part

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from ..model.change import Change
    from ..model.plan import Plan
    from ..model.server import ServerState
    from ..operations.operation import Operation
    from .access import ServerAccess

DONE = (ChangeStatus.APPLIED, ChangeStatus.ALREADY, ChangeStatus.UNVERIFIED)
"""The ends after which a change need not be taken up again."""


def looked_at_again(access: ServerAccess, change: Change, state: ServerState) -> ServerState:
    """The state for a change that takes access away or restarts the server, read anew; any other has its state."""
    if not _wants_a_fresh_look(change):
        return state
    try:
        return access.refresh(state, change)
    except FlexSecError as error:
        unread: dict[str, Any] = dict.fromkeys(access.operations[change.kind].reads, Unobserved(error.message))
        return replace(state, **unread)


def not_now(
    change: Change,
    state: ServerState,
    plan: Plan,
    operation: Operation,
    *,
    ended: Collection[Outcome],
    resuming: bool,
    restoring: bool,
    moment: datetime,
) -> Outcome | None:
    """Why a change is not written when its turn comes, or that it is not needed any more.

    Args:
        state: what is known of the server now.
        ended: what became of the changes before it.
        resuming: another process made the plan, so every target is looked at before it is written.
        restoring: the run undoes another.
        moment: now, in UTC.
    """

    def ending(status: ChangeStatus, message: str) -> Outcome:
        return Outcome(change=change, status=status, message=message)

    failed = [o.change.sentence for o in ended if o.change.target in change.requires and o.status not in DONE]
    if failed:
        return ending(ChangeStatus.FAILED, f"it needs this first, which failed: {failed[0]}")
    unread = unread_part(state, operation.reads)
    if unread is not None:
        return ending(ChangeStatus.NOT_STARTED, f"what it rests on could not be read again: {unread.reason}")
    if resuming or _wants_a_fresh_look(change):
        if operation.holds(change, state):
            return ending(ChangeStatus.ALREADY, "the server shows it already")
        if not operation.untouched(change, state):
            return ending(ChangeStatus.FAILED, "someone changed it since the plan was made; make a new plan")
    refused = withheld(change, state, leave=plan.leave, evidence=plan.evidence, moment=moment, restoring=restoring)
    return ending(ChangeStatus.NOT_STARTED, refused.reason) if refused is not None else None


def _wants_a_fresh_look(change: Change) -> bool:
    return change.restarts or bool(change.closing)
