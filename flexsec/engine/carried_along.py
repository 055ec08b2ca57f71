"""Findings that disappear with the changes made for others: nothing is left to do about them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..model.verdict import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from ..model.change import Change
    from ..model.server import ServerState
    from ..model.verdict import Assessment
    from ..operations.operation import Operation


def carried_along(
    changes: Mapping[str, Change],
    controls: Collection[str],
    state: ServerState,
    *,
    judge: Callable[[ServerState], Assessment],
    operations: Mapping[str, Operation],
) -> dict[str, Change]:
    """The same changes, each also for those controls that pass because of it. Pure.

    Args:
        changes: by target.
        controls: failing controls that desire nothing themselves.
    """

    def failing(made: Iterable[Change]) -> set[str]:
        predicted = state
        for change in made:
            predicted = operations[change.kind].predict(change, predicted)
        return {verdict.control for verdict in judge(predicted).verdicts if verdict.check.status is Status.FAIL}

    mended = set(controls) - failing(changes.values()) if controls and changes else set()
    if not mended:
        return dict(changes)
    found = {}
    for target, change in changes.items():
        without = failing(other for other in changes.values() if other.target != target)
        found[target] = replace(change, controls=(*change.controls, *sorted(mended & without)))
    return found
