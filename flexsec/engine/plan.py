"""Turn failures into ordered changes, refusing what would lock someone out: pure functions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..model.change import Change, Phase
from ..model.change_record import NO_RECORD
from ..model.desire import DesiredParameter, DesiredRestart
from ..model.observation import Unobserved
from ..model.ownership import FLEXSEC
from ..model.plan import Left, Plan, Withheld
from ..model.verdict import Status
from ..operations.authentication import coinciding
from .basis import facts, sealed
from .carried_along import carried_along
from .guards import in_safe_order, withheld
from .handing_over import handed_over
from .ownership import NOTHING_SHARED, RESTART, Owned, Shares, as_meant, flexsecs_own, foreign_restarts, share
from .waivers import excepted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from ..model.change_record import ChangeRecord
    from ..model.connections import Evidence
    from ..model.desire import Desire
    from ..model.leave import Leave
    from ..model.ownership import HandOver
    from ..model.server import ServerState
    from ..model.verdict import Assessment
    from ..operations.operation import Obstacle, Operation
    from .ownership import Owner

PLAN_FORMAT = 2


class Planner:
    """Puts plans together for one server's state.

    Args:
        operations: by kind.
        state: what was observed.
        judge: evaluates a state under the plan's baseline (pure); tells what a change would lower.
        parameters: names of the parameters that the baseline's controls read.
        tags: names of the tags by which the baseline's scope and waivers tell servers apart.
        baseline_source: what loads the baseline again.
        now: the moment of planning, in UTC.
        record: what the caller says about the change.
        made_by: object id of who plans, or "".
        owner: whose a change's target is; what is not flexsec's is handed over instead of written.
    """

    def __init__(
        self,
        operations: Mapping[str, Operation],
        state: ServerState,
        judge: Callable[[ServerState], Assessment],
        *,
        parameters: Iterable[str],
        tags: Iterable[str] = (),
        baseline_source: str,
        now: datetime,
        record: ChangeRecord = NO_RECORD,
        made_by: str = "",
        owner: Owner = flexsecs_own,
    ) -> None:
        self._operations = operations
        self._by_desire = {kind: op for op in operations.values() for kind in op.desires}
        self._state = state
        self._judge = judge
        self._assessment = judge(state)
        self._parameters = frozenset(parameters)
        self._tags = frozenset(tags)
        self._baseline_source = baseline_source
        self._now = now
        self._record = record
        self._made_by = made_by
        self._owner = as_meant(owner)

    @property
    def assessment(self) -> Assessment:
        """The state's assessment under the plan's baseline."""
        return self._assessment

    def for_failures(self, *, leave: Leave, evidence: Evidence) -> Plan:
        """The plan that makes failing controls pass as far as flexsec can."""
        changes: dict[str, Change] = {}
        left: list[Left] = []
        kept = excepted(self._assessment, self.diff)
        failing = self._assessment.with_status(Status.FAIL)
        for verdict in failing:
            for desire in verdict.check.desires:
                problem = self._add(changes, desire, verdict.control, kept)
                if problem:
                    left.append(Left(control=verdict.control, reason=problem))
        wishless = [verdict for verdict in failing if not verdict.check.desires]
        ids = [verdict.control for verdict in wishless]
        changes = carried_along(changes, ids, self._state, judge=self._judge, operations=self._operations)
        mended = {control for change in changes.values() for control in change.controls}
        left += [
            Left(control=verdict.control, reason=verdict.check.remedy or verdict.check.reason)
            for verdict in wishless
            if verdict.control not in mended
        ]
        shares = share(changes.values(), self._owner)
        left += shares.waiting
        return self.assemble(list(shares.own), shares=shares, left=left, leave=leave, evidence=evidence)

    def diff(self, desire: Desire) -> Change | Obstacle | None:
        """One desire against the state, by the operation that fulfils it."""
        return self._by_desire[desire.kind].diff(desire, self._state)

    def _add(self, changes: dict[str, Change], desire: Desire, control: str, kept: Mapping[str, str]) -> str:
        found = self.diff(desire)
        if found is None:
            return ""
        if not isinstance(found, Change):
            return found.reason
        if found.target in kept:
            return kept[found.target]
        # Azure ignores the case of names: two spellings of one target would be written in turn, for ever.
        planned = next((c for c in changes.values() if c.target.casefold() == found.target.casefold()), None)
        if planned is not None and planned.after != found.after:
            return f"it conflicts with {planned.controls[0]}, which wants: {planned.sentence}"
        change = planned or found
        changes[change.target] = replace(change, controls=tuple(dict.fromkeys((*change.controls, control))))
        return ""

    def assemble(
        self,
        changes: list[Change],
        *,
        left: Iterable[Left] = (),
        notes: Iterable[str] = (),
        leave: Leave,
        evidence: Evidence,
        undoes: str = "",
        shares: Shares = NOTHING_SHARED,
    ) -> Plan:
        """Order the changes, hold back what lacks leave or a guard refuses, and seal the plan.

        What a caller asks for by name, and what a rollback restores, is written whoever owns it.

        Args:
            shares: what others own of what failing controls want.
            undoes: the run that the plan rolls back, or "".
        """
        complete = [self._with_lowering(change) for change in self._with_restart(changes, restoring=bool(undoes))]
        ordered = _with_requirements(in_safe_order(complete, self._state, evidence))
        kept, held = self._guarded(ordered, leave, evidence, restoring=bool(undoes))
        plan = Plan(
            format=PLAN_FORMAT,
            server_id=self._state.server_id,
            baseline=self._assessment.baseline,
            baseline_source=self._baseline_source,
            made_at=self._now,
            basis=facts(
                self._state,
                self._parameters | {c.name for c in complete if c.kind == "parameters"},
                self._tags,
                {c.name for c in complete if c.kind == "server_setting"},
            ),
            changes=tuple(kept),
            withheld=tuple(held),
            left=tuple(left),
            notes=(*notes, *self._restart_notes(kept)),
            leave=leave,
            evidence=evidence,
            assessment=self._assessment,
            handed_over=self._handed_over(shares, complete, kept, evidence),
            record=self._record,
            made_by=self._made_by,
            undoes=undoes,
        )
        return sealed(plan)

    def _with_restart(self, changes: list[Change], *, restoring: bool) -> list[Change]:
        """Static parameters written for a control need a restart to count, as do those restored that are in force.

        All restarts coincide in one, also with that of enabling Microsoft Entra authentication.
        """
        static = tuple(c.name for c in changes if c.kind == "parameters" and (c.after or {}).get("dynamic") == "false")
        planned = next((c for c in changes if c.kind == "restart"), None)
        needed = self._owner(RESTART) == FLEXSEC and any(c.controls for c in changes if c.name in static)
        if restoring and not isinstance(self._state.parameters, Unobserved):
            needed = needed or any(p.name in static and not p.pending_restart for p in self._state.parameters)
        if planned is None and not needed:
            return changes
        state = self._state
        for change in changes:
            if change.kind == "parameters":
                state = self._operations["parameters"].predict(change, state)
        restart = self._operations["restart"].diff(DesiredRestart(parameters=static), state)
        if not isinstance(restart, Change):
            return changes
        controls = (
            planned.controls if planned else tuple(sorted({i for c in changes if c.name in static for i in c.controls}))
        )
        others, complete = [c for c in changes if c.kind != "restart"], replace(restart, controls=controls)
        if not any(c.kind == "authentication" and c.restarts for c in others):
            return [*others, complete]
        return [coinciding(c, complete) if c.kind == "authentication" and c.restarts else c for c in others]

    def _with_lowering(self, change: Change) -> Change:
        """Mark a change that makes a control fail which passes now.

        A firewall rule is also judged as if it were the only one: a second hole counts beside a first.
        """
        predict = self._operations[change.kind].predict
        lowers = self._lowers(change, self._assessment, predict(change, self._state))
        if not lowers and change.kind == "firewall" and change.after is not None:
            alone = replace(self._state, firewall=())
            earlier = replace(change, after=change.before)
            lowers = self._lowers(change, self._judge(predict(earlier, alone)), predict(change, alone))
        return replace(change, lowers_security=lowers or change.lowers_security)

    def _lowers(self, change: Change, before: Assessment, predicted: ServerState) -> bool:
        """Whether a control fails afterwards, waived or not, that did not fail before."""
        after = {verdict.control: verdict.check.status for verdict in self._judge(predicted).verdicts}
        return any(
            verdict.check.status is not Status.FAIL and after.get(verdict.control) is Status.FAIL
            for verdict in before.verdicts
            if not (verdict.control == "config-no-pending-restart" and change.kind == "parameters")
        )

    def _guarded(
        self, ordered: list[Change], leave: Leave, evidence: Evidence, *, restoring: bool
    ) -> tuple[list[Change], list[Withheld]]:
        kept: list[Change] = []
        held: list[Withheld] = []
        state = self._state
        for change in ordered:
            refused = withheld(
                change, state, leave=leave, evidence=evidence, moment=self._now, restoring=restoring
            ) or _missing_requirement(change, held)
            if refused:
                held.append(refused)
                continue
            kept.append(change)
            state = self._operations[change.kind].predict(change, state)
        return kept, held

    def _handed_over(
        self, shares: Shares, planned: list[Change], kept: list[Change], evidence: Evidence
    ) -> tuple[HandOver, ...]:
        """Others' changes for their owners, judged as they will find the server."""
        restarts = foreign_restarts(shares, planned, self._owner, self._state, self._operations["restart"])
        predicted = self._state
        for change in kept:
            predicted = self._operations[change.kind].predict(change, predicted)
        return handed_over(
            [Owned(item.owner, self._with_lowering(item.change)) for item in (*shares.foreign, *restarts)],
            predicted,
            self._operations,
            evidence=evidence,
            moment=self._now,
        )

    def _restart_notes(self, kept: list[Change]) -> list[str]:
        restart = next((c for c in kept if c.restarts), None)
        if restart is None or isinstance(self._state.parameters, Unobserved):
            return []
        waiting = [p.name for p in self._state.parameters if p.pending_restart]
        return (
            [f"The restart also brings into force what someone else changed: {', '.join(waiting)}."] if waiting else []
        )


def _with_requirements(ordered: list[Change]) -> list[Change]:
    """What must be there first: the cap gone before a higher TLS minimum, new ways in before old ones go."""
    caps = tuple(c.target for c in ordered if c.target == "parameters/ssl_max_protocol_version")
    ways_in = tuple(c.target for c in ordered if _lets_entra_in(c))

    def required(change: Change) -> tuple[str, ...]:
        if change.phase is not Phase.CLOSE:
            return change.requires
        if change.target == "parameters/ssl_min_protocol_version":
            return caps
        return ways_in if change.kind in ("authentication", "administrators") else change.requires

    return [replace(change, requires=required(change)) for change in ordered]


def _lets_entra_in(change: Change) -> bool:
    """Whether a change adds a Microsoft Entra administrator or enables Entra authentication."""
    added = change.kind == "administrators" and change.after is not None
    return added or (change.target == "authentication/entra" and change.restarts)


def _missing_requirement(change: Change, held: list[Withheld]) -> Withheld | None:
    missing = [item.change.sentence for item in held if item.change.target in change.requires]
    if not missing:
        return None
    return Withheld(change=change, by="guard", reason=f"it needs this first, which is withheld: {missing[0]}")


def desired_parameters(values: Mapping[str, str]) -> list[Desire]:
    """What a caller wants of parameters, as desires."""
    return [DesiredParameter(name=name, value=value) for name, value in values.items()]
