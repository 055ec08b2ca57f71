"""Which vault and which secret: what people type, checked before anything is sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..errors import InvalidValue

if TYPE_CHECKING:
    from .clouds import Cloud

PENDING = "-pending"
"""What follows the secret's name in the name of the secret beside it, which no consumer reads."""
_VAULT = re.compile(r"(?=.{3,24}$)[a-zA-Z](-?[a-zA-Z0-9])*")
_SECRET = re.compile(r"[0-9a-zA-Z-]{1,127}")
_LONGEST = 127


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultAddress:
    """A secret in a vault.

    Attributes:
        url: the vault's, without a slash at its end.
        name: the secret that consumers read.
    """

    url: str
    name: str

    @property
    def pending(self) -> str:
        """The secret in which passwords wait until they work."""
        return self.name + PENDING

    @property
    def place(self) -> str:
        """Where the secret is, in words."""
        return f"vault {self.url} secret {self.name}"

    def holds(self, url: str) -> bool:
        """Whether a URL that the vault gave is its own: the token goes nowhere else."""
        try:
            told, own = urlsplit(url), urlsplit(self.url)
            same_port = (told.port or 443) == (own.port or 443)
        except ValueError:
            return False
        same_host = (told.hostname or "").lower() == (own.hostname or "").lower()
        below = told.path.lower().startswith(f"{own.path.lower()}/")
        return told.scheme == "https" and told.username is None and same_host and same_port and below


def vault_address(vault: str, secret: str, *, cloud: Cloud) -> VaultAddress:
    """The address of a secret.

    Args:
        vault: the vault's URL or its name.
        secret: the secret's name: 1 to 119 letters, digits and dashes, since the one beside it has a longer name.
        cloud: in which the vault is.

    Raises:
        InvalidValue: the vault cannot be one of this cloud, or the name cannot be one.
    """
    if not _SECRET.fullmatch(secret):
        raise InvalidValue(f"{secret[:140]!r} cannot be a secret's name: expected 1 to 127 letters, digits and dashes")
    if len(secret) > _LONGEST - len(PENDING):
        raise InvalidValue(
            f"the secret's name has {len(secret)} characters: at most {_LONGEST - len(PENDING)} leave room for the "
            f"secret beside it, whose name ends in {PENDING}"
        )
    return VaultAddress(url=cloud.vault_url.format(vault=_name(vault.strip(), cloud)), name=secret)


def _name(vault: str, cloud: Cloud) -> str:
    """The vault's name."""
    example = cloud.vault_url.format(vault="NAME")
    if "/" not in vault and "." not in vault:
        if not _VAULT.fullmatch(vault):
            raise InvalidValue(
                f"{vault[:60]!r} cannot be a vault's name: expected 3 to 24 letters, digits and single dashes, "
                "beginning with a letter"
            )
        return vault.lower()
    form = re.escape(example).replace("NAME", "([a-zA-Z0-9-]+)") + "(?::443)?/*"
    found = re.fullmatch(form, vault, re.IGNORECASE)
    if found is None or not _VAULT.fullmatch(found[1]):
        raise InvalidValue(f"{vault[:100]!r} is no vault of cloud {cloud.name}: expected {example}, or the name alone")
    return found[1].lower()
