"""Whether a baseline is for a server at all: by name before anything is read, by tags once they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import OutOfScope
from ..model.observation import Unobserved
from ..model.resource import ServerId

if TYPE_CHECKING:
    from ..baselines.baseline import Baseline
    from ..model.server import ServerState


def refuse_outside_by_name(baseline: Baseline, name: str) -> None:
    """Refuse to judge a server whose name the baseline is not for. Needs nothing read.

    Raises:
        OutOfScope: it is not; the message tells the scope and what to do.
    """
    _refuse(baseline, name, baseline.scope.outside_by_name(name))


def refuse_outside(baseline: Baseline, state: ServerState) -> None:
    """Refuse to judge a server that the baseline is not for; tags that could not be read refuse nothing.

    Raises:
        OutOfScope: it is not; the message tells the scope and what to do.
    """
    _refuse(baseline, _name(state), outside(baseline, state))


def outside(baseline: Baseline, state: ServerState) -> str:
    """Why the baseline is not for the server, or "" (also when its tags could not be read: see `doubt`)."""
    by_name = baseline.scope.outside_by_name(_name(state))
    if by_name or isinstance(state.server, Unobserved):
        return by_name
    return baseline.scope.outside_by_tags(state.server.tags)


def doubt(baseline: Baseline, state: ServerState) -> Unobserved | None:
    """Why it is not known whether the baseline is for the server: its tags decide and were not read."""
    if not baseline.scope.tags or not isinstance(state.server, Unobserved):
        return None
    tags = ", ".join(baseline.scope.tags)
    reason = f"the scope of baseline {baseline.name} could not be checked: it asks for the tags {tags}, and the server "
    return Unobserved(f"{reason}could not be read: {state.server.reason}", state.server.missing_action)


def _refuse(baseline: Baseline, name: str, why: str) -> None:
    if why:
        raise OutOfScope(
            f"server {name} is outside the scope of baseline {baseline.name}, which is for {baseline.scope}: {why}; "
            "judge it by another baseline, or widen `scope`"
        )


def _name(state: ServerState) -> str:
    return ServerId.parse(state.server_id).name
