"""Key vaults in world files, through Resource Manager, and in a file that several processes share."""

import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexsec.simulator import Fault, World, WorldError
from tests.simulator.vaults import CANARY, OLD, SUBSCRIPTION, TENANT, VAULT_ID, VaultClient, world_of

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-shop"
IDENTITY_ID = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-shop"
CHILD = """
import os, signal, sys
from flexsec.simulator import ConnectionDropped, Request, World, answer

world = World.load(sys.argv[1])
world.attach(sys.argv[1])
url = "https://kv-shop.vault.azure.net/secrets/shop-db?api-version=7.6"
try:
    answer(world, Request("PUT", url, {"Authorization": "Bearer x"}, b'{"value": "second"}'), world.clock)
except ConnectionDropped:
    os.kill(os.getpid(), signal.SIGKILL)
"""


def version(**members):
    """A secret's version of a world file."""
    return {"id": OLD, "created": "2025-11-01T08:00:00Z", "test_value": CANARY, **members}


def secret(**members):
    """The secrets of a world file that hold one version."""
    return {"s": {"versions": [version(**members)]}}


def test_everything_comes_back_exactly():
    """A world with every member of a vault is written as it was read, twice over."""
    client = VaultClient(
        world_of(
            tags={"team": "shop"},
            sku="premium",
            rbac=False,
            retention_days=30,
            purge_protection=True,
            public_network_access="Disabled",
            network={"default_action": "Deny", "bypass": "None", "ip_rules": ["203.0.113.7"], "subnet_ids": ["/s"]},
        )
    )
    client.vault.public_network_access = "Enabled"
    client.vault.network.ip_rules.append("203.0.113.0/24")
    client.set("other", "x", tags={"a": "b"}, contentType="t", attributes={"enabled": False, "nbf": 5, "exp": 9})
    client.ask("DELETE", "secrets/other")
    client.ask("POST", "keys/ec/create", {"kty": "EC", "key_ops": ["sign"]})
    written = client.world.to_dict()
    again = World.from_dict(json.loads(json.dumps(written))).to_dict()
    assert again == written
    held = written["subscriptions"][0]["resource_groups"][0]
    assert held["vaults"][0]["secrets"]["other"]["deleted"] == "2026-01-05T09:00:00Z"
    assert held["identities"][0]["name"] == "id-shop"
    assert written["principals"]["owner"] == {"object_id": "o-3", "allowed_actions": ["*"]}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(("PUT", "PATCH", "DELETE", "recover", "purge")),
            st.sampled_from(("a", "B", "c-1")),
            st.text(max_size=20),
        ),
        max_size=12,
    )
)
def test_whatever_was_done_comes_back_exactly(steps):
    """After any sequence of writes the world survives its file, values in any script included."""
    client = VaultClient()
    for verb, name, value in steps:
        if verb in {"recover", "purge"}:
            client.ask(
                "POST" if verb == "recover" else "DELETE", f"deletedsecrets/{name}" + "/recover" * (verb == "recover")
            )
        else:
            body = {"PUT": {"value": value}, "PATCH": {"tags": {"t": value}}}.get(verb)
            client.ask(verb, f"secrets/{name}", body)
    written = json.loads(json.dumps(client.world.to_dict()))
    assert World.from_dict(written).to_dict() == written


@pytest.mark.parametrize(
    ("vault", "where", "said"),
    [
        ({"name": "k"}, "name", "3 to 24"),
        ({"retention_days": 91}, "retention_days", "from 7 to 90"),
        ({"colour": "red"}, "colour", "the unknown key 'colour'"),
        ({"purge_protection": True, "soft_delete": False}, "purge_protection", "soft_delete true"),
        ({"network": {"ip_rules": ["office"]}}, "network.ip_rules[0]", "an IPv4 address"),
        ({"secrets": {"a b": {"versions": []}}}, "secrets.a b", "1 to 127 letters"),
        ({"secrets": {"s": {"versions": []}}}, "secrets.s", "at least one"),
        ({"secrets": secret(test_value=3)}, "secrets.s.versions[0]", "'test_value'"),
        ({"secrets": secret(value=CANARY)}, "secrets.s.versions[0].value", "the unknown key 'value'"),
        ({"secrets": secret(id="7")}, "secrets.s.versions[0].id", "32 hexadecimal digits"),
        ({"secrets": secret(created="now")}, "secrets.s.versions[0].created", "a time such as"),
        ({"secrets": secret(tags={str(n): "" for n in range(16)})}, "secrets.s.versions[0].tags", "up to 15 tags"),
        ({"secrets": {"s": {"versions": [version(), version()]}}}, "secrets.s.versions[1].id", "no other version"),
        ({"keys": {"k": {"kind": "EC", "size": 2048, "versions": []}}}, "keys.k.size", "none for a key of kind EC"),
        ({"keys": {"k": {"size": 1024, "versions": []}}}, "keys.k.size", "one of 2048"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_path_and_no_value(vault, where, said):
    """Each mistake is refused with the JSON path to it; the message never holds what a secret holds."""
    with pytest.raises(WorldError) as wrong:
        World.from_dict(world_of(**vault))
    assert wrong.value.where == f"$.subscriptions[0].resource_groups[0].vaults[0].{where}"
    assert said in str(wrong.value)
    assert CANARY not in str(wrong.value)


def test_two_vaults_of_one_name_cannot_be():
    """A vault's name is taken for all of Azure, whatever its case."""
    world = world_of()
    group = world["subscriptions"][0]["resource_groups"][0]
    world["subscriptions"][0]["resource_groups"].append({"name": "rg-2", "vaults": [{"name": "KV-SHOP"}]})
    with pytest.raises(WorldError, match="no other vault of the world"):
        World.from_dict(world)
    group["vaults"].append({"name": "Kv-Shop"})
    with pytest.raises(WorldError, match="no other vault of the group"):
        World.from_dict(world)


def test_the_schema_takes_what_is_written():
    """What the simulator writes is valid by the schema that it prints, and a value under another name is not."""
    import jsonschema

    from flexsec.simulator.world_schema import world_schema

    client = VaultClient(world_of(network={"default_action": "Deny", "ip_rules": ["203.0.113.5"]}))
    client.set("other", "x", attributes={"exp": 9})
    written = client.world.to_dict()
    jsonschema.validate(written, world_schema())
    written["subscriptions"][0]["resource_groups"][0]["vaults"][0]["secrets"]["other"]["versions"][0]["value"] = "x"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(written, world_schema())


@pytest.mark.parametrize(("form", "versions"), [("reset_before", 1), ("reset_after", 2)])
def test_a_killed_process_leaves_the_effect_or_none(tmp_path, form, versions):
    """A process that is killed instead of answered has left its version in the file, or none, and the fault is used up."""
    path = tmp_path / "world.json"
    world = World.from_dict(world_of())
    world.faults.add(Fault("X29", method="PUT", path="vaults/", arguments={"form": form}))
    world.save(path)
    ended = subprocess.run([sys.executable, "-c", CHILD, str(path)], check=False, capture_output=True, timeout=60)
    assert ended.returncode == -9, ended.stderr
    client = VaultClient(World.load(path))
    assert len(client.vault.secrets["shop-db"].versions) == versions
    assert client.world.effects(VAULT_ID) == ("set secrets/shop-db",) * (versions - 1)
    assert client.world.faults.fired("X29") == 1


def arm(client_of, path, version="2024-11-01", world=None, **options):
    """One answer of Resource Manager."""
    return client_of(World.from_dict(world or world_of())).get(path, version=version, **options)


def test_resource_manager_shows_vaults(client_of):
    """A vault's protections, network and address, alone, in its group and in its subscription; no secret anywhere."""
    found = arm(client_of, VAULT_ID)
    assert found.status == 200
    properties = found.json["properties"]
    assert found.json["id"] == VAULT_ID
    assert properties["vaultUri"] == "https://kv-shop.vault.azure.net/"
    assert (properties["enableSoftDelete"], properties["enableRbacAuthorization"]) == (True, True)
    assert not {"enablePurgeProtection", "networkAcls"} & properties.keys()
    for scope in (f"/subscriptions/{SUBSCRIPTION}", GROUP):
        listed = arm(client_of, f"{scope}/providers/Microsoft.KeyVault/vaults").json["value"]
        assert listed == [found.json]
    assert CANARY not in json.dumps(found.json)
    closed = world_of(purge_protection=True, network={"default_action": "Deny", "ip_rules": ["203.0.113.5"]})
    properties = arm(client_of, VAULT_ID, world=closed).json["properties"]
    assert properties["enablePurgeProtection"] is True
    assert properties["networkAcls"] == {
        "bypass": "AzureServices", "defaultAction": "Deny", "ipRules": [{"value": "203.0.113.5"}], "virtualNetworkRules": [],
    }  # fmt: skip


def test_resource_manager_shows_keys_and_identities(client_of):
    """Keys with expiry and both addresses, their versions, and identities with both their ids."""
    key = arm(client_of, f"{VAULT_ID}/keys/tde").json
    assert key["properties"]["attributes"]["exp"] == 1780272000
    assert key["properties"]["keyUriWithVersion"] == f"https://kv-shop.vault.azure.net/keys/tde/{'a' * 32}"
    assert arm(client_of, f"{VAULT_ID}/keys").json["value"] == [key]
    (listed,) = arm(client_of, f"{VAULT_ID}/keys/tde/versions").json["value"]
    assert arm(client_of, f"{VAULT_ID}/keys/tde/versions/{'a' * 32}").json == listed
    identity = arm(client_of, IDENTITY_ID, version="2023-01-31").json
    assert identity["properties"] == {
        "tenantId": TENANT,
        "principalId": "77777777-7777-7777-7777-777777777777",
        "clientId": "88888888-8888-8888-8888-888888888888",
    }
    kinds = [each["type"] for each in arm(client_of, f"{GROUP}/resources", version="2021-04-01").json["value"]]
    assert kinds == ["Microsoft.DBforPostgreSQL/flexibleServers", "Microsoft.KeyVault/vaults"]


@pytest.mark.parametrize(
    ("path", "version"),
    [
        (f"{GROUP}/providers/Microsoft.KeyVault/vaults/absent", "2024-11-01"),
        (f"{VAULT_ID}/keys/absent", "2024-11-01"),
        (f"{VAULT_ID}/keys/tde/versions/absent", "2024-11-01"),
        (f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/absent", "2023-01-31"),
    ],
)
def test_what_is_not_there_is_not_found(client_of, path, version):
    """404 ResourceNotFound, and a right is asked for before."""
    missing = arm(client_of, path, version=version)
    assert (missing.status, missing.code) == (404, "ResourceNotFound")
    client = client_of(World.from_dict(world_of()), token="lister")
    assert client.get(path, version=version).code == "AuthorizationFailed"


def test_writes_through_resource_manager_are_not_modelled(client_of):
    """501, never a polite answer; and a group with a vault in it is not deleted."""
    client = client_of(World.from_dict(world_of()))
    for method in ("PUT", "PATCH", "DELETE"):
        assert client.ask(method, VAULT_ID, {}, version="2024-11-01").code == "NotModelledBySimulator"
    assert client.ask("PUT", f"{VAULT_ID}/keys/new", {}, version="2024-11-01").code == "NotModelledBySimulator"
    client.world.group(SUBSCRIPTION, "rg-shop").servers.clear()
    assert client.ask("DELETE", GROUP, version="2021-04-01").code == "NotModelledBySimulator"
