"""Plans for a server's ways of signing in and its administrators, made of what was just read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..errors import InvalidValue, UnknownName
from ..model import entra
from ..model.connections import Evidence
from ..model.desire import DesiredAdministrator, DesiredAdministratorAbsent, DesiredAuthentication
from ..model.leave import Leave
from ..operations import authentication
from ..operations.administrators import shown
from .given import check_given, observed

if TYPE_CHECKING:
    from ..model.change_record import ChangeRecord
    from ..model.desire import Desire
    from ..model.server import Administrator, Server, ServerState
    from .server import Asked, ServerHandle

_NO_LEAVE = Leave()
_NO_EVIDENCE = Evidence()
_PARTS = ("server", "administrators")
# Enabling restarts the server, so what waits for a restart is read too; without an administrator passwords must do.
_WITH_PARAMETERS = ("server", "parameters", "administrators")
# Documented by Microsoft for administrator logins; the service refuses them.
_RESERVED = re.compile(r"azure_superuser|azure_pg_admin|admin|administrator|root|guest|public|pg_.*", re.IGNORECASE)
_LOGIN = re.compile(r"[A-Za-z_][A-Za-z0-9_$-]{0,62}", re.ASCII)


class EntraPlans:
    """Plans on one server; see `Entra` for what each means and raises."""

    def __init__(self, server: ServerHandle) -> None:
        self._server = server

    def enabled(self, tenant_id: str, *, leave: Leave, record: ChangeRecord) -> Asked:
        """Microsoft Entra authentication on."""
        tenant = entra.guid(tenant_id, "a tenant id") if tenant_id else ""
        desire = DesiredAuthentication(method="entra", enabled=True, tenant_id=tenant)
        return self._server.direct(lambda _: [desire], _WITH_PARAMETERS, leave=leave, record=record)

    def added(self, wanted: Administrator, application_id: str, record: ChangeRecord) -> Asked:
        """An administrator more."""
        notes = entra.doubts(wanted, application_id)
        return self._server.direct(lambda _: [_present(wanted)], _PARTS, leave=_NO_LEAVE, record=record, notes=notes)

    def replaced(
        self,
        old: str,
        wanted: Administrator,
        application_id: str,
        *,
        leave: Leave,
        evidence: Evidence,
        record: ChangeRecord,
    ) -> Asked:
        """One administrator in another's place."""
        if old == wanted.object_id:
            raise InvalidValue(f"{old} is given as the old and as the new administrator")

        def desires(state: ServerState) -> list[Desire]:
            return [_present(wanted), _absent(old, state)]

        notes = entra.doubts(wanted, application_id)
        return self._server.direct(desires, _PARTS, leave=leave, evidence=evidence, record=record, notes=notes)

    def removed(self, object_id: str, *, leave: Leave, evidence: Evidence, record: ChangeRecord) -> Asked:
        """An administrator less."""
        wanted = entra.guid(object_id, "an object id")
        return self._server.direct(
            lambda state: [_absent(wanted, state)], _WITH_PARAMETERS, leave=leave, evidence=evidence, record=record
        )

    def only(self, *, leave: Leave, evidence: Evidence, record: ChangeRecord) -> Asked:
        """Password authentication off."""
        desire = DesiredAuthentication(method="password", enabled=False)
        return self._server.direct(lambda _: [desire], _PARTS, leave=leave, evidence=evidence, record=record)

    def with_passwords(self, login: str, *, by_put: bool, leave: Leave, record: ChangeRecord) -> Asked:
        """Password authentication on again."""
        check_given(leave, _NO_EVIDENCE, record)
        state = self._server.observe(_PARTS)
        server = observed(state.server, "the server")
        _refuse_passwords(server, login, by_put=by_put)
        off = server.password_auth.casefold() == "disabled"
        changes = [authentication.passwords_back(login, by_put=by_put)] if off else []
        return self._server.asked(changes, state, leave=leave, record=record)


def _present(wanted: Administrator) -> DesiredAdministrator:
    return DesiredAdministrator(
        object_id=wanted.object_id,
        name=wanted.name,
        principal_type=wanted.principal_type,
        tenant_id=wanted.tenant_id,
    )


def _absent(object_id: str, state: ServerState) -> DesiredAdministratorAbsent:
    known = observed(state.administrators, "the Microsoft Entra administrators")
    if not any(each.object_id.casefold() == object_id for each in known):
        listed = ", ".join(f"{shown(each)} {each.object_id}" for each in known) or "none"
        raise UnknownName(f"{object_id} is no administrator of this server; the administrators are: {listed}")
    return DesiredAdministratorAbsent(object_id=object_id)


def check_login(login: str) -> None:
    """Refuse a login that the service would not take.

    Raises:
        InvalidValue: with the reason.
    """
    if _RESERVED.fullmatch(login):
        raise InvalidValue(f"the login {login!r} is reserved by the service; give the server's own administrator login")
    if not _LOGIN.fullmatch(login):
        raise InvalidValue(f"{login[:80]!r} is no administrator login: letters, digits and _, at most 63 characters")


def _refuse_passwords(server: Server, login: str, *, by_put: bool) -> None:
    """Refuse to go back to passwords in a way that the service would refuse, or whose effect is not known.

    Raises:
        InvalidValue: with the reason; only reads were sent.
    """
    if server.is_replica:
        raise InvalidValue(
            f"the server is a read replica, which follows {authentication.primary_of(server)}: set it there"
        )
    if server.administrator_login and server.administrator_login != login:
        raise InvalidValue(
            f"the server's administrator login is {server.administrator_login}, which never changes, not {login}"
        )
    if by_put and server.identity_type.casefold() not in ("", "none"):
        raise InvalidValue(
            "the server has managed identities, and whether a PUT keeps them is not known; leave the PUT out, or use "
            "the portal"
        )
