"""When an administrator's password is not set, because the service would refuse it or, worse, say that it was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.plan import Withheld
from ..model.server import Server

if TYPE_CHECKING:
    from ..model.change import Change
    from ..model.server import ServerState


def password_refusal(change: Change, state: ServerState) -> Withheld | None:
    """Why a password is not set on this server, or None."""
    server = state.server
    if change.kind != "admin_password" or not isinstance(server, Server):
        return None
    reason = _reason(server, change.name)
    return Withheld(change=change, by="guard", reason=reason) if reason else None


def _reason(server: Server, login: str) -> str:
    if server.is_replica:
        return f"the server is a replica; its passwords come from its primary {server.source_server_id or '(not told)'}"
    if server.password_auth.casefold() == "disabled":
        return (
            "password authentication is off: the service would report success and change nothing; "
            "`flexsec entra allow-passwords` switches it on together with a password"
        )
    if server.administrator_login != login:
        return f"the administrator login is {server.administrator_login or '(not told)'}, not {login}"
    if server.state.casefold() != "ready":
        return f"the server is {server.state}, and a password is only set on one that is Ready"
    return ""
