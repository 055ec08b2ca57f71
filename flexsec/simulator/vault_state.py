"""What a simulated key vault is made of: secrets and keys with their versions, and the vault's own protections."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from .state import ResourceGroup, Subscription

RSA_OPERATIONS = ("encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey")
EC_OPERATIONS = ("sign", "verify")


@dataclass(slots=True)
class Attributes:
    """Whether a version can be used and from when to when, and when it was made and last changed; whole seconds."""

    created: datetime
    updated: datetime
    enabled: bool = True
    not_before: datetime | None = None
    expires: datetime | None = None


@dataclass(slots=True)
class SecretVersion:
    """One value of a secret. It is test data, and still appears in no representation of the version."""

    id: str
    attributes: Attributes
    value: str = field(repr=False)
    content_type: str | None = None
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class VaultSecret:
    """A secret with its versions, the latest last; `deleted` is when it was, while it can be recovered."""

    name: str
    versions: dict[str, SecretVersion] = field(default_factory=dict)
    deleted: datetime | None = None

    @property
    def latest(self) -> SecretVersion:
        """The version that is read when none is named."""
        return next(reversed(self.versions.values()))


@dataclass(slots=True)
class KeyVersion:
    """One version of a key."""

    id: str
    attributes: Attributes
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class VaultKey:
    """A key with its versions, the latest last. There is no key material: its public half looks like one and is none.

    `size` is an RSA key's, in bits; `curve` an elliptic one's.
    """

    name: str
    kind: str = "RSA"
    size: int | None = 2048
    curve: str | None = None
    operations: tuple[str, ...] = RSA_OPERATIONS
    versions: dict[str, KeyVersion] = field(default_factory=dict)

    @property
    def latest(self) -> KeyVersion:
        """The version that is read when none is named."""
        return next(reversed(self.versions.values()))


@dataclass(slots=True)
class VaultNetwork:
    """A vault's firewall: `default_action` is Allow or Deny, the rules name who is let in all the same."""

    default_action: str = "Allow"
    bypass: str = "AzureServices"
    ip_rules: list[str] = field(default_factory=list)
    subnet_ids: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Vault:
    """A key vault; secrets and keys are kept by name in lower case.

    `rbac` tells whether roles or access policies decide; `network` is None where no rules were ever set.
    """

    name: str
    location: str = "westeurope"
    sku: str = "standard"
    tags: dict[str, str] = field(default_factory=dict)
    rbac: bool = True
    soft_delete: bool = True
    retention_days: int = 90
    purge_protection: bool = False
    public_network_access: str = "Enabled"
    network: VaultNetwork | None = None
    secrets: dict[str, VaultSecret] = field(default_factory=dict)
    keys: dict[str, VaultKey] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """The name under which it answers, in its location's cloud."""
        name = self.name.lower()
        if self.location.startswith("usgov"):
            return f"{name}.vault.usgovcloudapi.net"
        return f"{name}.vault.azure.cn" if self.location.startswith("china") else f"{name}.vault.azure.net"

    @property
    def recovery_level(self) -> str:
        """What becomes of something deleted, in the service's word for it."""
        if not self.soft_delete:
            return "Purgeable"
        kind = "Recoverable" if self.retention_days == 90 else "CustomizedRecoverable"
        return kind if self.purge_protection else f"{kind}+Purgeable"

    def purged_at(self, deleted: datetime) -> datetime:
        """When something deleted is gone for good."""
        return deleted + timedelta(days=self.retention_days)

    def forget_what_is_due(self, now: datetime) -> bool:
        """Drops the secrets whose time to be recovered is over; tells whether there were any."""
        over = [key for key, each in self.secrets.items() if each.deleted and self.purged_at(each.deleted) <= now]
        for key in over:
            del self.secrets[key]
        return bool(over)


@dataclass(frozen=True, slots=True)
class AssignedIdentity:
    """A user-assigned managed identity."""

    name: str
    location: str
    principal_id: str
    client_id: str


def vault_id(subscription: Subscription, group: ResourceGroup, vault: Vault) -> str:
    """The resource id in the service's own casing."""
    return (
        f"/subscriptions/{subscription.id}/resourceGroups/{group.name}/providers/Microsoft.KeyVault/vaults/{vault.name}"
    )


def vaults(subscriptions: dict[str, Subscription]) -> Iterator[tuple[Subscription, ResourceGroup, Vault]]:
    """All vaults with where they lie."""
    for subscription in subscriptions.values():
        for group in subscription.groups.values():
            for vault in group.vaults.values():
                yield subscription, group, vault
