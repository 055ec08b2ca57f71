"""One subscription's flexible servers, and the runs recorded on this machine."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ..engine import apply as applying
from ..engine.approvals import planned_server, refuse_approver
from ..engine.basis import check_seal
from ..engine.earlier_runs import undone_by, with_history
from ..engine.history import as_run, plan_of
from ..engine.journal_files import JournalFiles
from ..engine.login_records import LoginRecords
from ..engine.rollback import rollback_plan
from ..errors import InvalidValue, PlanInvalid, UnknownName
from ..model.change_record import NO_RECORD, Approval
from ..model.clock import SystemClock
from ..model.connections import Evidence
from ..model.event import silent
from ..model.leave import Leave
from ..model.resource import ServerId, SubscriptionId, check_subscription_id, parse_target
from .admin_password import refuse_other
from .credential_evidence import remembered
from .defender import Defender
from .given import as_approvals, check_given, check_record
from .server import ServerHandle
from .shared_reads import SharedReads

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from azure.core.credentials import TokenCredential
    from azure.core.pipeline.transport import HttpTransport

    from ..azure.clouds import Cloud
    from ..azure.connection import Connection
    from ..model.change_record import ChangeRecord
    from ..model.clock import Clock
    from ..model.event import Listener
    from ..model.journal import JournalStore
    from ..model.plan import Plan
    from ..model.resource import Target
    from ..model.role import PermissionCheck, Role
    from ..model.run import Run
    from ..model.secret_store import SecretStore

_NO_LEAVE = Leave()
_NO_EVIDENCE = Evidence()


class FlexSec:
    """One subscription's flexible servers, and the runs recorded on this machine.

    Args:
        credential: anything with `get_token`, such as azure.identity.DefaultAzureCredential().
        subscription_id: a GUID.
        cloud: "public", "us-government" or "china", or a `Cloud` with endpoints of its own.
        transport: an azure-core HTTP transport instead of the usual one (the simulator's, for instance).
        clock: the clock that waits and deadlines run on.
        state_directory: where journals and locks are kept; default: the user's state directory.
        poll: "header" waits between polls as the service asks; "eager" polls more often, for one server at a time.
        timeout: seconds that one run, or one reading, may take.
        application_id: up to 24 characters put in front of the user agent.

    Raises:
        InvalidTarget: the subscription id is not one.
        UnknownName: no such cloud.
        InvalidValue: an unknown way to poll, or a timeout that is not positive.
    """

    def __init__(
        self,
        credential: TokenCredential,
        subscription_id: str,
        *,
        cloud: str | Cloud = "public",
        transport: HttpTransport[object, object] | None = None,
        clock: Clock | None = None,
        state_directory: Path | None = None,
        poll: str = "header",
        timeout: float = 3600.0,
        application_id: str = "",
    ) -> None:
        check_subscription_id(subscription_id)
        if poll not in ("header", "eager"):
            raise InvalidValue(f"there is no way to poll called {poll!r}; it is 'header' or 'eager'")
        if timeout <= 0:
            raise InvalidValue(f"a timeout of {timeout} seconds leaves no time; give a positive number")
        self.subscription_id = subscription_id
        self.timeout = timeout
        self.clock: Clock = clock or SystemClock()
        directory = state_directory or _state_directory()
        self.journals: JournalStore = JournalFiles(directory)
        self.login_records = LoginRecords(directory)
        self._credential = credential
        self._cloud = cloud
        self._transport = transport
        self._eager = poll == "eager"
        self._application_id = application_id
        self._connection: Connection | None = None
        self._stop = threading.Event()
        self.shared = SharedReads(self.clock)
        self.defender = Defender(self)

    @property
    def connection(self) -> Connection:
        """The connection to Azure, made on first use."""
        if self._connection is None:
            from ..azure.clouds import cloud
            from ..azure.connection import Connection

            self._connection = Connection(
                self._credential,
                self.subscription_id,
                clock=self.clock,
                cloud=cloud(self._cloud) if isinstance(self._cloud, str) else self._cloud,
                transport=self._transport,
                eager=self._eager,
                application_id=self._application_id,
            )
        return self._connection

    def server(self, resource_group: str, name: str) -> ServerHandle:
        """A flexible server; nothing is read yet.

        Raises:
            InvalidTarget: names that no server can have.
        """
        return ServerHandle(self, ServerId(self.subscription_id, resource_group, name))

    def vault(self, vault: str, secret: str) -> SecretStore:
        """A secret of a key vault of this cloud, as whoever is signed in here; nothing is read yet.

        Args:
            vault: the vault's URL or its name.
            secret: the secret's name.

        Raises:
            InvalidValue: no such vault or secret can be.
            UsageError: the extra `keyvault` is not installed.
        """
        from ..azure.clouds import cloud
        from ..azure.key_vault import KeyVaultStore

        return KeyVaultStore(
            self._credential,
            vault,
            secret,
            clock=self.clock,
            cloud=cloud(self._cloud) if isinstance(self._cloud, str) else self._cloud,
            transport=self._transport,
            application_id=self._application_id,
        )

    def stop(self) -> None:
        """Ask the run that is going on to finish the write in flight and then to stop, resumable.

        It holds for this object: what is to go on afterwards needs a new `FlexSec`.
        """
        self._stop.set()

    def runs(self) -> tuple[Run, ...]:
        """The runs recorded here, newest first; a journal that cannot be trusted is left out."""
        read = [as_run(self.journals, run_id, damaged_is_none=True) for run_id in reversed(self.journals.runs())]
        found = [run for run in read if run is not None]
        return tuple(with_history(run, found) for run in found)

    def run(self, run_id: str) -> Run:
        """One run.

        Raises:
            UnknownName: no such run.
            JournalDamaged: its journal cannot be trusted.
        """
        return with_history(as_run(self.journals, run_id), undone_by(self.journals, run_id))

    def approve(self, plan: Plan, *, comment: str = "", earlier: Sequence[Approval] = ()) -> Approval:
        """Consent to a plan as whoever is signed in here. Nothing is asked of Azure but a token.

        The approval is not kept: `flexsec.engine.approval_file.add` puts it beside the plan's file, and
        `ServerHandle.apply` takes it. It is not signed; docs/approvals.md says what that means.

        Args:
            comment: free text, stored in the clear.
            earlier: the approvals there are, so that nobody approves twice.

        Raises:
            PlanInvalid: the plan was edited after it was made, or is about a subscription.
            ApprovalRequired: it would be no approval: by the plan's maker, by nobody who can be told, or given already.
            InvalidValue: a comment that cannot be kept.
            CredentialUnavailable: nobody to sign in as.
        """
        check_seal(plan)
        planned_server(plan)
        approver = self.connection.sign_in()
        refuse_approver(plan, approver, as_approvals(earlier))
        return Approval(digest=plan.digest, approved_by=approver, approved_at=self.clock.now(), comment=comment)

    def resume(self, run_id: str, *, record: ChangeRecord = NO_RECORD, on_event: Listener = silent) -> Run:
        """Finish a run that was interrupted, failed in part or could not tell.

        Args:
            record: why it is gone on with; put over what was said about the run.

        Raises:
            UnknownName, JournalDamaged, RunInProgress: it cannot be resumed.
            ApprovalRequired: its plan needed an approval, and nobody but who goes on with it gave one.
        """
        check_record(record)
        run = as_run(self.journals, run_id)
        refuse_other(run)
        target = self._target(run)
        if isinstance(target, SubscriptionId):
            return self.defender.resume(run_id, on_event, record=record)
        handle = ServerHandle(self, target)
        judge = handle.judge_again(run, plan_of(self.journals, run_id).baseline_source)
        return applying.resume(run_id, handle.means(on_event, judge), record=record)

    def plan_rollback(
        self,
        run_id: str,
        *,
        leave: Leave = _NO_LEAVE,
        evidence: Evidence = _NO_EVIDENCE,
        record: ChangeRecord = NO_RECORD,
    ) -> Plan:
        """What undoing a run would write, and what it would leave alone.

        Raises:
            UnknownName, JournalDamaged: no such run, or not to be trusted.
        """
        check_given(leave, evidence, record)
        run = as_run(self.journals, run_id)
        target = self._target(run)
        if isinstance(target, SubscriptionId):
            return self.defender.plan_rollback(run, leave=leave, record=record)
        handle = ServerHandle(self, target)
        state = handle.observe()
        baseline = handle.baseline_or_recommended(plan_of(self.journals, run_id).baseline_source)
        planner = handle.planner(state, baseline, record)
        undone = [handle.operations[each.change.kind].undo(each.change) for each in run.outcomes]
        evidence = remembered(self, handle.id, evidence, undone)
        return rollback_plan(run, state, handle.operations, planner, leave=leave, evidence=evidence)

    def rollback(
        self,
        run_id: str,
        *,
        leave: Leave = _NO_LEAVE,
        evidence: Evidence = _NO_EVIDENCE,
        plan: Plan | None = None,
        record: ChangeRecord = NO_RECORD,
        on_event: Listener = silent,
    ) -> Run:
        """Undo a run, newest change first; only values that are still the run's are restored.

        Args:
            leave: `lower_security` is needed to undo a hardening; `closing` and `restart` as in a plan.
            plan: made by `plan_rollback` and shown to someone; without it one is made.
            record: why it is undone; put over what the plan says.

        Raises:
            UnknownName, JournalDamaged, StalePlan, RunInProgress: it cannot be undone now.
            PlanInvalid: a plan that undoes another run.

        Returns:
            The run that undid it; `whole` tells whether everything was restored, `withheld` and `left` what was not.
        """
        check_record(record)
        chosen = plan or self.plan_rollback(run_id, leave=leave, evidence=evidence, record=record)
        target = self._target(as_run(self.journals, run_id))
        if chosen.undoes != run_id:
            raise PlanInvalid(f"the plan does not undo run {run_id}; make one with `plan_rollback`")
        if isinstance(target, SubscriptionId):
            return self.defender.apply(chosen, "rollback", on_event, record=record)
        handle = ServerHandle(self, target)
        return applying.apply(handle.own(chosen), handle.means(on_event, None), kind="rollback", record=record)

    def permissions(self, purpose: str | Plan | Role) -> PermissionCheck:
        """What whoever is signed in may do at the subscription, held against what something needs there: one request.

        Requires Microsoft.Authorization/permissions/read. For what is needed at a server: `ServerHandle.permissions`.

        Args:
            purpose: a command that is about a subscription ("defender enable-plan", "capture"), a plan for it, or a
                `Role`.

        Raises:
            UnknownName, InvalidValue: no such command, no purpose, or one that needs permissions at a server.
            PlanInvalid: the plan was edited, or is for another subscription.
            NotFound, Unauthorized, CredentialUnavailable: nothing to ask about, or nobody to ask for.
        """
        from .permissions import compare_subscription_permissions

        return compare_subscription_permissions(self, purpose)

    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stop.is_set()

    def _target(self, run: Run) -> Target:
        """What a run was about.

        Raises:
            UnknownName: it was on another subscription.
        """
        target = parse_target(run.server_id)
        if target.subscription_id.casefold() != self.subscription_id.casefold():
            raise UnknownName(
                f"run {run.run_id} was on subscription {target.subscription_id}, not on {self.subscription_id}"
            )
        return target


def _state_directory() -> Path:
    from platformdirs import user_state_path

    return user_state_path("flexsec", appauthor=False)
