"""A customer-managed key as it is in its vault, and its identifier taken apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from .observation import Unobserved

_MANAGED_HSM = ".managedhsm."


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyIdentifier:
    """https://HOST/keys/NAME or https://HOST/keys/NAME/VERSION; the host differs by cloud and for a managed HSM.

    Attributes:
        vault: the vault's name, the first word of its host.
        version: "" for whatever version is the latest.
    """

    host: str
    vault: str
    name: str
    version: str

    @property
    def in_managed_hsm(self) -> bool:
        """Whether the key is in a managed HSM and not in a vault."""
        return _MANAGED_HSM in self.host.casefold()

    @property
    def versionless(self) -> str:
        """The identifier without a version: who uses it follows the key's rotation."""
        return f"https://{self.host}/keys/{self.name}"


def key_identifier(uri: str) -> KeyIdentifier | None:
    """The identifier that a text is, None when it is no identifier of a key; slashes at its end do not matter."""
    try:
        parts = urlsplit(uri.strip())
    except ValueError:
        return None
    path = [part for part in parts.path.split("/") if part]
    if not parts.netloc or len(path) not in (2, 3) or path[0].casefold() != "keys":
        return None
    host = parts.netloc
    return KeyIdentifier(
        host=host, vault=host.partition(".")[0].lower(), name=path[1], version=path[2] if len(path) == 3 else ""
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultKey:
    """A key and its vault, as Resource Manager tells them; no key material is ever read.

    Attributes:
        vault_id: the vault's resource id.
        kind: RSA, RSA-HSM, EC, EC-HSM or "" when not told.
        size: of an RSA key in bits; None when not told.
        current_version: the latest version, which an identifier without a version stands for; "" when not told.
        used_version: the one that the identifier stands for.
        enabled: of the used version; None when not told.
        not_before, expires_at: of the used version, in UTC; None for none.
        soft_delete: whether what is deleted can be recovered; None when not told.
        purge_protection: whether nobody can purge what is deleted before its time; never told when it is off.
    """

    vault_id: str
    name: str
    kind: str
    size: int | None
    current_version: str
    used_version: str
    enabled: bool | None
    not_before: datetime | None
    expires_at: datetime | None
    soft_delete: bool | None
    purge_protection: bool

    @property
    def outdated(self) -> bool:
        """Whether a newer version than the used one is there."""
        return bool(self.current_version) and self.used_version.casefold() != self.current_version.casefold()

    def unusable(self, now: datetime) -> tuple[str, ...]:
        """Why the used version cannot encrypt anything at a moment (UTC), as sentences; none when it can."""
        found = []
        if self.enabled is False:
            found.append(f"key {self.name} is disabled")
        if self.not_before is not None and self.not_before > now:
            found.append(f"key {self.name} cannot be used before {self.not_before:%Y-%m-%d %H:%M} UTC")
        if self.expires_at is not None and self.expires_at <= now:
            found.append(f"key {self.name} expired on {self.expires_at:%Y-%m-%d %H:%M} UTC")
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerKeys:
    """The keys that a server is encrypted with, as they are in their vaults; None where it uses none."""

    primary: VaultKey | Unobserved | None = None
    geo_backup: VaultKey | Unobserved | None = None
