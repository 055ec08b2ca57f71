"""What is known of a server's encryption, put together for whoever asks."""

from __future__ import annotations

from dataclasses import dataclass

from .key_vault_key import CustomerKeys
from .observation import Unobserved
from .server import CustomerKey


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionFacts:
    """A server's encryption.

    Attributes:
        kind: SystemManaged, AzureKeyVault or "" when not told.
        customer_key: the keys and identities as the server names them.
        vault_keys: the same keys as they are in their vaults.
        geo_redundant_backup, fips_mode: Enabled, Disabled or "" when not told.
        identities: resource ids of the server's user-assigned identities.
    """

    kind: str
    customer_key: CustomerKey
    vault_keys: CustomerKeys | Unobserved
    geo_redundant_backup: str
    fips_mode: str
    identities: tuple[str, ...]
