"""The worlds that come with the package: what each shows, and that all of them are right in every way we can tell."""

import json

import jsonschema
import pytest

from flexsec.simulator import World, catalogue, fleet
from flexsec.simulator.state import STATES
from flexsec.simulator.world_schema import world_schema
from flexsec.testing import simulated

NAMES = ("insecure", "mixed-fleet", "private", "replicas")


def test_these_worlds_are_built_in():
    """There is a world for a neglected server, a fleet, private access and replicas."""
    assert World.builtin_names() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_builtin_world_round_trips_and_fits_the_schema(name):
    """Each built-in world reads back equal from what it writes, and both forms satisfy the published schema."""
    world = World.builtin(name)
    again = World.from_dict(json.loads(json.dumps(world.to_dict())))
    assert again.to_dict() == world.to_dict()
    jsonschema.validate(world.to_dict(), world_schema())
    assert world.state.about


@pytest.mark.parametrize("name", ["insecure", "private", "replicas"])
def test_every_server_can_be_audited(name):
    """Each server of a small world can be observed and judged by the library itself."""
    with simulated(name) as simulation:
        for subscription in simulation.world.state.subscriptions.values():
            client = simulation.client(subscription_id=subscription.id)
            for group in subscription.groups.values():
                for server in group.servers.values():
                    assessment = client.server(group.name, server.name).audit()
                    assert assessment.verdicts, server.name


def test_private_shows_each_way_to_be_private():
    """The private world has a VNet server, one behind private endpoints and one with stale rules."""
    world = World.builtin("private")
    vnet, endpoint, half = (world.server(f"ledger-{each}") for each in ("db", "api", "legacy"))
    assert vnet.in_virtual_network
    assert {each.status for each in endpoint.private_endpoint_connections.values()} == {"Approved", "Pending"}
    assert (half.public_network_access, len(half.firewall)) == ("Disabled", 1)
    assert endpoint.password_auth == "Disabled"
    assert len(endpoint.administrators) == 2


def test_replicas_have_drifted():
    """In the world of replicas each replica has a source in the world, and settings of its own."""
    world = World.builtin("replicas")
    primary, near, far = (world.server(f"orders-db{each}") for each in ("", "-read", "-dr"))
    assert {near.source_server_id, far.source_server_id} == {world.server_id("orders-db")}
    assert (near.replication_role, far.replication_role) == ("AsyncReplica", "GeoAsyncReplica")
    assert far.location != primary.location == near.location
    assert len({str(each.firewall) for each in (primary, near, far)}) == 3
    assert len({str(each.parameters) for each in (primary, near, far)}) == 3


def test_the_fleet_holds_everything():
    """The fleet has 200 servers in three subscriptions: every pair of version and tier, every state, every network."""
    world = World.builtin("mixed-fleet")
    servers = [server for _, server in world.servers()]
    assert (len(servers), len(world.state.subscriptions)) == (200, 3)
    tiers = ("Burstable", "GeneralPurpose", "MemoryOptimized")
    assert {(each.version, each.sku_tier) for each in servers} == {
        (version, tier) for version in catalogue.versions() for tier in tiers
    }
    assert {each.state for each in servers} == set(STATES)
    assert {each.replication_role for each in servers} == {"Primary", "AsyncReplica", "GeoAsyncReplica"}
    assert {each.high_availability for each in servers} == {"Disabled", "SameZone", "ZoneRedundant"}
    assert {(each.password_auth, each.entra_auth) for each in servers} == {
        ("Enabled", "Disabled"), ("Enabled", "Enabled"), ("Disabled", "Enabled"),
    }  # fmt: skip
    assert any(each.in_virtual_network for each in servers)
    assert any(any(state.pending for state in each.parameters.values()) for each in servers)
    assert sum(each.state == "Ready" for each in servers) > 150


def test_the_fleet_is_always_the_same():
    """Two calls give equal fleets, and a smaller fleet is the beginning of a larger one's servers."""
    assert fleet.mixed_fleet() == fleet.mixed_fleet()
    small = {server.name for _, server in World.from_dict(fleet.mixed_fleet(40)).servers()}
    assert small < {server.name for _, server in World.builtin("mixed-fleet").servers()}


@pytest.mark.parametrize("servers", [0, 1, 17, 600])
def test_a_fleet_of_any_size_is_a_world(servers):
    """A fleet can have any number of servers, for measuring with."""
    assert sum(1 for _ in World.from_dict(fleet.mixed_fleet(servers)).servers()) == servers


def test_an_unknown_server_is_told_with_those_there_are():
    """A test that asks the world for a server that is not there reads which ones are."""
    with pytest.raises(KeyError, match=r"no server 'shop' in this world; it has shop-db, shop-archive"):
        World.builtin("insecure").server("shop")
