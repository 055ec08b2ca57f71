"""What the journals tell of earlier runs on a server, before another one may begin or go on."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import JournalDamaged, RunInProgress, StalePlan
from ..model.run import RunStatus
from .history import as_run, server_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..model.clock import Clock
    from ..model.journal import JournalStore
    from ..model.resource import Target
    from ..model.run import Run


PASSWORD_ROTATION = "password rotate"  # noqa: S105 - a command
"""The kind of a run whose password is in a store, so that only what has the store can go on with it."""


def unfinished(target: Target, journals: JournalStore) -> Run | None:
    """The last run on this server when its end is not known, or None.

    Raises:
        RunInProgress: a journal that may be about this server is damaged.
    """
    run = next(_on(target, journals, besides=""), None)
    return run if run is not None and (run.ended_at is None or run.status is RunStatus.INDETERMINATE) else None


def refuse_unfinished(target: Target, journals: JournalStore, *, resumed: str = "") -> Run | None:
    """The last run on this server, other than the one that is resumed; it must have come to a known end.

    Raises:
        RunInProgress: it has not, or its journal cannot be trusted to tell.
    """
    run = next(_on(target, journals, besides=resumed), None)
    if run is not None and (run.ended_at is None or run.status is RunStatus.INDETERMINATE):
        how = "flexsec password recover" if run.kind == PASSWORD_ROTATION else f"flexsec resume {run.run_id}"
        raise RunInProgress(
            f"run {run.run_id} on this {target.noun} ended without finishing; `{how}` finishes it first"
        )
    return run


def refuse_overtaken(run_id: str, target: Target, journals: JournalStore) -> None:
    """What a run still had to write was decided before a later run wrote, so it is decided anew instead.

    Raises:
        StalePlan: naming the later run.
    """
    for later in _on(target, journals, besides=run_id):
        if later.run_id <= run_id:
            return
        if later.changed:
            raise StalePlan(
                f"run {later.run_id} has written to this {target.noun} since; "
                f"make a new plan instead of resuming {run_id}"
            )


def new_run_id(journals: JournalStore, clock: Clock) -> str:
    """An id that sorts after those before it, also within one second."""
    second = f"{clock.now():%Y%m%dT%H%M%SZ}"
    earlier = sum(run_id.startswith(second) for run_id in journals.runs())
    return f"{second}-{min(earlier, 255):02x}{secrets.token_hex(3)}"


def with_history(run: Run, runs: Sequence[Run]) -> Run:
    """The run, marked as rolled back when a later run undid all of it."""
    undone = any(later.rolls_back == run.run_id and later.whole for later in runs)
    return replace(run, status=RunStatus.ROLLED_BACK) if undone else run


def undone_by(journals: JournalStore, run_id: str) -> tuple[Run, ...]:
    """The runs that roll a run back, newest first; a journal that cannot be trusted is left out.

    Of all others only the first lines are read, and not even parsed: a state directory may hold years of runs.
    """
    naming = [each for each in reversed(journals.runs()) if each != run_id and run_id.encode() in journals.head(each)]
    read = [as_run(journals, each, damaged_is_none=True) for each in naming]
    return tuple(run for run in read if run is not None and run.rolls_back == run_id)


def _on(target: Target, journals: JournalStore, *, besides: str) -> Iterator[Run]:
    """The runs on a server or subscription, newest first.

    Raises:
        RunInProgress: a journal that may be about this server is damaged.
    """
    for run_id in reversed(journals.runs()):
        if run_id == besides:
            continue
        try:
            if server_of(journals, run_id) == target.key:
                yield as_run(journals, run_id)
        except JournalDamaged as error:
            raise RunInProgress(
                f"{error.message}; a run may be unfinished on this {target.noun}, and this journal cannot tell: "
                f"{_look(target)}, then move {journals.place(run_id)} away"
            ) from None


def _look(target: Target) -> str:
    if target.noun == "server":
        return "look at the server with `flexsec audit`"
    return "look at the subscription with `flexsec defender show`"
