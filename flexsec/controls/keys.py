"""Encryption with keys of the customer's own, kept in Azure Key Vault."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..model.observation import Unobserved
from ..model.verdict import Check
from .control import Arguments, Control
from .outcome import failed, not_applicable, passed, unknown, unread
from .references import REFERENCES
from .severities import RATINGS

if TYPE_CHECKING:
    from ..model.server import Server, ServerState

_PLATFORM = "systemmanaged"
_OWN = "azurekeyvault"
_RECOVERY = (
    "in the vault: enable or recover the key, let the server's identity get, wrap and unwrap with it, and let the "
    "service through the vault's firewall; the server comes back by itself some time later"
)


def customer_managed(state: ServerState, arguments: Arguments) -> Check:
    """The data is encrypted with a key of your own.

    What it checks: dataEncryption.type is AzureKeyVault and dataEncryption.primaryKeyURI names the key.

    Why: whoever holds the key can take it away, which closes the data to everybody, the platform included. Some rules
    ask for that. The data is encrypted without it as well.

    Remedy: none on this server: the kind of key is chosen when a server is created. Restore a backup into a new server
    that has a key and a user-assigned identity (az postgres flexible-server restore --key --identity), then move the
    clients. No command gives an existing server a key.

    What it does not check: the key's protection in its vault; enc-key-health tells whether it can be used.

    Cost: none; the server's own properties are always read.
    """
    if isinstance(state.server, Unobserved):
        return unread("the server", state.server)
    kind, uri = state.server.encryption, state.server.customer_key.uri
    if kind.casefold() == _PLATFORM:
        return failed(
            "the key is managed by Microsoft",
            {"dataEncryption.type": kind},
            remedy="the kind of key is fixed when a server is created: restore a backup into a new server with --key "
            "and --identity, then move the clients",
        )
    if kind.casefold() != _OWN:
        return _untold_kind(kind)
    if not uri:
        return unknown("the server is encrypted with a customer-managed key, and the service does not tell which")
    return passed(
        "the data is encrypted with a customer-managed key", {"dataEncryption.type": kind, "primaryKeyURI": uri}
    )


def rotates(state: ServerState, arguments: Arguments) -> Check:
    """The server follows its key when the key is rotated.

    What it checks: dataEncryption.primaryKeyURI ends with the key's name, not with a version of it, in any cloud and
    also in a managed HSM. A server whose key Microsoft manages is not judged.

    Why: a server that is pinned to a version goes on using it after the key was rotated. When the old version expires
    or is disabled, the server stops.

    Remedy: left to you: az postgres flexible-server update --key with the key's identifier without the version, and
    --identity with the identity that it has. The new version must be usable by that identity first.

    What it does not check: the key of geo-redundant backups, for which a version is reported to be required, and
    whether the key has a rotation policy.

    Cost: none; the server's own properties are always read.
    """
    server = _with_own_key(state)
    if isinstance(server, Check):
        return server
    uri = server.customer_key.uri
    if not uri:
        return unknown("the service does not tell the key's identifier")
    version = key_version(uri)
    if version is None:
        return unknown(f"{uri} is not the identifier of a key in a form that flexsec knows")
    if not version:
        return passed("the key is named without a version, so the server follows its rotation", {"primaryKeyURI": uri})
    return failed(
        f"the server is pinned to version {version} of its key",
        {"primaryKeyURI": uri},
        remedy=f"az postgres flexible-server update --key {uri.rstrip().rstrip('/').removesuffix(version).rstrip('/')} "
        "--identity with the identity that it has",
    )


def key_version(uri: str) -> str | None:
    """The version at the end of a key's identifier; "" without one, None when it is no identifier of a key.

    https://HOST/keys/NAME or https://HOST/keys/NAME/VERSION: the host differs by cloud and for a managed HSM.
    """
    try:
        parts = urlsplit(uri.strip())
    except ValueError:
        return None
    path = [part for part in parts.path.split("/") if part]
    if not parts.netloc or len(path) not in (2, 3) or path[0].casefold() != "keys":
        return None
    return path[2] if len(path) == 3 else ""


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
    server = _with_own_key(state)
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


def health(state: ServerState, arguments: Arguments) -> Check:
    """The service can use the keys that the server is encrypted with.

    What it checks: the server's state is not Inaccessible, and dataEncryption.primaryEncryptionKeyStatus, and
    geoBackupEncryptionKeyStatus where geo-redundant backups have a key, are Valid. A status that the service does not
    tell is unknown. A server whose key Microsoft manages is not judged.

    Why: without its key the server stops and its data cannot be read by anyone. A key that is lost for good takes the
    data and the backups with it.

    Remedy: left to you, in the vault: enable or recover the key, let the server's identity get, wrap and unwrap with
    it, and let the service through the vault's firewall. The server comes back by itself some time later.

    What it does not check: when the key expires, and whether the vault has soft-delete and purge protection; both
    stand in the vault, which flexsec does not read here.

    Cost: none; the server's own properties are always read.
    """
    if isinstance(state.server, Unobserved):
        return unread("the server", state.server)
    inaccessible = state.server.state.casefold() == "inaccessible"
    own = _with_own_key(state)
    if isinstance(own, Check) and not (inaccessible and state.server.encryption.casefold() != _PLATFORM):
        return own
    statuses = _statuses(state.server)
    evidence = {"state": state.server.state, **{name: status or "not told" for name, status in statuses.items()}}
    invalid = [name for name, status in statuses.items() if status.casefold() == "invalid"]
    problems = [f"{name} is Invalid" for name in invalid]
    if inaccessible:
        problems.insert(0, "the server is inaccessible because its customer-managed key cannot be reached")
    if problems:
        return failed("; ".join(problems), evidence, remedy=_RECOVERY)
    unclear = [f"{name} is {status or 'not told'}" for name, status in statuses.items() if status.casefold() != "valid"]
    if unclear:
        return unknown(f"the service does not say that the key can be used: {', '.join(unclear)}")
    return passed("the service can use the server's keys", evidence)


def _statuses(server: Server) -> dict[str, str]:
    """The status of each key in use; that of geo-redundant backups only where they have a key."""
    key = server.customer_key
    found = {"primaryEncryptionKeyStatus": key.status}
    if key.geo_backup_uri or key.geo_backup_status:
        found["geoBackupEncryptionKeyStatus"] = key.geo_backup_status
    return found


def _with_own_key(state: ServerState) -> Server | Check:
    """The server when its key is the customer's, or the check that says why there is nothing to judge."""
    if isinstance(state.server, Unobserved):
        return unread("the server", state.server)
    kind = state.server.encryption.casefold()
    if kind == _OWN:
        return state.server
    if kind == _PLATFORM:
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
        reads=("server",),
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
    Control(
        id="enc-key-health",
        title="The customer-managed keys can be used",
        family="keys",
        rating=RATINGS["enc-key-health"],
        check=health,
        reads=("server",),
        references=REFERENCES["enc-key-health"],
    ),
)
