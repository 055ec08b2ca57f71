"""Resource Manager's own: tenants, locations, providers, groups, tags, locks, generic lists and pages."""

import pytest

from flexsec.simulator import World
from flexsec.simulator.surroundings import Surroundings

SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
RM = {"version": "2022-09-01"}


def names(answered):
    """The names in a list."""
    return [each["name"] for each in answered.json["value"]]


def test_tenants_and_locations_are_listed(azure):
    """Scanners list the tenants and a subscription's locations, by name and display name (documented)."""
    (tenant,) = azure.get("/tenants", **RM).json["value"]
    assert tenant["tenantId"] == "33333333-3333-3333-3333-333333333333"
    found = {each["name"]: each["displayName"] for each in azure.get(f"{SUBSCRIPTION}/locations", **RM).json["value"]}
    assert found["uksouth"] == "UK South"
    assert not any(name.startswith(("usgov", "china")) for name in found)


def test_a_provider_tells_types_versions_and_registration(azure):
    """Providers are listed with their types and api-versions; the PostgreSQL one is registered from the start."""
    assert "Microsoft.Security" in {
        each["namespace"] for each in azure.get(f"{SUBSCRIPTION}/providers", **RM).json["value"]
    }
    entry = azure.get(f"{SUBSCRIPTION}/providers/microsoft.dbforpostgresql", **RM).json
    assert (entry["namespace"], entry["registrationState"]) == ("Microsoft.DBforPostgreSQL", "Registered")
    (servers,) = (each for each in entry["resourceTypes"] if each["resourceType"] == "flexibleServers")
    assert servers["apiVersions"][0] == "2026-10-01"
    assert "West Europe" in servers["locations"]
    assert azure.get(f"{SUBSCRIPTION}/providers/Contoso.Things", **RM).code == "InvalidResourceNamespace"


def test_writes_need_a_registered_provider(client_of, world_with):
    """Without registration a write is a 409 that says how to register; registering mends it (documented)."""
    document = world_with()
    document["subscriptions"][0]["unregistered"] = ["Microsoft.DBforPostgreSQL"]
    azure = client_of(World.from_dict(World.from_dict(document).to_dict()))
    refused = azure.set("log_checkpoints", "off")
    assert (refused.status, refused.code) == (409, "MissingSubscriptionRegistration")
    assert azure.get(azure.db).status == 200
    path = f"{SUBSCRIPTION}/providers/Microsoft.DBforPostgreSQL"
    assert azure.ask("POST", f"{path}/register", **RM).json["registrationState"] == "Registered"
    assert azure.set("log_checkpoints", "off").status == 202
    assert azure.ask("POST", f"{path}/unregister", **RM).code == "CannotUnregisterNamespace"
    security = f"{SUBSCRIPTION}/providers/Microsoft.Security/unregister"
    assert azure.ask("POST", security, **RM).json["registrationState"] == "NotRegistered"


def test_a_group_is_created_tagged_and_deleted(azure):
    """A new group is a 201, the same again a 200 (recorded); HEAD says 204 or 404; an empty one can be deleted."""
    group = f"{SUBSCRIPTION}/resourceGroups/rg-new"
    assert azure.ask("HEAD", group, **RM).status == 404
    made = azure.ask("PUT", group, {"location": "UK South", "tags": {"a": "1"}}, **RM)
    assert (made.status, made.json["location"], made.json["tags"]) == (201, "uksouth", {"a": "1"})
    assert made.json["properties"] == {"provisioningState": "Succeeded"}
    assert azure.ask("PUT", group, {"location": "uksouth"}, **RM).status == 200
    moved = azure.ask("PUT", group, {"location": "westeurope"}, **RM)
    assert (moved.status, moved.code) == (409, "InvalidResourceGroupLocation")
    assert azure.ask("PATCH", group, {"tags": {"b": "2"}}, **RM).json["tags"] == {"b": "2"}
    head = azure.ask("HEAD", group.replace("rg-new", "RG-NEW"), **RM)
    assert (head.status, head.raw) == (204, b"")
    assert azure.ask("DELETE", group, **RM).status == 200
    assert azure.get(group, **RM).code == "ResourceGroupNotFound"
    full = azure.ask("DELETE", f"{SUBSCRIPTION}/resourceGroups/rg-shop", **RM)
    assert (full.status, full.code) == (501, "NotModelledBySimulator")


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("rg-x", {}, "LocationRequired"),
        ("rg-x", {"location": "atlantis"}, "LocationNotAvailableForResourceType"),
        ("rg-x", {"location": 5}, "LocationNotAvailableForResourceType"),
        ("rg%20x", {"location": "uksouth"}, "InvalidResourceGroup"),
        ("rg-x", {"location": "uksouth", "tags": {"a<b": "1"}}, "InvalidTagNameCharacters"),
        ("rg-x", {"location": "uksouth", "tags": []}, "InvalidRequestContent"),
        ("rg-x", {"location": "uksouth", "colour": "red"}, "InvalidRequestContent"),
    ],
)
def test_a_wrong_group_is_refused(azure, name, body, code):
    """A group without a location, or with a name or tags that cannot be, is a 400 and is not there."""
    refused = azure.ask("PUT", f"{SUBSCRIPTION}/resourceGroups/{name}", body, **RM)
    assert (refused.status, refused.code) == (400, code)
    assert names(azure.get(f"{SUBSCRIPTION}/resourceGroups", **RM)) == ["rg-shop"]


@pytest.mark.parametrize("scope", ["", "/resourceGroups/rg-shop", "server"])
def test_tags_are_merged_replaced_and_removed(azure, scope):
    """The tags API answers at once on each scope; names ignore case, and a removal needs the value (documented)."""
    root = azure.db if scope == "server" else SUBSCRIPTION + scope
    tags = f"{root}/providers/Microsoft.Resources/tags/default"

    def change(operation, **wanted):
        answered = azure.ask("PATCH", tags, {"operation": operation, "properties": {"tags": wanted}}, **RM)
        assert answered.status == 200
        return answered.json["properties"]["tags"]

    put = azure.ask("PUT", tags, {"properties": {"tags": {"Team": "db"}}}, **RM)
    assert (put.status, put.json["id"], put.json["name"]) == (200, tags, "default")
    assert change("Merge", team="ops", cost="7") == {"Team": "ops", "cost": "7"}
    assert change("Delete", cost="8") == {"Team": "ops", "cost": "7"}
    assert change("delete", COST="7") == {"Team": "ops"}
    assert azure.get(root, version=None if scope == "server" else "2022-09-01").json["tags"] == {"Team": "ops"}
    assert change("Replace") == {}
    assert azure.ask("DELETE", tags, **RM).status == 200
    wrong = azure.ask("PATCH", tags, {"operation": "Paint", "properties": {"tags": {}}}, **RM)
    assert wrong.code == "InvalidRequestContent"
    many = {f"t{n}": "" for n in range(51)}
    assert azure.ask("PUT", tags, {"properties": {"tags": many}}, **RM).code == "InvalidTags"


def test_tags_survive_a_save(client_of, azure):
    """Tags of a subscription, a group and a server are part of the world's file."""
    for scope in (SUBSCRIPTION, f"{SUBSCRIPTION}/resourceGroups/rg-shop", azure.db):
        path = f"{scope}/providers/Microsoft.Resources/tags/default"
        azure.ask("PUT", path, {"properties": {"tags": {"kept": scope}}}, **RM)
    again = client_of(World.from_dict(azure.world.to_dict()))
    assert again.get(SUBSCRIPTION, **RM).json["tags"] == {"kept": SUBSCRIPTION}
    assert again.get(again.db).json["tags"] == {"kept": again.db}
    found = again.get(f"{SUBSCRIPTION}/tagNames", **RM).json["value"]
    assert [(each["tagName"], each["count"]["value"]) for each in found] == [("kept", 2)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("resourceType eq 'microsoft.dbforpostgresql/flexibleservers'", ["shop-db", "shop-archive"]),
        ("resourceType eq 'Microsoft.Compute/virtualMachines'", []),
        ("name eq 'SHOP-DB'", ["shop-db"]),
        ("name ne 'shop-db' and resourceGroup eq 'rg-shop'", ["shop-archive", "kv-shop"]),
        ("resourceType eq 'Microsoft.KeyVault/vaults'", ["kv-shop"]),
        ("name eq 'shop-db' or name eq 'shop-archive'", ["shop-db", "shop-archive"]),
        ("substringof('arch', name)", ["shop-archive"]),
        ("startswith(name, 'shop-d')", ["shop-db"]),
        ("tagName eq 'env' and tagValue eq 'prod and more'", ["shop-db"]),
        ("location eq 'uksouth'", []),
        ("", ["shop-db", "shop-archive", "kv-shop"]),
    ],
)
def test_resources_are_listed_with_a_filter(azure, text, expected):
    """The generic list takes the filters that clients send, and shows no properties (documented)."""
    azure.world.server("shop-db").tags = {"env": "prod and more"}
    for scope in (SUBSCRIPTION, f"{SUBSCRIPTION}/resourceGroups/rg-shop"):
        answered = azure.get(f"{scope}/resources?api-version=2021-04-01&$filter={text.replace(' ', '%20')}")
        assert names(answered) == expected
    for entry in answered.json["value"]:
        least = {"id", "name", "type", "location"} | ({"sku"} if "flexibleServers" in entry["type"] else set())
        assert least <= set(entry) <= least | {"tags"}


@pytest.mark.parametrize(
    "query",
    ["$filter=name", "$filter=colour%20eq%20'red'", "$filter=name%20eq%20'a'%20and%20name%20eq%20'b'%20or%20name%20eq%20'c'", "$top=0", "$top=x"],
)  # fmt: skip
def test_a_filter_that_is_not_understood_is_refused(azure, query):
    """A filter beyond what is modelled is a 400, never a list that ignores it."""
    refused = azure.get(f"{SUBSCRIPTION}/resources?api-version=2021-04-01&{query}")
    assert (refused.status, refused.code) == (400, "InvalidFilterInQueryString")


def test_there_are_no_locks_and_no_deployments(azure):
    """Locks and deployments read as empty on each scope; making a lock is refused loudly."""
    for scope in (SUBSCRIPTION, f"{SUBSCRIPTION}/resourceGroups/rg-shop", azure.db):
        locks = f"{scope}/providers/Microsoft.Authorization/locks"
        assert azure.get(locks, version="2020-05-01").json == {"value": []}
        assert azure.ask("PUT", f"{locks}/x", {}, version="2020-05-01").status == 501
        assert azure.get(f"{scope}/providers/Microsoft.Resources/deployments", version="2021-04-01").json == {
            "value": []
        }
    missing = f"{SUBSCRIPTION}/resourceGroups/nope/providers/Microsoft.Authorization/locks"
    assert azure.get(missing, version="2020-05-01").code == "ResourceGroupNotFound"


@pytest.mark.parametrize("size", [1, 3, 7])
@pytest.mark.parametrize("below", ["/configurations", "/firewallRules", "/databases"])
def test_a_page_size_splits_every_list(azure, size, below):
    """With a page size a list comes in pages whose links lead through all of it, once each, on the caller's own origin."""
    whole = names(azure.get(azure.db + below))
    azure.world.surroundings = Surroundings(page_size=size)
    found, url = [], f"https://127.0.0.1:8443{azure.db}{below}?api-version=2024-08-01"
    while url:
        body = azure.get(url).json
        assert len(body["value"]) <= size
        found += [each["name"] for each in body["value"]]
        url = body.get("nextLink")
        assert url is None or url.startswith("https://127.0.0.1:8443/subscriptions/")
    assert found == whole


def test_lists_of_resource_manager_have_pages_too(azure):
    """Subscriptions, groups, servers and resources follow the page size, and keep the filter in the link."""
    azure.world.surroundings = Surroundings(page_size=1)
    first = azure.get(f"{SUBSCRIPTION}/resources?api-version=2021-04-01&$filter=location%20eq%20'westeurope'").json
    assert "%24filter" in first["nextLink"] or "$filter" in first["nextLink"]
    second = azure.get(first["nextLink"]).json
    assert [first["value"][0]["name"], second["value"][0]["name"]] == ["shop-db", "shop-archive"]
    third = azure.get(second["nextLink"]).json
    assert third["value"][0]["name"] == "kv-shop"
    assert "nextLink" not in third
    assert azure.get("/subscriptions", **RM).json["count"] == {"type": "Total", "value": 1}


@pytest.mark.parametrize("token", ["x", "cGFnZQ==", "cGFnZSAtMQ==", "%ff"])
def test_a_made_up_page_is_refused(azure, token):
    """A $skiptoken that no list gave out is a 400."""
    refused = azure.get(f"{azure.db}/databases?api-version=2024-08-01&$skiptoken={token}")
    assert (refused.status, refused.code) == (400, "InvalidSkipToken")
