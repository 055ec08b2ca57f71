"""Capturing: the copy is the world as far as the service tells it, nothing secret is in it, and nothing was written."""

import json
from ipaddress import IPv4Address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexsec.errors import Forbidden, InvalidTarget, NotFound
from flexsec.model.firewall import FirewallRule
from flexsec.simulator import Fault, World
from flexsec.testing import Simulation
from flexsec.testing.capture import Scope, capture
from flexsec.testing.captured_server import NEVER_TAKEN
from flexsec.testing.masking import masked

UNTOLD = {"about", "seed", "sequence", "clock", "principals", "durations", "throttling", "faults", "sign_in"}
SILENT = {"Stopped": {"parameters", "administrators"}, "Provisioning": {"parameters"}, "Inaccessible": {"parameters"},
          "Disabled": {"parameters"}, "Dropping": {"parameters", "firewall_rules", "administrators", "databases",
                                                   "threat_protection"}}  # fmt: skip


def captured(world, *scopes, **options):
    """A capture of a world, of all its subscriptions when no scope is given."""
    simulation = Simulation(world, principal=options.pop("principal", ""))
    wanted = scopes or [f"/subscriptions/{each.id}" for each in world.state.subscriptions.values()]
    return capture(
        [Scope.parse(each) for each in wanted],
        lambda subscription: simulation.client(subscription_id=subscription).connection,
        **options,
    )


def told(document):
    """The part of a world that the service tells of servers; key vaults are not copied."""
    found = {key: value for key, value in document.items() if key not in UNTOLD}
    found["subscriptions"] = [
        subscription
        | {
            "resource_groups": [
                {key: value for key, value in group.items() if key != "vaults"}
                | {"servers": [_told(server) for server in group["servers"]]}
                for group in subscription["resource_groups"]
            ]
        }
        for subscription in document["subscriptions"]
    ]
    return found


def _told(server):
    silent = SILENT.get(server.get("state", "Ready"), set()) | {"password"}
    if server.get("password_auth") == "Disabled":
        silent = silent | {"administrator_login"}
    return {key: value for key, value in server.items() if key not in silent}


def servers(document):
    """The server entries of a world by name."""
    return {
        server["name"]: server
        for subscription in document["subscriptions"]
        for group in subscription["resource_groups"]
        for server in group["servers"]
    }


@pytest.mark.parametrize("name", World.builtin_names())
def test_the_copy_is_the_world(name):
    """Everything that the service tells about a world is in its copy, by reads alone, and what it hides is said."""
    world = World.builtin(name)
    before = world.to_dict()
    found = captured(world)
    assert told(found.world) == told(before)
    assert found.servers == len(servers(before))
    assert not any(each.mutating for each in world.requests)
    assert world.to_dict()["subscriptions"] == before["subscriptions"]
    hidden = [each for each in servers(before).values() if each.get("state") in SILENT]
    assert all(any(sentence.startswith(each["name"]) for sentence in found.lacks) for each in hidden)
    assert bool(found.lacks) == bool(hidden)


def test_a_copy_of_the_copy_is_the_copy():
    """Capturing what was captured changes nothing any more."""
    first = captured(World.builtin("private")).world
    again = captured(World.from_dict(first)).world
    assert first.pop("clock") <= again.pop("clock")
    assert first == again


def test_parameters_are_copied_with_all_that_matters(world_of):
    """Pending, absent, default and oddly spelt parameters, and sources, come over."""
    parameters = {
        "log_checkpoints": "OFF",
        "connection_throttle.enable": None,
        "max_connections": {"value": "1000", "pending": True},
        "log_disconnections": {"value": "off", "source": "system-default"},
    }
    world = World.from_dict(world_of({"name": "shop-db", "parameters": parameters}))
    assert servers(captured(world).world)["shop-db"]["parameters"] == servers(world.to_dict())["shop-db"]["parameters"]


def test_one_server_one_group_or_all():
    """A scope is a server, a group or a subscription; overlapping ones copy each server once."""
    world = World.builtin("insecure")
    group = world.server_id("shop-db").partition("/providers")[0]
    assert list(servers(captured(world, world.server_id("shop-db").upper()).world)) == ["shop-db"]
    assert list(servers(captured(world, group, world.server_id("shop-db")).world)) == ["shop-db", "shop-archive"]
    with pytest.raises(NotFound):
        captured(world, group + "x")
    with pytest.raises(InvalidTarget, match="not the id of a subscription"):
        captured(world, "/providers/x")


def test_a_replica_brings_its_source():
    """A replica alone is no world, so its source comes with it, whatever its group."""
    world = World.builtin("replicas")
    found = captured(world, world.server_id("orders-db-dr"))
    assert set(servers(found.world)) == {"orders-db", "orders-db-dr"}
    assert not found.lacks


def test_a_replica_without_a_source_is_left_out():
    """When a source cannot be read, its replicas are left out, and that is said."""
    world = World.builtin("replicas")
    world.faults.add(Fault("X28", path="orders-db$", times=None))
    found = captured(world, world.server_id("orders-db-dr"))
    assert not servers(found.world)
    assert len(found.lacks) == 1
    assert found.lacks[0].startswith("orders-db-dr is left out: it is a replica whose source cannot be copied: ")


def test_what_may_not_be_read_is_said(world_of):
    """Where a right is missing the copy is that of a fresh server there, and says so; without any right it fails."""
    rights = [
        "Microsoft.DBforPostgreSQL/flexibleServers/read",
        "Microsoft.DBforPostgreSQL/flexibleServers/configurations/read",
    ]
    reader = {"object_id": "55555555-5555-5555-5555-555555555555", "allowed_actions": rights}
    stranger = reader | {"allowed_actions": []}
    server = {"name": "shop-db", "parameters": {"log_checkpoints": "off"}, "firewall_rules": {"a": "1.1.1.1-1.1.1.1"}}
    document = world_of(server, principals={"reader": reader, "stranger": stranger})
    found = captured(World.from_dict(document), principal="reader")
    assert servers(found.world)["shop-db"]["parameters"] == {"log_checkpoints": "off"}
    assert "firewall_rules" not in servers(found.world)["shop-db"]
    text = "\n".join(found.lacks)
    for missing in ("name and tenant", "Defender plans", "location and tags", "firewallRules", "administrators"):
        assert missing in text
    with pytest.raises(Forbidden):
        captured(World.from_dict(document), principal="stranger")


def test_a_parameter_that_the_simulator_does_not_know_is_said(monkeypatch):
    """A server with a parameter from the future is copied without it, and that is said."""
    world = World.builtin("replicas")
    simulation = Simulation(world)
    connection = simulation.client().connection
    read_list = connection.read_list

    def newer(path, **options):
        found = read_list(path, **options)
        if path.endswith("orders-db/configurations"):
            found.append({"name": "post_quantum", "properties": {"value": "on"}})
            next(each for each in found if each["name"] == "log_statement")["properties"]["value"] = "poems"
        return found

    monkeypatch.setattr(connection, "read_list", newer)
    found = capture([Scope.parse(world.server_id("orders-db"))], lambda _: connection)
    assert found.lacks == ("orders-db: the simulator cannot hold 2 of its parameters: log_statement, post_quantum",)


def test_a_server_that_the_simulator_cannot_hold_is_left_out(monkeypatch):
    """A server of an unheard-of version is left out with the reason; the others are copied."""
    world = World.builtin("insecure")
    connection = Simulation(world).client().connection
    read_list = connection.read_list

    def newer(path, **options):
        found = read_list(path, **options)
        if path.endswith("/flexibleServers"):
            found[0]["properties"]["version"] = "42"
        return found

    monkeypatch.setattr(connection, "read_list", newer)
    found = capture([Scope.parse(world.server_id("shop-db").partition("/providers")[0])], lambda _: connection)
    assert list(servers(found.world)) == ["shop-archive"]
    assert any("shop-db is left out: the simulator cannot hold it: " in each and "'42'" in each for each in found.lacks)


def test_nothing_secret_is_copied(world_of):
    """Passwords, connection strings and tags named like secrets stay behind."""
    password = {"salt": "s", "digest": "sEcReT-digest", "version": 1, "verifier": "SCRAM-SHA-256$sEcReT"}
    parameters = dict.fromkeys(sorted(NEVER_TAKEN), "host=a password=sEcReT")
    server = {"name": "shop-db", "password": password, "parameters": parameters,
              "tags": {"owner": "shop", "AdminPassword": "sEcReT", "api-key": "sEcReT"}}  # fmt: skip
    found = captured(World.from_dict(world_of(server)))
    assert "sEcReT" not in json.dumps(found.world)
    assert "sEcReT" not in " ".join(found.lacks)
    assert servers(found.world)["shop-db"]["tags"] == {"owner": "shop", "AdminPassword": "", "api-key": ""}
    assert sum("may be a secret" in each for each in found.lacks) == 2


# Masked


IDENTIFYING = (
    "11111111-1111", "33333333-3333", "66666666-6666", "Contoso", "rg-ledger", "ledger", "dba-", "203.0.113",
    "rg-network", "hub", "auditor", "before-the-move", "yearly",
)  # fmt: skip


def test_a_masked_copy_identifies_nobody():
    """No id, name, login, address or tag of the world is in its masked copy, and the copy is a world like it."""
    plain = captured(World.builtin("private")).world
    found = captured(World.builtin("private"), masked=True)
    text = json.dumps(found.world).lower()
    assert [each for each in IDENTIFYING if each.lower() in text] == []
    again = World.from_dict(found.world).to_dict()
    assert again == found.world
    for before, after in zip(servers(plain).values(), servers(found.world).values(), strict=True):
        same = ("version", "sku", "tier", "state", "location", "threat_protection", "created", "entra_auth",
                "high_availability", "public_network_access")  # fmt: skip
        assert {key: before.get(key) for key in same} == {key: after.get(key) for key in same}
        assert len(before.get("administrators", {})) == len(after.get("administrators", {}))


def test_what_was_equal_stays_equal():
    """Replicas still point to their source, shared administrators are still shared, shared ranges still equal."""
    world = World.from_dict(captured(World.builtin("replicas"), masked=True).world)
    primary, near, far = (server for _, server in world.servers())
    assert near.source_server_id == far.source_server_id == world.server_id(primary.name)
    assert list(primary.firewall.values()) == [next(iter(near.firewall.values()))]
    private = World.from_dict(captured(World.builtin("private"), masked=True).world)
    vnet, endpoint, _ = (server for _, server in private.servers())
    assert set(vnet.administrators) < set(endpoint.administrators)


def test_masked_parameters_name_nobody(world_of):
    """Names in parameters are replaced, and settings stay."""
    parameters = {
        "cron.database_name": "wages", "pgaudit.role": "boss", "application_name": "payroll",
        "search_path": "wages, public", "log_line_prefix": "%m %u", "log_checkpoints": "off", "ssl_ciphers": "HIGH",
    }  # fmt: skip
    server = {"name": "shop-db", "parameters": parameters, "databases": {"wages": {}}}
    found = servers(captured(World.from_dict(world_of(server)), masked=True).world)["server-1"]
    assert found["parameters"] == {
        "cron.database_name": "database_1", "pgaudit.role": "role", "log_line_prefix": "%m %u",
        "log_checkpoints": "off", "ssl_ciphers": "HIGH",
    }  # fmt: skip
    assert list(found["databases"]) == ["database_1"]


def _world_with(ranges):
    rules = {f"r{number}": f"{IPv4Address(a)}-{IPv4Address(b)}" for number, (a, b) in enumerate(ranges)}
    return {
        "subscriptions": [
            {"id": "11111111-1111-1111-1111-111111111111", "name": "n", "tenant_id": "33333333-3333-3333-3333-333333333333",
             "resource_groups": [{"name": "g", "servers": [{"name": "shop-db", "firewall_rules": rules}]}]}
        ]
    }  # fmt: skip


def _rules(document):
    return [
        FirewallRule(name, *text.split("-"))
        for name, text in servers(World.from_dict(document).to_dict()).popitem()[1].get("firewall_rules", {}).items()
    ]


ADDRESSES = st.integers(0, 2**32 - 1)
RANGES = st.lists(
    st.one_of(
        st.tuples(ADDRESSES, ADDRESSES).map(lambda pair: (min(pair), max(pair))),
        st.tuples(ADDRESSES, st.integers(0, 300)).map(lambda pair: (pair[0], min(sum(pair), 2**32 - 1))),
        st.sampled_from([(0, 0), (0, 2**32 - 1), (1, 2**32 - 2)]),
    ),
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(RANGES)
def test_masked_ranges_are_judged_as_before(ranges):
    """Narrow ranges keep size, overlaps and being private; the service's own words stay; no world is refused."""
    before, after = _rules(_world_with(ranges)), _rules(masked(World.from_dict(_world_with(ranges)).to_dict()))
    assert len(before) == len(after)
    small = [(a.range, b.range) for a, b in zip(before, after, strict=True) if a.range.size < 2**20]
    assert all(a.size == b.size for a, b in small)
    for a, b in zip(before, after, strict=True):
        if (a.start, a.end) in {("0.0.0.0", "0.0.0.0"), ("0.0.0.0", "255.255.255.255")}:
            assert (a.start, a.end) == (b.start, b.end)
        for c, d in zip(before, after, strict=True):
            if a.range.size < 2**20 > c.range.size and a.range.first != 0 != c.range.first:
                overlap = a.range.first <= c.range.last and c.range.first <= a.range.last
                assert overlap == (b.range.first <= d.range.last and d.range.first <= b.range.last)


def test_private_ranges_stay_private_and_public_ones_public():
    """A masked range is of its kind: the report on the copy says what it said of the server."""
    cases = {"10.1.2.0-10.1.2.255", "192.168.7.7-192.168.7.9", "172.20.0.1-172.20.0.1", "203.0.113.8-203.0.113.15",
             "8.8.8.8-8.8.8.8", "100.64.3.0-100.64.3.9", "240.0.0.1-240.0.0.1", "0.0.0.0-0.0.0.0", "0.0.0.1-255.255.255.254"}  # fmt: skip
    ranges = [tuple(int(IPv4Address(each)) for each in case.split("-")) for case in cases]
    before, after = _rules(_world_with(ranges)), _rules(masked(World.from_dict(_world_with(ranges)).to_dict()))
    assert [each.kind for each in before] == [each.kind for each in after]
    block = next(b for a, b in zip(before, after, strict=True) if a.start == "203.0.113.8")
    assert int(IPv4Address(block.start)) % 8 == 0
