"""One flexible server: observed, judged, planned, changed, and its parts by name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..engine import apply as applying
from ..engine.approvals import Consent
from ..engine.carry_out import Means
from ..engine.evaluate import Judge
from ..engine.observe import PARTS, SHARED_PARTS, observe, unobserved_state, unread_part
from ..engine.plan import Planner
from ..engine.refuse import refuse_withheld
from ..engine.same_baseline import resting_on
from ..engine.scope import refuse_outside, refuse_outside_by_name
from ..errors import FlexSecError, InvalidValue, PlanInvalid
from ..model.change import Change
from ..model.change_record import NO_RECORD
from ..model.clock import Deadline
from ..model.connections import Evidence
from ..model.event import silent
from ..model.leave import Leave
from ..model.resource import ServerId, parse_target
from ..model.run import Hardening, RunStatus
from ..operations.operation import Obstacle
from ..operations.registry import operations_about
from .admin_password import AdminPassword
from .credential_evidence import remembered
from .encryption import Encryption
from .entra import Entra
from .fights import with_fights
from .firewall import Firewall
from .given import as_approvals, check_given, check_record, check_seconds, observed
from .outside_reads import OutsideReads
from .parameters import Parameters
from .reading import observers
from .scram import Scram
from .settings import Settings
from .threat_protection import ThreatProtectionSetting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ..baselines.baseline import Baseline
    from ..baselines.capture import Captured
    from ..model.change_record import Approval, ChangeRecord
    from ..model.desire import Desire
    from ..model.event import Listener
    from ..model.plan import Plan
    from ..model.role import PermissionCheck, Role
    from ..model.run import Run
    from ..model.server import ServerState
    from ..model.verdict import Assessment
    from ..operations.operation import Operation
    from .flexsec import FlexSec

_NO_LEAVE = Leave()
_NO_EVIDENCE = Evidence()


@dataclass(frozen=True, slots=True)
class Asked:
    """A plan for what was asked for by name, and the state that it was made from."""

    plan: Plan
    state: ServerState


class ServerHandle:
    """One flexible server. Reading and changing it needs the RBAC actions that each operation names."""

    def __init__(self, flexsec: FlexSec, server: ServerId) -> None:
        self._flexsec = flexsec
        self.id = server
        self.operations = operations_about("server")
        self.parameters = Parameters(self)
        self.firewall = Firewall(self)
        self.threat_protection = ThreatProtectionSetting(self)
        self.settings = Settings(self)
        self.encryption = Encryption(self, flexsec)
        self.admin_password = AdminPassword(self, flexsec)
        self.entra = Entra(self, flexsec)
        self.scram = Scram(self, flexsec)

    def observe(self, parts: Iterable[str] = PARTS, *, baseline: Baseline | None = None) -> ServerState:
        """Read the server: five requests, fewer when only some `parts` are asked for.

        Requires Microsoft.DBforPostgreSQL/flexibleServers/read and, below it, configurations/read, firewallRules/read,
        administrators/read and advancedThreatProtectionSettings/read; what is not allowed comes back `Unobserved`.

        Args:
            baseline: says where the administrator's passwords are kept, for the part `admin_secret`.

        Raises:
            NotFound, Unauthorized, CredentialUnavailable: there is nothing to read, or nobody to read as.
        """
        reading = observers(self._flexsec.shared, OutsideReads(self._flexsec, self.id, baseline))
        return observe(self._flexsec.connection, self.id, reading, deadline=self._deadline(), parts=tuple(parts))

    def audit(self, baseline: str | Path | Baseline = "recommended") -> Assessment:
        """Judge the server against a baseline (a built-in name, a file's path or a loaded baseline).

        Raises:
            UnknownName, BaselineInvalid: the baseline cannot be used.
            OutOfScope: the baseline is not for this server.
            NotFound, Unauthorized, CredentialUnavailable: as `observe`.
        """
        chosen = self.baseline(baseline)
        return self._judge(chosen)(self._in_scope(chosen))

    def capture_baseline(self) -> Captured:
        """A baseline that asks for what this server is now, from a server that is as it should be.

        Reads everything that it can ask for: eight requests, two of them shared by the servers of a subscription, one
        for each role that is assigned, and those for a key of its own. Requires what `observe` does, and
        Microsoft.Security/pricings/read, Microsoft.DBforPostgreSQL/locations/capabilities/read and, at the server,
        Microsoft.Authorization/roleAssignments/read and roleDefinitions/read.

        Raises:
            NotObserved: so little could be read that there is nothing to ask for.
            NotFound, Unauthorized, CredentialUnavailable: as `observe`.
        """
        from ..baselines.capture import capture

        return capture(self.observe((*PARTS, *SHARED_PARTS, "customer_keys", "role_assignments")))

    def plan(
        self,
        baseline: str | Path | Baseline = "recommended",
        *,
        leave: Leave = _NO_LEAVE,
        evidence: Evidence = _NO_EVIDENCE,
        record: ChangeRecord = NO_RECORD,
        check_permissions: bool = False,
    ) -> Plan:
        """What would be written to make failing controls pass, and what would not, with the reasons.

        Args:
            record: why the change is made; stored in the plan, in the clear.
            check_permissions: note in the plan what whoever is signed in may not do and should not be able to do.

        Raises:
            as `audit`.
        """
        check_given(leave, evidence, record)
        chosen = self.baseline(baseline)
        state = self._in_scope(chosen)
        plan = self._for_failures(state, chosen, record, leave, evidence)
        if not check_permissions:
            return plan
        from .permissions import with_permission_notes

        return with_permission_notes(self, plan, chosen)

    def permissions(
        self, purpose: str | Plan | Role = "audit", *, baseline: str | Path | Baseline = "recommended"
    ) -> PermissionCheck:
        """What whoever is signed in may do here, held against the least that something needs: two requests.

        Requires Microsoft.Authorization/permissions/read at the server and at its subscription; what is not allowed
        comes back as `unchecked`.

        Args:
            purpose: a command ("audit", "parameters set"), "rotate", a plan for this server, or a `Role`.
            baseline: by which a judging command judges; a plan has its own.

        Raises:
            UnknownName, PlanInvalid: no such command; an edited plan, or one for another server.
            NotFound, Unauthorized, CredentialUnavailable: as `observe`.
        """
        from .permissions import compare_permissions

        return compare_permissions(self, purpose, baseline)

    def apply(
        self,
        plan: Plan,
        *,
        record: ChangeRecord = NO_RECORD,
        approvals: Sequence[Approval] = (),
        require_approval: bool = False,
        approval_max_age: float | None = None,
        on_event: Listener = silent,
    ) -> Run:
        """Carry out a plan. A change that the service refuses is in the run, not raised.

        Args:
            record: put over what the plan says about itself, for this run; the plan's seal stays whole.
            approvals: from `FlexSec.approve` or from the plan's approval file; those of this plan are journalled.
            require_approval: refuse the plan unless somebody approved it who neither made it nor applies it.
            approval_max_age: seconds after which an approval does not count any more.

        Raises:
            PlanInvalid: edited after it was made, or made for another server.
            OutOfScope: its baseline is not for this server any more.
            ApprovalRequired: no approval counts, with the reason for each.
            StalePlan: the server is no longer as the plan found it, or its baseline's file says something else by now.
            RunInProgress: another run holds the server, or an earlier one is unfinished.
        """
        check_record(record)
        check_seconds("approval_max_age", approval_max_age)
        own = self.own(plan)
        consent = Consent(approvals=as_approvals(approvals), required=require_approval, max_age=approval_max_age)
        means = self.means(on_event, self._judge_by(own.baseline_source))
        if means.judge is not None:
            refuse_outside_by_name(means.judge.baseline, self.id.name)
        return applying.apply(own, means, kind="apply", record=record, consent=consent)

    def harden(
        self,
        baseline: str | Path | Baseline = "recommended",
        *,
        leave: Leave = _NO_LEAVE,
        evidence: Evidence = _NO_EVIDENCE,
        approve: Callable[[Plan], bool] | None = None,
        rollback_on_failure: bool = False,
        record: ChangeRecord = NO_RECORD,
        on_event: Listener = silent,
    ) -> Hardening:
        """Observe, evaluate, plan, apply and verify in one call.

        Args:
            approve: shown the plan before anything is written; False ends it there.
            rollback_on_failure: undo the run when a change failed or its end is not known.
            record: why the change is made; journalled, in the clear.

        Raises:
            as `plan` and `apply`.
        """
        check_given(leave, evidence, record)
        chosen = self.baseline(baseline)
        state = self._in_scope(chosen)
        plan = self._for_failures(state, chosen, record, leave, evidence)
        if not plan.changes or (approve is not None and not approve(plan)):
            return Hardening(before=plan.assessment, plan=plan, run=None, after=plan.assessment)
        just_read = None if approve or plan.fights else state  # a look into the activity log takes its time
        run = applying.apply(plan, self.means(on_event, self._judge(chosen)), kind="harden", observed=just_read)
        rolled_back, not_undone = None, ""
        failed = run.status in (RunStatus.PARTIAL, RunStatus.INDETERMINATE)
        if rollback_on_failure and failed and run.changed:
            try:
                run = self._settled(run, on_event)
                rolled_back = self._undo(run, evidence, record, on_event)
            except FlexSecError as error:
                not_undone = error.message
        after = run.verified if run.verified and rolled_back is None else self._judged_now(chosen)
        return Hardening(
            before=plan.assessment,
            plan=plan,
            run=run,
            after=after,
            rolled_back=rolled_back,
            not_rolled_back=not_undone,
        )

    def _for_failures(
        self, state: ServerState, baseline: Baseline, record: ChangeRecord, leave: Leave, evidence: Evidence
    ) -> Plan:
        """The plan for what fails, with what the baseline says now and the values that somebody keeps setting back."""
        planner = self.planner(state, baseline, record)
        wanted = [planner.diff(each) for verdict in planner.assessment.verdicts for each in verdict.check.desires]
        evidence = remembered(self._flexsec, self.id, evidence, wanted)
        plan = planner.for_failures(leave=leave, evidence=evidence)
        return with_fights(
            resting_on(plan, baseline),
            state,
            self.operations,
            server=self.id,
            journals=self._flexsec.journals,
            connection=self._flexsec.connection,
        )

    def _in_scope(self, baseline: Baseline) -> ServerState:
        """What the baseline's controls need, read of a server that it is for.

        Raises:
            OutOfScope: it is for others; when the name tells, nothing is read.
        """
        refuse_outside_by_name(baseline, self.id.name)
        state = self.observe(self._judge(baseline).parts, baseline=baseline)
        refuse_outside(baseline, state)
        return state

    def _judged_now(self, baseline: Baseline) -> Assessment:
        """The server judged as it is now; all unknown, with the reason, when it cannot be read any more."""
        try:
            state = self.observe(self._judge(baseline).parts, baseline=baseline)
        except FlexSecError as error:
            state = unobserved_state(self.id, error.message, self._flexsec.clock.now())
        return self._judge(baseline)(state)

    def _settled(self, run: Run, on_event: Listener) -> Run:
        """The run, with what it began and cannot tell found out; nothing is sent for it."""
        if run.status is not RunStatus.INDETERMINATE:
            return run
        return applying.resume(run.run_id, self.means(on_event, None), settle_only=True)

    def _undo(self, run: Run, evidence: Evidence, record: ChangeRecord, on_event: Listener) -> Run:
        """A run that undoes itself was asked to: lowering what it raised, and closing what it opened, is its leave.

        Raises:
            RunInProgress: what it began is still not known; `resume` comes first.
        """
        reason = "undoing a failed run, as asked"
        leave = Leave(lower_security=True, closing=("firewall", "tls-minimum"), without_evidence=reason)
        return self._flexsec.rollback(run.run_id, leave=leave, evidence=evidence, record=record, on_event=on_event)

    # -- for the facade's own parts --------------------------------------------------------------------------------

    def baseline(self, baseline: str | Path | Baseline) -> Baseline:
        """A loaded baseline."""
        from ..baselines.baseline import Baseline
        from ..baselines.loader import load

        if isinstance(baseline, Path):
            return load(str(baseline.absolute()))
        if isinstance(baseline, str):
            return load(baseline)
        if not isinstance(baseline, Baseline):
            raise InvalidValue(f"{baseline!r} is no baseline; give a built-in name, a file's path or a loaded baseline")
        return baseline

    def planner(self, state: ServerState, baseline: Baseline, record: ChangeRecord = NO_RECORD) -> Planner:
        """What makes plans for a state under a baseline; they carry the record and who is signed in."""
        names = {name for selection in baseline.controls for name in selection.control.parameters}
        return Planner(
            self.operations,
            state,
            self._judge(baseline),
            parameters=names,
            tags={*baseline.scope.tags, *(name for waiver in baseline.waivers for name in waiver.tags)},
            baseline_source=_source(baseline),
            now=self._flexsec.clock.now(),
            record=record,
            made_by=self._flexsec.connection.identity(),
            owner=baseline.owner,
        )

    def means(self, on_event: Listener, judge: Judge | None, *own: Operation) -> Means:
        """What a run on this server needs.

        Args:
            own: operations made for this run alone, such as one that holds a password, in place of the usual ones.
        """
        return Means(
            connection=self._flexsec.connection,
            observers=observers(
                self._flexsec.shared, OutsideReads(self._flexsec, self.id, judge.baseline if judge else None)
            ),
            operations={**self.operations, **{operation.kind: operation for operation in own}},
            journals=self._flexsec.journals,
            deadline=self._deadline(),
            on_event=on_event,
            stopped=self._flexsec.stopped,
            judge=judge,
        )

    def judge_again(self, run: Run, source: str) -> Judge | None:
        """The judge for a run's end: none for a high-level operation, which proves itself by reading back."""
        if run.kind not in ("apply", "harden"):
            return None
        return self._judge_by(source)

    def _judge_by(self, source: str) -> Judge | None:
        try:
            return self._judge(self.baseline(source))
        except FlexSecError:
            return None  # the baseline's file has moved: the run is carried out and not judged by another one

    def baseline_or_recommended(self, source: str) -> Baseline:
        """The baseline that a run was judged by, or the recommended one when its file is gone."""
        try:
            return self.baseline(source)
        except FlexSecError:
            return self.baseline("recommended")

    def direct(
        self,
        desires: Callable[[ServerState], Iterable[Desire]],
        parts: tuple[str, ...],
        *,
        leave: Leave,
        evidence: Evidence = _NO_EVIDENCE,
        record: ChangeRecord = NO_RECORD,
        notes: Iterable[str] = (),
    ) -> Asked:
        """A plan for what a caller asks for by name, judged by the recommended baseline.

        Args:
            desires: what is asked for, given what was observed; may refuse names that do not exist.
            parts: what has to be read for it.
            record: why the change is made.
            notes: what the plan says besides.

        Raises:
            InvalidValue: a desire that the operation cannot fulfil, with all reasons; nothing was sent.
            NotObserved: what the plan would rest on could not be read.
        """
        check_given(leave, evidence, record)
        state = self.observe(parts)
        observed(unread_part(state, parts), self.id.name)
        changes = self.changes_for(desires(state), state)
        return self.asked(changes, state, leave=leave, evidence=evidence, record=record, notes=notes)

    def changes_for(self, desires: Iterable[Desire], state: ServerState) -> list[Change]:
        """What brings about what a caller asks for by name.

        Raises:
            InvalidValue: a desire that the operation cannot fulfil, with all reasons.
        """
        by_desire = {kind: each for each in self.operations.values() for kind in each.desires}
        found = [by_desire[desire.kind].diff(desire, state) for desire in desires]
        problems = [item.reason for item in found if isinstance(item, Obstacle)]
        if problems:
            raise InvalidValue("\n".join(problems))
        return [item for item in found if isinstance(item, Change)]

    def asked(
        self,
        changes: list[Change],
        state: ServerState,
        *,
        leave: Leave,
        evidence: Evidence = _NO_EVIDENCE,
        record: ChangeRecord = NO_RECORD,
        notes: Iterable[str] = (),
    ) -> Asked:
        """A plan for changes that a caller asks for by name; see `direct`."""
        evidence = remembered(self._flexsec, self.id, evidence, changes)
        planner = self.planner(state, self.baseline("recommended"), record)
        return Asked(planner.assemble(changes, notes=notes, leave=leave, evidence=evidence), state)

    def carry_out(self, plan: Plan, kind: str, on_event: Listener, *, observed: ServerState | None = None) -> Run:
        """Apply a plan that `direct` made.

        Args:
            observed: the state it was made from, when that was just now; otherwise the server is read again.

        Raises:
            LeaveRequired, GuardRefused: a change is withheld; nothing is written.
        """
        refuse_withheld(plan)
        return applying.apply(self.own(plan), self.means(on_event, None), kind=kind, observed=observed)

    def own(self, plan: Plan) -> Plan:
        """The plan, when it is for this server.

        Raises:
            PlanInvalid: it is for another.
        """
        if parse_target(plan.server_id).key != self.id.key:
            raise PlanInvalid(f"the plan is for {plan.server_id}, not for {self.id}")
        return plan

    def _judge(self, baseline: Baseline) -> Judge:
        clock = self._flexsec.clock
        return Judge(baseline, lambda: clock.now().date())

    def _deadline(self) -> Deadline:
        return Deadline(self._flexsec.clock, self._flexsec.timeout)


def _source(baseline: Baseline) -> str:
    """What loads the baseline again, from whatever directory: a built-in name or an absolute path; "" for a value.

    A built-in baseline that a program has changed is a value. What came from a file is the file's.
    """
    from ..baselines.content import content
    from ..baselines.loader import load, names

    source = next(iter(baseline.sources), "")
    if source in names():
        return source if content(load(source)) == content(baseline) else ""
    return source and str(Path(source).absolute())
