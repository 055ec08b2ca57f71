"""Which accepted failure covers a finding on a server, until when, and what everyone has to be told about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..model.change import Change
from ..model.observation import Unobserved
from ..model.pattern import fits, unfit_tags
from ..model.verdict import WAIVER_ENDS_SOON_DAYS, Check, Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from ..baselines.baseline import Baseline
    from ..model.desire import Desire
    from ..model.server import ServerState
    from ..model.verdict import Assessment, Verdict, Waiver


@dataclass(frozen=True, slots=True)
class Covering:
    """The waivers of a baseline as they bear on one server.

    Attributes:
        certain: those that cover it.
        doubtful: those that would by its name, and ask for tags that could not be read.
        unread: why the tags could not be read, when they could not.
    """

    certain: tuple[Waiver, ...]
    doubtful: tuple[Waiver, ...]
    unread: Unobserved | None

    def longest(self, control: str) -> Waiver | None:
        """Of several waivers for one control, the one that holds longest; the first of equals."""
        return _longest(control, self.certain)

    def doubted(self, control: str, today: date) -> Waiver | None:
        """A waiver that may hold for the control and the server today, which nobody can tell."""
        found = _longest(control, self.doubtful)
        return found if found is not None and found.expires >= today else None


def covering(baseline: Baseline, state: ServerState) -> Covering:
    """The baseline's waivers as they bear on the server."""
    name = state.server_id.rstrip("/").rpartition("/")[2]
    named = [waiver for waiver in baseline.waivers if fits(name, waiver.servers)]
    if isinstance(state.server, Unobserved):
        certain = tuple(waiver for waiver in named if not waiver.tags)
        return Covering(certain, tuple(waiver for waiver in named if waiver.tags), state.server)
    tags = state.server.tags
    return Covering(tuple(waiver for waiver in named if not unfit_tags(tags, waiver.tags)), (), None)


def in_doubt(check: Check, waiver: Waiver, unread: Unobserved) -> Check:
    """A failure that a waiver may cover: not known, so that nothing is written that someone may rely on."""
    reason = (
        f"it fails ({check.reason}), and whether the waiver {waiver.ticket} of {waiver.owner} covers this server "
        f"is not known: its tags could not be read: {unread.reason}"
    )
    return Check(
        status=Status.UNKNOWN,
        reason=reason,
        evidence=check.evidence,
        desires=check.desires,
        missing_action=unread.missing_action,
    )


def excepted(assessment: Assessment, diff: Callable[[Desire], object]) -> dict[str, str]:
    """What is kept as it is while a waiver holds, or may hold: also another control's wish does not move it.

    Restarts are nobody's property and need leave of their own.

    Args:
        diff: the change that fulfils a desire, or something else when there is none.

    Returns:
        Why, by the change's target.
    """
    found: dict[str, str] = {}
    for verdict in assessment.verdicts:
        if verdict.status not in (Status.WAIVED, Status.UNKNOWN):
            continue
        for change in map(diff, verdict.check.desires):
            if isinstance(change, Change) and change.kind != "restart":
                found.setdefault(change.target, f"{change.target} is kept as it is: {_exception(verdict)}")
    return found


def _exception(verdict: Verdict) -> str:
    if verdict.waiver is None:
        return f"a waiver of {verdict.control} may hold for this server, which is not known"
    waiver = verdict.waiver
    return f"the waiver {waiver.ticket} of {waiver.owner} for {verdict.control} holds until {waiver.expires}"


def notes(verdicts: tuple[Verdict, ...], waivers: Covering, baseline: Baseline) -> list[str]:
    """What has to be said: waivers that have ended, will soon, are not needed, or are for other servers only."""
    found = []
    for verdict in verdicts:
        found += _of_verdict(verdict, waivers)
    return found + _of_others(verdicts, baseline)


def _of_verdict(verdict: Verdict, waivers: Covering) -> list[str]:
    waiver, left = verdict.waiver, verdict.waiver_days_left
    if waiver is not None and left is not None:
        named = f"the waiver of {verdict.control} ({waiver.ticket}, {waiver.owner})"
        if verdict.waiver_expired:
            return [f"{named} expired on {waiver.expires}: mend the finding or renew the waiver"]
        if left <= WAIVER_ENDS_SOON_DAYS:
            return [f"{named} ends {_in_days(left)}, on {waiver.expires}: mend the finding or renew the waiver"]
    elif verdict.status == Status.PASS and (spare := waivers.longest(verdict.control)):
        return [f"the waiver of {verdict.control} ({spare.ticket}) is no longer needed: the control passes"]
    return []


def _of_others(verdicts: tuple[Verdict, ...], baseline: Baseline) -> list[str]:
    """A finding that is waived for other servers only may be a misspelt pattern."""
    bare = {v.control for v in verdicts if v.status == Status.FAIL and v.waiver is None}
    return [
        f"the waiver of {waiver.control} ({waiver.ticket}) is for servers {_servers(waiver)}, which this one is not"
        for waiver in baseline.waivers
        if waiver.control in bare
    ]


def _servers(waiver: Waiver) -> str:
    tags = ", ".join(f"{name}={pattern}" for name, pattern in waiver.tags.items())
    return f"{waiver.servers!r} with the tags {tags}" if tags else repr(waiver.servers)


def _in_days(days: int) -> str:
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def _longest(control: str, waivers: tuple[Waiver, ...]) -> Waiver | None:
    return max((one for one in waivers if one.control == control), key=lambda one: one.expires, default=None)
