"""Reads customer-managed keys and their vaults through Resource Manager: properties only, never a key's material.

A server names its key by the vault's host, not by a resource id. So the vaults of the subscription are listed once and
searched by name; a vault of another subscription is not found. Documented by Microsoft: the bodies, that a key is told
by its latest version, that times are seconds since 1970, and the actions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..model.key_vault_key import CustomerKeys, KeyIdentifier, VaultKey, key_identifier
from ..model.observation import Unobserved
from .reading import inner, name, number, properties, word

if TYPE_CHECKING:
    from ..azure.connection import Connection
    from ..model.clock import Deadline
    from ..model.server import CustomerKey

ACTIONS = (
    "Microsoft.KeyVault/vaults/read",
    "Microsoft.KeyVault/vaults/keys/read",
    "Microsoft.KeyVault/vaults/keys/versions/read",
)
API_VERSION = "2023-07-01"
_WITH_VERSION = re.compile(r"/keys/[^/]+/([^/]+)$")

Vaults = Mapping[str, Mapping[str, Any]]
"""The vaults of a subscription, by name in lower case, as the service tells them."""
ReadOrReason = Callable[[Callable[[], Any]], Any]
"""Reads, or tells why it could not."""


def observe_vaults(connection: Connection, subscription_id: str, *, deadline: Deadline) -> Vaults:
    """List the vaults of a subscription: one request, action Microsoft.KeyVault/vaults/read.

    Raises:
        ArmError, AnswerLost, DeadlineExceeded, CredentialUnavailable: as `Connection.read_list`.
        Unreadable: a vault without a name.
    """
    what = "list the key vaults of the subscription"
    path = f"/subscriptions/{subscription_id}/providers/Microsoft.KeyVault/vaults"
    entries = connection.read_list(path, what=what, deadline=deadline, api_version=API_VERSION)
    return {name(entry, what=what).lower(): entry for entry in entries}


def observe(connection: Connection, uri: str, vaults: Vaults, *, deadline: Deadline) -> VaultKey | Unobserved:
    """Read the key that an identifier stands for: one request, two when it names a version.

    Requires Microsoft.KeyVault/vaults/read for the list of vaults, Microsoft.KeyVault/vaults/keys/read, and for a named
    version Microsoft.KeyVault/vaults/keys/versions/read.

    Args:
        uri: the key's identifier.
        vaults: from `observe_vaults`.

    Returns:
        The key, or why it cannot be found.

    Raises:
        ArmError, AnswerLost, DeadlineExceeded, CredentialUnavailable: as `Connection.read`.
        Unreadable: the answer is no key.
    """
    found = key_identifier(uri)
    if found is None:
        return Unobserved(f"{uri} is not the identifier of a key in a form that flexsec knows")
    if found.in_managed_hsm:
        return Unobserved(f"{uri} is in a managed HSM, which flexsec does not read")
    vault = vaults.get(found.vault)
    if vault is None:
        return Unobserved(
            f"this identity sees no vault {found.vault} in the server's subscription: it is in another one, or the "
            "identity may not read it"
        )
    path = f"{word(vault, 'id')}/keys/{found.name}"
    what = f"read key {found.name} of vault {found.vault}"
    latest = connection.read(path, what=what, deadline=deadline, api_version=API_VERSION)
    used = latest
    if found.version and found.version.casefold() != _version(latest).casefold():
        below = f"{path}/versions/{found.version}"
        used = connection.read(below, what=what, deadline=deadline, api_version=API_VERSION)
    return parse(vault, latest, used, found, what=what)


def observe_both(
    connection: Connection, keys: CustomerKey, vaults: Vaults, *, deadline: Deadline, read: ReadOrReason
) -> CustomerKeys:
    """Read a server's two keys; one that cannot be read does not keep the other from being read."""

    def each(uri: str) -> VaultKey | Unobserved | None:
        if not uri:
            return None
        found: VaultKey | Unobserved = read(lambda: observe(connection, uri, vaults, deadline=deadline))
        return found

    return CustomerKeys(primary=each(keys.uri), geo_backup=each(keys.geo_backup_uri))


def parse(
    vault: Mapping[str, Any],
    latest: Mapping[str, Any],
    used: Mapping[str, Any],
    identifier: KeyIdentifier,
    *,
    what: str,
) -> VaultKey:
    """The key that the three answers describe.

    Raises:
        Unreadable: an answer without properties.
    """
    told, protections = properties(used, what=what), inner(vault, "properties")
    properties(latest, what=what)
    attributes = inner(told, "attributes")
    return VaultKey(
        vault_id=word(vault, "id"),
        name=identifier.name,
        kind=word(told, "kty"),
        size=number(told, "keySize"),
        current_version=_version(latest),
        used_version=identifier.version or _version(latest),
        enabled=_flag(attributes, "enabled"),
        not_before=_moment(attributes, "nbf"),
        expires_at=_moment(attributes, "exp"),
        soft_delete=_flag(protections, "enableSoftDelete"),
        purge_protection=_flag(protections, "enablePurgeProtection") is True,
    )


def _version(key: Mapping[str, Any]) -> str:
    """The version at the end of the key's identifier, wherever the vault answers."""
    found = _WITH_VERSION.search(word(inner(key, "properties"), "keyUriWithVersion"))
    return found[1] if found else ""


def _flag(source: Mapping[str, Any], key: str) -> bool | None:
    return {"true": True, "false": False}.get(word(source, key).casefold())


def _moment(source: Mapping[str, Any], key: str) -> datetime | None:
    seconds = number(source, key)
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
