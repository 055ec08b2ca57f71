"""Worlds with a server that has a key of its own, and the vaults that hold usable and unusable ones."""

from typing import Any

from tests.acceptance.scene import world

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
READERS = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-keys/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
)
NEAR, FAR, OTHER = f"{READERS}/near", f"{READERS}/far", f"{READERS}/other"
OLD, NEW = "a" * 32, "b" * 32
ONE, TWO = "https://near.vault.azure.net/keys/one", "https://near.vault.azure.net/keys/two"
GEO, GEO_TWO = "https://far.vault.azure.net/keys/geo", "https://far.vault.azure.net/keys/geo-two"
_KEY = {"versions": [{"id": OLD, "created": "2024-01-01T00:00:00Z"}, {"id": NEW, "created": "2025-01-01T00:00:00Z"}]}


def _one(**attributes: Any) -> dict[str, Any]:
    return {"versions": [{"id": OLD, "created": "2024-01-01T00:00:00Z", **attributes}]}


def keyed_world(
    *, geo: bool = False, key: str = ONE, vaults: list[dict[str, Any]] | None = None, **server: Any
) -> dict[str, Any]:
    """A world with a server that is encrypted with its own key; `geo` for one with geo-redundant backups."""
    members = {"primaryKeyURI": key, "primaryUserAssignedIdentityId": NEAR, "primaryEncryptionKeyStatus": "Valid"}
    if geo:
        members |= {
            "geoBackupKeyURI": GEO,
            "geoBackupUserAssignedIdentityId": FAR,
            "geoBackupEncryptionKeyStatus": "Valid",
        }
    data = world(
        **{
            "data_encryption": "AzureKeyVault",
            "customer_key": members,
            "identities": [NEAR, FAR],
            "geo_redundant_backup": "Enabled" if geo else "Disabled",
            **server,
        }
    )
    near = {
        "name": "near",
        "purge_protection": True,
        "keys": {
            "one": _KEY,
            "two": _KEY,
            "expired": _one(expires="2025-12-01T00:00:00Z"),
            "disabled": _one(enabled=False),
            "curve": {"kind": "EC", **_one()},
        },
    }
    far = {"name": "far", "purge_protection": True, "keys": {"geo": _KEY, "geo-two": _KEY}}
    loose = {"name": "loose", "keys": {"one": _KEY}}
    data["subscriptions"][0]["resource_groups"][0]["vaults"] = [near, far, loose] if vaults is None else vaults
    return data
