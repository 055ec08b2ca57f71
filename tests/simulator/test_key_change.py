"""The exchange of a server's customer-managed key."""

import pytest

from flexsec.simulator.key_change import ERRORS

GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-shop"
IDENTITIES = [f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}" for name in ("near", "far")]
NEAR, FAR = IDENTITIES
PAIR = {"primaryKeyURI": "https://near.vault.azure.net/keys/one", "primaryUserAssignedIdentityId": NEAR}
GEO = {"geoBackupKeyURI": "https://far.vault.azure.net/keys/geo", "geoBackupUserAssignedIdentityId": FAR}
KEY = {"versions": [{"id": "a" * 32, "created": "2025-01-01T00:00:00Z"}]}
OLD = {"versions": [{"id": "b" * 32, "created": "2024-01-01T00:00:00Z", "expires": "2025-01-01T00:00:00Z"}]}
OFF = {"versions": [{"id": "c" * 32, "created": "2025-01-01T00:00:00Z", "enabled": False}]}


@pytest.fixture
def keyed(client_of, world_with):
    """Makes a client of a world with a server that has its own key, and vaults with usable and unusable ones."""

    def make(*, geo=False, **members):
        server = {
            "data_encryption": "AzureKeyVault",
            "identities": IDENTITIES,
            "customer_key": {**PAIR, **(GEO if geo else {})},
        }
        world = world_with(**{**server, "geo_redundant_backup": "Enabled" if geo else "Disabled", **members})
        world["clock"] = "2026-01-05T09:00:00Z"
        world["subscriptions"][0]["resource_groups"][0]["vaults"] = [
            {"name": "near", "keys": {"one": KEY, "two": KEY, "old": OLD, "off": OFF}},
            {"name": "far", "keys": {"geo": KEY, "geo2": KEY}},
        ]
        return client_of(world)

    return make


def exchanged(azure, identity=None, **members):
    """How a PATCH of dataEncryption ends, and what the server tells of its keys then."""
    body = {"properties": {"dataEncryption": {"type": "AzureKeyVault", **members}}}
    ended = azure.finish(azure.patch(azure.db, body if identity is None else {**body, "identity": identity}))
    told = azure.get(azure.db).json["properties"]["dataEncryption"]
    return ended.get("error", {}).get("code", ended["status"]), told


def test_another_key_and_another_identity_are_taken(keyed):
    """The members that are sent change, the status is Valid, and the rest stays."""
    azure = keyed()
    ended, told = exchanged(azure, primaryKeyURI="https://near.vault.azure.net/keys/two")
    assert ended == "Succeeded"
    assert told == {"type": "AzureKeyVault", **PAIR, "primaryKeyURI": "https://near.vault.azure.net/keys/two",
                    "primaryEncryptionKeyStatus": "Valid"}  # fmt: skip
    ended, told = exchanged(azure, primaryUserAssignedIdentityId=FAR)
    assert (ended, told["primaryUserAssignedIdentityId"]) == ("Succeeded", FAR)


@pytest.mark.parametrize(
    "uri",
    [
        "https://near.vault.azure.net/keys/none",
        "https://near.vault.azure.net/keys/old",
        "https://near.vault.azure.net/keys/off",
        "https://near.vault.azure.net/keys/one/" + "0" * 32,
        "https://elsewhere.vault.azure.net/keys/one",
        "https://near.vault.azure.cn/keys/one",
    ],
)
def test_a_key_that_cannot_be_used_fails_in_the_poll(keyed, uri):
    """F3: what is not there, has expired, is disabled or is another version ends with AzureKeyVaultKeyNotFound."""
    azure = keyed()
    before = azure.get(azure.db).json["properties"]["dataEncryption"]
    assert exchanged(azure, primaryKeyURI=uri) == ("AzureKeyVaultKeyNotFound", before)


def test_a_geo_redundant_server_wants_all_four(keyed):
    """F1: the primary pair alone fails with the reported sentence; all four are taken; one identity for both is not."""
    azure = keyed(geo=True)
    two = {"primaryKeyURI": "https://near.vault.azure.net/keys/two"}
    before = azure.get(azure.db).json["properties"]["dataEncryption"]
    assert exchanged(azure, **{**PAIR, **two}) == ("CMKInvalidEncryptionParameters", before)
    assert (
        "Geo-Backup Encryption user assigned identity and key is required" in ERRORS["CMKInvalidEncryptionParameters"]
    )
    same = {**PAIR, **GEO, **two, "geoBackupUserAssignedIdentityId": NEAR}
    assert exchanged(azure, **same)[0] == "CMKInvalidEncryptionParameters"
    ended, told = exchanged(azure, **{**PAIR, **GEO, **two})
    assert (ended, told["primaryKeyURI"]) == ("Succeeded", two["primaryKeyURI"])


def test_an_identity_must_be_the_servers_and_may_come_with_the_key(keyed):
    """An identity that the server lacks fails, unless the same request assigns it; others stay."""
    azure = keyed(identities=[NEAR])
    change = {**PAIR, "primaryUserAssignedIdentityId": FAR}
    assert exchanged(azure, **change)[0] == "CMKInvalidEncryptionParameters"
    block = {"type": "UserAssigned", "userAssignedIdentities": {FAR: {}}}
    assert exchanged(azure, block, **change)[0] == "Succeeded"
    assert set(azure.get(azure.db).json["identity"]["userAssignedIdentities"]) == {NEAR, FAR}


def test_keys_of_backups_that_there_are_not(keyed):
    """A server without geo-redundant backups takes no second pair."""
    assert exchanged(keyed(), **PAIR, **GEO)[0] == "CMKInvalidEncryptionParameters"


def test_a_server_with_microsofts_key_gets_none(keyed):
    """F2: that is not modelled, since the service does not do it."""
    azure = keyed(data_encryption="SystemManaged", customer_key={})
    body = {"properties": {"dataEncryption": {"type": "AzureKeyVault", **PAIR}}}
    assert azure.patch(azure.db, body).status == 501
    assert azure.patch(azure.db, {"properties": {"dataEncryption": PAIR}}).status == 501


def test_fips_mode_changes_where_the_server_tells_it(keyed):
    """Only with the newest api-version, and only where the world says what it is."""
    azure = keyed(fips_mode="Disabled")
    azure.version = "2026-10-01"
    assert azure.finish(azure.patch(azure.db, {"properties": {"fipsMode": "Enabled"}}))["status"] == "Succeeded"
    assert azure.get(azure.db).json["properties"]["fipsMode"] == "Enabled"
    silent = keyed(fips_mode=None)
    silent.version = "2026-10-01"
    assert silent.patch(silent.db, {"properties": {"fipsMode": "Enabled"}}).status == 501
