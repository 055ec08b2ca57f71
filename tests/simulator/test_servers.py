"""A server as it is read: key sets, types and forms as recorded at 2024-08-01 and 2025-08-01."""

import re

SERVER_KEYS = {"sku", "systemData", "properties", "location", "id", "name", "type"}
PROPERTY_KEYS = {
    "replica", "storage", "network", "privateEndpointConnections", "dataEncryption", "authConfig", "fullyQualifiedDomainName", "version",
    "minorVersion", "administratorLogin", "state", "availabilityZone", "backup", "highAvailability", "maintenanceWindow", "replicationRole",
    "replicaCapacity",
}  # fmt: skip


def test_a_server_has_the_recorded_members(azure):
    """A public server's body has exactly the members of the recordings, in their types (recorded 2025-08-01)."""
    body = azure.get(azure.db).json
    properties = body["properties"]
    assert set(body) == SERVER_KEYS
    assert set(properties) == PROPERTY_KEYS
    assert properties["network"] == {"publicNetworkAccess": "Enabled"}
    assert properties["privateEndpointConnections"] == []
    assert properties["authConfig"] == {"activeDirectoryAuth": "Disabled", "passwordAuth": "Enabled"}
    assert properties["highAvailability"] == {"mode": "Disabled", "state": "NotEnabled"}
    assert properties["replica"] == {"role": "Primary", "capacity": 5}
    assert properties["storage"] == {
        "type": "",
        "iops": 500,
        "tier": "P10",
        "storageSizeGB": 128,
        "autoGrow": "Disabled",
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}\+00:00", properties["backup"]["earliestRestoreDate"])


def test_what_surprises_in_a_server(azure):
    """The location is a display name, the id has the service's casing whatever the caller's, and there is no provisioningState."""
    body = azure.get(azure.db.upper().replace("/SUBSCRIPTIONS", "/subscriptions")).json
    assert body["location"] == "West Europe"
    assert body["id"] == azure.db
    assert "tags" not in body
    assert "provisioningState" not in body["properties"]


def test_a_vnet_server_has_no_private_endpoint_connections(client_of, world_with, vnet):
    """A VNet server names its subnet and zone, says Disabled, and lacks the member privateEndpointConnections (recorded)."""
    azure = client_of(world_with(**vnet))
    properties = azure.get(azure.db).json["properties"]
    assert properties["network"] == {
        "publicNetworkAccess": "Disabled",
        "delegatedSubnetResourceId": vnet["delegated_subnet_id"],
        "privateDnsZoneArmResourceId": vnet["private_dns_zone_id"],
    }
    assert set(properties) == PROPERTY_KEYS - {"privateEndpointConnections"}


def test_sign_in_members_follow_the_switches(client_of, world_with):
    """The member tenantId stands only beside enabled Entra authentication; the login is not returned while password authentication is off."""
    tenant = "33333333-3333-3333-3333-333333333333"
    azure = client_of(
        world_with(entra_auth="Enabled", tenant_id=tenant, password_auth="Disabled", tags={"team": "shop"})
    )
    body = azure.get(azure.db).json
    assert body["properties"]["authConfig"] == {
        "activeDirectoryAuth": "Enabled",
        "passwordAuth": "Disabled",
        "tenantId": tenant,
    }
    assert "administratorLogin" not in body["properties"]
    assert body["tags"] == {"team": "shop"}


def test_a_replica_names_its_source(client_of, world_with):
    """A replica has role AsyncReplica, capacity 0 and the id of its source (recorded 2024-11-01-preview)."""
    source = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-shop/providers/Microsoft.DBforPostgreSQL/flexibleServers/shop-db"
    azure = client_of(world_with({"name": "shop-copy", "replication_role": "AsyncReplica", "source_server_id": source}))
    properties = azure.get(azure.world.server_id("shop-copy")).json["properties"]
    assert properties["sourceServerResourceId"] == source
    assert properties["replica"] == {"role": "AsyncReplica", "capacity": 0}


def test_servers_are_listed_by_group_and_by_subscription(azure):
    """Both lists hold whole servers, and an unknown group is a 404 (recorded)."""
    subscription = azure.db.split("/resourceGroups")[0]
    by_group = azure.get(azure.db.rsplit("/", 1)[0]).json["value"]
    by_subscription = azure.get(f"{subscription}/providers/Microsoft.DBforPostgreSQL/flexibleServers").json["value"]
    assert [each["name"] for each in by_group] == ["shop-db", "shop-archive"]
    assert by_group == by_subscription
    missing = azure.get(f"{subscription}/resourceGroups/nope/providers/Microsoft.DBforPostgreSQL/flexibleServers")
    assert (missing.status, missing.code) == (404, "ResourceGroupNotFound")


def test_a_missing_server_is_the_gateways_404(azure):
    """A server that ARM does not know gives the recorded text and x-ms-failure-cause: gateway."""
    found = azure.get(azure.db.replace("shop-db", "nope"))
    assert found.status == 404
    assert found.headers["x-ms-failure-cause"] == "gateway"
    assert found.message == (
        "The Resource 'Microsoft.DBforPostgreSQL/flexibleServers/nope' under resource group 'rg-shop' was not found. "
        "For more details please go to https://aka.ms/ARMResourceNotFoundFix"
    )


def test_every_answer_carries_the_common_headers(azure):
    """Reads show the recorded counter, every answer has its request id, and bodies are JSON in UTF-8."""
    headers = azure.get(azure.db).headers
    assert headers["x-ms-ratelimit-remaining-subscription-global-reads"] == "16499"
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert headers["cache-control"] == "no-cache"
    assert headers["x-ms-request-id"] != azure.get(azure.db).headers["x-ms-request-id"]


def test_the_state_shows_running_operations(azure):
    """State says Ready right after acceptance (recorded), Updating during a firewall change and Restarting during a restart."""
    azure.put(f"{azure.db}/firewallRules/office", {"startIpAddress": "203.0.113.1", "endIpAddress": "203.0.113.1"})
    assert azure.get(azure.db).json["properties"]["state"] == "Ready"
    azure.wait(10)
    assert azure.get(azure.db).json["properties"]["state"] == "Updating"
    azure.wait(60)
    assert azure.get(azure.db).json["properties"]["state"] == "Ready"
    azure.ask("POST", f"{azure.db}/restart")
    assert azure.get(azure.db).json["properties"]["state"] == "Restarting"
    azure.wait(62)
    assert azure.get(azure.db).json["properties"]["state"] == "Ready"


def test_subscriptions_and_groups_can_be_read(azure):
    """The subscription and its groups are listed and read; a group's body is as recorded."""
    assert [each["displayName"] for each in azure.get("/subscriptions", version="2022-12-01").json["value"]] == [
        "Contoso production"
    ]
    subscription = azure.db.split("/resourceGroups")[0]
    assert (
        azure.get(subscription, version="2022-12-01").json["subscriptionId"] == "11111111-1111-1111-1111-111111111111"
    )
    group = {
        "id": f"{subscription}/resourceGroups/rg-shop",
        "name": "rg-shop",
        "type": "Microsoft.Resources/resourceGroups",
        "location": "westeurope",
        "properties": {"provisioningState": "Succeeded"},
    }
    assert azure.get(f"{subscription}/resourcegroups/RG-SHOP", version="2020-06-01").json == group
    assert azure.get(f"{subscription}/resourcegroups", version="2020-06-01").json == {"value": [group]}
    unknown = azure.get("/subscriptions/99999999-9999-9999-9999-999999999999/resourceGroups", version="2020-06-01")
    assert (unknown.status, unknown.code) == (404, "SubscriptionNotFound")
