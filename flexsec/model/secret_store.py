"""Where an administrator's password is kept: what a store must do so that a rotation cannot lose a password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from .secret import Secret


class Stage(StrEnum):
    """What a stored password is, as far as the store knows."""

    PENDING = "pending"  # stored before the server was told; it may or may not work
    CURRENT = "current"  # the one that works
    PREVIOUS = "previous"  # worked before; kept until something newer is previous
    ABANDONED = "abandoned"  # the server never took it


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVersion:
    """One stored password, without the password.

    Attributes:
        version: the store's own id of it.
        created_at, expires_at: in UTC; None where the store does not know.
        run_id: the run that stored it, or "".
        server_id: the ARM id of the server that it is for, or "" when it was stored by something else.
        login: the administrator login that it is for, or "".
    """

    version: str
    stage: Stage
    created_at: datetime | None = None
    expires_at: datetime | None = None
    run_id: str = ""
    server_id: str = ""
    login: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One stored password and whether it logs in (None: it could not be tried, `how` says why)."""

    version: StoredVersion
    works: bool | None
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What was found out.

    Attributes:
        place: where the passwords are.
        tried: the pending, current and previous versions with their logins, in the order of trying.
        works: the version that logs in, with its stage after this, or None.
        done: what was changed in the store, as sentences.
        settled: no version is pending any more.
        advice: what a person does now.
    """

    place: str
    tried: tuple[Tried, ...]
    works: StoredVersion | None
    done: tuple[str, ...]
    settled: bool
    advice: str


class SecretStore(Protocol):
    """The versions of one secret. Every method that returns has made its effect durable.

    A store raises `SecretStoreFailure` (see errors) when it cannot do what it is asked, with the place and the reason.
    """

    @property
    def place(self) -> str:
        """Where the secret is, for messages and journals; never the secret."""
        ...

    def put_pending(
        self, secret: Secret, *, run_id: str, server_id: str, login: str, expires_at: datetime | None
    ) -> StoredVersion:
        """Store a password that the server does not have yet. What consumers read stays as it was."""
        ...

    def get(self, version: str) -> Secret:
        """The password of one version."""
        ...

    def versions(self) -> tuple[StoredVersion, ...]:
        """All versions, newest first; none when there is no such secret yet."""
        ...

    def promote(self, version: str) -> StoredVersion:
        """Make a pending version the current one, and the current one the previous.

        It can be called again after it was cut off in the middle, and when it was done already.
        """
        ...

    def abandon(self, version: str) -> None:
        """Mark a pending version that the server did not take. What is current stays so."""
        ...
