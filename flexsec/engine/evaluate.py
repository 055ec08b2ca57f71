"""Evaluating: what each control of a baseline says about an observed server. Pure; writes and reads nothing."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from ..model.desire import DesiredFirewallRuleAbsent
from ..model.observation import Unobserved
from ..model.parameter import same_value
from ..model.server import Networking, ServerState
from ..model.verdict import Assessment, Status, Verdict, Waiver
from .observe import PARTS, SHARED_PARTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from ..baselines.baseline import Baseline, Selection


@dataclass(frozen=True, slots=True)
class Judge:
    """Evaluates states under one baseline.

    Attributes:
        today: tells the day by which waivers hold or have expired (UTC).
    """

    baseline: Baseline
    today: Callable[[], date]

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of a server's state that are read for it: what servers share only when a control needs it."""
        needed = {part for selection in self.baseline.controls for part in selection.control.reads}
        return (*PARTS, *(part for part in SHARED_PARTS if part in needed))

    def __call__(self, state: ServerState) -> Assessment:
        """The state's assessment."""
        return evaluate(state, self.baseline, today=self.today())


def evaluate(state: ServerState, baseline: Baseline, *, today: date) -> Assessment:
    """Judge a server by a baseline.

    Args:
        state: what was observed.
        baseline: what is asked for.
        today: the day by which waivers hold or have expired (UTC).

    Returns:
        A verdict for each control of the baseline, in its order. A failure that a waiver covers is `waived`; under an
        expired waiver it stays a failure and says so.
    """
    name = state.server_id.rstrip("/").rpartition("/")[2].casefold()
    waivers = tuple(waiver for waiver in baseline.waivers if fnmatchcase(name, waiver.servers.casefold()))
    verdicts = tuple(_verdict(state, selection, waivers, today) for selection in baseline.controls)
    return Assessment(
        server_id=state.server_id,
        baseline=baseline.name,
        observed_at=state.observed_at,
        server_state="unobserved" if isinstance(state.server, Unobserved) else state.server.state,
        verdicts=verdicts,
        notes=(
            *_waiver_notes(verdicts, waivers),
            *_waivers_of_others(verdicts, baseline.waivers),
            *_firewall_notes(state, verdicts),
            *_parameter_notes(state, baseline),
        ),
    )


def _verdict(state: ServerState, selection: Selection, waivers: tuple[Waiver, ...], today: date) -> Verdict:
    control = selection.control
    check = control.judge(state, selection.arguments)
    waiver = _longest(control.id, waivers) if check.status == Status.FAIL else None
    expired = waiver is not None and waiver.expires < today
    return Verdict(
        control=control.id,
        title=control.title,
        severity=control.severity,
        check=check,
        status=Status.WAIVED if waiver is not None and not expired else check.status,
        waiver=waiver,
        waiver_expired=expired,
    )


def _longest(control_id: str, waivers: tuple[Waiver, ...]) -> Waiver | None:
    """Of several waivers for one control, the one that holds longest; the first of equals."""
    return max((one for one in waivers if one.control == control_id), key=lambda one: one.expires, default=None)


def _waiver_notes(verdicts: tuple[Verdict, ...], waivers: tuple[Waiver, ...]) -> list[str]:
    notes = []
    for verdict in verdicts:
        waiver = verdict.waiver if verdict.waiver_expired else None
        if waiver is not None:
            notes.append(
                f"the waiver of {verdict.control} ({waiver.ticket}, {waiver.owner}) expired on {waiver.expires}: "
                "mend the finding or renew the waiver"
            )
        elif verdict.status == Status.PASS and (spare := _longest(verdict.control, waivers)):
            notes.append(f"the waiver of {verdict.control} ({spare.ticket}) is no longer needed: the control passes")
    return notes


def _waivers_of_others(verdicts: tuple[Verdict, ...], waivers: tuple[Waiver, ...]) -> list[str]:
    """A finding that is waived for other servers only may be a misspelt pattern."""
    bare = {v.control for v in verdicts if v.status == Status.FAIL and v.waiver is None}
    return [
        f"the waiver of {waiver.control} ({waiver.ticket}) is for servers {waiver.servers!r}, which this one is not"
        for waiver in waivers
        if waiver.control in bare
    ]


def _firewall_notes(state: ServerState, verdicts: tuple[Verdict, ...]) -> list[str]:
    """Rules that no failing control wants gone are kept, and the report says so."""
    if isinstance(state.firewall, Unobserved) or not state.firewall:
        return []
    unwanted = {
        desire.name
        for verdict in verdicts
        if verdict.status == Status.FAIL
        for desire in verdict.check.desires
        if isinstance(desire, DesiredFirewallRuleAbsent)
    }
    kept = [str(rule) for rule in state.firewall if rule.name not in unwanted]
    notes = [f"firewall rules that the baseline does not own are kept: {', '.join(kept)}"] if kept else []
    closed = not isinstance(state.server, Unobserved) and state.server.public_network_access.casefold() == "disabled"
    if closed and not isinstance(state.server, Unobserved) and state.server.networking == Networking.PUBLIC:
        notes.append("the firewall rules come back into force if public network access is enabled again")
    return notes


def _parameter_notes(state: ServerState, baseline: Baseline) -> list[str]:
    """Settings that nobody judges and somebody changed: no tool that looks only at its own ones would tell (B12).

    Told by the value, because the service gives the source "user-override" also to values nobody touched (recorded).
    """
    if isinstance(state.parameters, Unobserved):
        return []
    judged = {name for selection in baseline.controls for name in selection.control.parameters}
    moved = [
        f"{p.name} is {p.value or '(empty)'} (default {p.default or '(empty)'})"
        for p in state.parameters
        if p.name not in judged and not p.read_only and not same_value(p.value, p.default, p.data_type)
    ]
    return [f"parameters that no control judges differ from their defaults: {'; '.join(moved)}"] if moved else []
