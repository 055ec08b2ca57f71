"""Databases, private endpoint connections, link resources, replicas and log files of a server."""

import pytest

from flexsec.simulator import World, WorldError

SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
ENDPOINT = f"{SUBSCRIPTION}/resourceGroups/rg-net/providers/Microsoft.Network/privateEndpoints/pe-shop"
CONNECTION = "pe-shop.4ffa8e01-3d23-5b18-f3ab-b181113d0ee7"
WAITING = {"private_endpoint_connections": {CONNECTION: {"private_endpoint_id": ENDPOINT, "status": "Pending"}}}


def test_a_server_has_the_service_s_own_databases(azure):
    """Every server lists azure_maintenance, postgres and azure_sys, in the recorded body."""
    found = azure.get(f"{azure.db}/databases").json["value"]
    assert [each["name"] for each in found] == ["azure_maintenance", "postgres", "azure_sys"]
    assert found[1] == {
        "properties": {"charset": "UTF8", "collation": "en_US.utf8"},
        "id": f"{azure.db}/databases/postgres",
        "name": "postgres",
        "type": "Microsoft.DBforPostgreSQL/flexibleServers/databases",
    }


def test_a_database_is_created_and_dropped(azure):
    """PUT with a lower-case character set reads back in capitals; Retry-After is 10 and the names are the recorded ones."""
    path = f"{azure.db}/databases/shop"
    missing = azure.get(path)
    assert missing.message == (
        "The requested resource of type 'Microsoft.DBforPostgreSQL/flexibleServers/databases' with name 'shop' was not found."
    )
    made = azure.ask("PUT", path, {"name": "shop", "properties": {"charset": "utf8"}})
    assert (made.json["operation"], made.headers["retry-after"]) == ("UpsertServerDatabaseManagementOperation", "10")
    assert azure.finish(made, 11)["status"] == "Succeeded"
    assert azure.get(path).json["properties"] == {"charset": "UTF8", "collation": "en_US.utf8"}
    assert World.from_dict(azure.world.to_dict()).server("shop-db").databases == azure.world.server("shop-db").databases
    dropped = azure.ask("DELETE", path)
    assert dropped.json["operation"] == "DropServerDatabaseManagementOperation"
    azure.finish(dropped, 11)
    assert azure.get(path).status == 404
    assert azure.ask("DELETE", path).status == 204


def test_databases_and_other_writes_do_not_disturb_each_other(azure):
    """A database is created beside any other change, and a parameter beside a database (recorded)."""
    parameter = azure.set("log_checkpoints", "on")
    database = azure.ask("PUT", f"{azure.db}/databases/shop", {})
    assert azure.finish(database)["status"] == azure.poll(parameter)["status"] == "Succeeded"
    database = azure.ask("PUT", f"{azure.db}/databases/shop2", {})
    assert azure.finish(azure.set("log_checkpoints", "off"))["status"] == "Succeeded"
    assert azure.poll(database)["status"] == "Succeeded"


@pytest.mark.parametrize(
    ("name", "properties"),
    [("1st", {}), ("a" * 64, {}), ("shop", {"charset": 5}), ("shop", {"collation": "a b"}), ("shop", {"owner": "x"})],
)
def test_a_wrong_database_is_refused(azure, name, properties):
    """A name outside the published pattern, or a member that is none, is a 400."""
    assert azure.ask("PUT", f"{azure.db}/databases/{name}", {"properties": properties}).status == 400
    assert azure.ask("DELETE", f"{azure.db}/databases/postgres").code == "InvalidParameterValue"


def test_the_owner_decides_on_a_private_endpoint(client_of, world_with):
    """A pending connection is approved by PUT; it reads Updating meanwhile and keeps its endpoint (recorded)."""
    azure = client_of(world_with(**WAITING))
    path = f"{azure.db}/privateEndpointConnections/{CONNECTION}"
    before = azure.get(path).json
    assert before["properties"] == {
        "privateEndpoint": {"id": ENDPOINT},
        "privateLinkServiceConnectionState": {"status": "Pending", "actionsRequired": "None"},
        "groupIds": ["postgresqlServer"],
        "provisioningState": "Succeeded",
    }
    assert azure.get(azure.db).json["properties"]["privateEndpointConnections"] == [before]
    decision = {"status": "approved", "description": "You are approved!"}
    accepted = azure.put(path, {"privateEndpoint": {}, "privateLinkServiceConnectionState": decision})
    assert accepted.json["operation"] == "UpsertPrivateEndpointConnectionManagementOperation"
    assert azure.get(path).json["properties"]["provisioningState"] == "Updating"
    azure.finish(accepted)
    after = azure.get(path).json["properties"]
    assert after["privateEndpoint"] == {"id": ENDPOINT}
    assert after["privateLinkServiceConnectionState"] == {
        "status": "Approved",
        "description": "You are approved!",
        "actionsRequired": "None",
    }
    assert World.from_dict(azure.world.to_dict()).to_dict() == azure.world.to_dict()
    removed = azure.ask("DELETE", path)
    assert removed.json["operation"] == "DropPrivateEndpointConnectionManagementOperation"
    azure.finish(removed)
    assert azure.get(f"{azure.db}/privateEndpointConnections").json == {"value": []}
    assert azure.ask("DELETE", path).status == 204


def test_a_connection_is_not_made_here(azure):
    """A decision on a connection that nobody asked for is a 404; a decision that is none is a 400."""
    path = f"{azure.db}/privateEndpointConnections/x"
    decision = {"privateLinkServiceConnectionState": {"status": "Approved"}}
    assert azure.put(path, decision).code == "ResourceNotFound"
    azure.world.server("shop-db").private_endpoint_connections = (
        World.from_dict(azure.world.to_dict() | {"subscriptions": [_with_connection(azure.world.to_dict())]})
        .server("shop-db")
        .private_endpoint_connections
    )
    path = f"{azure.db}/privateEndpointConnections/{CONNECTION.upper()}"
    assert azure.put(path, decision).status == 202
    for wrong in ({}, {"status": "Perhaps"}, {"status": "Approved", "colour": "red"}, []):
        assert azure.put(path, {"privateLinkServiceConnectionState": wrong}).status == 400


def _with_connection(document):
    subscription = document["subscriptions"][0]
    subscription["resource_groups"][0]["servers"][0] |= WAITING
    return subscription


def test_a_vnet_server_has_no_private_endpoints(client_of, world_with, vnet):
    """A VNet-integrated server has no link resources and no connections, and its body has no such key (recorded)."""
    azure = client_of(world_with(**vnet))
    assert azure.get(f"{azure.db}/privateLinkResources").json == {"value": []}
    assert "privateEndpointConnections" not in azure.get(azure.db).json["properties"]
    with pytest.raises(WorldError, match="VNet"):
        World.from_dict(world_with(**vnet, **WAITING))


def test_the_one_link_resource_reads_as_recorded(azure):
    """The group postgresqlServer, alone and in its list, with the zone that a private endpoint needs."""
    (listed,) = azure.get(f"{azure.db}/privateLinkResources").json["value"]
    assert listed == azure.get(f"{azure.db}/privateLinkResources/POSTGRESQLSERVER").json
    assert listed["properties"] == {
        "groupId": "postgresqlServer",
        "requiredMembers": ["postgresqlServer"],
        "requiredZoneNames": ["privatelink.postgres.database.azure.com"],
    }
    assert azure.get(f"{azure.db}/privateLinkResources/other").status == 404


def test_replicas_and_log_files_are_listed(client_of):
    """A primary lists its replicas as servers, a replica none; there are no log files to download."""
    azure = client_of("replicas")
    found = {each: azure.get(f"{each}/replicas").json["value"] for each, _ in azure.world.servers()}
    listed = [server["id"] for replicas in found.values() for server in replicas]
    assert sorted(listed) == sorted(each for each, server in azure.world.servers() if server.source_server_id)
    assert listed
    for primary, replicas in found.items():
        for each in replicas:
            assert each["properties"]["sourceServerResourceId"] == primary
            assert each["properties"]["replicationRole"] in {"AsyncReplica", "GeoAsyncReplica"}
            assert each["properties"]["replicaCapacity"] == 0
    assert azure.get(f"{next(iter(found))}/logFiles").json == {"value": []}


@pytest.mark.parametrize(
    ("members", "where"),
    [
        ({"databases": {"postgres": {}}}, "databases.postgres"),
        ({"databases": {"a": {"charset": "x y"}}}, "databases.a.charset"),
        ({"private_endpoint_connections": {"x": {}}}, "private_endpoint_connections.x"),
        ({"private_endpoint_connections": {"x": {"private_endpoint_id": "y", "status": "Maybe"}}}, "private_endpoint_connections.x.status"),
        ({"identities": ["me"]}, "identities[0]"),
    ],
)  # fmt: skip
def test_impossible_children_are_refused_with_their_place(world_with, members, where):
    """What no server can have is refused when the world is read, with the path to it."""
    with pytest.raises(WorldError) as refused:
        World.from_dict(world_with(**members))
    assert refused.value.where == f"$.subscriptions[0].resource_groups[0].servers[0].{where}"
