"""Encryption with keys of the customer's own, kept in Azure Key Vault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.key_vault_key import VaultKey, key_identifier
from ..model.observation import Unobserved
from ..model.verdict import Check
from .control import Arguments, Control
from .outcome import failed, not_applicable, passed, unknown, unread
from .references import REFERENCES
from .severities import RATINGS

if TYPE_CHECKING:
    from ..model.server import Server, ServerState

PLATFORM = "systemmanaged"
OWN = "azurekeyvault"
NEEDS_NEW_SERVER = (
    "it needs a new server, because the kind of key is fixed when a server is created: make the vault (soft-delete and "
    "purge protection), the key and the identity; restore a backup into a new server with --key and --identity; bring "
    "over parameters, firewall rules and administrators; stop the writers, restore once more, and move the clients; "
    "docs/keys.md has the steps"
)


def customer_managed(state: ServerState, arguments: Arguments) -> Check:
    """The data is encrypted with a key of your own.

    What it checks: dataEncryption.type is AzureKeyVault and dataEncryption.primaryKeyURI names the key.

    Why: whoever holds the key can take it away, which closes the data to everybody, the platform included. Some rules
    ask for that. The data is encrypted without it as well.

    Remedy: none on this server, which needs a new server: the kind of key is chosen when one is created. Restore a
    backup into a new server that has a key and a user-assigned identity (az postgres flexible-server restore --key
    --identity), then move the clients; docs/keys.md has the steps. No command gives an existing server a key.

    What it does not check: the key's protection in its vault; enc-key-health tells whether it can be used.

    Cost: none; the server's own properties are always read.
    """
    if isinstance(state.server, Unobserved):
        return unread("the server", state.server)
    kind, uri = state.server.encryption, state.server.customer_key.uri
    if kind.casefold() == PLATFORM:
        return failed(
            "the key is managed by Microsoft",
            {"dataEncryption.type": kind},
            remedy=NEEDS_NEW_SERVER,
        )
    if kind.casefold() != OWN:
        return _untold_kind(kind)
    if not uri:
        return unknown("the server is encrypted with a customer-managed key, and the service does not tell which")
    return passed(
        "the data is encrypted with a customer-managed key", {"dataEncryption.type": kind, "primaryKeyURI": uri}
    )


def rotates(state: ServerState, arguments: Arguments) -> Check:
    """The server follows its key when the key is rotated.

    What it checks: dataEncryption.primaryKeyURI ends with the key's name, not with a version of it, in any cloud and
    also in a managed HSM. Where the key can be read in its vault, the finding tells its current version as well. A
    server whose key Microsoft manages is not judged.

    Why: a server that is pinned to a version goes on using it after the key was rotated. When the old version expires
    or is disabled, the server stops.

    Remedy: left to you: flexsec keys set --key with the key's identifier without the version. The current version must
    be usable by the server's identity first.

    What it does not check: the key of geo-redundant backups, for which a version is reported to be required, and
    whether the key has a rotation policy.

    Cost: none without a key of your own; else one request per subscription, and one or two for each key.
    """
    server = with_own_key(state)
    if isinstance(server, Check):
        return server
    uri = server.customer_key.uri
    if not uri:
        return unknown("the service does not tell the key's identifier")
    found = key_identifier(uri)
    if found is None:
        return unknown(f"{uri} is not the identifier of a key in a form that flexsec knows")
    if not found.version:
        return passed("the key is named without a version, so the server follows its rotation", {"primaryKeyURI": uri})
    current = _current_version(state)
    older = current and current.casefold() != found.version.casefold()
    reason = f"the server is pinned to version {found.version} of its key"
    return failed(
        f"{reason}, and the current version is {current}" if older else reason,
        {"primaryKeyURI": uri, "current version": current or _why_unread(state)},
        remedy=f"flexsec keys set --key {found.versionless}, or az postgres flexible-server update --key "
        f"{found.versionless} --identity with the identity that it has",
    )


def _current_version(state: ServerState) -> str:
    """The latest version of the primary key, "" when that is not known."""
    keys = state.customer_keys
    primary = None if isinstance(keys, Unobserved) else keys.primary
    return primary.current_version if isinstance(primary, VaultKey) else ""


def _why_unread(state: ServerState) -> str:
    keys = state.customer_keys
    unread_part = keys if isinstance(keys, Unobserved) else keys.primary
    return f"not known: {unread_part.reason}" if isinstance(unread_part, Unobserved) else "not told"


def key_version(uri: str) -> str | None:
    """The version at the end of a key's identifier; "" without one, None when it is no identifier of a key."""
    found = key_identifier(uri)
    return found.version if found else None


def geo_backup_key(state: ServerState, arguments: Arguments) -> Check:
    """Geo-redundant backups of a server with its own key have a key and an identity in the other region.

    What it checks: where dataEncryption.type is AzureKeyVault and backup.geoRedundantBackup is Enabled, that
    geoBackupKeyURI and geoBackupUserAssignedIdentityId are set. Other servers are not judged.

    Why: when the region is lost, so is its vault. Backups in the paired region can then be restored only with a key
    that lives there.

    Remedy: none on this server: geo-redundancy and its key are chosen when a server is created. Restore a backup into a
    new server with --key, --identity, --backup-key and --backup-identity, then move the clients.

    What it does not check: whether that key is in the paired region, differs from the first, and can be used
    (enc-key-health tells the last).

    Cost: none; the server's own properties are always read.
    """
    if isinstance(state.server, Unobserved):
        return unread("the server", state.server)
    geo = state.server.geo_redundant_backup
    if geo.casefold() == "disabled":
        return not_applicable("the server has no geo-redundant backups")
    server = with_own_key(state)
    if isinstance(server, Check):
        return server
    if geo.casefold() != "enabled":
        return unknown(f"the service tells {geo or 'nothing'} about geo-redundant backups")
    key = server.customer_key
    if not (key.uri or key.geo_backup_uri):
        return unknown("the service tells no key of this server")
    needed = {"geoBackupKeyURI": key.geo_backup_uri, "geoBackupUserAssignedIdentityId": key.geo_backup_identity}
    missing = [name for name, value in needed.items() if not value]
    evidence = {name: value or "not set" for name, value in needed.items()}
    if missing:
        return failed(
            f"geo-redundant backups are on without {' and '.join(missing)}",
            evidence,
            remedy="the key of geo-redundant backups is chosen when a server is created: restore a backup into a new "
            "server with --key, --identity, --backup-key and --backup-identity",
        )
    return passed("geo-redundant backups have a key and an identity of their own", evidence)


def with_own_key(state: ServerState) -> Server | Check:
    """The server when its key is the customer's, or the check that says why there is nothing to judge."""
    if isinstance(state.server, Unobserved):
        return unread("the server", state.server)
    kind = state.server.encryption.casefold()
    if kind == OWN:
        return state.server
    if kind == PLATFORM:
        return not_applicable("the server's key is managed by Microsoft")
    return _untold_kind(state.server.encryption)


def _untold_kind(kind: str) -> Check:
    return unknown(f"the service tells {kind or 'nothing'} about whose key encrypts the server (dataEncryption.type)")


CONTROLS = (
    Control(
        id="enc-cmk",
        title="Data is encrypted with a customer-managed key",
        family="keys",
        rating=RATINGS["enc-cmk"],
        check=customer_managed,
        reads=("server",),
        references=REFERENCES["enc-cmk"],
    ),
    Control(
        id="enc-cmk-auto-rotate",
        title="The server follows its customer-managed key's rotation",
        family="keys",
        rating=RATINGS["enc-cmk-auto-rotate"],
        check=rotates,
        reads=("server", "customer_keys"),
        references=REFERENCES["enc-cmk-auto-rotate"],
    ),
    Control(
        id="enc-geo-backup-cmk",
        title="Geo-redundant backups have a customer-managed key of their own",
        family="keys",
        rating=RATINGS["enc-geo-backup-cmk"],
        check=geo_backup_key,
        reads=("server",),
        references=REFERENCES["enc-geo-backup-cmk"],
    ),
)
