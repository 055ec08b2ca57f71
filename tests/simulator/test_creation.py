"""Servers created, replicated, restored, updated by PUT and dropped."""

import pytest

from flexsec.simulator import Fault, World

GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-shop"
SERVERS = f"{GROUP}/providers/Microsoft.DBforPostgreSQL/flexibleServers"
PASSWORD = "Correct-Horse-42"


def body(**properties):
    """What a client sends to create a server."""
    whole = {
        "administratorLogin": "myadmin",
        "administratorLoginPassword": PASSWORD,
        "version": "17",
        "storage": {"storageSizeGB": 256, "autoGrow": "Disabled"},
        "authConfig": {"activeDirectoryAuth": "Disabled", "passwordAuth": "Enabled", "tenantId": ""},
        "backup": {"backupRetentionDays": 7, "geoRedundantBackup": "Disabled"},
        "network": {"publicNetworkAccess": "Enabled"},
        "highAvailability": {"mode": "Disabled"},
        "createMode": "Create",
    }
    sku = {"name": "Standard_D4s_v3", "tier": "GeneralPurpose"}
    return {"location": "uksouth", "tags": {"keys": "3"}, "sku": sku, "properties": whole | properties}


def properties(azure, name):
    """The properties of a server."""
    return azure.get(f"{SERVERS}/{name}").json["properties"]


def test_a_server_is_created_and_dropped(azure):
    """Creation shows Provisioning and ends Ready with what was asked for; a drop shows Dropping, and then nothing is there."""
    accepted = azure.ask("PUT", f"{SERVERS}/shop-new", body())
    assert (accepted.json["operation"], accepted.headers["retry-after"]) == ("UpsertServerManagementOperationV2", "60")
    assert "/locations/uksouth/azureAsyncOperation/" in accepted.headers["azure-asyncoperation"]
    assert properties(azure, "shop-new")["state"] == "Provisioning"
    assert azure.finish(accepted)["status"] == "Succeeded"
    made = azure.get(f"{SERVERS}/shop-new").json
    assert (made["location"], made["tags"], made["sku"]["name"]) == ("UK South", {"keys": "3"}, "Standard_D4s_v3")
    found = made["properties"]
    assert (found["state"], found["version"], found["administratorLogin"]) == ("Ready", "17", "myadmin")
    assert found["storage"] == {"type": "", "iops": 1100, "tier": "P15", "storageSizeGB": 256, "autoGrow": "Disabled"}
    assert azure.world.server("shop-new").password.matches(PASSWORD)
    assert PASSWORD not in str(azure.world.to_dict())
    assert World.from_dict(azure.world.to_dict()).to_dict() == azure.world.to_dict()
    dropped = azure.ask("DELETE", f"{SERVERS}/shop-new")
    assert (dropped.json["operation"], dropped.headers["retry-after"]) == ("DropServerManagementOperation", "15")
    assert "/locations/UK%20South/azureAsyncOperation/" in dropped.headers["azure-asyncoperation"]
    azure.wait(10)
    assert properties(azure, "shop-new")["state"] == "Dropping"
    assert azure.finish(dropped)["status"] == "Succeeded"
    gone = azure.get(dropped.headers["location"])
    assert (gone.status, gone.raw) == (200, b"")
    assert azure.get(f"{SERVERS}/shop-new").code == "ResourceNotFound"
    assert azure.ask("DELETE", f"{SERVERS}/shop-new").status == 204


def test_deleting_in_a_missing_group_is_a_404(azure):
    """A drop in a group that does not exist names the group (recorded)."""
    refused = azure.ask("DELETE", SERVERS.replace("rg-shop", "rg-none") + "/x")
    assert (refused.status, refused.code) == (404, "ResourceGroupNotFound")


def test_a_put_on_a_server_that_is_there_updates_it(azure):
    """The whole body sent again is an update: 202, and only what differs changes (recorded)."""
    again = body(
        administratorLogin="shopadmin",
        version="16",
        storage={"storageSizeGB": 128},
        maintenanceWindow={"customWindow": "enabled", "dayOfWeek": 5},
    ) | {"location": "West Europe", "name": "shop-db"}
    accepted = azure.ask("PUT", azure.db, again)
    assert accepted.json["operation"] == "UpsertServerManagementOperationV2"
    azure.finish(accepted)
    found = azure.get(azure.db).json
    assert found["properties"]["maintenanceWindow"]["customWindow"] == "Enabled"
    assert found["properties"]["storage"]["storageSizeGB"] == 128
    assert found["sku"]["name"] == "Standard_D4s_v3"
    moved = azure.ask("PUT", azure.db, again | {"location": "uksouth"})
    assert (moved.status, moved.code) == (409, "InvalidResourceLocation")


def test_first_time_password_authentication_by_put(client_of, world_with):
    """Login and password together with createMode Update enable password authentication on a server that never had it."""
    tenant = "33333333-3333-3333-3333-333333333333"
    azure = client_of(
        world_with(entra_auth="Enabled", tenant_id=tenant, password_auth="Disabled", administrator_login="")
    )
    wanted = {
        "createMode": "Update",
        "administratorLogin": "shopadmin",
        "administratorLoginPassword": PASSWORD,
        "authConfig": {"activeDirectoryAuth": "Enabled", "passwordAuth": "Enabled", "tenantId": tenant},
    }
    azure.finish(azure.ask("PUT", azure.db, {"location": "westeurope", "properties": wanted}))
    assert azure.get(azure.db).json["properties"]["administratorLogin"] == "shopadmin"
    assert azure.world.server("shop-db").password.matches(PASSWORD)


def test_a_replica_is_created_and_dropped(azure):
    """A replica takes its source's parameters over, not its firewall; both are held while it is made; its source cannot go before it."""
    wanted = {"createMode": "Replica", "sourceServerResourceId": azure.db, "storage": {"storageSizeGB": 128}}
    accepted = azure.ask("PUT", f"{SERVERS}/shop-copy", {"location": "westeurope", "properties": wanted})
    assert accepted.json["operation"] == "CreateReadReplicaManagementOperation"
    azure.wait(10)
    assert properties(azure, "shop-db")["state"] == "Updating"
    assert azure.finish(azure.set("log_checkpoints", "on"), 5)["error"]["code"] == "ServerIsBusy"
    second = azure.ask("PUT", f"{SERVERS}/shop-copy2", {"location": "westeurope", "properties": wanted})
    assert azure.finish(second, 5)["status"] == "Failed"
    assert azure.get(f"{SERVERS}/shop-copy2").status == 404
    azure.wait(600)
    found = properties(azure, "shop-copy")
    assert (found["replicationRole"], found["replica"], found["sourceServerResourceId"], found["state"]) == (
        "AsyncReplica", {"role": "AsyncReplica", "capacity": 0}, azure.db, "Ready",
    )  # fmt: skip
    assert azure.get(f"{SERVERS}/shop-copy/firewallRules").json == {"value": []}
    value = azure.get(f"{SERVERS}/shop-copy/configurations/log_statement").json["properties"]["value"]
    assert value == azure.value("log_statement")["value"] == "ddl"
    kept = azure.ask("DELETE", azure.db)
    assert (kept.status, kept.code) == (400, "ReadReplicaServersExistForSourceServer")
    assert kept.message == (
        "Server 'shop-db' has '1' active replicas.Drop operation on server with replicas not allowed."
    )
    dropped = azure.ask("DELETE", f"{SERVERS}/shop-copy")
    assert dropped.json["operation"] == "DropReadReplicaManagementOperation"
    azure.finish(dropped)
    assert azure.get(f"{azure.db}/replicas").json == {"value": []}
    assert azure.ask("DELETE", azure.db).status == 202


def test_a_replica_elsewhere_is_a_geo_replica(azure):
    """A replica in another location has the role GeoAsyncReplica."""
    wanted = {"createMode": "Replica", "sourceServerResourceId": azure.db}
    azure.finish(azure.ask("PUT", f"{SERVERS}/shop-far", {"location": "uksouth", "properties": wanted}))
    assert properties(azure, "shop-far")["replicationRole"] == "GeoAsyncReplica"


def test_a_backup_is_restored_to_a_new_server(azure):
    """A restore makes an independent copy under the recorded operation's name."""
    wanted = {
        "createMode": "PointInTimeRestore",
        "sourceServerResourceId": azure.db,
        "pointInTimeUTC": "2026-01-05T08:00:00Z",
        "storage": {},
    }
    accepted = azure.ask("PUT", f"{SERVERS}/shop-back", {"location": "westeurope", "properties": wanted})
    assert accepted.json["operation"] == "RestoreSnapshotManagementOperation"
    azure.finish(accepted)
    found = properties(azure, "shop-back")
    assert (found["replicationRole"], found["administratorLogin"], found["state"]) == ("Primary", "shopadmin", "Ready")
    assert "sourceServerResourceId" not in found


def test_a_vnet_server_is_created(azure, vnet):
    """Subnet and zone make a server private; one without the other is refused."""
    network = {
        "delegatedSubnetResourceId": vnet["delegated_subnet_id"],
        "privateDnsZoneArmResourceId": vnet["private_dns_zone_id"],
    }
    azure.finish(azure.ask("PUT", f"{SERVERS}/shop-vnet", body(network=network)))
    assert properties(azure, "shop-vnet")["network"] == network | {"publicNetworkAccess": "Disabled"}
    del network["privateDnsZoneArmResourceId"]
    assert azure.ask("PUT", f"{SERVERS}/shop-half", body(network=network)).status == 400


@pytest.mark.parametrize(
    ("name", "change", "status", "code"),
    [
        ("ab", {}, 400, "InvalidParameterValue"),
        ("a--b", {}, 400, "InvalidParameterValue"),
        ("new", {"version": "99"}, 400, "InvalidParameterValue"),
        ("new", {"administratorLogin": "azure_superuser"}, 400, "InvalidParameterValue"),
        ("new", {"administratorLogin": "pg_someone"}, 400, "InvalidParameterValue"),
        ("new", {"administratorLogin": None}, 400, "InvalidParameterValue"),
        ("new", {"administratorLoginPassword": None}, 400, "InvalidParameterValue"),
        ("new", {"colour": "red"}, 400, "InvalidParameterValue"),
        ("new", {"createMode": "GeoRestore"}, 501, "NotModelledBySimulator"),
        ("new", {"createMode": "Replica"}, 400, "InvalidParameterValue"),
        ("new", {"network": 5}, 400, "InvalidRequestContent"),
    ],
)
def test_what_cannot_be_created_is_refused_and_not_there(azure, name, change, status, code):
    """A server that cannot be is refused at once and leaves nothing behind."""
    refused = azure.ask("PUT", f"{SERVERS}/{name}", body(**change))
    assert (refused.status, refused.code) == (status, code)
    assert len(azure.get(SERVERS).json["value"]) == 2


def test_location_sku_and_a_free_name_are_needed(azure):
    """Without a location or a size, with an unknown location, or under a name that is taken elsewhere, nothing is created."""
    for change, code in (
        ({"location": None}, "LocationRequired"),
        ({"location": "atlantis"}, "LocationNotAvailableForResourceType"),
        ({"sku": None}, "InvalidParameterValue"),
    ):
        assert azure.ask("PUT", f"{SERVERS}/shop-new", body() | change).code == code
    azure.ask("PUT", GROUP.replace("rg-shop", "rg-two"), {"location": "uksouth"}, version="2022-09-01")
    taken = azure.ask("PUT", SERVERS.replace("rg-shop", "rg-two") + "/shop-db", body())
    assert (taken.status, taken.code) == (409, "ServerNameAlreadyExists")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"properties": body()["properties"] | {"administratorLoginPassword": "weak"}}, "InternalServerError"),
        ({"sku": {"name": "Standard_B1ms", "tier": "GeneralPurpose"}}, "ServerEditionIncompatibleWithSkuSize"),
    ],
)
def test_a_creation_that_fails_leaves_nothing(azure, change, code):
    """A creation that fails in the poll takes its server away again: a read is a 404 (recorded)."""
    accepted = azure.ask("PUT", f"{SERVERS}/shop-new", body() | change)
    assert azure.finish(accepted)["error"]["code"] == code
    assert azure.get(f"{SERVERS}/shop-new").status == 404


def test_a_server_may_be_dropped_while_something_runs_on_it(azure):
    """An operation that holds nothing is over when its server goes, and the world can be saved and read at any moment."""
    azure.world.faults.add(Fault("X23", path="/databases/", times=1))
    server = azure.db
    azure.ask("PUT", f"{server}/databases/shop", {})
    azure.finish(azure.ask("DELETE", server))
    assert azure.get(server).status == 404
    assert World.from_dict(azure.world.to_dict()).to_dict() == azure.world.to_dict()


def test_identities_are_added_by_name_and_removed_by_null(azure):
    """A PATCH adds identities and removes those that are null; the body tells ids for each, and no key when there are none (recorded)."""
    root = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
    first, second = f"{root}/one", f"{root}/two"

    def patch(**identities):
        wanted = {"type": "UserAssigned", "userAssignedIdentities": identities}
        assert azure.finish(azure.patch(azure.db, {"identity": wanted}))["status"] == "Succeeded"
        return azure.get(azure.db).json.get("identity")

    found = patch(**{first: {}})
    assert set(found) == {"userAssignedIdentities", "type", "tenantId"}
    assert set(found["userAssignedIdentities"][first]) == {"principalId", "clientId"}
    assert set(patch(**{second: {}})["userAssignedIdentities"]) == {first, second}
    assert World.from_dict(azure.world.to_dict()).server("shop-db").identities == [first, second]
    assert set(patch(**{first: None})["userAssignedIdentities"]) == {second}
    assert patch(**{second: None}) is None
    assert (
        azure.patch(azure.db, {"identity": {"type": "UserAssigned", "userAssignedIdentities": {"x": {}}}}).status == 400
    )


def test_more_storage_brings_its_tier(azure):
    """Storage that grows takes the performance tier of its new size (recorded), and clients may send that tier along."""
    azure.finish(azure.patch(azure.db, {"properties": {"storage": {"storageSizeGB": 256, "tier": "P15"}}}))
    found = azure.get(azure.db).json["properties"]["storage"]
    assert (found["tier"], found["iops"]) == ("P15", 1100)
