"""A password changed in four steps, so that whatever breaks, a stored password works.

    create   made, stored as pending and read back: what consumers read stays as it was
    set      one PATCH with the password and nothing else
    test     a login with it
    finish   the pending version becomes the current one, the current one the previous

The middle two are a change like any other, carried out by the engine; the first and the last stand around it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import RunInProgress, SecretStoreFailure
from ..model.run import ChangeStatus
from ..model.secret_store import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from ..engine.journal import Journal
    from ..model.login import Login, LoginAttempt
    from ..model.run import Outcome
    from ..model.secret import Secret
    from ..model.secret_store import SecretStore, StoredVersion

STEP = "step"
"""The kind of a journal's record about a step."""
_TAKEN = (ChangeStatus.APPLIED, ChangeStatus.ALREADY, ChangeStatus.UNVERIFIED)


class Rotation:
    """One rotation's steps around the write.

    Args:
        store: where the password is kept.
        make: makes the new password.
        server_id: the ARM id of the server.
        login: the administrator login.
        login_with: tries a password; None when there is no way to.
        expires_at: when the new password shall be replaced at the latest, as a mark in the store.
    """

    def __init__(
        self,
        store: SecretStore,
        make: Callable[[], Secret],
        *,
        server_id: str,
        login: str,
        login_with: Login | None,
        expires_at: datetime | None,
    ) -> None:
        self._store = store
        self._make = make
        self._server_id = server_id
        self._login = login
        self._login_with = login_with
        self._expires_at = expires_at
        self._secret: Secret | None = None
        self.version: StoredVersion | None = None
        self.attempt: LoginAttempt | None = None

    def secret(self) -> Secret:
        """The new password, once it is stored.

        Raises:
            SecretStoreFailure: it is not; then it must not be sent either.
        """
        if self._secret is None:
            raise SecretStoreFailure("the new password is not stored, so it is not sent")
        return self._secret

    def prove(self) -> bool | None:
        """Whether the new password logs in; None when that cannot be tried from here."""
        if self._login_with is None or self._secret is None:
            return None
        self.attempt = self._login_with(self._login, self._secret)
        return self.attempt.works

    def before(self, journal: Journal) -> None:
        """Create: store a new password as pending and read it back; on a resumed run, take up the one that it stored.

        Raises:
            RunInProgress: another rotation has left a pending password for this server.
            SecretStoreFailure: the store cannot keep it, or gives back something else.
        """
        versions = pending_of(self._store, self._server_id)
        own = next((kept for kept in versions if kept.run_id == journal.run_id), None)
        if own is None:
            refuse_pending(versions, self._store.place)
            own = self._created(journal)
        self.version, self._secret = own, self._store.get(own.version)

    def _created(self, journal: Journal) -> StoredVersion:
        journal.write(STEP, {"step": "create", "store": self._store.place})
        made = self._make()
        kept = self._store.put_pending(
            made,
            run_id=journal.run_id,
            server_id=self._server_id,
            login=self._login,
            expires_at=self._expires_at,
        )
        if self._store.get(kept.version).reveal() != made.reveal():
            raise SecretStoreFailure(
                f"{self._store.place} gave back something else than was stored in version {kept.version}; "
                "nothing was sent to the server"
            )
        journal.write(STEP, {"step": "created", "store": self._store.place, "version": kept.version})
        return kept

    def after(self, journal: Journal, ended: Mapping[int, Outcome]) -> None:
        """Finish: promote the password that the server took, abandon the one that it did not, keep what is not known.

        Raises:
            SecretStoreFailure: the store cannot be changed; `recover` does it later.
        """
        if self.version is None:
            return
        told = {"store": self._store.place, "version": self.version.version}
        outcome = ended[0]
        if self.attempt is not None:
            journal.write(STEP, {"step": "tested", "works": self.attempt.works, "how": self.attempt.how, **told})
        if outcome.status in _TAKEN:
            journal.write(STEP, {"step": "finish", **told})
            self.version = self._store.promote(self.version.version)
            journal.write(STEP, {"step": "finished", **told})
        elif not outcome.may_have_taken_effect:
            self._store.abandon(self.version.version)
            journal.write(STEP, {"step": "abandoned", **told})


class Given:
    """A password from the caller's own hands: nothing is stored, so nothing stands around the write."""

    def __init__(self, secret: Secret, *, login: str, login_with: Login | None) -> None:
        self._secret = secret
        self._login = login
        self._login_with = login_with
        self.attempt: LoginAttempt | None = None

    def secret(self) -> Secret:
        """The password."""
        return self._secret

    def prove(self) -> bool | None:
        """Whether it logs in; None when that cannot be tried from here."""
        if self._login_with is None:
            return None
        self.attempt = self._login_with(self._login, self._secret)
        return self.attempt.works

    def before(self, journal: Journal) -> None:
        """Nothing."""

    def after(self, journal: Journal, ended: Mapping[int, Outcome]) -> None:
        """Note how the login went."""
        if self.attempt is not None:
            journal.write(STEP, {"step": "tested", "works": self.attempt.works, "how": self.attempt.how})


def pending_of(store: SecretStore, server_id: str) -> tuple[StoredVersion, ...]:
    """The pending versions for a server, newest first.

    Raises:
        SecretStoreFailure: the secret holds passwords of another server.
    """
    versions = store.versions()
    foreign = {kept.server_id for kept in versions if kept.server_id and not _same(kept.server_id, server_id)}
    if foreign:
        raise SecretStoreFailure(
            f"{store.place} holds passwords of {min(foreign)}; give every server a secret of its own"
        )
    return tuple(kept for kept in versions if kept.stage is Stage.PENDING)


def refuse_pending(versions: tuple[StoredVersion, ...], place: str) -> None:
    """Refuse to begin while an earlier rotation's end is not known.

    Raises:
        RunInProgress: naming its run.
    """
    if versions:
        raise RunInProgress(
            f"run {versions[0].run_id or 'unknown'} left a pending password in {place}, and which password works is "
            "not settled; `flexsec password recover` finds out"
        )


def _same(one: str, other: str) -> bool:
    return one.rstrip("/").casefold() == other.rstrip("/").casefold()
