"""Hand others' changes to their owners, in a safe order, with what flexsec's guards would say to each. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..handover.registry import hand_over
from ..model.change import CLOSING_CLASSES
from ..model.leave import Leave
from .guards import in_safe_order, withheld

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from ..model.change import Change
    from ..model.connections import Evidence
    from ..model.ownership import HandOver
    from ..model.server import ServerState
    from ..operations.operation import Operation
    from .ownership import Owned

_ALL_LEAVE = Leave(
    restart=True, closing=tuple(CLOSING_CLASSES), lower_security=True, without_evidence="made by the owner"
)
"""An owner needs no leave of flexsec's; what is left are the guards, which no leave overrules."""


def handed_over(
    foreign: Sequence[Owned],
    predicted: ServerState,
    operations: Mapping[str, Operation],
    *,
    evidence: Evidence,
    moment: datetime,
) -> tuple[HandOver, ...]:
    """What each owner is handed, owner after owner.

    Args:
        predicted: the server as it will be when flexsec's own changes are made.
    """
    found = []
    state = predicted
    for owner in dict.fromkeys(item.owner for item in foreign):
        mine = [item.change for item in foreign if item.owner == owner]
        complete = state
        for change in mine:
            complete = operations[change.kind].predict(change, complete)
        for change in in_safe_order(mine, state, evidence):
            refused = withheld(change, state, leave=_ALL_LEAVE, evidence=evidence, moment=moment)
            caution = refused.reason if refused else _unknown(change, evidence)
            if refused is None:
                state = operations[change.kind].predict(change, state)
            found.append(hand_over(change, owner, complete, caution=caution))
    return tuple(found)


def _unknown(change: Change, evidence: Evidence) -> str:
    if not change.closing or evidence.connections is not None:
        return ""
    return "nobody looked at who still connects, so who is cut off is unknown"
