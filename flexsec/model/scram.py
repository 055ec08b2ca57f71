"""The way from md5 to SCRAM, in the only safe order, and where a server stands on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from .login_evidence import AdminPasswordRecord
from .run import Run


class ScramStep(StrEnum):
    """The steps, in their order."""

    ACCEPT = "accept"  # scram-sha-256 is accepted at all
    ENCRYPTION = "encryption"  # new passwords are kept as SCRAM verifiers
    ROTATION = "rotation"  # the administrator's password is set again
    MD5_OFF = "md5 off"  # md5 is no longer accepted
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScramStatus:
    """Where a server stands.

    Attributes:
        password_encryption: how new passwords are kept.
        accepted: which proofs of a password are accepted.
        password_auth: Enabled, Disabled or "".
        administrator_login: "" when the service does not tell.
        admin_password: what the journals tell of its password.
        md5_roles, unknown_roles: the roles that md5 off would lock out for sure, or perhaps; None when nobody looked.
        step: what comes next.
    """

    password_encryption: str
    accepted: str
    password_auth: str
    administrator_login: str
    admin_password: AdminPasswordRecord
    md5_roles: tuple[str, ...] | None
    unknown_roles: tuple[str, ...] | None
    step: ScramStep


@dataclass(frozen=True, slots=True, kw_only=True)
class ScramMigration:
    """What `migrate` did.

    Attributes:
        runs: one for each step that wrote something, in their order.
        stopped: why it went no further, or "".
        status: where the server stands now.
    """

    runs: tuple[Run, ...]
    status: ScramStatus
    stopped: str = field(default="")

    @property
    def done(self) -> bool:
        """Whether md5 is no longer accepted."""
        return self.status.step is ScramStep.DONE
