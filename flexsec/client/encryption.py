"""A server's encryption: its own key shown with its vault, and exchanged for another, for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import InvalidValue, LeaveRequired, NotFound
from ..model.change_record import NO_RECORD
from ..model.clock import Deadline
from ..model.desire import DesiredEncryptionKey
from ..model.encryption import EncryptionFacts
from ..model.event import silent
from ..model.leave import Leave
from ..model.observation import Unobserved
from .given import observed
from .outside_reads import OutsideReads

if TYPE_CHECKING:
    from ..model.change_record import ChangeRecord
    from ..model.event import Listener
    from ..model.key_vault_key import VaultKey
    from ..model.plan import Plan
    from ..model.run import Run
    from .flexsec import FlexSec
    from .server import Asked, ServerHandle

_NO_LEAVE = Leave()
_KEYS = ("key", "geo_backup_key")
_SIZES = (2048, 3072, 4096)
"""In bits. A server's key is RSA, in a vault from which what is deleted can be recovered (Microsoft documentation)."""


class Encryption:
    """A server's encryption. Exchanging its key needs Microsoft.DBforPostgreSQL/flexibleServers/write."""

    def __init__(self, server: ServerHandle, flexsec: FlexSec) -> None:
        self._server = server
        self._flexsec = flexsec

    def get(self) -> EncryptionFacts:
        """Whose key it is, and how the key fares in its vault.

        Requires Microsoft.DBforPostgreSQL/flexibleServers/read; and to tell of a key of the server's own
        Microsoft.KeyVault/vaults/read, vaults/keys/read and vaults/keys/versions/read.

        Raises:
            NotObserved: the server could not be read, with the reason.
        """
        state = self._server.observe(("server", "customer_keys"))
        server = observed(state.server, "the server")
        return EncryptionFacts(
            kind=server.encryption,
            customer_key=server.customer_key,
            vault_keys=state.customer_keys,
            geo_redundant_backup=server.geo_redundant_backup,
            fips_mode=server.fips_mode,
            identities=server.identities,
        )

    def set(
        self,
        *,
        key: str = "",
        identity: str = "",
        geo_backup_key: str = "",
        geo_backup_identity: str = "",
        leave: Leave = _NO_LEAVE,
        record: ChangeRecord = NO_RECORD,
        on_event: Listener = silent,
    ) -> Run:
        """Exchange the key or the identity of a server that has a key of its own, and read it back.

        What is not given stays. A server with geo-redundant backups needs all four: the service wants them together.
        The new key is read in its vault first. The former key must stay enabled until the exchange has taken effect.

        Args:
            key: https://VAULT.vault.azure.net/keys/NAME, without a version, so that the server follows its rotation.
            identity: the resource id of a user-assigned identity that may use the key; assigned to the server if it
                has it not.
            leave: `closing` with encryption-key; `lower_security` to pin a version; `without_evidence` where the key
                cannot be read.

        Raises:
            InvalidValue: the service would not take it, the key is not usable, or the server's key is Microsoft's,
                which needs a new server; nothing is sent.
            LeaveRequired, GuardRefused: leave is missing; the server is in a state without writes.
        """
        desire = DesiredEncryptionKey(
            key=key, identity=identity, geo_backup_key=geo_backup_key, geo_backup_identity=geo_backup_identity
        )
        asked = self._asked(desire, leave, record)
        return self._server.carry_out(asked.plan, "keys set", on_event, observed=asked.state)

    def plan_set(
        self,
        *,
        key: str = "",
        identity: str = "",
        geo_backup_key: str = "",
        geo_backup_identity: str = "",
        leave: Leave = _NO_LEAVE,
        record: ChangeRecord = NO_RECORD,
    ) -> Plan:
        """What `set` would write."""
        desire = DesiredEncryptionKey(
            key=key, identity=identity, geo_backup_key=geo_backup_key, geo_backup_identity=geo_backup_identity
        )
        return self._asked(desire, leave, record).plan

    def _asked(self, desire: DesiredEncryptionKey, leave: Leave, record: ChangeRecord) -> Asked:
        named = (desire.key, desire.identity, desire.geo_backup_key, desire.geo_backup_identity)
        given: tuple[object, ...] = named
        if not all(isinstance(each, str) for each in given):
            raise InvalidValue(f"a key or an identity is no text: {given!r}")
        if not any(each.strip() for each in named):
            raise InvalidValue("nothing is named; give a key, an identity or both")
        asked = self._server.direct(lambda _: [desire], ("server",), leave=leave, record=record)
        for change in (*asked.plan.changes, *(item.change for item in asked.plan.withheld)):
            after, before = change.after or {}, change.before or {}
            self._check([after[name] for name in _KEYS if name in after and after[name] != before.get(name)], leave)
        return asked

    def _check(self, uris: list[str], leave: Leave) -> None:
        """Refuse keys that are not usable, and those of which it is not known.

        Raises:
            InvalidValue, LeaveRequired: with the reasons.
        """
        found = {uri: self._read(uri) for uri in uris}
        problems = [text for key in found.values() if not isinstance(key, Unobserved) for text in self._wrong(key)]
        if problems:
            raise InvalidValue("\n".join(problems))
        unread = [f"{uri} could not be read: {key.reason}" for uri, key in found.items() if isinstance(key, Unobserved)]
        if unread and not leave.without_evidence:
            raise LeaveRequired(
                tuple(f"{text}; whether it can be used is unknown (give --without-evidence REASON)" for text in unread)
            )

    def _read(self, uri: str) -> VaultKey | Unobserved:
        outside = OutsideReads(self._flexsec, self._server.id)
        deadline = Deadline(self._flexsec.clock, self._flexsec.timeout)
        try:
            return outside.key(self._flexsec.connection, uri, deadline=deadline)
        except NotFound as error:
            raise InvalidValue(f"there is no key {uri}: {error.message}") from None

    def _wrong(self, key: VaultKey) -> tuple[str, ...]:
        """Why the service would not take a key, as sentences."""
        found = [*key.unusable(self._flexsec.clock.now())]
        vault = key.vault_id.rpartition("/")[2]
        if key.kind and not key.kind.upper().startswith("RSA"):
            found.append(f"key {key.name} is {key.kind}; a server's key must be RSA")
        elif key.size is not None and key.size not in _SIZES:
            found.append(f"key {key.name} has {key.size} bits; a server's key must have {', '.join(map(str, _SIZES))}")
        if key.soft_delete is False or not key.purge_protection:
            found.append(f"vault {vault} lacks soft-delete or purge protection, which a server's key needs")
        return tuple(found)
