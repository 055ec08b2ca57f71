"""Proving that a Microsoft Entra administrator can log in: with a token, over verified TLS, remembered for a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import FlexSecError, InvalidValue, NotObserved, UnknownName
from ..model.login_evidence import EntraLoginProof
from .given import observed

if TYPE_CHECKING:
    from ..model.login import TokenLogin
    from ..model.server import Administrator
    from .flexsec import FlexSec
    from .server import ServerHandle


def prove(server: ServerHandle, flexsec: FlexSec, login_with: TokenLogin, *, principal: str) -> EntraLoginProof:
    """Log in with a token, and remember it; see `Entra.prove_login`."""
    state = server.observe(("server", "administrators"))
    if observed(state.server, "the server").entra_auth.casefold() != "enabled":
        raise InvalidValue("Microsoft Entra authentication is not enabled on this server: `flexsec entra enable` first")
    known = observed(state.administrators, "the Microsoft Entra administrators")
    token = flexsec.connection.database_token()
    whose = flexsec.connection.identity()
    role = _role(known, principal, whose)
    attempt = login_with.with_token(role, token)
    if attempt.works is None:
        raise NotObserved(f"whether {role} can log in could not be tried: {attempt.how}")
    if not attempt.works:
        owner = whose or "somebody it does not tell"
        raise FlexSecError(f"the login as {role} was refused ({attempt.how}); the token is that of {owner}")
    proof = EntraLoginProof(
        server_id=server.id.arm_id, principal=role, object_id=whose, at=flexsec.clock.now(), how=attempt.how
    )
    flexsec.login_records.keep_entra_login(server.id, proof)
    return proof


def _role(known: tuple[Administrator, ...], principal: str, whose: str) -> str:
    """The administrator to log in as.

    Raises:
        UnknownName: nobody of that name.
        InvalidValue: the token's principal is no administrator, so the group must be named.
    """
    names = ", ".join(each.name for each in known) or "none"
    if principal:
        found = next((each.name for each in known if each.name.casefold() == principal.casefold()), None)
        if found is None:
            raise UnknownName(f"{principal!r} is no administrator of this server; the administrators are: {names}")
        return found
    own = next((each.name for each in known if whose and each.object_id.casefold() == whose.casefold()), None)
    if own is None:
        raise InvalidValue(
            f"whoever is signed in ({whose or 'the token does not tell'}) is no administrator of this server; name the "
            f"group to log in as; the administrators are: {names}"
        )
    return own
