"""A secret in Azure Key Vault, whose latest version is always a password that the server took.

Consumers read the latest version of a secret, and a disabled latest version is refused instead of falling back
(documented). So a password that the server does not have yet waits in a secret beside it, NAME-pending, and becomes the
newest version of NAME when it works. Each step leaves something that can be taken up again:

    NAME-pending   stage pending     the server may or may not have it
    NAME           newest version    set, read back and compared
    NAME           former version    marked previous
    NAME-pending   stage promoted    nothing is left to do
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import SecretStoreFailure
from ..model.clock import Clock, Deadline, SystemClock
from ..model.secret_store import Stage, StoredVersion
from .clouds import PUBLIC, Cloud
from .vault_address import VaultAddress, vault_address
from .vault_failure import deleted
from .vault_items import (
    FORMER,
    MOST_TAGS,
    PROMOTED,
    RUN,
    STAGE,
    VERSION,
    Item,
    newest_first,
    stored_versions,
    tags_of,
    with_room,
)
from .vault_secrets import VaultSecrets

if TYPE_CHECKING:
    from datetime import datetime

    from azure.core.credentials import TokenCredential
    from azure.core.pipeline.transport import HttpTransport

    from ..model.secret import Secret

CONTENT_TYPE = "password"
"""What a version's content type says where no earlier version said anything else."""


class KeyVaultStore:
    """The versions of one secret in a key vault.

    The identity needs the data actions getSecret, setSecret, readMetadata and update of Microsoft.KeyVault/vaults/
    secrets, all of which the role Key Vault Secrets Officer holds; where access policies decide, get, list and set.

    Args:
        credential: any Azure credential.
        vault: the vault's URL or its name.
        secret: the name of the secret that consumers read.
        clock: every wait and deadline runs on it.
        cloud: in which the vault is.
        transport: what sends the requests; the client's own when None.
        timeout: seconds that one call of a method may take.
        application_id: put before the user agent.

    Raises:
        InvalidValue: no such vault or secret can be.
        UsageError: the package for Key Vault is not installed.
    """

    def __init__(
        self,
        credential: TokenCredential,
        vault: str,
        secret: str,
        *,
        clock: Clock | None = None,
        cloud: Cloud = PUBLIC,
        transport: HttpTransport[Any, Any] | None = None,
        timeout: float = 120.0,
        application_id: str = "",
    ) -> None:
        self._address: VaultAddress = vault_address(vault, secret, cloud=cloud)
        self._clock = SystemClock() if clock is None else clock
        self._timeout = timeout
        self._vault = VaultSecrets(
            self._address,
            credential,
            clock=self._clock,
            cloud=cloud,
            transport=transport,
            application_id=application_id,
        )

    @property
    def place(self) -> str:
        """The vault and the secret."""
        return self._address.place

    def put_pending(
        self, secret: Secret, *, run_id: str, server_id: str, login: str, expires_at: datetime | None
    ) -> StoredVersion:
        """Store a password in the secret beside, and read it back.

        That the other secret's name is free is seen first: afterwards it would be too late. Called again by the same
        run with the same password, it finds the one that is stored already.

        Raises:
            SecretStoreFailure: the vault cannot be read or refuses it.
        """
        deadline, name = self._deadline(), self._address.pending
        _check_text(secret, self.place)
        current = self._vault.versions(self._address.name, deadline=deadline)
        if not current and self._vault.is_deleted(self._address.name, deadline=deadline):
            raise SecretStoreFailure(f"could not use {self.place}: {deleted(self._address.name)}")
        former = newest_first(self._vault.versions(name, deadline=deadline))
        tags = tags_of(Stage.PENDING, run_id=run_id, server_id=server_id, login=login)
        if former:
            tags[FORMER] = former[0].id

        def stored() -> Item | None:
            return self._pending_with(secret, run_id, deadline)

        item = stored() if any(each.tags.get(RUN) == run_id for each in former) else None
        item = item or self._vault.set(
            name,
            secret,
            tags=tags,
            content_type=CONTENT_TYPE,
            expires=expires_at,
            done=stored,
            what="store a pending password",
            deadline=deadline,
        )
        self._read_back(name, item, secret, deadline)
        return item.stored(Stage.PENDING)

    def get(self, version: str) -> Secret:
        """One password.

        Raises:
            SecretStoreFailure: there is no such version, or the vault cannot be read.
        """
        return self._source(version, self._deadline())[1]

    def versions(self) -> tuple[StoredVersion, ...]:
        """All versions that can be read, newest first; no password is read.

        Raises:
            SecretStoreFailure: the vault cannot be read.
        """
        deadline = self._deadline()
        current = self._vault.versions(self._address.name, deadline=deadline)
        return stored_versions(current, self._vault.versions(self._address.pending, deadline=deadline))

    def promote(self, version: str) -> StoredVersion:
        """Make a version the newest of the secret that consumers read, and mark the one before as previous.

        Raises:
            SecretStoreFailure: there is no such version, or the vault refuses; what was current stays so, or the
                promoted one is current already.
        """
        deadline, name = self._deadline(), self._address.name
        note = f"The password is stored as version {version} of {self._address.pending}."
        held = self._source(version, deadline)
        before = newest_first(self._vault.versions(name, deadline=deadline))
        if before and before[0].enabled and before[0].version == version:
            newest, others = before[0], before[1:]
        else:
            newest, others = self._set_current(version, held, before, note=note, deadline=deadline), before
        self._read_back(name, newest, held[1], deadline)
        for item in others:
            if item.tags.get(STAGE) == Stage.CURRENT or item.id == newest.tags.get(FORMER):
                self._stage(name, item, Stage.PREVIOUS, "mark the former password as previous", deadline)
        self._settle(version, PROMOTED, (Stage.PENDING, Stage.ABANDONED), deadline)
        return newest.stored(Stage.CURRENT)

    def abandon(self, version: str) -> None:
        """Mark a pending version as never taken; another one is left as it is.

        Raises:
            SecretStoreFailure: there is no such version, or the vault refuses.
        """
        deadline = self._deadline()
        if any(each.version == version for each in self._vault.versions(self._address.name, deadline=deadline)):
            return
        if not self._settle(version, Stage.ABANDONED, (Stage.PENDING,), deadline):
            raise self._unknown(version)

    def _deadline(self) -> Deadline:
        return Deadline(self._clock, self._timeout)

    def _set_current(
        self, version: str, held: tuple[Item, Secret], before: tuple[Item, ...], *, note: str, deadline: Deadline
    ) -> Item:
        """Make the newest version of the secret that consumers read."""
        (source, secret), former = held, before[0] if before else None
        told = source.stored(Stage.CURRENT)
        own = tags_of(Stage.CURRENT, run_id=told.run_id, server_id=told.server_id, login=told.login)
        own |= {VERSION: version} | ({FORMER: former.id} if former else {})

        def done() -> Item | None:
            now = newest_first(self._vault.versions(self._address.name, deadline=deadline))
            return now[0] if now and now[0].version == version and now[0].id != (former and former.id) else None

        return self._vault.set(
            self._address.name,
            secret,
            tags=with_room(own, former.foreign_tags if former else {}),
            content_type=(former.content_type if former else "") or CONTENT_TYPE,
            expires=source.expires,
            done=done,
            what="make the new password the current one",
            note=note,
            deadline=deadline,
        )

    def _source(self, version: str, deadline: Deadline) -> tuple[Item, Secret]:
        """A version with its password, wherever it is."""
        for name in (self._address.pending, self._address.name):
            found = self._vault.value(name, version, deadline=deadline)
            if found is not None:
                return found
        for item in newest_first(self._vault.versions(self._address.name, deadline=deadline)):
            if item.version == version:
                found = self._vault.value(self._address.name, item.id, deadline=deadline)
                if found is not None:
                    return found
        raise self._unknown(version)

    def _pending_with(self, secret: Secret, run_id: str, deadline: Deadline) -> Item | None:
        """The pending version in which this run has stored this password, if it has."""
        for item in newest_first(self._vault.versions(self._address.pending, deadline=deadline)):
            if item.tags.get(RUN) != run_id or item.tags.get(STAGE) != Stage.PENDING or not item.enabled:
                continue
            found = self._vault.value(self._address.pending, item.id, deadline=deadline)
            if found is not None and found[1].reveal() == secret.reveal():
                return item
        return None

    def _read_back(self, name: str, item: Item, secret: Secret, deadline: Deadline) -> None:
        found = self._vault.value(name, item.id, deadline=deadline)
        if found is None or found[1].reveal() != secret.reveal():
            raise SecretStoreFailure(
                f"{self.place} gave back something else than was stored in version {item.id} of {name}; "
                f"look at {name} and {self._address.pending} in the vault before anything else is done"
            )

    def _settle(self, version: str, stage: str, over: tuple[str, ...], deadline: Deadline) -> bool:
        """Give a version of the pending secret its last stage; tells whether there is such a version."""
        for item in self._vault.versions(self._address.pending, deadline=deadline):
            if item.id == version:
                if item.tags.get(STAGE) in over:
                    self._stage(self._address.pending, item, stage, "mark the pending password as settled", deadline)
                return True
        return False

    def _stage(self, name: str, item: Item, stage: str, what: str, deadline: Deadline) -> None:
        """Write a stage on a version, unless it says so already or has no room for another tag."""
        if item.tags.get(STAGE) == stage or (STAGE not in item.tags and len(item.tags) >= MOST_TAGS):
            return
        note = "" if stage == Stage.ABANDONED else "The current password is in place."
        self._vault.mark(
            name,
            item,
            {**item.tags, STAGE: stage},
            what=what,
            note=note,
            deadline=deadline,
        )

    def _unknown(self, version: str) -> SecretStoreFailure:
        return SecretStoreFailure(f"{self.place} holds no version {version[:60]}")


def _check_text(secret: Secret, place: str) -> None:
    """Refuse what no request can carry, before the client fails over it with the password in its error."""
    try:
        secret.reveal().encode()
    except UnicodeEncodeError:
        pass
    else:
        return
    raise SecretStoreFailure(f"could not use {place}: the password holds characters that are no text")
