"""PATCH of a server: what it takes, what it ignores, what it refuses at once and what it fails later."""

import json

import pytest

TENANT = "33333333-3333-3333-3333-333333333333"
SECRET = "CANARY-Sommer-4711"


def shown(azure):
    """The properties of the server as they are read."""
    return azure.get(azure.db).json["properties"]


def test_public_access_is_switched_off(azure):
    """A PATCH is accepted with Retry-After 60 and UpsertServerManagementOperationV2, and takes effect when it ends (recorded)."""
    accepted = azure.patch(azure.db, {"properties": {"network": {"publicNetworkAccess": "disabled"}}})
    assert accepted.headers["retry-after"] == "60"
    assert accepted.json["operation"] == "UpsertServerManagementOperationV2"
    assert shown(azure)["network"]["publicNetworkAccess"] == "Enabled"
    assert azure.finish(accepted, 60)["status"] == "Succeeded"
    assert shown(azure)["network"]["publicNetworkAccess"] == "Disabled"
    assert azure.world.effects(azure.db) == ("update network",)


def test_public_access_on_a_vnet_server_is_ignored(client_of, world_with, vnet):
    """On a VNet server the PATCH succeeds and changes nothing (documented)."""
    azure = client_of(world_with(**vnet))
    accepted = azure.patch(azure.db, {"properties": {"network": {"publicNetworkAccess": "Enabled"}}})
    assert azure.finish(accepted)["status"] == "Succeeded"
    assert shown(azure)["network"]["publicNetworkAccess"] == "Disabled"
    assert azure.world.effects(azure.db) == ()


def test_a_window_may_come_with_texts(azure):
    """The hour and the minute count as texts too, as azure-cli sends them; a text that is no number does not."""
    sent = {"customWindow": "Enabled", "dayOfWeek": 6, "startHour": "2", "startMinute": "05"}
    azure.finish(azure.patch(azure.db, {"properties": {"maintenanceWindow": sent}}))
    assert shown(azure)["maintenanceWindow"] == sent | {"startHour": 2, "startMinute": 5}
    for wrong in ("", "24", "two", "-1", "٢"):
        answered = azure.patch(azure.db, {"properties": {"maintenanceWindow": sent | {"startHour": wrong}}})
        assert (answered.status, answered.code) == (400, "InvalidParameterValue")


def test_the_whole_block_that_the_cli_sends_is_taken(azure):
    """A PATCH that repeats everything and changes the tags changes the tags only (recorded)."""
    before = shown(azure)
    body = {
        "sku": {"name": "Standard_D2ds_v5", "tier": "GeneralPurpose"},
        "tags": {"keys": "3"},
        "properties": {
            "administratorLogin": "shopadmin",
            "storage": {"storageSizeGB": 128, "autoGrow": "Disabled"},
            "backup": {"backupRetentionDays": 7, "geoRedundantBackup": "Disabled"},
            "maintenanceWindow": {"customWindow": "Disabled", "startHour": 0, "startMinute": 0, "dayOfWeek": 0},
            "authConfig": {"activeDirectoryAuth": "Disabled", "passwordAuth": "Enabled"},
            "network": {"publicNetworkAccess": "Enabled"},
        },
    }
    assert azure.finish(azure.patch(azure.db, body))["status"] == "Succeeded"
    after = shown(azure)
    after["backup"].pop("earliestRestoreDate"), before["backup"].pop("earliestRestoreDate")
    assert after == before
    assert azure.get(azure.db).json["tags"] == {"keys": "3"}
    assert azure.value("max_connections")["isConfigPendingRestart"] is True, "the same size does not restart"


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"properties": {"backup": {"geoRedundantBackup": "Enabled"}}}, "geoRedundantBackup"),
        ({"properties": {"backup": {"backupRetentionDays": 99}}}, "backupRetentionDays"),
        ({"properties": {"administratorLogin": "other"}}, "administratorLogin"),
        ({"properties": {"storage": {"storageSizeGB": 64}}}, "storageSizeGB"),
        ({"properties": {"network": {"delegatedSubnetResourceId": "/x"}}}, "delegatedSubnetResourceId"),
        ({"properties": {"network": {"publicNetworkAccess": "Perhaps"}}}, "publicNetworkAccess"),
        ({"properties": {"authConfig": {"activeDirectoryAuth": "Disabled", "passwordAuth": "Disabled"}}}, "authConfig"),
        ({"properties": {"colour": "blue"}}, "colour"),
        ({"colour": "blue"}, "colour"),
        ({"properties": {"network": {"colour": "blue"}}}, "colour"),
    ],
)
def test_what_cannot_change_is_refused(azure, body, named):
    """What is fixed at creation, out of range or unknown is a 400 that names it, and nothing is accepted."""
    refused = azure.patch(azure.db, body)
    assert (refused.status, refused.code) == (400, "InvalidParameterValue")
    assert refused.message == f"Invalid value given for parameter {named}. Specify a valid parameter value."
    assert azure.world.next_due() is None


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'"text"', b"[" * 100_000, b'{"properties": 3}', b'{"properties": {"network": []}}']
)
def test_a_body_that_is_no_object_is_refused(azure, body):
    """A body that is not a JSON object of objects is 400 InvalidRequestContent."""
    refused = azure.ask("PATCH", azure.db, body)
    assert (refused.status, refused.code) == (400, "InvalidRequestContent")


@pytest.mark.parametrize(
    "body",
    [
        {"identity": {"type": "SystemAssigned"}},
        {"properties": {"dataEncryption": {"type": "AzureKeyVault"}}},
        {"properties": {"version": "17"}},
        {"properties": {"replicationRole": "None"}},
        {"properties": {"highAvailability": {"mode": "SameZone"}}},
    ],
)
def test_what_is_not_modelled_is_refused_loudly(azure, body):
    """A change that the real service makes and the simulator does not is a 501, never a polite success."""
    assert azure.patch(azure.db, body).code == "NotModelledBySimulator"


def test_enabling_entra_restarts_the_server(azure):
    """Enabling Entra authentication puts pending static parameters in force, because the server restarts (documented)."""
    assert azure.value("max_connections")["isConfigPendingRestart"] is True
    accepted = azure.patch(
        azure.db,
        {
            "properties": {
                "authConfig": {"activeDirectoryAuth": "Enabled", "passwordAuth": "Enabled", "tenantId": TENANT}
            }
        },
    )
    assert azure.finish(accepted)["status"] == "Succeeded"
    assert shown(azure)["authConfig"] == {
        "activeDirectoryAuth": "Enabled",
        "passwordAuth": "Enabled",
        "tenantId": TENANT,
    }
    assert azure.value("max_connections")["isConfigPendingRestart"] is False


def test_a_password_is_kept_as_a_hash_only(azure):
    """D15: a password reset takes effect, and the password is nowhere: not in the answer, the log, the world or its file."""
    accepted = azure.patch(azure.db, {"properties": {"administratorLoginPassword": SECRET}})
    during = json.dumps(azure.world.to_dict())
    assert azure.finish(accepted)["status"] == "Succeeded"
    server = azure.world.server("shop-db")
    assert server.password.matches(SECRET)
    assert not server.password.matches(SECRET + "x")
    assert server.password.version == 1
    everything = during + json.dumps(azure.world.to_dict()) + repr(azure.world.requests) + repr(accepted) + repr(server)
    assert SECRET not in everything
    assert azure.world.effects(azure.db) == ("update password",)


@pytest.mark.parametrize("weak", ["short1A", "alllowercase", "x" * 129 + "A1", "Shopadmin-2024", "xxSHOxx99-"])
def test_a_weak_password_fails_in_the_poll(azure, weak):
    """A password against the portal's rules is accepted and fails with InternalServerError (reported)."""
    ended = azure.finish(azure.patch(azure.db, {"properties": {"administratorLoginPassword": weak}}))
    assert (ended["status"], ended["error"]["code"]) == ("Failed", "InternalServerError")
    assert azure.world.server("shop-db").password.version == 0


def test_a_reset_while_password_sign_in_is_off_changes_nothing(client_of, world_with):
    """With password authentication off a reset reports success and changes nothing (documented)."""
    azure = client_of(world_with(entra_auth="Enabled", tenant_id=TENANT, password_auth="Disabled"))
    accepted = azure.patch(azure.db, {"properties": {"administratorLoginPassword": SECRET}})
    assert azure.finish(accepted)["status"] == "Succeeded"
    assert azure.world.server("shop-db").password.version == 0
    assert azure.world.effects(azure.db) == ()


def test_enabling_password_sign_in_needs_credentials(client_of, world_with):
    """Without a password the operation fails with EngineCredentialsNotProvided; with login and password it succeeds (reported)."""
    azure = client_of(
        world_with(entra_auth="Enabled", tenant_id=TENANT, password_auth="Disabled", administrator_login="")
    )
    switch = {"authConfig": {"activeDirectoryAuth": "Enabled", "passwordAuth": "Enabled"}}
    for lacking in ({}, {"administratorLoginPassword": SECRET}, {"administratorLogin": "shopadmin"}):
        ended = azure.finish(azure.patch(azure.db, {"properties": switch | lacking}))
        assert ended["error"]["code"] == "EngineCredentialsNotProvided"
    both = {"administratorLogin": "shopadmin", "administratorLoginPassword": SECRET}
    assert azure.finish(azure.patch(azure.db, {"properties": switch | both}))["status"] == "Succeeded"
    assert shown(azure)["administratorLogin"] == "shopadmin"
    assert azure.world.server("shop-db").password.matches(SECRET)


def test_a_replica_takes_no_password(client_of, world_with):
    """A reset on a replica fails: its password follows the primary's (documented)."""
    azure = client_of()
    source = azure.db
    azure = client_of(world_with({"name": "shop-copy", "replication_role": "AsyncReplica", "source_server_id": source}))
    ended = azure.finish(
        azure.patch(azure.world.server_id("shop-copy"), {"properties": {"administratorLoginPassword": SECRET}})
    )
    assert ended["error"]["code"] == "InternalServerError"


def _pair(world_with, **growing):
    """A primary and its replica, each with autogrow as given."""
    source = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-shop/providers/Microsoft.DBforPostgreSQL/flexibleServers/shop-db"
    replica = {"name": "shop-read", "location": "westeurope", "version": "16", "replication_role": "AsyncReplica",
               "source_server_id": source, "storage_auto_grow": growing["replica"]}  # fmt: skip
    return world_with(replica, storage_auto_grow=growing["primary"])


@pytest.mark.parametrize(
    ("primary", "replica", "name", "wanted", "taken"),
    [
        ("Disabled", "Disabled", "shop-db", "Enabled", False),
        ("Disabled", "Enabled", "shop-db", "Enabled", True),
        ("Disabled", "Disabled", "shop-read", "Enabled", True),
        ("Enabled", "Enabled", "shop-read", "Disabled", False),
        ("Disabled", "Enabled", "shop-read", "Disabled", True),
        ("Enabled", "Enabled", "shop-db", "Disabled", True),
    ],
)
def test_autogrow_goes_on_on_replicas_first_and_off_last(client_of, world_with, primary, replica, name, wanted, taken):
    """Autogrow is switched on on the replicas before the primary and off after it (documented; the answer inferred)."""
    azure = client_of(_pair(world_with, primary=primary, replica=replica))
    answered = azure.patch(azure.db.replace("shop-db", name), {"properties": {"storage": {"autoGrow": wanted}}})
    assert answered.status == (202 if taken else 400)


def test_a_replica_keeps_no_backups_and_some_disks_do_not_grow(client_of, world_with):
    """Retention on a replica, and autogrow on Premium SSD v2, are refused (documented; the answer inferred)."""
    azure = client_of(_pair(world_with, primary="Disabled", replica="Disabled"))
    body = {"properties": {"backup": {"backupRetentionDays": 14}}}
    assert azure.patch(azure.db.replace("shop-db", "shop-read"), body).status == 400
    assert azure.patch(azure.db, body).status == 202
    other = client_of(world_with(storage_type="PremiumV2_LRS"))
    assert other.patch(other.db, {"properties": {"storage": {"autoGrow": "Enabled"}}}).status == 400


def test_tags_of_a_patch_replace_all_tags(client_of, world_with):
    """The tags of a PATCH are the server's tags afterwards: what is not among them is gone (inferred from clients)."""
    azure = client_of(world_with(tags={"env": "prod", "owner": "shop"}))
    azure.finish(azure.patch(azure.db, {"tags": {"env": "test"}}))
    assert azure.get(azure.db).json["tags"] == {"env": "test"}
