"""Who would be cut off by a change, as far as the evidence tells: the known are kept in, the unknown need a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.plan import Withheld

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..model.change import Change
    from ..model.connections import Connection, Evidence
    from ..model.leave import Leave

REASON_FLAG = "--without-evidence REASON"
_CONNECTIONS_FLAG = "--connections FILE with a column authentication"


def cut_off(
    change: Change,
    leave: Leave,
    evidence: Evidence,
    *,
    concerned: Callable[[Connection], bool],
    unknown: Callable[[Connection], bool],
    doing: str,
) -> Withheld | None:
    """Refuse to cut off clients that were seen, and to guess about those that were not told of.

    Args:
        concerned: whether a client is known to need what the change takes away.
        unknown: whether that cannot be told of a client.
        doing: what the clients do that they could no longer do, as a clause.
    """
    if evidence.connections is None:
        if leave.without_evidence:
            return None
        reason = f"nobody looked at which clients {doing}, so who is cut off is unknown"
        return lacking(change, reason, f"{_CONNECTIONS_FLAG} (or {REASON_FLAG})")
    seen = [client for client in evidence.connections if concerned(client)]
    if seen:
        return refused(change, f"clients seen in {evidence.source} {doing}: {_named(seen)}")
    untold = [client for client in evidence.connections if unknown(client)]
    if untold and not leave.without_evidence:
        reason = f"{evidence.source} does not tell how these clients log in: {_named(untold)}"
        return lacking(change, reason, f"{_CONNECTIONS_FLAG} (or {REASON_FLAG})")
    return None


def _named(clients: Iterable[Connection]) -> str:
    names = sorted({f"{one.role} at {one.address}" if one.role and one.address else one.role or one.address or "?"
                    for one in clients})  # fmt: skip
    return ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")


def refused(change: Change, reason: str) -> Withheld:
    """A refusal that no leave overrules."""
    return Withheld(change=change, by="guard", reason=reason)


def lacking(change: Change, reason: str, needs: str) -> Withheld:
    """A refusal that the leave or evidence in `needs` lifts."""
    return Withheld(change=change, by="leave", reason=reason, needs=needs)
