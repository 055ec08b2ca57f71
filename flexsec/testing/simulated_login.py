"""Logging in to a simulated server without a database behind it: the world knows which password is in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..azure.credentials import object_id_of
from ..model.login import LoginAttempt

if TYPE_CHECKING:
    from ..model.secret import Secret
    from ..simulator import World


@dataclass(frozen=True, slots=True)
class SimulatedLogin:
    """Tries passwords against what a world remembers of a server's.

    Attributes:
        server: the server's resource id, or its name where only one has it.
    """

    world: World
    server: str

    def __call__(self, login: str, secret: Secret) -> LoginAttempt:
        """Try a password, as a client on the network would find the server."""
        found = self.world.server(self.server)
        if found.password_auth == "Disabled":  # noqa: S105 - a switch
            return LoginAttempt(works=None, how="password authentication is off")
        if not found.password.digest:
            return LoginAttempt(works=None, how="the world does not tell which password is in force")
        if login == found.administrator_login and found.password.matches(secret.reveal()):
            return LoginAttempt(works=True, how="simulated")
        return LoginAttempt(works=False, how="password authentication failed")

    def with_token(self, login: str, token: Secret) -> LoginAttempt:
        """Try a token, as an administrator of the server; the world does not know who is in a group."""
        found = self.world.server(self.server)
        if found.entra_auth != "Enabled":
            return LoginAttempt(works=False, how="Microsoft Entra authentication is off")
        named = {each.principal_name: (object_id, each) for object_id, each in found.administrators.items()}
        if login not in named:
            return LoginAttempt(works=False, how=f"there is no role {login}")
        object_id, administrator = named[login]
        if administrator.principal_type == "Group":
            return LoginAttempt(works=None, how="the world does not tell who is in a group")
        works = object_id.casefold() == object_id_of(token.reveal()).casefold()
        return LoginAttempt(works=works, how="simulated" if works else "the token is somebody else's")
