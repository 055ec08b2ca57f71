"""The administrator's password: set, rotated through a store, and found again after a crash, for scripts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ..engine import apply as applying
from ..engine.earlier_runs import PASSWORD_ROTATION, unfinished
from ..engine.refuse import refuse_withheld
from ..errors import InvalidValue, RunInProgress
from ..model.change_record import NO_RECORD
from ..model.connections import Evidence
from ..model.event import silent
from ..model.leave import Leave
from ..operations import admin_password
from ..passwords.policy import STANDARD, PasswordPolicy, check, generate
from ..passwords.postgres_login import PostgresLogin
from ..passwords.recovery import recover
from ..passwords.rotation import Given, Rotation, pending_of, refuse_pending
from .given import check_given, observed

if TYPE_CHECKING:
    from ..engine.carry_out import Means
    from ..model.change_record import ChangeRecord
    from ..model.event import Listener
    from ..model.login import Login
    from ..model.plan import Plan
    from ..model.run import Run
    from ..model.secret import Secret
    from ..model.secret_store import Recovery, SecretStore, StoredVersion
    from ..model.server import Server, ServerState
    from .flexsec import FlexSec
    from .server import ServerHandle

_PARTS = ("server",)
_NO_LEAVE = Leave()
_NO_EVIDENCE = Evidence()
SURELY_OVER = timedelta(hours=1)
"""A password write ends long before: the longest recorded change of a server took 1,026 seconds."""


class AdminPassword:
    """The administrator's password. Changing it needs Microsoft.DBforPostgreSQL/flexibleServers/write."""

    def __init__(self, server: ServerHandle, flexsec: FlexSec) -> None:
        self._server = server
        self._flexsec = flexsec

    def reset(
        self,
        secret: Secret,
        *,
        verify: Login | None = None,
        record: ChangeRecord = NO_RECORD,
        on_event: Listener = silent,
    ) -> Run:
        """Set a password that the caller has. Nothing is stored; `rotate` is the way that cannot lose one.

        Args:
            secret: checked here by the service's rules, which the service itself answers with an internal error.
            verify: logs in with it; without one, or where the server cannot be reached, the run says unverified.

        Raises:
            InvalidValue: the service would not take the password; the reasons tell nothing of it.
            GuardRefused: a replica, password authentication is off, or the server is not Ready.
            NotObserved: the server could not be read.
            StalePlan, RunInProgress: as `ServerHandle.apply`.
        """
        state, server = self._observed()
        check(secret, login=server.administrator_login)
        given = Given(secret, login=server.administrator_login, login_with=verify)
        plan = self._plan(state, server, "", record)
        return self._apply(plan, state, given, kind="password reset", on_event=on_event)

    def rotate(
        self,
        store: SecretStore,
        *,
        policy: PasswordPolicy = STANDARD,
        verify: Login | None = None,
        expires_in: timedelta | None = timedelta(days=90),
        record: ChangeRecord = NO_RECORD,
        on_event: Listener = silent,
    ) -> Run:
        """Make a new password, store it as pending, set it, log in with it, and make it the current one.

        Whatever breaks, a stored password works; `recover` finds out which.

        Args:
            store: where the password is kept; each server needs a secret of its own.
            policy: how the password is made.
            verify: logs in with it; without one, or where the server cannot be reached, the run says unverified.
            expires_in: when it shall be replaced at the latest, as a mark in the store; None for no mark.

        Raises:
            SecretStoreFailure: the store cannot be read; nothing was begun.
            RunInProgress: an earlier rotation has left a pending password; also as `ServerHandle.apply`.
            GuardRefused, NotObserved, StalePlan: as `reset`.
        """
        state, server = self._observed()
        plan = self._plan(state, server, store.place, record)
        refuse_pending(pending_of(store, self._server.id.arm_id), store.place)
        rotation = self._rotation(store, server.administrator_login, policy, verify, expires_in)
        return self._apply(plan, state, rotation, kind=PASSWORD_ROTATION, on_event=on_event)

    def plan(self, *, place: str = "", record: ChangeRecord = NO_RECORD) -> Plan:
        """What `reset` would do, or `rotate` with a store at this place; for showing to someone first.

        Raises:
            GuardRefused, NotObserved: as `reset`.
        """
        state, server = self._observed()
        return self._plan(state, server, place, record)

    def recover(self, store: SecretStore, *, verify: Login | None = None, on_event: Listener = silent) -> Recovery:
        """Find out which stored password works, and put the store right.

        A rotation that was cut off here is first followed to its end; then each stored password is tried.

        Args:
            verify: logs in; without one nothing is changed in the store but what the service's own word settles.

        Raises:
            SecretStoreFailure: the store cannot be read or changed.
            RunInProgress: the rotation still goes on in another process.
            NotObserved: the server could not be read.
        """
        _, server = self._observed()
        login = server.administrator_login
        run = unfinished(self._server.id, self._flexsec.journals)
        if run is not None and run.kind == PASSWORD_ROTATION:
            rotation = self._rotation(store, login, STANDARD, verify, None)
            means = self._means(rotation, on_event)
            applying.resume(run.run_id, means, settle_only=True, steps=rotation)
        still = unfinished(self._server.id, self._flexsec.journals)
        return recover(
            store,
            server_id=self._server.id.arm_id,
            login=login,
            login_with=verify,
            over=lambda version: self._over(version, still),
        )

    def status(self, store: SecretStore) -> tuple[StoredVersion, ...]:
        """What the store holds for this server, newest first; no password is read.

        Raises:
            SecretStoreFailure: the store cannot be read, or holds passwords of another server.
        """
        pending_of(store, self._server.id.arm_id)
        return store.versions()

    def login(self, *, address: str = "", port: int = 5432, ca_file: str = "") -> PostgresLogin:
        """What logs in to this server with a PostgreSQL driver, over TLS with certificate and name checked.

        Args:
            address: an IP address to connect to in place of the one that the server's name resolves to.
            ca_file: certificate authorities to trust in place of the usual ones.

        Raises:
            InvalidValue: no driver is installed.
            NotObserved: the server could not be read, or does not tell its name.
        """
        _, server = self._observed()
        if not server.fqdn:
            raise InvalidValue(f"the service does not tell the name that {self._server.id.name} is reached by")
        return PostgresLogin(host=server.fqdn, port=port, address=address, ca_file=ca_file)

    # -- parts -------------------------------------------------------------------------------------------------------

    def _observed(self) -> tuple[ServerState, Server]:
        state = self._server.observe(_PARTS)
        return state, observed(state.server, self._server.id.name)

    def _plan(self, state: ServerState, server: Server, place: str, record: ChangeRecord) -> Plan:
        check_given(_NO_LEAVE, _NO_EVIDENCE, record)
        planner = self._server.planner(state, self._server.baseline("recommended"), record)
        change = admin_password.change(server.administrator_login, place=place)
        plan = planner.assemble([change], leave=_NO_LEAVE, evidence=_NO_EVIDENCE)
        refuse_withheld(plan)
        return plan

    def _rotation(
        self,
        store: SecretStore,
        login: str,
        policy: PasswordPolicy,
        verify: Login | None,
        expires_in: timedelta | None,
    ) -> Rotation:
        return Rotation(
            store,
            lambda: generate(policy, login=login),
            server_id=self._server.id.arm_id,
            login=login,
            login_with=verify,
            expires_at=self._flexsec.clock.now() + expires_in if expires_in is not None else None,
        )

    def _apply(
        self,
        plan: Plan,
        state: ServerState,
        new: Given | Rotation,
        *,
        kind: str,
        on_event: Listener,
    ) -> Run:
        means = self._means(new, on_event)
        return applying.apply(plan, means, kind=kind, observed=state, steps=new)

    def _means(self, new: Given | Rotation, on_event: Listener) -> Means:
        return self._server.means(on_event, None, admin_password.operation(new.secret, new.prove))

    def _over(self, version: StoredVersion, still: Run | None) -> bool:
        """Whether the write of a pending password has ended: its run is settled here, or it is old enough anywhere."""
        if still is not None and still.run_id == version.run_id:
            return False
        if version.run_id in self._flexsec.journals.runs():
            return True
        return version.created_at is not None and self._flexsec.clock.now() - version.created_at > SURELY_OVER


def refuse_other(run: Run) -> None:
    """Refuse to go on with a rotation where its store is not at hand.

    Raises:
        RunInProgress: naming the command that has it.
    """
    if run.kind == PASSWORD_ROTATION:
        raise RunInProgress(
            f"run {run.run_id} is a password rotation; `flexsec password recover` with its store finishes it"
        )
