"""A server's Microsoft Entra authentication and its administrators, for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..engine import apply as applying
from ..engine.credential_guards import lacking_for_entra_only
from ..engine.refuse import refuse_withheld
from ..model import entra
from ..model.change_record import NO_RECORD
from ..model.connections import Evidence
from ..model.entra_state import EntraState
from ..model.event import silent
from ..model.leave import Leave
from ..operations import authentication
from ..passwords.policy import check
from .entra_login import prove
from .entra_plans import EntraPlans, check_login
from .given import observed

if TYPE_CHECKING:
    from ..model.change_record import ChangeRecord
    from ..model.event import Listener
    from ..model.login import TokenLogin
    from ..model.login_evidence import EntraLoginProof
    from ..model.plan import Plan
    from ..model.run import Run
    from ..model.secret import Secret
    from .flexsec import FlexSec
    from .server import ServerHandle

_NO_LEAVE = Leave()
_NO_EVIDENCE = Evidence()
_PARTS = ("server", "administrators")


class Entra:
    """Microsoft Entra authentication and administrators.

    Switching a way of signing in needs Microsoft.DBforPostgreSQL/flexibleServers/write; administrators need
    .../administrators/write and .../delete.
    """

    def __init__(self, server: ServerHandle, flexsec: FlexSec) -> None:
        self._server = server
        self._flexsec = flexsec
        self._plans = EntraPlans(server)

    def show(self) -> EntraState:
        """How Microsoft Entra stands: two requests. Requires .../flexibleServers/read and .../administrators/read.

        Raises:
            NotObserved: the server could not be read; administrators that could not be are `Unobserved` in the answer.
        """
        state = self._server.observe(_PARTS)
        server = observed(state.server, "the server")
        proved = self._flexsec.login_records.of(self._server.id).entra_login
        return EntraState(
            entra_auth=server.entra_auth,
            password_auth=server.password_auth,
            tenant_id=server.tenant_id,
            administrator_login=server.administrator_login,
            administrators=state.administrators,
            proved=proved,
            lacking=lacking_for_entra_only(state, proved, self._flexsec.clock.now()),
        )

    def enable(
        self,
        tenant_id: str = "",
        *,
        leave: Leave = _NO_LEAVE,
        record: ChangeRecord = NO_RECORD,
        on_event: Listener = silent,
    ) -> Run:
        """Enable Microsoft Entra authentication. It restarts the server, once: that needs `leave.restart`.

        Args:
            tenant_id: the tenant; "" for the subscription's own.

        Raises:
            InvalidValue: no GUID, another tenant than the server's, or a replica.
            LeaveRequired, GuardRefused: no leave to restart, not the time for it, or an unhealthy standby.
        """
        asked = self._plans.enabled(tenant_id, leave=leave, record=record)
        return self._server.carry_out(asked.plan, "entra enable", on_event, observed=asked.state)

    def plan_enable(self, tenant_id: str = "", *, leave: Leave = _NO_LEAVE, record: ChangeRecord = NO_RECORD) -> Plan:
        """What `enable` would write."""
        return self._plans.enabled(tenant_id, leave=leave, record=record).plan

    def add_administrator(
        self,
        object_id: str,
        name: str,
        principal_type: str,
        *,
        tenant_id: str = "",
        application_id: str = "",
        record: ChangeRecord = NO_RECORD,
        on_event: Listener = silent,
    ) -> Run:
        """Add an administrator and read it back; one that is there already is not written again.

        Args:
            object_id: of the principal in the tenant, never an application id.
            name: the user principal name of a User, the display name of anything else; it becomes the role's name.
            principal_type: User, Group or ServicePrincipal (also for a managed identity).
            tenant_id: "" for the server's.
            application_id: the client id where it is known, so that it is not taken for the object id.

        Raises:
            InvalidValue: parts that cannot belong together, Entra authentication is off, a replica, or another
                administrator has the id or the name; nothing is sent.
            LeaveRequired, GuardRefused: the server is in a state without writes.
        """
        wanted = entra.administrator(object_id, name, principal_type, tenant_id)
        asked = self._plans.added(wanted, application_id, record)
        return self._server.carry_out(asked.plan, "entra add", on_event, observed=asked.state)

    def plan_add_administrator(
        self,
        object_id: str,
        name: str,
        principal_type: str,
        *,
        tenant_id: str = "",
        application_id: str = "",
        record: ChangeRecord = NO_RECORD,
    ) -> Plan:
        """What `add_administrator` would write; its notes tell what speaks against the parts."""
        wanted = entra.administrator(object_id, name, principal_type, tenant_id)
        return self._plans.added(wanted, application_id, record).plan

    def replace_administrator(
        self,
        old_object_id: str,
        object_id: str,
        name: str,
        principal_type: str,
        *,
        tenant_id: str = "",
        application_id: str = "",
        leave: Leave = _NO_LEAVE,
        evidence: Evidence = _NO_EVIDENCE,
        record: ChangeRecord = NO_RECORD,
        on_event: Listener = silent,
    ) -> Run:
        """Put one administrator in another's place: added and read back first, and only then is the old one removed.

        Needs `leave.closing` with "entra-administrators" and evidence of who still logs in as the old one, or a reason.

        Raises:
            UnknownName: the old one is no administrator.
            InvalidValue, LeaveRequired, GuardRefused: as `add_administrator` and `remove_administrator`.
        """
        wanted = entra.administrator(object_id, name, principal_type, tenant_id)
        old = entra.guid(old_object_id, "an object id")
        asked = self._plans.replaced(old, wanted, application_id, leave=leave, evidence=evidence, record=record)
        return self._server.carry_out(asked.plan, "entra replace", on_event, observed=asked.state)

    def plan_replace_administrator(
        self,
        old_object_id: str,
        object_id: str,
        name: str,
        principal_type: str,
        *,
        tenant_id: str = "",
        application_id: str = "",
        leave: Leave = _NO_LEAVE,
        evidence: Evidence = _NO_EVIDENCE,
        record: ChangeRecord = NO_RECORD,
    ) -> Plan:
        """What `replace_administrator` would write."""
        wanted = entra.administrator(object_id, name, principal_type, tenant_id)
        old = entra.guid(old_object_id, "an object id")
        return self._plans.replaced(old, wanted, application_id, leave=leave, evidence=evidence, record=record).plan

    def remove_administrator(
        self,
        object_id: str,
        *,
        leave: Leave = _NO_LEAVE,
        evidence: Evidence = _NO_EVIDENCE,
        record: ChangeRecord = NO_RECORD,
        on_event: Listener = silent,
    ) -> Run:
        """Remove an administrator. Needs `leave.closing` with "entra-administrators" and evidence, or a reason.

        Raises:
            InvalidValue, UnknownName: no GUID, or nobody's; the message lists the administrators.
            LeaveRequired, GuardRefused: leave or evidence is missing, somebody was seen to log in as this one, or it is
                the last (never with password authentication off, else with `leave.lower_security`).
        """
        asked = self._plans.removed(object_id, leave=leave, evidence=evidence, record=record)
        return self._server.carry_out(asked.plan, "entra remove", on_event, observed=asked.state)

    def plan_remove_administrator(
        self,
        object_id: str,
        *,
        leave: Leave = _NO_LEAVE,
        evidence: Evidence = _NO_EVIDENCE,
        record: ChangeRecord = NO_RECORD,
    ) -> Plan:
        """What `remove_administrator` would write."""
        return self._plans.removed(object_id, leave=leave, evidence=evidence, record=record).plan

    def only(
        self,
        *,
        leave: Leave = _NO_LEAVE,
        evidence: Evidence = _NO_EVIDENCE,
        record: ChangeRecord = NO_RECORD,
        on_event: Listener = silent,
    ) -> Run:
        """Disable password authentication, so that Microsoft Entra is the only way in.

        Needs two administrators, one of whom is not a group; a login proved within a day (`prove_login`) or a reason;
        `leave.closing` with "password-authentication"; and evidence that no client uses a password, or a reason.

        Raises:
            InvalidValue: a replica.
            LeaveRequired, GuardRefused: one of these is missing.
        """
        asked = self._plans.only(leave=leave, evidence=evidence, record=record)
        return self._server.carry_out(asked.plan, "entra only", on_event, observed=asked.state)

    def plan_only(
        self, *, leave: Leave = _NO_LEAVE, evidence: Evidence = _NO_EVIDENCE, record: ChangeRecord = NO_RECORD
    ) -> Plan:
        """What `only` would write."""
        return self._plans.only(leave=leave, evidence=evidence, record=record).plan

    def allow_passwords(
        self,
        login: str,
        secret: Secret,
        *,
        by_put: bool = False,
        leave: Leave = _NO_LEAVE,
        record: ChangeRecord = NO_RECORD,
        on_event: Listener = silent,
    ) -> Run:
        """Enable password authentication again, with the administrator's login and a new password.

        The service takes it only with both in the same request (reported). It is sent as a PATCH, which keeps
        everything else as it is. Should the service not take that, `by_put` sends a PUT of the server with createMode
        Update, its place, size and tags; what else a PUT changes is not known, so it is never the default.

        Args:
            login: the administrator login; the one that the server had, which never changes.
            secret: checked here by the service's rules.
            leave: `lower_security` is needed: passwords let people in again.

        Raises:
            InvalidValue: a login or a password that the service would not take, another login than the server's, a
                replica, or a PUT on a server with managed identities; nothing is sent.
            LeaveRequired, GuardRefused: no leave, or a state without writes.
        """
        check_login(login)
        check(secret, login=login)
        asked = self._plans.with_passwords(login, by_put=by_put, leave=leave, record=record)
        refuse_withheld(asked.plan)
        means = self._server.means(on_event, None, authentication.operation(lambda: secret))
        return applying.apply(asked.plan, means, kind="entra allow-passwords", observed=asked.state)

    def plan_allow_passwords(
        self, login: str, *, by_put: bool = False, leave: Leave = _NO_LEAVE, record: ChangeRecord = NO_RECORD
    ) -> Plan:
        """What `allow_passwords` would write."""
        check_login(login)
        return self._plans.with_passwords(login, by_put=by_put, leave=leave, record=record).plan

    def prove_login(self, login_with: TokenLogin, *, principal: str = "") -> EntraLoginProof:
        """Log in with a token of whoever is signed in, and remember that it worked.

        Args:
            login_with: logs in (`AdminPassword.login` makes one).
            principal: the administrator to log in as; "" for the one whose object id the token has. A member of a group
                logs in as the group.

        Raises:
            UnknownName, InvalidValue: nobody of this name is an administrator; who it is must be told.
            NotObserved: the administrators could not be read, or the server could not be reached.
            FlexSecError: the login was refused, or the proof cannot be kept.
        """
        return prove(self._server, self._flexsec, login_with, principal=principal)
