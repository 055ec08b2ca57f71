"""Keys, identities, backups, storage, standby, FIPS mode and regions: held in a world, told on the wire, kept by a copy."""

import json

import jsonschema
import pytest

from flexsec.simulator import Request, World, WorldError, answer
from flexsec.simulator.world_schema import world_schema
from flexsec.testing import Simulation
from flexsec.testing.capture import Scope, capture

AT = "$.subscriptions[0].resource_groups[0].servers[0]"
IDENTITY = (
    "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-keys"
    "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader"
)
KEY = "https://shop.vault.azure.net/keys/storage"
VERSIONED = f"{KEY}/0123456789abcdef0123456789abcdef"
WHOLE = {
    "primaryKeyURI": VERSIONED,
    "geoBackupKeyURI": "https://far.vault.azure.net/keys/backup",
    "primaryUserAssignedIdentityId": IDENTITY,
    "geoBackupUserAssignedIdentityId": IDENTITY,
    "primaryEncryptionKeyStatus": "Valid",
    "geoBackupEncryptionKeyStatus": "Invalid",
}
KEYED = {"data_encryption": "AzureKeyVault", "geo_redundant_backup": "Enabled", "identities": [IDENTITY]}
FULL = {
    "name": "shop-db", **KEYED, "customer_key": WHOLE, "system_assigned_identity": True, "fips_mode": "Enabled",
    "immutable_backup": "Enabled", "storage_type": "PremiumV2_LRS", "storage_auto_grow": "Enabled",
    "high_availability": "ZoneRedundant", "standby_zone": "2", "high_availability_state": "FailingOver",
    "backup_retention_days": 21, "entra_auth": "Enabled", "tenant_id": "33333333-3333-3333-3333-333333333333",
    "administrators": {"66666666-6666-6666-6666-000000000001":
                       {"type": "Group", "name": "dba", "tenant_id": "77777777-7777-7777-7777-777777777777"}},
    "maintenance_window": {"customWindow": "Enabled", "dayOfWeek": 3, "startHour": 2, "startMinute": 30},
    "state": "Inaccessible",
}  # fmt: skip


def told(world, version="2026-10-01", name="shop-db"):
    """The body of a server at an api-version."""
    url = f"{world.server_id(name)}?api-version={version}"
    response = answer(world, Request("GET", url, {"Authorization": "Bearer x"}, b""), world.clock)
    return json.loads(response.body)


def patched(world, body, version="2026-10-01"):
    """The status of a PATCH, and its error code when it is refused."""
    url = f"{world.server_id('shop-db')}?api-version={version}"
    head = {"Authorization": "Bearer x", "Content-Type": "application/json"}
    response = answer(world, Request("PATCH", url, head, json.dumps(body).encode()), world.clock)
    return response.status, json.loads(response.body).get("error", {}).get("code", "")


def test_a_world_keeps_every_fact(world_of):
    """What a world file says of a server it says again when it is written, and the schema takes it."""
    document = world_of(FULL)
    written = World.from_dict(document).to_dict()
    (entry,) = written["subscriptions"][0]["resource_groups"][0]["servers"]
    assert {key: entry[key] for key in FULL} == FULL
    assert World.from_dict(written).to_dict() == written
    jsonschema.Draft202012Validator(world_schema()).validate(written)


def test_the_body_tells_every_fact(world_of):
    """Each fact stands where the SDK's models and the recorded bodies have it, under their names."""
    body = told(World.from_dict(world_of(FULL)))
    properties = body["properties"]
    assert properties["dataEncryption"] == {"type": "AzureKeyVault", **WHOLE}
    assert body["identity"]["type"] == "SystemAssigned,UserAssigned"
    assert list(body["identity"]["userAssignedIdentities"]) == [IDENTITY]
    assert {"principalId", "tenantId"} <= body["identity"].keys()
    assert properties["fipsMode"] == "Enabled"
    assert {key: properties["backup"][key] for key in ("backupRetentionDays", "geoRedundantBackup", "immutableBackup")} == {
        "backupRetentionDays": 21, "geoRedundantBackup": "Enabled", "immutableBackup": "Enabled"
    }  # fmt: skip
    assert (properties["storage"]["type"], properties["storage"]["autoGrow"]) == ("PremiumV2_LRS", "Enabled")
    assert properties["highAvailability"] == {
        "mode": "ZoneRedundant", "state": "FailingOver", "standbyAvailabilityZone": "2"
    }  # fmt: skip
    assert properties["maintenanceWindow"] == FULL["maintenance_window"]
    assert (properties["state"], properties["authConfig"]["tenantId"]) == ("Inaccessible", FULL["tenant_id"])


def test_a_fresh_server_tells_what_the_service_tells(world_of):
    """Nothing of a key, an identity or another storage stands in the body of a server that has none (recorded)."""
    body = told(World.from_dict(world_of("shop-db")))
    assert body["properties"]["dataEncryption"] == {"type": "SystemManaged"}
    assert body["properties"]["storage"]["type"] == ""
    assert "identity" not in body
    assert (body["properties"]["fipsMode"], body["properties"]["backup"]["immutableBackup"]) == ("Disabled", "Disabled")


@pytest.mark.parametrize("version", ["2024-08-01", "2025-08-01", "2026-01-01-preview", "2026-04-01-preview"])
def test_older_versions_do_not_know_the_newest_members(world_of, version):
    """FIPS mode and immutable backups are told, and taken, from 2026-10-01 on alone; null is never told."""
    world = World.from_dict(world_of(FULL))
    properties = told(world, version)["properties"]
    assert "fipsMode" not in properties
    assert "immutableBackup" not in properties["backup"]
    assert patched(world, {"properties": {"fipsMode": "Enabled"}}, version) == (400, "InvalidParameterValue")
    assert patched(world, {"properties": {"backup": {"immutableBackup": "Enabled"}}}, version)[0] == 400
    silent = World.from_dict(world_of({"name": "shop-db", "fips_mode": None, "immutable_backup": None}))
    properties = told(silent)["properties"]
    assert "fipsMode" not in properties
    assert "immutableBackup" not in properties["backup"]
    assert World.from_dict(silent.to_dict()).to_dict() == silent.to_dict()


@pytest.mark.parametrize(("identities", "system", "kind"), [([], True, "SystemAssigned"), ([IDENTITY], False, "UserAssigned")])  # fmt: skip
def test_the_identity_names_its_kinds(world_of, identities, system, kind):
    """One kind of identity is told as that kind alone; without user-assigned ones there is no list of them."""
    server = {"name": "shop-db", "identities": identities, "system_assigned_identity": system}
    identity = told(World.from_dict(world_of(server)))["identity"]
    assert identity["type"] == kind
    assert ("userAssignedIdentities" in identity) == bool(identities)
    assert ("principalId" in identity) == system


@pytest.mark.parametrize(("mode", "given", "shown"), [
    ("Disabled", None, "NotEnabled"), ("Disabled", "", ""), ("SameZone", None, "Healthy"), ("SameZone", "", ""),
    ("ZoneRedundant", "ReplicatingData", "ReplicatingData"), ("Disabled", "RemovingStandby", "RemovingStandby"),
])  # fmt: skip
def test_the_standby_has_a_state(world_of, mode, given, shown):
    """The state follows from the mode unless the world says otherwise; an empty one was recorded while a server changed."""
    server = {"name": "shop-db", "high_availability": mode, "high_availability_state": given}
    assert told(World.from_dict(world_of(server)))["properties"]["highAvailability"]["state"] == shown


@pytest.mark.parametrize(("members", "key", "words"), [
    ({"customer_key": {"primaryKeyURI": KEY}}, "customer_key", "although data_encryption is SystemManaged"),
    ({**KEYED, "customer_key": {"geoBackupKeyURI": KEY}}, "customer_key", "no primaryKeyURI beside geoBackupKeyURI"),
    ({**KEYED, "geo_redundant_backup": "Disabled", "customer_key": WHOLE}, "customer_key", "geo_redundant_backup 'Enabled'"),
    ({**KEYED, "customer_key": {"primaryKeyURI": KEY, "geoBackupEncryptionKeyStatus": "Valid"}}, "customer_key", "both or neither"),
    ({**KEYED, "customer_key": {"primaryKeyURI": "shop/keys/storage"}}, "customer_key.primaryKeyURI", "a key identifier"),
    ({**KEYED, "customer_key": {"primaryKeyURI": KEY, "primaryUserAssignedIdentityId": "reader"}},
     "customer_key.primaryUserAssignedIdentityId", "user-assigned identity"),
    ({**KEYED, "customer_key": {"primaryKeyURI": KEY, "primaryEncryptionKeyStatus": "valid"}},
     "customer_key.primaryEncryptionKeyStatus", "did you mean 'Valid'"),
    ({**KEYED, "customer_key": {"primaryKeyUri": KEY}}, "customer_key.primaryKeyUri", "did you mean 'primaryKeyURI'"),
    ({"high_availability_state": "Healthy"}, "high_availability_state", "'Healthy' with high availability Disabled"),
    ({"high_availability": "SameZone", "high_availability_state": "NotEnabled"}, "high_availability_state", "such as 'Healthy'"),
    ({"high_availability_state": "Sick"}, "high_availability_state", "one of , NotEnabled"),
    ({"fips_mode": "On"}, "fips_mode", "Enabled, Disabled"),
    ({"immutable_backup": True}, "immutable_backup", "Enabled, Disabled"),
    ({"storage_type": "Premium"}, "storage_type", "Premium_LRS"),
    ({"system_assigned_identity": "yes"}, "system_assigned_identity", "true or false"),
])  # fmt: skip
def test_what_cannot_be_is_refused(world_of, members, key, words):
    """A mistake in one of the facts is refused with the path to it and what would be possible."""
    with pytest.raises(WorldError) as refused:
        World.from_dict(world_of({"name": "shop-db", **members}))
    assert refused.value.where == f"{AT}.{key}"
    assert words in str(refused.value)


@pytest.mark.parametrize("members", [
    {"customer_key": {"primaryKeyUri": KEY}}, {"customer_key": {"primaryKeyURI": "shop"}}, {"fips_mode": "On"},
    {"customer_key": {"primaryEncryptionKeyStatus": "valid"}}, {"immutable_backup": True}, {"storage_type": "Premium"},
    {"high_availability_state": "Sick"}, {"system_assigned_identity": "yes"},
])  # fmt: skip
def test_an_editor_finds_the_same_mistakes(world_of, members):
    """What is wrong in one member alone the schema refuses as well."""
    assert not jsonschema.Draft202012Validator(world_schema()).is_valid(world_of({"name": "shop-db", **members}))


@pytest.mark.parametrize(("body", "status"), [
    ({"properties": {"dataEncryption": {"type": "AzureKeyVault", **WHOLE}}}, 202),
    ({"properties": {"dataEncryption": {"primaryKeyURI": KEY}}}, 202),
    ({"properties": {"dataEncryption": {"type": "SystemManaged"}}}, 501),
    ({"properties": {"dataEncryption": {"primaryKeyURI": "shop"}}}, 400),
    ({"properties": {"fipsMode": "enabled", "backup": {"immutableBackup": "Enabled"}}}, 202),
    ({"properties": {"fipsMode": "Disabled"}}, 202),
    ({"properties": {"fipsMode": "off"}}, 400),
    ({"properties": {"backup": {"immutableBackup": "Disabled"}}}, 501),
    ({"properties": {"storage": {"type": "PremiumV2_LRS"}}}, 202),
    ({"properties": {"storage": {"type": "Premium_LRS"}}}, 501),
    ({"identity": {"type": "SystemAssigned,UserAssigned", "userAssignedIdentities": {}}}, 202),
    ({"identity": {"type": "UserAssigned"}}, 501),
    ({"identity": {"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {IDENTITY: None}}}, 501),
    ({"identity": {"type": "Anything"}}, 400),
])  # fmt: skip
def test_what_is_not_modelled_is_never_taken_in_silence(world_of, body, status):
    """A change that the simulator does not pretend to is a 501; a body that says what already is passes."""
    world = World.from_dict(world_of({**FULL, "state": "Ready", "high_availability_state": None}))
    assert patched(world, body)[0] == status


def test_a_copy_keeps_every_fact(world_of):
    """A captured server has its keys, identities, standby, storage and modes, also those that are not told."""
    silent = {"name": "shop-old", "fips_mode": None, "immutable_backup": None, "high_availability_state": ""}
    vnet = {"name": "shop-vnet", "delegated_subnet_id": "/subscriptions/x/subnets/db", "private_dns_zone_id": None}
    made = [{**each, "created": "2024-05-14T10:00:00Z"} for each in (FULL, silent, vnet, {"name": "shop-new"})]
    world = World.from_dict(world_of(*made))
    connection = Simulation(world).client().connection
    scope = Scope.parse(f"/subscriptions/{next(iter(world.state.subscriptions))}")
    found = capture([scope], lambda _: connection).world["subscriptions"][0]["resource_groups"][0]["servers"]
    assert found == world.to_dict()["subscriptions"][0]["resource_groups"][0]["servers"]


def test_a_masked_copy_keeps_what_a_key_is_like(world_of):
    """Vaults, keys, versions and identities are replaced one to one, and whether a key has a version stays."""
    world = World.from_dict(world_of(FULL))
    connection = Simulation(world).client().connection
    scope = Scope.parse(world.server_id("shop-db"))
    masked = capture([scope], lambda _: connection, masked=True).world
    (server,) = masked["subscriptions"][0]["resource_groups"][0]["servers"]
    key = server["customer_key"]
    assert key["primaryKeyURI"] == f"https://vault-1.vault.azure.net/keys/key-1/{'0' * 32}"
    assert key["geoBackupKeyURI"] == "https://vault-2.vault.azure.net/keys/key-2"
    assert key["primaryUserAssignedIdentityId"] == server["identities"][0] != IDENTITY
    assert (key["primaryEncryptionKeyStatus"], key["geoBackupEncryptionKeyStatus"]) == ("Valid", "Invalid")
    assert not {"reader", "0123456789abcdef", "shop.vault"} & set(json.dumps(masked).split('"'))
    World.from_dict(masked)


def test_a_replica_has_no_geo_backup_of_its_own(world_of):
    """A replica made of a server with geo-redundant backups and a key for them has neither (documented)."""
    made = {**FULL, "state": "Ready", "high_availability_state": None}
    world = World.from_dict(world_of(made))
    url = world.server_id("shop-db").replace("shop-db", "copy-db") + "?api-version=2026-10-01"
    properties = {"createMode": "Replica", "sourceServerResourceId": world.server_id("shop-db")}
    body = json.dumps({"location": "westeurope", "properties": properties}).encode()
    assert answer(world, Request("PUT", url, {"Authorization": "Bearer x"}, body), world.clock).status == 202
    replica = told(world, name="copy-db")["properties"]
    assert replica["backup"]["geoRedundantBackup"] == "Disabled"
    assert not [key for key in replica["dataEncryption"] if key.startswith("geo")]
    World.from_dict(world.to_dict())


@pytest.mark.parametrize(("location", "zones", "geo"), [
    ("westeurope", "Enabled", "Enabled"), ("westus", "Disabled", "Enabled"), ("italynorth", "Enabled", "Disabled"),
    ("usgovtexas", "Disabled", "Disabled"),
])  # fmt: skip
def test_a_region_tells_what_it_offers(world_of, location, zones, geo):
    """Regions without zones or without geo-redundant backups say so in every place where capabilities tell it."""
    world = World.from_dict(world_of({"name": "shop-db", "location": location}))
    path = f"/subscriptions/{next(iter(world.state.subscriptions))}/providers/Microsoft.DBforPostgreSQL"
    for url in (f"{path}/locations/{location}/capabilities", f"{world.server_id('shop-db')}/capabilities"):
        request = Request("GET", f"{url}?api-version=2026-10-01", {"Authorization": "Bearer x"}, b"")
        (found,) = json.loads(answer(world, request, world.clock).body)["value"]
        assert (found["zoneRedundantHaSupported"], found["geoBackupSupported"]) == (zones, geo)
        features = {each["name"]: each["status"] for each in found["supportedFeatures"]}
        assert (features["ZoneRedundantHa"], features["GeoBackup"]) == (zones, geo)
        modes = found["supportedServerEditions"][1]["supportedServerSkus"][0]["supportedHaMode"]
        assert ("ZoneRedundant" in modes) == (zones == "Enabled")
        assert "SameZone" in modes
