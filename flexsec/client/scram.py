"""From md5 to SCRAM in the only safe order, each step a guarded run of its own, for scripts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from ..engine.refuse import refuse_withheld
from ..errors import Refused
from ..model.change_record import NO_RECORD
from ..model.connections import Evidence
from ..model.desire import DesiredParameter
from ..model.event import silent
from ..model.leave import Leave
from ..model.login_evidence import ACCEPTED_METHOD, MD5, PASSWORD_ENCRYPTION, SCRAM, UNKNOWN
from ..model.parameter import members
from ..model.run import RunStatus
from ..model.scram import ScramMigration, ScramStatus, ScramStep
from .credential_evidence import admin_password
from .given import check_given, observed

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..model.change_record import ChangeRecord
    from ..model.event import Listener
    from ..model.plan import Plan
    from ..model.run import Run
    from ..model.server import ServerState
    from .flexsec import FlexSec
    from .server import ServerHandle

_NO_LEAVE = Leave()
_NO_EVIDENCE = Evidence()
_PARTS = ("server", "parameters", "administrators")


class RotatesPassword(Protocol):
    """Sets the administrator's password anew, such as `AdminPassword.rotate` with its store."""

    def __call__(self, *, record: ChangeRecord, on_event: Listener) -> Run:
        """One run; only a login with the new password makes it count."""
        ...


class Scram:
    """The migration from md5 to SCRAM.

    Writing needs .../flexibleServers/configurations/write, and the rotation .../flexibleServers/write.
    """

    def __init__(self, server: ServerHandle, flexsec: FlexSec) -> None:
        self._server = server
        self._flexsec = flexsec

    def status(self, evidence: Evidence = _NO_EVIDENCE) -> ScramStatus:
        """Where the server stands and what comes next; nothing is written.

        Requires .../flexibleServers/read and .../configurations/read.

        Args:
            evidence: `role_hashes` tells which roles md5 off would lock out.

        Raises:
            NotObserved: the server or its parameters could not be read.
        """
        return self._status(self._server.observe(_PARTS[:2]), evidence)

    def migrate(
        self,
        rotate: RotatesPassword | None = None,
        *,
        leave: Leave = _NO_LEAVE,
        evidence: Evidence = _NO_EVIDENCE,
        record: ChangeRecord = NO_RECORD,
        approve: Callable[[Plan], bool] = lambda _: True,
        on_event: Listener = silent,
    ) -> ScramMigration:
        """Take the steps that are left, in their order; stop at the first that cannot be taken. Run it again to go on.

        1. accept: scram-sha-256 is added to the accepted methods, where it is missing
        2. encryption: password_encryption becomes scram-sha-256
        3. rotation: the administrator's password is set anew and logged in with
        4. md5 off: md5 is no longer accepted; needs `leave.closing` with "md5", evidence of the roles' hashes and of
           the clients, and `leave.lockout` for every role that is md5 or unknown

        Args:
            rotate: makes the third step; without it the migration stops there and says so.
            approve: shown each plan before it is carried out; False stops there. The rotation asks for itself.

        Raises:
            NotObserved: the server or its parameters could not be read.
            RunInProgress, StalePlan: as `ServerHandle.apply`.
        """
        check_given(leave, evidence, record)
        order = _Order(rotate=rotate, leave=leave, evidence=evidence, record=record, approve=approve, on_event=on_event)
        runs: list[Run] = []
        for _ in ScramStep:
            state = self._server.observe(_PARTS)
            status = self._status(state, evidence, leave)
            if status.step is ScramStep.DONE:
                break
            try:
                run = self._step(status, state, order)
            except Refused as error:
                return ScramMigration(runs=tuple(runs), status=status, stopped=error.message)
            if run is None:
                return ScramMigration(runs=tuple(runs), status=status, stopped=_waits(status, order))
            runs.append(run)
            after = self._status(self._server.observe(_PARTS), evidence, leave)
            if run.status is not RunStatus.COMPLETE or after.step is status.step:
                return ScramMigration(runs=tuple(runs), status=after, stopped=_not_through(run))
        return ScramMigration(runs=tuple(runs), status=self.status(evidence))

    def _step(self, status: ScramStatus, state: ServerState, order: _Order) -> Run | None:
        """One step's run; None when it is not taken."""
        if status.step is ScramStep.ROTATION:
            if order.rotate is None:
                return None
            if status.admin_password.encryption_since is None:
                self._flexsec.login_records.keep_scram_seen(self._server.id, self._flexsec.clock.now())
            return order.rotate(record=order.record, on_event=order.on_event)
        changes = self._server.changes_for([_DESIRES[status.step]], state)
        asked = self._server.asked(changes, state, leave=order.leave, evidence=order.evidence, record=order.record)
        refuse_withheld(asked.plan)
        if not order.approve(asked.plan):
            return None
        return self._server.carry_out(asked.plan, f"scram {status.step}", order.on_event, observed=state)

    def _status(self, state: ServerState, evidence: Evidence, leave: Leave = _NO_LEAVE) -> ScramStatus:
        server = observed(state.server, "the server")
        known = observed(state.parameters, "the server parameters")
        values = {each.name: each.value for each in known}
        hashes = evidence.role_hashes
        status = ScramStatus(
            password_encryption=values.get(PASSWORD_ENCRYPTION, ""),
            accepted=values.get(ACCEPTED_METHOD, ""),
            password_auth=server.password_auth,
            administrator_login=server.administrator_login,
            admin_password=admin_password(self._flexsec, self._server.id),
            md5_roles=None if hashes is None else tuple(sorted(each.role for each in hashes if each.hash == MD5)),
            unknown_roles=None if hashes is None else tuple(sorted(e.role for e in hashes if e.hash == UNKNOWN)),
            step=ScramStep.DONE,
        )
        return replace(status, step=_next_step(status, evidence, leave))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What a caller of `migrate` gave."""

    rotate: RotatesPassword | None
    leave: Leave
    evidence: Evidence
    record: ChangeRecord
    approve: Callable[[Plan], bool]
    on_event: Listener


_DESIRES = {
    ScramStep.ACCEPT: DesiredParameter(name=ACCEPTED_METHOD, value=f"{MD5},{SCRAM}"),
    ScramStep.ENCRYPTION: DesiredParameter(name=PASSWORD_ENCRYPTION, value=SCRAM),
    ScramStep.MD5_OFF: DesiredParameter(name=ACCEPTED_METHOD, value=SCRAM, closing="md5"),
}


def _next_step(status: ScramStatus, evidence: Evidence, leave: Leave) -> ScramStep:
    accepted = members(status.accepted)
    if accepted and SCRAM not in accepted:
        return ScramStep.ACCEPT
    if status.password_encryption.casefold() != SCRAM:
        return ScramStep.ENCRYPTION
    if MD5 not in accepted:
        return ScramStep.DONE
    login = status.administrator_login
    told = {each.hash for each in evidence.role_hashes or () if login and each.role == login}
    settled = status.admin_password.after_scram or told == {SCRAM} or login in leave.lockout
    off = status.password_auth.casefold() == "disabled"
    return ScramStep.MD5_OFF if off or settled else ScramStep.ROTATION


def _waits(status: ScramStatus, order: _Order) -> str:
    if status.step is ScramStep.ROTATION and order.rotate is None:
        return (
            f"the password of {status.administrator_login or 'the administrator'} is to be set anew first, and there "
            "is no store for it here: `flexsec password rotate`, then this again"
        )
    return "not confirmed"


def _not_through(run: Run) -> str:
    if run.status is not RunStatus.COMPLETE:
        return f"run {run.run_id} is {run.status.value.replace('_', ' ')}"
    return (
        f"run {run.run_id} set the administrator's password, and nobody logged in with it, so how it is kept is not "
        "known; run this where the server can be reached, or tell it with role hashes"
    )
