"""Whether the customer-managed keys of a server can be used, now and for some time to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.observation import Unobserved
from ..model.verdict import Check
from .control import Argument, Arguments, Control, whole_number
from .keys import PLATFORM, with_own_key
from .outcome import failed, passed, unknown, unread
from .references import REFERENCES
from .severities import RATINGS, THRESHOLDS

if TYPE_CHECKING:
    from datetime import datetime

    from ..model.key_vault_key import VaultKey
    from ..model.server import Server, ServerState


_RECOVERY = (
    "in the vault: enable or recover the key, let the server's identity get, wrap and unwrap with it, and let the "
    "service through the vault's firewall; the server comes back by itself some time later"
)
_RENEWAL = (
    "rotate the key in its vault (az keyvault key rotate); a server that is pinned to a version needs flexsec keys set "
    "as well"
)
_PROTECTION = "az keyvault update --enable-purge-protection true; it cannot be switched off again"


def health(state: ServerState, arguments: Arguments) -> Check:
    """The service can use the keys that the server is encrypted with, and will be able to.

    What it checks: the server's state is not Inaccessible; dataEncryption.primaryEncryptionKeyStatus, and
    geoBackupEncryptionKeyStatus where geo-redundant backups have a key, are Valid; each key, in the version that the
    server uses, is enabled and does not expire within `days`; its vault has soft-delete and purge protection. What the
    service does not tell, or may not be read, is unknown. A server whose key Microsoft manages is not judged.

    Why: without its key the server stops and its data cannot be read by anyone. A key that is lost for good takes the
    data and the backups with it.

    Remedy: left to you, in the vault: enable or recover the key, let the server's identity get, wrap and unwrap with
    it, and let the service through the vault's firewall. The server comes back by itself some time later. Rotate a key
    before it expires; switch on purge protection, which cannot be switched off again.

    What it does not check: a key in a managed HSM or in another subscription's vault, which flexsec does not read (it
    is unknown then), whether the identity may use the key, and whether a rotation policy renews it in time.

    Cost: none without a key of your own; else one request per subscription, and one or two for each key.
    """
    if isinstance(state.server, Unobserved):
        return unread("the server", state.server)
    inaccessible = state.server.state.casefold() == "inaccessible"
    own = with_own_key(state)
    if isinstance(own, Check) and not (inaccessible and state.server.encryption.casefold() != PLATFORM):
        return own
    statuses = _statuses(state.server)
    evidence = {"state": state.server.state, **{name: status or "not told" for name, status in statuses.items()}}
    remedies = []
    problems = [f"{name} is Invalid" for name, status in statuses.items() if status.casefold() == "invalid"]
    if inaccessible:
        problems.insert(0, "the server is inaccessible because its customer-managed key cannot be reached")
    remedies += [_RECOVERY] if problems else []
    for key in _read(state):
        evidence |= _told(key)
        found = _ailments(key, state.observed_at, whole_number(arguments, "days"))
        problems += found
        remedies += list(found.values())
    if problems:
        return failed("; ".join(problems), evidence, remedy="; ".join(dict.fromkeys(remedies)))
    return _doubt(state, statuses) or passed("the service can use the server's keys", evidence)


def _doubt(state: ServerState, statuses: dict[str, str]) -> Check | None:
    """What is not known of keys of which nothing bad is known."""
    unclear = [f"{name} is {status or 'not told'}" for name, status in statuses.items() if status.casefold() != "valid"]
    if unclear:
        return unknown(f"the service does not say that the key can be used: {', '.join(unclear)}")
    keys = state.customer_keys
    if isinstance(keys, Unobserved):
        return unread("the customer-managed key", keys)
    for what, each in (
        ("the customer-managed key", keys.primary),
        ("the key of geo-redundant backups", keys.geo_backup),
    ):
        if isinstance(each, Unobserved):
            return unread(what, each)
    if keys.primary is None:
        return unknown("the service does not tell the key's identifier")
    silent = [each.name for each in _read(state) if each.enabled is None or each.soft_delete is None]
    if silent:
        return unknown(f"the vault does not tell whether key {silent[0]} is enabled and can be recovered")
    return None


def _read(state: ServerState) -> tuple[VaultKey, ...]:
    """The keys that were read."""
    keys = state.customer_keys
    both = () if isinstance(keys, Unobserved) else (keys.primary, keys.geo_backup)
    return tuple(key for key in both if key is not None and not isinstance(key, Unobserved))


def _ailments(key: VaultKey, now: datetime, days: int) -> dict[str, str]:
    """What is wrong with a key and its vault, each with what a person does about it."""
    expired = key.expires_at is not None and key.expires_at <= now
    found = dict.fromkeys(key.unusable(now), _RENEWAL if expired else _RECOVERY)
    if key.expires_at is not None and not expired and (key.expires_at - now).days < days:
        left = (key.expires_at - now).days
        found[f"key {key.name} expires on {key.expires_at:%Y-%m-%d %H:%M} UTC, in {left} days"] = _RENEWAL
    vault = key.vault_id.rpartition("/")[2]
    if key.soft_delete is False:
        found[f"vault {vault} has no soft-delete, so a deleted key is gone"] = _PROTECTION
    if not key.purge_protection:
        found[f"vault {vault} has no purge protection, so a deleted key can be purged at once"] = _PROTECTION
    return found


def _told(key: VaultKey) -> dict[str, str]:
    until = f"expires {key.expires_at:%Y-%m-%d}" if key.expires_at else "does not expire"
    vault = key.vault_id.rpartition("/")[2]
    return {
        f"key {key.name}": f"{'enabled' if key.enabled else 'not enabled'}, {until}",
        f"vault {vault}": f"soft-delete {_on(key.soft_delete)}, purge protection {_on(key.purge_protection)}",
    }


def _on(switch: bool | None) -> str:
    return "not told" if switch is None else "on" if switch else "off"


def _statuses(server: Server) -> dict[str, str]:
    """The status of each key in use; that of geo-redundant backups only where they have a key."""
    key = server.customer_key
    found = {"primaryEncryptionKeyStatus": key.status}
    if key.geo_backup_uri or key.geo_backup_status:
        found["geoBackupEncryptionKeyStatus"] = key.geo_backup_status
    return found


CONTROLS = (
    Control(
        id="enc-key-health",
        title="The customer-managed keys can be used",
        family="key_health",
        rating=RATINGS["enc-key-health"],
        check=health,
        reads=("server", "customer_keys"),
        arguments=(
            Argument(
                name="days",
                kind="integer",
                default=THRESHOLDS["enc-key-health.days"].value,
                description="How many days before its expiry a key is a finding.",
                minimum=0,
                maximum=3650,
            ),
        ),
        references=REFERENCES["enc-key-health"],
    ),
)
