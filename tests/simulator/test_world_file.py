"""World files: what they hold, that they round-trip, and how they are refused when they are wrong."""

import json
from pathlib import Path

import pytest

from flexsec.simulator import World, WorldError

OPERATION = {
    "id": "5b8c11b3-fd9a-17f9-a60f-13aac95e2db3",
    "server_id": "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-shop/providers/Microsoft.DBforPostgreSQL/flexibleServers/shop-db",
    "kind": "configurations",
    "verb": "write",
    "name": "log_checkpoints",
    "location": "westeurope",
    "api_version": "2025-08-01",
    "started": "2026-01-05T09:00:00Z",
    "due": "2026-01-05T09:00:10Z",
    "effect": {"value": "off", "source": "user-override"},
}


def test_the_builtin_world_is_as_described():
    """The insecure world holds a badly configured server and a stopped one in one group."""
    assert World.builtin_names() == ("insecure", "mixed-fleet", "private", "replicas")
    world = World.builtin("insecure")
    server, archive = world.server("shop-db"), world.server("shop-archive")
    assert (server.version, server.state, archive.version, archive.state) == ("16", "Ready", "13", "Stopped")
    assert server.parameters["log_disconnections"].value == "OFF"
    assert server.parameters["max_connections"].pending
    assert server.firewall["temp-debug"].end == "255.255.255.255"
    assert world.server(world.server_id("shop-db").upper()) is server
    with pytest.raises(KeyError):
        world.server("nope")


def test_an_unknown_builtin_world_is_named():
    """A misspelt built-in world is refused with the one that was probably meant."""
    with pytest.raises(WorldError, match="did you mean 'insecure'"):
        World.builtin("insecur")


def test_a_world_round_trips(azure, tmp_path):
    """A world with operations in flight, effects, principals, throttling and durations comes back equal from its file."""
    document = azure.world.to_dict() | {
        "principals": {"reader": {"object_id": "o", "allowed_actions": ["*/read"]}},
        "durations": {"restart": 5.5},
        "throttling": {"reads": {"size": 10, "refill": 1}, "global_factor": 2},
    }
    azure.world = World.from_dict(document)
    azure.finish(azure.set("log_checkpoints", "on"))
    azure.put(f"{azure.db}/firewallRules/x", {"startIpAddress": "198.51.100.7", "endIpAddress": "198.51.100.7"})
    path = tmp_path / "deep" / "world.json"
    azure.world.save(path)
    loaded = World.load(path)
    assert loaded.to_dict() == azure.world.to_dict()
    assert json.loads(path.read_text()) == azure.world.to_dict()
    assert loaded.effects(azure.db) == ("write configurations/log_checkpoints",)
    assert loaded.next_due() is not None


def test_only_what_differs_is_written(world_with):
    """A fresh server is written as its name, place and version, a changed parameter as its value."""
    document = World.from_dict(world_with(parameters={"log_checkpoints": "off"})).to_dict()
    servers = document["subscriptions"][0]["resource_groups"][0]["servers"]
    assert servers == [
        {"name": "shop-db", "location": "westeurope", "version": "16", "parameters": {"log_checkpoints": "off"}}
    ]


@pytest.mark.parametrize(
    ("members", "where", "words"),
    [
        ({"verison": "16"}, ".verison", "did you mean 'version'?"),
        ({"version": "12"}, ".version", "found '12', expected one of 13, 14, 15, 16, 17, 18"),
        ({"version": 16}, ".version", "found 16"),
        ({"state": "ready"}, ".state", "did you mean 'Ready'?"),
        ({"tier": "Huge"}, ".tier", "one of Burstable"),
        ({"location": "West Europe"}, ".location", "did you mean 'westeurope'?"),
        ({"name": "x"}, ".name", "3 to 63 letters"),
        ({"parameters": {"log_checkpoint": "on"}}, ".parameters.log_checkpoint", "did you mean 'log_checkpoints'?"),
        ({"parameters": {"log_checkpoints": "perhaps"}}, ".parameters.log_checkpoints", "a value that log_checkpoints can have: on,off"),
        ({"parameters": {"log_checkpoints": True}}, ".parameters.log_checkpoints", "expected an object"),
        ({"parameters": {"log_checkpoints": {"pending": True}}}, ".parameters.log_checkpoints", '"value"'),
        ({"parameters": {"log_checkpoints": {"value": "on", "pending": True}}}, ".parameters.log_checkpoints", "need a restart"),
        ({"firewall_rules": {"a": "1.2.3.4"}}, ".firewall_rules.a", "two IPv4 addresses"),
        ({"firewall_rules": {"a": "1.2.3.4-1.2.3.3"}}, ".firewall_rules.a", "start is not above its end"),
        ({"public_network_access": "Enabled", "delegated_subnet_id": "/s", "private_dns_zone_id": "/z"}, ".public_network_access", "no public endpoint"),
        ({"delegated_subnet_id": "/s"}, ".private_dns_zone_id", "zone's resource id"),
        ({"private_dns_zone_id": "/z"}, ".private_dns_zone_id", "a delegated_subnet_id beside it"),
        ({"replication_role": "AsyncReplica"}, ".source_server_id", "a source for a replica"),
        ({"source_server_id": "/x"}, ".source_server_id", "only for a replica"),
        ({"replication_role": "AsyncReplica", "source_server_id": "/x"}, "", "a server in this world"),
        ({"entra_auth": "Enabled"}, ".tenant_id", "the tenant's id"),
        ({"password_auth": "Disabled"}, ".password_auth", "one of them 'Enabled'"),
        ({"administrators": {"a": {"type": "User", "name": "n", "tenant_id": "t"}}}, ".administrators", "entra_auth 'Enabled'"),
        ({"administrators": {"a": {"type": "User", "name": "n"}}}, ".administrators.a", "a member 'tenant_id'"),
        ({"high_availability": "SameZone", "tier": "Burstable"}, ".high_availability", "Burstable"),
        ({"threat_protection": {"state": "Enabled"}}, ".threat_protection", "a member 'since'"),
        ({"backup_retention_days": 99}, ".backup_retention_days", "a whole number from 7 to 35"),
        ({"created": "yesterday"}, ".created", "a time such as"),
        ({"created": "2026-01-01T00:00:00"}, ".created", "with its offset"),
        ({"password": "secret"}, ".password", "an object"),
        ({"tags": {"a": 1}}, ".tags.a", "a text"),
        ({"wedged": "yes"}, ".wedged", "true or false"),
    ],
)  # fmt: skip
def test_a_wrong_server_is_refused(world_with, members, where, words):
    """A wrong member is refused with its JSON path, what was found and what is expected, close spellings suggested."""
    with pytest.raises(WorldError) as refused:
        World.from_dict(world_with(**members))
    message = str(refused.value)
    assert words in message
    assert where in message
    assert "$.subscriptions[0].resource_groups[0].servers[0]" in message or not where


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": 2}, "$.format: found 2, expected 1"),
        ({"colour": 1}, "$.colour: found the unknown key 'colour'"),
        ({"subscriptions": {}}, "$.subscriptions: found an object, expected a list"),
        (
            {"subscriptions": [{"id": "x", "name": "n", "tenant_id": "t"}]},
            "$.subscriptions[0].id: found 'x', expected a GUID",
        ),
        ({"durations": {"restrat": 1}}, "did you mean 'restart'?"),
        ({"durations": {"restart": -1}}, "a number from 0"),
        ({"throttling": {"reads": {"size": 0}}}, "$.throttling.reads.size"),
        ({"principals": {"a": {}}}, "a member 'object_id'"),
        ({"faults": [{"id": "X99"}]}, "$.faults[0].id: found 'X99' (did you mean 'X29'?), expected one of"),
        ({"faults": [{"id": "X2", "times": "x"}]}, "$.faults[0]"),
        ({"operations": [{"id": "x"}]}, "an operation as the simulator saves it"),
        ({"operations": [{"id": "x", "kind": "coffee"}]}, "$.operations[0].kind"),
        ({"operations": [OPERATION | {"effect": {}}]}, "an effect with the text 'value'"),
        (
            {"operations": [OPERATION | {"kind": "server", "effect": {"plain": {"colour": 1}}}]},
            "attributes of a server",
        ),
        ({"operations": [OPERATION | {"server_id": "/elsewhere"}]}, "the id of a server in this world"),
        ({"effects": {"a": [1]}}, "$.effects.a[0]"),
        ({"clock": 5}, "$.clock"),
        ({"clock": "9999-12-31T00:00:00Z"}, "$.clock: found '9999-12-31T00:00:00Z', expected a time between the years"),
        ({"clock": "0001-01-01T00:00:00Z"}, "a time between the years 2000 and 9000"),
        ({"clock": "0001-01-01T00:00:00+05:00"}, "a time that is also one in UTC"),
    ],
)
def test_a_wrong_world_is_refused(world_with, change, words):
    """What is wrong outside servers is refused in the same way."""
    with pytest.raises(WorldError) as refused:
        World.from_dict(world_with() | change)
    assert words in str(refused.value)


def test_duplicates_are_refused(world_with):
    """Two servers of one name, groups of one name or subscriptions of one id cannot be."""
    document = world_with({"name": "SHOP-DB"})
    with pytest.raises(WorldError, match="no other server of the group"):
        World.from_dict(document)
    document = world_with()
    document["subscriptions"] *= 2
    with pytest.raises(WorldError, match="no other subscription"):
        World.from_dict(document)
    document = world_with()
    document["subscriptions"][0]["resource_groups"] *= 2
    with pytest.raises(WorldError, match="no other group"):
        World.from_dict(document)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"[]", b"[" * 100_000, b'{"format": 1}'])
def test_a_file_that_is_no_world_is_refused(tmp_path, content):
    """A file that is not JSON, not text or not a world is a WorldError that says so."""
    path = tmp_path / "world.json"
    path.write_bytes(content)
    with pytest.raises(WorldError):
        World.load(path)


def test_the_documented_world_file_is_one():
    """The example in the documentation is a world, with everything that the text says about it."""
    document = Path(__file__).parents[2].joinpath("docs", "simulator.md").read_text("utf-8")
    world = World.from_dict(json.loads(document.split("```json")[1].split("```")[0]))
    assert world.server("shop-db").parameters["connection_throttle.enable"].absent
    assert next(iter(world.faults)).id == "X2"


def test_an_operation_in_a_file_is_carried_out(client_of, world_with):
    """An operation that a file says is running ends when it is due."""
    azure = client_of(world_with() | {"clock": "2026-01-05T09:00:00Z", "operations": [OPERATION]})
    assert azure.value("log_checkpoints")["value"] == "on"
    azure.wait(10)
    assert azure.value("log_checkpoints")["value"] == "off"
