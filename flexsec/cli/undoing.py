"""The command that undoes a run, with the leave that undoing it needs, so that it works as it is printed."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model.change import Change
    from ..model.run import Run


def undo_words(run: Run) -> str:
    """The words after `flexsec` that undo a run: "rollback RUN --allow-lowering"."""
    from ..operations.registry import OPERATIONS

    undo = {operation.kind: operation.undo for operation in OPERATIONS}
    wrote = [o.change for o in run.outcomes if o.may_have_taken_effect and o.change.reversible]
    pairs = [(change, undone) for change in wrote if (undone := undo[change.kind](change)) is not None]
    flags = []
    if any(_may_lower(change, undone) for change, undone in pairs):
        flags.append("--allow-lowering")
    if any(undone.kind == "defender_plan" and not undone.lowers_security for _, undone in pairs):
        flags.append("--allow-subscription-cost")
    if _restarted(run) and any((undone.after or {}).get("dynamic") == "false" for _, undone in pairs):
        flags.append("--allow-restart")
    flags += _closing_flags(run, (undone for _, undone in pairs))
    return " ".join(["rollback", run.run_id, *flags])


def _may_lower(change: Change, undone: Change) -> bool:
    """Whether undoing can make a control fail that passes now: what a control looks at goes back to what it was."""
    if change.lowers_security:
        return False
    if change.kind == "firewall":
        return undone.after is not None
    if change.kind == "defender_plan":
        return undone.lowers_security
    if change.kind != "parameters":
        return True
    from ..controls.catalogue import CONTROLS

    return any(change.name in control.parameters for control in CONTROLS)


def _restarted(run: Run) -> bool:
    return any(outcome.change.restarts and outcome.may_have_taken_effect for outcome in run.outcomes)


def _closing_flags(run: Run, changes: Iterable[Change]) -> list[str]:
    classes = sorted({change.closing for change in changes if change.closing})
    if not classes:
        return []
    reason = shlex.quote(f"undoing {run.run_id}")
    return [*(f"--allow-closing {name}" for name in classes), f"--without-evidence {reason}"]
