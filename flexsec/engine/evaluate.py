"""Evaluating: what each control of a baseline says about an observed server. Pure; writes and reads nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..model.desire import DesiredFirewallRuleAbsent
from ..model.observation import Unobserved
from ..model.parameter import same_value
from ..model.server import Networking, ServerState
from ..model.verdict import Assessment, Check, Status, Verdict
from . import scope
from .observe import ASKED_PARTS, PARTS
from .ownership import idle
from .waivers import Covering, covering, in_doubt
from .waivers import notes as waiver_notes

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
        """The parts of a server's state that are read for it: what lies outside of it only when a control needs it."""
        return parts_of(self.baseline)

    def __call__(self, state: ServerState) -> Assessment:
        """The state's assessment."""
        return evaluate(state, self.baseline, today=self.today())


def parts_of(baseline: Baseline) -> tuple[str, ...]:
    """The parts of a server's state that judging by a baseline reads: `PARTS`, and what its controls ask for beyond."""
    needed = {part for selection in baseline.controls for part in selection.control.reads}
    return (*PARTS, *(part for part in ASKED_PARTS if part in needed))


def evaluate(state: ServerState, baseline: Baseline, *, today: date) -> Assessment:
    """Judge a server by a baseline.

    Args:
        state: what was observed.
        baseline: what is asked for.
        today: the day by which waivers hold or have expired (UTC).

    Returns:
        A verdict for each control of the baseline, in its order. A failure that a waiver covers is `waived`; under an
        expired waiver it stays a failure and says so. Everything is unknown when it is not known whether the baseline
        is for the server at all.
    """
    doubt = scope.doubt(baseline, state)
    waivers = covering(baseline, state)
    if doubt is not None:
        verdicts = tuple(_not_judged(selection, doubt) for selection in baseline.controls)
        notes = [doubt.reason]
    else:
        verdicts = tuple(_verdict(state, selection, waivers, today) for selection in baseline.controls)
        notes = [
            *_scope_notes(state, baseline),
            *waiver_notes(verdicts, waivers, baseline),
            *_firewall_notes(state, verdicts),
            *_parameter_notes(state, baseline),
            *(f"owners: {pattern} fits nothing on this server" for pattern in idle(baseline.owners, state)),
        ]
    return Assessment(
        server_id=state.server_id,
        baseline=baseline.name,
        observed_at=state.observed_at,
        server_state="unobserved" if isinstance(state.server, Unobserved) else state.server.state,
        verdicts=verdicts,
        notes=(*notes, *baseline.notes),
    )


def _not_judged(selection: Selection, doubt: Unobserved) -> Verdict:
    """The verdict on a server of which it is not known whether the baseline is for it."""
    control = selection.control
    check = Check(status=Status.UNKNOWN, reason=doubt.reason, missing_action=doubt.missing_action)
    return Verdict(control=control.id, title=control.title, severity=control.severity, check=check, status=check.status)


def _verdict(state: ServerState, selection: Selection, waivers: Covering, today: date) -> Verdict:
    control = selection.control
    check = control.judge(state, selection.arguments)
    waiver = waivers.longest(control.id) if check.status == Status.FAIL else None
    left = (waiver.expires - today).days if waiver is not None else None
    holds = left is not None and left >= 0
    if check.status == Status.FAIL and not holds:
        doubted = waivers.doubted(control.id, today)
        if doubted is not None and waivers.unread is not None:
            check, waiver, left = in_doubt(check, doubted, waivers.unread), None, None
    return Verdict(
        control=control.id,
        title=control.title,
        severity=control.severity,
        check=check,
        status=Status.WAIVED if holds else check.status,
        waiver=waiver,
        waiver_expired=waiver is not None and not holds,
        waiver_days_left=left,
    )


def _scope_notes(state: ServerState, baseline: Baseline) -> list[str]:
    """A server can leave the scope while a run goes on; whoever asks for a judgement is refused before that."""
    why = scope.outside(baseline, state)
    return [f"the server is outside the scope of baseline {baseline.name} by now: {why}"] if why else []


def _firewall_notes(state: ServerState, verdicts: tuple[Verdict, ...]) -> list[str]:
    """Rules that no failing control wants gone are kept, and the report says so: apart, those that a waiver keeps."""
    if isinstance(state.firewall, Unobserved) or not state.firewall:
        return []
    waived = _unwanted_rules(verdicts, Status.WAIVED)
    unwanted = _unwanted_rules(verdicts, Status.FAIL) | waived
    kept = [str(rule) for rule in state.firewall if rule.name.casefold() not in unwanted]
    excepted = [str(rule) for rule in state.firewall if rule.name.casefold() in waived]
    notes = [f"firewall rules that the baseline does not own are kept: {', '.join(kept)}"] if kept else []
    if excepted:
        notes.append(f"firewall rules that would have to go are kept while a waiver holds: {', '.join(excepted)}")
    closed = not isinstance(state.server, Unobserved) and state.server.public_network_access.casefold() == "disabled"
    if closed and not isinstance(state.server, Unobserved) and state.server.networking == Networking.PUBLIC:
        notes.append("the firewall rules come back into force if public network access is enabled again")
    return notes


def _unwanted_rules(verdicts: tuple[Verdict, ...], status: Status) -> set[str]:
    """The rules that controls with this verdict want gone, by name; Azure ignores its case."""
    return {
        desire.name.casefold()
        for verdict in verdicts
        if verdict.status == status
        for desire in verdict.check.desires
        if isinstance(desire, DesiredFirewallRuleAbsent)
    }


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
