"""A server's encryption and its keys as a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.encoding import to_data
from ..model.key_vault_key import VaultKey, key_identifier
from ..model.observation import Unobserved
from .document import Cell, Document, Records, Table, Tone, cells, columns
from .words import server_name

if TYPE_CHECKING:
    from ..model.encryption import EncryptionFacts

SCHEMA = "flexsec.keys/1"
_WHOSE = {"systemmanaged": "Microsoft's; a key of your own needs a new server", "azurekeyvault": "your own"}
_RECORD = (
    "server_id",
    "use",
    "key",
    "identity",
    "status",
    "version_used",
    "version_current",
    "enabled",
    "expires_at",
    "vault",
)


def document(server_id: str, facts: EncryptionFacts) -> Document:
    """The report of a server's encryption."""
    rows = _rows(facts)
    return Document(
        schema=SCHEMA,
        data={"server_id": server_id, **to_data(facts)},
        title=f"Encryption of {server_name(server_id)}",
        facts=(
            ("Server", Cell(server_id)),
            ("Key", Cell(f"{facts.kind or '(not told)'} ({_WHOSE.get(facts.kind.casefold(), 'not known')})")),
            ("Geo-redundant backups", Cell(facts.geo_redundant_backup or "(not told)")),
            ("FIPS mode", Cell(facts.fips_mode or "(not told)")),
            *_unread(facts),
        ),
        tables=(
            (
                Table(
                    title="Keys",
                    columns=columns("=Use", "Key", "Identity", "Status", "In its vault"),
                    rows=tuple(cells(use, uri, identity, status or "(not told)", _in_words(uri, key))
                               for use, uri, identity, status, key in rows),
                ),
            )
            if rows
            else ()
        ),
        records=Records(
            columns=_RECORD,
            rows=tuple((server_id, *row[:4], *_fields(row[4])) for row in rows),
        ),
    )  # fmt: skip


def _unread(facts: EncryptionFacts) -> tuple[tuple[str, Cell], ...]:
    kept = facts.vault_keys
    return (("Vaults", Cell(kept.reason, Tone.MUTED)),) if isinstance(kept, Unobserved) else ()


def _rows(facts: EncryptionFacts) -> list[tuple[str, str, str, str, VaultKey | Unobserved | None]]:
    told, kept = facts.customer_key, facts.vault_keys
    primary, geo = (kept, kept) if isinstance(kept, Unobserved) else (kept.primary, kept.geo_backup)
    rows = [
        ("data", told.uri, told.identity, told.status, primary),
        ("geo-redundant backups", told.geo_backup_uri, told.geo_backup_identity, told.geo_backup_status, geo),
    ]
    return [row for row in rows if row[1]]


def _in_words(uri: str, key: VaultKey | Unobserved | None) -> str:
    if not isinstance(key, VaultKey):
        return f"not read: {key.reason}" if isinstance(key, Unobserved) else ""
    named = key_identifier(uri)
    pinned = named is not None and bool(named.version)
    version = f"pinned to {key.used_version}" if pinned else "follows the latest version"
    older = f" (current: {key.current_version})" if key.outdated else ""
    until = f"until {key.expires_at:%Y-%m-%d}" if key.expires_at else "without expiry"
    return f"{version}{older}; {'enabled' if key.enabled else 'not enabled'} {until}; {_protected(key)}"


def _protected(key: VaultKey) -> str:
    lacking = [] if key.soft_delete else ["soft-delete"]
    lacking += [] if key.purge_protection else ["purge protection"]
    return f"its vault lacks {' and '.join(lacking)}" if lacking else "its vault is protected"


def _fields(key: VaultKey | Unobserved | None) -> tuple[str, ...]:
    if not isinstance(key, VaultKey):
        return ("", "", "", "", "")
    enabled = "" if key.enabled is None else str(key.enabled).lower()
    until = key.expires_at.isoformat() if key.expires_at else ""
    return key.used_version, key.current_version, enabled, until, key.vault_id
