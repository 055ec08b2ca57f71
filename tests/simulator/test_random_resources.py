"""Whatever is asked of servers as a whole, of groups, plans and tags, in whatever order: no 500, and a world that can be."""

import json
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flexsec.simulator import World
from flexsec.simulator.surroundings import Surroundings

SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
GROUPS = st.sampled_from(["rg-shop", "rg-new", "RG-SHOP"])
SERVERS = st.sampled_from(["shop-db", "shop-new", "SHOP-ARCHIVE", "x"])
RM, PG, SECURITY = "2022-09-01", "2025-08-01", "2024-01-01"
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)
bodies = st.fixed_dictionaries(
    {"location": st.sampled_from(["westeurope", "UK South", "atlantis"]) | json_values},
    optional={
        "sku": st.just({"name": "Standard_D2ds_v5", "tier": "GeneralPurpose"}) | json_values,
        "tags": st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2) | json_values,
        "identity": st.sampled_from([{"type": "None"}, {"type": "UserAssigned", "userAssignedIdentities": {}}]) | json_values,
        "properties": st.fixed_dictionaries(
            {},
            optional={
                "createMode": st.sampled_from(["Create", "Replica", "PointInTimeRestore", "Update", "x"]) | json_values,
                "sourceServerResourceId": st.just(
                    f"{SUBSCRIPTION}/resourceGroups/rg-shop/providers/Microsoft.DBforPostgreSQL/flexibleServers/shop-db"
                )
                | json_values,
                "pointInTimeUTC": st.just("2026-01-01T00:00:00Z") | json_values,
                "version": st.sampled_from(["16", "17"]) | json_values,
                "administratorLogin": st.sampled_from(["myadmin", "root"]) | json_values,
                "administratorLoginPassword": st.just("Correct-Horse-42") | json_values,
                "storage": st.fixed_dictionaries({"storageSizeGB": st.integers(0, 99999)}) | json_values,
                "network": st.fixed_dictionaries({"delegatedSubnetResourceId": json_values}) | json_values,
                "highAvailability": st.fixed_dictionaries({"mode": st.sampled_from(["SameZone", "x"])}) | json_values,
                "authConfig": st.fixed_dictionaries({"activeDirectoryAuth": st.just("Enabled")}) | json_values,
                "backup": json_values,
            },
        )
        | json_values,
    },
)  # fmt: skip


def server(name, group):
    """The path of a server."""
    return f"{SUBSCRIPTION}/resourceGroups/{group}/providers/Microsoft.DBforPostgreSQL/flexibleServers/{name}"


places = st.builds(server, SERVERS, GROUPS)
scopes = st.sampled_from(["", "/resourceGroups/rg-shop"]).map((SUBSCRIPTION + "{}").format) | places
steps = st.one_of(
    st.tuples(st.sampled_from(["PUT", "PATCH", "DELETE", "GET"]), places, bodies | json_values, st.just(PG)),
    st.tuples(
        st.just("POST"),
        st.tuples(places, st.sampled_from(["/stop", "/start", "/restart", "/migrateNetwork"])).map("".join),
        st.none() | json_values,
        st.sampled_from([PG, "2026-10-01"]),
    ),
    st.tuples(
        st.sampled_from(["PUT", "DELETE", "GET"]),
        st.tuples(places, st.sampled_from(["/databases/a", "/databases/postgres", "/privateEndpointConnections/x"])).map("".join),
        st.sampled_from([{"properties": {"charset": "utf8"}}, {"properties": {"privateLinkServiceConnectionState": {"status": "Approved"}}}]) | json_values,
        st.just(PG),
    ),
    st.tuples(
        st.sampled_from(["PUT", "PATCH", "DELETE", "HEAD", "GET"]),
        GROUPS.map(f"{SUBSCRIPTION}/resourceGroups/{{}}".format),
        st.fixed_dictionaries({"location": st.sampled_from(["westeurope", "x"])}, optional={"tags": json_values}) | json_values,
        st.just(RM),
    ),
    st.tuples(
        st.sampled_from(["PUT", "PATCH", "DELETE", "GET"]),
        scopes.map("{}/providers/Microsoft.Resources/tags/default".format),
        st.fixed_dictionaries(
            {"operation": st.sampled_from(["Merge", "Replace", "Delete"]), "properties": st.fixed_dictionaries({"tags": st.dictionaries(st.sampled_from("abAB"), st.text(max_size=2))})}
        )
        | json_values,
        st.just(RM),
    ),
    st.tuples(
        st.sampled_from(["PUT", "GET"]),
        st.sampled_from(["OpenSourceRelationalDatabases", "Api", "x"]).map(f"{SUBSCRIPTION}/providers/Microsoft.Security/pricings/{{}}".format),
        st.fixed_dictionaries({"properties": st.fixed_dictionaries({"pricingTier": st.sampled_from(["Free", "standard"])}, optional={"extensions": json_values, "subPlan": json_values})})
        | json_values,
        st.just(SECURITY),
    ),
    st.tuples(
        st.just("POST"),
        st.sampled_from(["register", "unregister"]).map(f"{SUBSCRIPTION}/providers/Microsoft.DBforPostgreSQL/{{}}".format),
        st.none(),
        st.just(RM),
    ),
)  # fmt: skip


@given(script=st.lists(st.tuples(steps, st.integers(0, 400)), min_size=1, max_size=10))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_no_sequence_breaks_the_world(client_of, script):
    """Any requests in any order are answered without a 500, and the world can be saved and read after each of them."""
    azure = client_of()
    for (method, path, body, version), seconds in script:
        answered = azure.ask(method, path, b"" if body is None else json.dumps(body).encode(), version=version)
        assert answered.status != 500, (method, path, body)
        azure.wait(seconds)
        if "azure-asyncoperation" in answered.headers:
            assert azure.get(answered.headers["azure-asyncoperation"]).status == 200
        document = json.loads(json.dumps(azure.world.to_dict()))
        assert World.from_dict(document).to_dict() == document
    azure.wait(10**6)
    assert azure.get(f"{SUBSCRIPTION}/resources", version=RM).status == 200
    assert azure.world.next_due() is None


@given(text=st.text(max_size=40), top=st.text(max_size=4), token=st.text(max_size=12), size=st.integers(0, 3))
@settings(max_examples=150, deadline=None)
def test_no_filter_and_no_page_breaks_a_list(client_of, text, top, token, size):
    """Whatever stands in $filter, $top and $skiptoken, a list is given or refused as a client's mistake."""
    azure = client_of()
    azure.world.surroundings = Surroundings(page_size=size)
    for key, value in (("$filter", text), ("$top", top), ("$skiptoken", token)):
        url = f"{SUBSCRIPTION}/resources?api-version={RM}&{key}={quote(value, errors='replace')}"
        assert azure.get(url).status in {200, 400}
