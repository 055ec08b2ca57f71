"""Evidence of how logins are proved: what may be taken away only when it is known to be needed no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

PASSWORD_ENCRYPTION = "password_encryption"  # noqa: S105 - the name of a parameter
ACCEPTED_METHOD = "azure.accepted_password_auth_method"
"""The parameters that decide how new passwords are kept, and which proofs of a password are accepted."""

PROOF_HOLDS = timedelta(hours=24)
"""For how long a proved login speaks for the next one."""

SCRAM, MD5, NO_PASSWORD, UNKNOWN = "scram-sha-256", "md5", "none", "unknown"
HASHES = (SCRAM, MD5, NO_PASSWORD, UNKNOWN)
"""How a role's password is kept, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntraLoginProof:
    """A login with a Microsoft Entra token that worked.

    Attributes:
        server_id: the ARM id of the server.
        principal: the role that was logged in to: an administrator's name.
        object_id: whose token it was, or "" when the token does not tell.
        at: when, in UTC.
        how: the encryption ("TLSv1.3").
    """

    server_id: str
    principal: str
    object_id: str
    at: datetime
    how: str = ""

    def holds(self, moment: datetime) -> bool:
        """Whether it is recent: not from the future, and no older than `PROOF_HOLDS`."""
        return timedelta(0) <= moment - self.at <= PROOF_HOLDS


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleHash:
    """How one role's password is kept: one of `HASHES`."""

    role: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminPasswordRecord:
    """What the journals tell of the administrator's password.

    Attributes:
        encryption_since: since when password_encryption is known to be scram-sha-256, or None.
        set_at: when the password was last set and then proved by a login, or None.
    """

    encryption_since: datetime | None = None
    set_at: datetime | None = None

    @property
    def after_scram(self) -> bool:
        """Whether the password is known to have been set after passwords began to be kept as SCRAM verifiers."""
        return self.encryption_since is not None and self.set_at is not None and self.set_at >= self.encryption_since


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRecord:
    """What is remembered of logins on one server, beside the journals.

    Attributes:
        entra_login: the last login with a token that worked.
        scram_seen_at: when password_encryption was last seen to be scram-sha-256 before a rotation.
    """

    entra_login: EntraLoginProof | None = None
    scram_seen_at: datetime | None = None
