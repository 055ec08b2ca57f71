"""Reads what a store tells of the administrator's passwords: their properties, never a password."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..errors import SecretStoreFailure
from ..model.admin_secret import AdminSecret
from ..model.observation import Unobserved

if TYPE_CHECKING:
    from ..model.secret_store import SecretStore

DATA_ACTIONS = ("Microsoft.KeyVault/vaults/secrets/readMetadata/action",)
_MISSING = re.compile(r"Microsoft\.KeyVault/vaults/[\w/]{1,100}/action")


def observe(store: SecretStore) -> AdminSecret | Unobserved:
    """Read the properties of all versions: data action Microsoft.KeyVault/vaults/secrets/readMetadata/action.

    Returns:
        The properties, or why they could not be read; the store's sentence names the data action that is missing.
    """
    try:
        return AdminSecret(place=store.place, versions=store.versions())
    except SecretStoreFailure as error:
        missing = _MISSING.search(error.message)
        return Unobserved(error.message, missing[0] if missing else "")
