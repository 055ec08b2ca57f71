"""What keeps a change of authentication from locking people out: pure functions to refusals, asked before each write.

Never both ways of signing in off, never the last administrator gone, never md5 gone while someone's password is kept
so. What is known to lock someone out is refused whatever the leave; what is unknown needs a reason or a name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.connections import PASSWORD_WORDS
from ..model.login_evidence import ACCEPTED_METHOD
from ..model.observation import Unobserved
from ..model.server import Server
from . import md5_guards
from .cut_off import REASON_FLAG, cut_off, lacking, refused
from .md5_guards import password_way_in

if TYPE_CHECKING:
    from datetime import datetime

    from ..model.change import Change
    from ..model.connections import Evidence
    from ..model.leave import Leave
    from ..model.login_evidence import EntraLoginProof
    from ..model.plan import Withheld
    from ..model.server import Administrator, ServerState

_ENTRA_WORD = "entra"
_NEEDED = "two administrators, one of whom is not a group"


def lowered(change: Change) -> str:
    """What a change of authentication takes away, as a clause; "" for any other change."""
    if change.kind != "authentication":
        return ""
    if (change.after or {}).get("state") == "Enabled":
        return "passwords let people in again, beside Microsoft Entra and what it checks"
    return "every login is then by password"


def withheld(
    change: Change, state: ServerState, *, leave: Leave, evidence: Evidence, moment: datetime
) -> Withheld | None:
    """Why a change of authentication is not made in this state, or None.

    Args:
        state: as it will be when the change's turn comes.
        moment: now, in UTC; a proved login holds for a day.
    """
    if change.kind == "authentication" and (change.after or {}).get("state") == "Disabled":
        if change.name == _ENTRA_WORD:
            return _entra_off(change, state, leave, evidence)
        return _passwords_off(change, state, leave, evidence, moment)
    if change.kind == "administrators" and change.after is None:
        return _administrator_gone(change, state, leave, evidence)
    if change.kind == "parameters" and change.name == ACCEPTED_METHOD:
        return md5_guards.withheld(change, state, leave, evidence)
    return None


def lacking_for_entra_only(state: ServerState, proof: EntraLoginProof | None, moment: datetime) -> tuple[str, ...]:
    """What disabling password authentication would still need, one clause each; () when it is off already."""
    server, found = state.server, state.administrators
    if not isinstance(server, Server) or not _on(server.password_auth):
        return ()
    lacking_now = [] if _on(server.entra_auth) else ["Microsoft Entra authentication enabled (flexsec entra enable)"]
    if isinstance(found, Unobserved):
        lacking_now.append(f"the administrators, which could not be read: {found.reason}")
    else:
        if len(found) < 2 or not any(map(_is_one, found)):
            lacking_now.append(f"{_NEEDED}; there {_counted(found)}")
        if unproved := _unproved(found, proof, state.server_id, moment):
            lacking_now.append(f"a login that worked (flexsec entra prove-login): {unproved}")
    return (*lacking_now, "evidence that no client logs in with a password")


def _entra_off(change: Change, state: ServerState, leave: Leave, evidence: Evidence) -> Withheld | None:
    server = state.server
    if not isinstance(server, Server) or not _on(server.password_auth):
        return refused(change, "password authentication is off: no way of signing in would be left")
    unusable = _passwords_unusable(change, state, evidence)
    if unusable:
        return unusable
    return cut_off(
        change,
        leave,
        evidence,
        concerned=lambda client: client.authentication == _ENTRA_WORD,
        unknown=lambda client: not client.authentication,
        doing="log in with Microsoft Entra tokens",
    )


def _passwords_unusable(change: Change, state: ServerState, evidence: Evidence) -> Withheld | None:
    """Passwords would be the only way in, and the administrator's is not known to be one that the server accepts."""
    login = state.server.administrator_login if isinstance(state.server, Server) else ""
    works = password_way_in(state, evidence)
    if works is False:
        return refused(change, f"passwords would be the only way in, and that of {login} is kept in a way not accepted")
    if works is None:
        reason = f"passwords would be the only way in, and whether that of {login or 'anyone'} is accepted is not known"
        return lacking(change, reason, "--role-hashes FILE")
    return None


def _passwords_off(
    change: Change, state: ServerState, leave: Leave, evidence: Evidence, moment: datetime
) -> Withheld | None:
    server, found = state.server, state.administrators
    if not isinstance(server, Server) or not _on(server.entra_auth):
        return refused(change, "Microsoft Entra authentication is off: no way of signing in would be left")
    if isinstance(found, Unobserved):
        return refused(change, f"whether there are Microsoft Entra administrators is unknown: {found.reason}")
    if len(found) < 2 or not any(_is_one(each) for each in found):
        return refused(change, f"it needs {_NEEDED}, and there {_counted(found)}")
    unproved = _unproved(found, evidence.entra_login, state.server_id, moment)
    if unproved and not leave.without_evidence:
        return lacking(change, unproved, f"flexsec entra prove-login (or {REASON_FLAG})")
    return cut_off(
        change,
        leave,
        evidence,
        concerned=lambda client: client.authentication in PASSWORD_WORDS,
        unknown=lambda client: not client.authentication,
        doing="log in with passwords",
    )


def _unproved(
    administrators: tuple[Administrator, ...], proof: EntraLoginProof | None, server_id: str, moment: datetime
) -> str:
    """Why it is not shown that an administrator can log in with a token, or ""."""
    if proof is None:
        return "nobody has shown that a Microsoft Entra administrator can log in"
    if proof.server_id.casefold() != server_id.casefold():
        return f"the login that was proved was on another server, {proof.server_id}"
    if proof.principal.casefold() not in {each.name.casefold() for each in administrators}:
        return f"the login that was proved is that of {proof.principal}, who is no administrator"
    if not proof.holds(moment):
        return f"the login that was proved is of {proof.at:%Y-%m-%d %H:%M} UTC, not of the last 24 hours"
    return ""


def _administrator_gone(change: Change, state: ServerState, leave: Leave, evidence: Evidence) -> Withheld | None:
    server, found = state.server, state.administrators
    if not isinstance(server, Server) or isinstance(found, Unobserved):
        return refused(change, "which administrators would be left is unknown")
    rest = tuple(each for each in found if each.object_id.casefold() != change.name.casefold())
    if not rest and not _on(server.password_auth):
        return refused(change, "it is the last administrator, and password authentication is off: nobody could log in")
    unusable = None if rest else _passwords_unusable(change, state, evidence)
    if unusable:
        return unusable
    if not rest and not leave.lower_security:
        return lacking(change, "it is the last Microsoft Entra administrator", "--allow-lowering")
    if rest and not _on(server.password_auth) and not any(map(_is_one, rest)) and not leave.without_evidence:
        return lacking(change, f"there would be {_counted(rest).removeprefix('are ').removeprefix('is ')}", REASON_FLAG)
    name = (change.before or {}).get("principal", "")
    return cut_off(
        change,
        leave,
        evidence,
        concerned=lambda client: client.role == name and client.authentication not in PASSWORD_WORDS,
        unknown=lambda client: not client.role and client.authentication in ("", _ENTRA_WORD),
        doing=f"log in as {name}",
    )


def _is_one(administrator: Administrator) -> bool:
    """Whether an administrator is somebody: who is in a group is unknown, since Microsoft Graph is not read."""
    return administrator.principal_type.casefold() in ("user", "serviceprincipal")


def _counted(administrators: tuple[Administrator, ...]) -> str:
    if not administrators:
        return "is none"
    if any(map(_is_one, administrators)):
        return "is one alone" if len(administrators) == 1 else f"are {len(administrators)}"
    names = ", ".join(each.name or each.object_id for each in administrators)
    verb = "is" if len(administrators) == 1 else "are"
    return f"{verb} only {names}: who is in a group is unknown, since Microsoft Graph was not read"


def _on(word: str) -> bool:
    return word.casefold() == "enabled"
