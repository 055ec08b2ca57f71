"""Trying to log in: what proves a password, since no reading shows one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from .secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginAttempt:
    """How a login ended.

    Attributes:
        works: True: logged in; False: the password is not the one in force; None: it could not be tried from here.
        how: on success the method and encryption ("scram-sha-256, TLSv1.3"), otherwise why, as a clause.
    """

    works: bool | None
    how: str


class Login(Protocol):
    """Logs in to one server, and out again."""

    def __call__(self, login: str, secret: Secret) -> LoginAttempt:
        """Try a password. Raises nothing for what a server or a network does."""
        ...


class TokenLogin(Protocol):
    """Logs in to one server with a Microsoft Entra token in place of a password, and out again."""

    def with_token(self, login: str, token: Secret) -> LoginAttempt:
        """Try a token. Raises nothing for what a server or a network does."""
        ...
