"""Logging in to a simulated server without a database behind it: the world knows which password is in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
