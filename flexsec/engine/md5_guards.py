"""When md5 may go: new passwords are SCRAM verifiers, the administrator's is one, and so are all others, or are named.

A role whose password is kept as an md5 hash is locked out the moment that md5 is no longer accepted, and its hash
cannot be converted: only setting the password again makes a verifier of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.login_evidence import ACCEPTED_METHOD, MD5, PASSWORD_ENCRYPTION, SCRAM, UNKNOWN
from ..model.observation import Unobserved
from ..model.parameter import Parameter, members
from ..model.server import Server
from .cut_off import REASON_FLAG, cut_off, lacking, refused

if TYPE_CHECKING:
    from ..model.change import Change
    from ..model.connections import Evidence
    from ..model.leave import Leave
    from ..model.plan import Withheld
    from ..model.server import ServerState


def withheld(change: Change, state: ServerState, leave: Leave, evidence: Evidence) -> Withheld | None:
    """Why the accepted proofs of a password are not changed so, or None."""
    accepted, before = (members((side or {}).get("value", "")) for side in (change.after, change.before))
    if SCRAM in before and SCRAM not in accepted:
        return refused(change, "scram-sha-256 would no longer be accepted: passwords kept as SCRAM verifiers lock out")
    if MD5 in accepted or MD5 not in before:
        return None
    server = state.server
    if not isinstance(server, Server):
        return None  # such a server is not written to
    if server.password_auth.casefold() == "disabled":
        return None  # nobody logs in with a password, however it is kept
    if not _keeps_scram(state):
        return refused(
            change, f"{PASSWORD_ENCRYPTION} is not scram-sha-256: new passwords would still be kept as md5 hashes"
        )
    if not _admin_has_scram(server, evidence) and not _entra_way_in(state):
        return refused(change, f"{_admin_doubt(server, evidence)}, and no Microsoft Entra administrator could log in")
    return _roles(change, server, leave, evidence) or _md5_clients(change, leave, evidence)


def _roles(change: Change, server: Server, leave: Leave, evidence: Evidence) -> Withheld | None:
    """Every role whose password is kept as md5, or not known to be otherwise, is named by whoever locks it out."""
    doubtful = {each.role for each in evidence.role_hashes or () if each.hash in (MD5, UNKNOWN)}
    if _admin_has_scram(server, evidence):
        doubtful.discard(server.administrator_login)
    elif server.administrator_login:
        doubtful.add(server.administrator_login)
    missing = sorted(doubtful - set(leave.lockout))
    if missing:
        told = ", ".join(_role_in_words(role, server, evidence) for role in missing)
        flags = " ".join(f"--allow-lockout {role}" for role in missing)
        reason = f"it locks out roles whose password is kept as md5, or may be: {told}; set their passwords again"
        return lacking(change, reason, flags)
    if evidence.role_hashes is None and not leave.without_evidence:
        return lacking(
            change,
            "nobody looked at how the roles' passwords are kept, so who is locked out is unknown",
            f"--role-hashes FILE (or {REASON_FLAG})",
        )
    return None


def _md5_clients(change: Change, leave: Leave, evidence: Evidence) -> Withheld | None:
    return cut_off(
        change,
        leave,
        evidence,
        concerned=lambda client: client.authentication == MD5 and client.role not in leave.lockout,
        unknown=lambda client: client.authentication in ("", "password") and client.role not in leave.lockout,
        doing="prove their passwords with md5",
    )


def _role_in_words(role: str, server: Server, evidence: Evidence) -> str:
    kept = {each.hash for each in evidence.role_hashes or () if each.role == role}
    if MD5 in kept:
        return f"{role} (md5)"
    return f"{role} ({_admin_doubt(server, evidence)})" if role == server.administrator_login else f"{role} (unknown)"


def _admin_has_scram(server: Server, evidence: Evidence) -> bool:
    """Whether the administrator's password is known to be kept as a SCRAM verifier."""
    kept = _hashes_of(server.administrator_login, evidence)
    if kept - {UNKNOWN}:
        return kept <= {SCRAM}
    return evidence.admin_password is not None and evidence.admin_password.after_scram


def _admin_doubt(server: Server, evidence: Evidence) -> str:
    if MD5 in _hashes_of(server.administrator_login, evidence):
        return "the administrator's password is kept as md5"
    return (
        f"no change of the administrator's password is recorded since {PASSWORD_ENCRYPTION} became scram-sha-256, "
        "so it may be kept as md5"
    )


def password_way_in(state: ServerState, evidence: Evidence) -> bool | None:
    """Whether the administrator's password is of a kind that the server accepts; None when that is not known."""
    parameter = state.parameter(ACCEPTED_METHOD)
    if parameter is None:
        return True  # such a server knows no difference
    if isinstance(parameter, Unobserved) or not isinstance(state.server, Server):
        return None
    accepted = members(parameter.value)
    if {MD5, SCRAM} <= accepted:
        return True
    kept = _hashes_of(state.server.administrator_login, evidence) - {UNKNOWN}
    if kept:
        return kept <= accepted
    after_scram = evidence.admin_password is not None and evidence.admin_password.after_scram
    return SCRAM in accepted if after_scram else None


def _hashes_of(role: str, evidence: Evidence) -> set[str]:
    return {each.hash for each in evidence.role_hashes or () if role and each.role == role}


def _keeps_scram(state: ServerState) -> bool:
    parameter = state.parameter(PASSWORD_ENCRYPTION)
    return isinstance(parameter, Parameter) and parameter.value.casefold() == SCRAM and not parameter.pending_restart


def _entra_way_in(state: ServerState) -> bool:
    on = isinstance(state.server, Server) and state.server.entra_auth.casefold() == "enabled"
    return on and not isinstance(state.administrators, Unobserved) and bool(state.administrators)
