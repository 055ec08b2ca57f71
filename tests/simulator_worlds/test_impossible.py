"""Combinations that the service cannot have are refused with the path to the key."""

import json
from datetime import timedelta

import pytest

from flexsec.simulator import Request, World, WorldError, answer

AT = "$.subscriptions[0].resource_groups[0].servers"


@pytest.mark.parametrize(
    ("members", "key", "words"),
    [
        ({"tier": "Burstable", "sku": "Standard_D2ds_v5"}, "sku", "such as 'Standard_B1ms'"),
        ({"tier": "MemoryOptimized", "sku": "standard_b2s"}, "sku", "on a MemoryOptimized server"),
        ({"standby_zone": "2"}, "standby_zone", "without high availability"),
        ({"high_availability": "ZoneRedundant", "standby_zone": "1"}, "standby_zone", "another zone"),
        ({"high_availability": "SameZone", "standby_zone": "2"}, "standby_zone", "own zone"),
        ({"administrator_login": ""}, "administrator_login", "although password_auth is Enabled"),
        ({"firewall_rules": {"a": "1.1.1.1-1.1.1.1", "A": "2.2.2.2-2.2.2.2"}}, "firewall_rules.A", "but for its case"),
        ({"firewall_rules": {"a/b": "1.1.1.1-1.1.1.1"}}, "firewall_rules.a/b", "a rule name"),
    ],
)
def test_an_impossible_server_is_refused(world_of, members, key, words):
    """A server that cannot be is refused where it stands."""
    with pytest.raises(WorldError) as refused:
        World.from_dict(world_of({"name": "shop-db", **members}))
    assert refused.value.where == f"{AT}[0].{key}"
    assert words in str(refused.value)


def test_a_replica_must_fit_its_source(world_of, replica_of):
    """A replica needs a source in the world, of its own version and not Burstable, and in another place to be geo."""
    cases = (
        (["shop-db", replica_of("copy", "nobody")], "[1].source_server_id", "a server in this world"),
        (["shop-db", replica_of("copy", "shop-db", version="15")], "[1].version", "'16', as its source has"),
        ([{"name": "shop-db", "tier": "Burstable"}, replica_of("copy", "shop-db")], "[1].source_server_id", "Burstable"),
        (["shop-db", replica_of("copy", "shop-db", high_availability="SameZone")], "[1].high_availability", "replica"),
        (["shop-db", replica_of("copy", "shop-db", replication_role="GeoAsyncReplica")], "[1].replication_role", "location"),
        ([replica_of("one", "two"), replica_of("two", "one")], "[0].source_server_id", "its own replica"),
        ([replica_of("one", "one")], "[0].source_server_id", "its own replica"),
    )  # fmt: skip
    for servers, where, words in cases:
        with pytest.raises(WorldError, match=words) as refused:
            World.from_dict(world_of(*servers))
        assert refused.value.where == AT + where


def test_a_source_has_five_replicas_at_most(world_of, replica_of):
    """Five replicas of one source are a world, the sixth is refused; a replica of a replica counts on its own."""
    copies = [replica_of(f"copy-{number}", "shop-db") for number in range(6)]
    World.from_dict(world_of("shop-db", *copies[:5], replica_of("far", "copy-1")))
    with pytest.raises(WorldError, match="at most 5") as refused:
        World.from_dict(world_of("shop-db", *copies))
    assert refused.value.where == f"{AT}[6].source_server_id"


def test_a_name_is_taken_for_the_whole_world(world_of):
    """Two groups cannot have servers of one name: the name is a host name."""
    document = world_of("shop-db")
    groups = document["subscriptions"][0]["resource_groups"]
    groups.append({"name": "rg-other", "servers": [{"name": "Shop-DB"}]})
    with pytest.raises(WorldError, match="no other server of the world") as refused:
        World.from_dict(document)
    assert refused.value.where == "$.subscriptions[0].resource_groups[1].servers[0].name"


def test_a_key_said_twice_is_refused(tmp_path):
    """JSON with a key twice in one object is refused: the second one would win in silence."""
    path = tmp_path / "world.json"
    path.write_text('{"subscriptions": [], "clock": "2026-01-05T09:00:00Z", "subscriptions": []}')
    with pytest.raises(WorldError, match="'subscriptions' stands twice"):
        World.load(path)


@pytest.mark.parametrize(("told", "tier", "sku"), [
    ({"tier": "Burstable"}, "Burstable", "Standard_B1ms"),
    ({"sku": "Standard_E8ds_v5"}, "MemoryOptimized", "Standard_E8ds_v5"),
    ({"sku": "Standard_Z99"}, "GeneralPurpose", "Standard_Z99"),
    ({"sku": "Standard_Z99", "tier": "Burstable"}, "Burstable", "Standard_Z99"),
])  # fmt: skip
def test_size_and_tier_bring_each_other(world_of, told, tier, sku):
    """A tier alone brings a size, a size its tier; a series that nobody knows fits every tier."""
    world = World.from_dict(world_of({"name": "shop-db", **told}))
    server = world.server("shop-db")
    assert (server.sku_tier, server.sku_name) == (tier, sku)
    assert World.from_dict(world.to_dict()).to_dict() == world.to_dict()


def _patch(world, sku):
    url = f"{world.server_id('shop-db')}?api-version=2025-08-01"
    head = {"Authorization": "Bearer x", "Content-Type": "application/json"}
    return answer(world, Request("PATCH", url, head, b'{"sku": {"tier": "%s"}}' % sku.encode()), world.clock)


def test_no_request_makes_a_world_impossible(world_of, replica_of):
    """A size outside the tier fails in the poll, a Burstable source is refused: the world stays one that can be read."""
    world = World.from_dict(world_of("shop-db", replica_of("copy", "shop-db")))
    assert _patch(world, "MemoryOptimized").status == 202
    (operation,) = world.state.operations.values()
    assert operation.error["code"] == "ServerEditionIncompatibleWithSkuSize"
    assert _patch(world, "Burstable").status == 400
    World.from_dict(world.to_dict())


@pytest.mark.parametrize(("zone", "availability", "status", "standby"), [
    ("2", {"mode": "ZoneRedundant"}, 202, "1"),
    ("1", {"mode": "ZoneRedundant"}, 202, "2"),
    ("3", {"mode": "SameZone"}, 202, "3"),
    ("1", {"mode": "SameZone", "standbyAvailabilityZone": "3"}, 400, None),
    ("1", {"mode": "ZoneRedundant", "standbyAvailabilityZone": "1"}, 400, None),
])  # fmt: skip
def test_a_created_server_has_a_standby_where_it_can_be(zone, availability, status, standby):
    """A server that is created with a standby gets it in a zone that goes with the mode, or is refused."""
    world = World.builtin("insecure")
    url = world.server_id("shop-db").replace("shop-db", "new-db") + "?api-version=2025-08-01"
    properties = {"createMode": "Create", "version": "16", "administratorLogin": "boss", "availabilityZone": zone,
                  "administratorLoginPassword": "Xy7!longenough", "highAvailability": availability}  # fmt: skip
    sku = {"name": "Standard_D2ds_v5", "tier": "GeneralPurpose"}
    body = json.dumps({"location": "westeurope", "sku": sku, "properties": properties}).encode()
    head = {"Authorization": "Bearer x"}
    assert answer(world, Request("PUT", url, head, body), world.clock).status == status
    answer(world, Request("GET", url, head, b""), world.clock + timedelta(hours=1))
    made = world.find_server("new-db")
    assert (made and made.standby_zone) == standby
    World.from_dict(world.to_dict())
