"""Defender for Cloud's plans, and what the one for databases does to servers."""

import pytest

from flexsec.simulator import World, WorldError

PLANS = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.Security/pricings"
DATABASES = f"{PLANS}/OpenSourceRelationalDatabases"
VERSIONS = ["2022-03-01", "2023-01-01", "2024-01-01"]


@pytest.mark.parametrize("version", VERSIONS)
def test_plans_are_listed_as_recorded(azure, version):
    """All plans in their recorded order, Free, with the members that are absent where they say nothing."""
    answered = azure.get(PLANS, version=version)
    assert answered.headers["x-ms-ratelimit-remaining-subscription-resource-requests"] == "749"
    found = {each["name"]: each for each in answered.json["value"]}
    assert next(iter(found)) == "VirtualMachines"
    assert len(found) == 15
    assert found["OpenSourceRelationalDatabases"] == {
        "id": DATABASES,
        "name": "OpenSourceRelationalDatabases",
        "type": "Microsoft.Security/pricings",
        "properties": {"pricingTier": "Free", "freeTrialRemainingTime": "PT0S"}
        | ({"resourcesCoverageStatus": "NotCovered"} if version >= "2024" else {}),
    }
    assert found["Dns"]["properties"]["replacedBy"] == ["VirtualMachines"]
    assert azure.get(DATABASES.upper().replace("/SUBSCRIPTIONS", "/subscriptions"), version=version).status == 200


def test_the_plan_switches_every_server_on(azure):
    """Enabling the plan answers at once and protects all servers of the subscription, new ones too (documented)."""
    answered = azure.put(DATABASES, {"pricingTier": "standard"}, version="2024-01-01")
    assert (answered.status, answered.json["properties"]["pricingTier"]) == (200, "Standard")
    assert answered.json["properties"]["enablementTime"].startswith("2026-01-05T09:00:00.")
    assert answered.headers["x-ms-ratelimit-remaining-subscription-resource-requests"] == "249"
    for server, _ in azure.world.servers():
        setting = azure.get(f"{server}/advancedThreatProtectionSettings/Default").json["properties"]
        assert setting == {"state": "Enabled", "creationTime": "2026-01-05T09:00:00.0000000Z"}
    new = azure.db.replace("shop-db", "shop-new")
    wanted = {"createMode": "Replica", "sourceServerResourceId": azure.db}
    azure.finish(azure.ask("PUT", new, {"location": "westeurope", "properties": wanted}))
    assert azure.get(f"{new}/advancedThreatProtectionSettings/Default").json["properties"]["state"] == "Enabled"
    assert World.from_dict(azure.world.to_dict()).to_dict() == azure.world.to_dict()


def test_switching_on_twice_changes_nothing(azure):
    """A plan that is on keeps its time, and a server that was switched off by hand stays off."""
    first = azure.put(DATABASES, {"pricingTier": "Standard"}, version="2023-01-01").json
    azure.finish(azure.put(f"{azure.db}/advancedThreatProtectionSettings/Default", {"state": "Disabled"}))
    again = azure.put(DATABASES, {"pricingTier": "Standard"}, version="2023-01-01").json
    assert again == first
    setting = azure.get(f"{azure.db}/advancedThreatProtectionSettings/Default").json["properties"]
    assert setting["state"] == "Disabled"


def test_a_plan_that_goes_off_forgets_its_extras(azure):
    """Sub-plan, extensions and time stand only while a plan is on; extension values are texts (recorded)."""
    machines = f"{PLANS}/VirtualMachines"
    extensions = [{"name": "AgentlessVmScanning", "isEnabled": True}]
    on = azure.put(machines, {"pricingTier": "Standard", "extensions": extensions}, version="2023-01-01").json
    assert on["properties"]["extensions"] == [{"name": "AgentlessVmScanning", "isEnabled": "True"}]
    assert on["properties"]["subPlan"] == "P2"
    off = azure.put(machines, {"pricingTier": "free"}, version="2023-01-01").json
    assert off["properties"] == {"pricingTier": "Free", "freeTrialRemainingTime": "PT0S"}


@pytest.mark.parametrize(
    ("name", "properties", "status", "code"),
    [
        ("Nothing", {"pricingTier": "Free"}, 404, "PricingNotFound"),
        ("Api", {"pricingTier": "Gold"}, 400, "InvalidPricingTier"),
        ("Api", {}, 400, "InvalidPricingTier"),
        ("Api", {"pricingTier": "Free", "colour": "red"}, 400, "InvalidRequestContent"),
        ("Api", {"pricingTier": "Standard", "extensions": ["x"]}, 400, "InvalidRequestContent"),
        ("Api", {"pricingTier": "Standard", "subPlan": 5}, 400, "InvalidRequestContent"),
    ],
)
def test_a_wrong_plan_is_refused(azure, name, properties, status, code):
    """A plan or tier that there is not, or a member of the wrong kind, is refused and changes nothing."""
    before = azure.get(PLANS, version="2024-01-01").json
    refused = azure.put(f"{PLANS}/{name}", properties, version="2024-01-01")
    assert (refused.status, refused.code) == (status, code)
    assert azure.get(PLANS, version="2024-01-01").json == before


def test_the_list_can_be_narrowed(azure):
    """The filter of the newest version names plans; another api-version or method is refused."""
    answered = azure.get(f"{PLANS}?api-version=2024-01-01&$filter=name%20in%20(Api,Arm)")
    assert [each["name"] for each in answered.json["value"]] == ["Arm", "Api"]
    assert azure.get(PLANS, version="2018-06-01").code == "InvalidApiVersionParameter"
    assert azure.ask("DELETE", DATABASES, version="2024-01-01").status == 405


def test_rights_are_those_of_microsoft_security(client_of, world_with):
    """Reading plans does not allow to change them; the refusal names the action and the plan."""
    reader = {"object_id": "9", "allowed_actions": ["Microsoft.Security/pricings/read"]}
    azure = client_of(world_with() | {"principals": {"reader": reader}}, token="reader")
    assert azure.get(DATABASES, version="2024-01-01").status == 200
    refused = azure.put(DATABASES, {"pricingTier": "Standard"}, version="2024-01-01")
    assert (refused.status, refused.code) == (403, "AuthorizationFailed")
    assert f"'Microsoft.Security/pricings/write' over scope '{DATABASES}'" in refused.message


@pytest.mark.parametrize("plan", [{"tier": "Gold"}, {"tier": "Standard"}, {"since": "2026-01-01T00:00:00Z"}, {"x": 1}])
def test_an_impossible_plan_is_refused_in_a_world(world_with, plan):
    """A world's plan is on with the time since when, or off without."""
    document = world_with()
    document["subscriptions"][0]["plans"] = {"Api": plan}
    with pytest.raises(WorldError, match=r"plans\.Api"):
        World.from_dict(document)


def test_coverage_tells_whether_servers_differ(azure):
    """From 2024-01-01 on the plan tells its coverage: none, some or all servers by their own setting (inferred)."""

    def coverage(version="2024-01-01"):
        return azure.get(DATABASES, version=version).json["properties"].get("resourcesCoverageStatus")

    assert (coverage(), coverage("2023-01-01")) == ("NotCovered", None)
    azure.finish(azure.put(f"{azure.db}/advancedThreatProtectionSettings/Default", {"state": "Enabled"}))
    assert coverage() == "PartiallyCovered"
    azure.put(DATABASES, {"pricingTier": "Standard"}, version="2024-01-01")
    assert coverage() == "FullyCovered"


def test_an_inherited_plan_names_its_scope_and_takes_no_change(client_of, world_with):
    """A plan that comes from another scope says so from 2024-01-01 on, and cannot be changed here (inferred)."""
    document = world_with()
    above = "/providers/Microsoft.Management/managementGroups/corp"
    plan = {"tier": "Standard", "since": "2026-01-01T00:00:00Z", "inherited_from": above}
    document["subscriptions"][0]["plans"] = {"OpenSourceRelationalDatabases": plan}
    azure = client_of(document)
    told = azure.get(DATABASES, version="2024-01-01").json["properties"]
    assert (told["inherited"], told["inheritedFrom"]) == ("True", above)
    assert "inherited" not in azure.get(DATABASES, version="2023-01-01").json["properties"]
    assert azure.put(DATABASES, {"pricingTier": "Free"}, version="2024-01-01").status == 400
    assert World.from_dict(azure.world.to_dict()).to_dict() == azure.world.to_dict()


def test_extensions_can_go_on_by_themselves(client_of, world_with):
    """A world may have the service switch extensions on when the plan goes on, whatever is sent; off takes them away."""
    document = world_with()
    document["subscriptions"][0]["plans"] = {
        "OpenSourceRelationalDatabases": {"switches_on": ["SensitiveDataDiscovery"]}
    }
    azure = client_of(document)
    on = azure.put(DATABASES, {"pricingTier": "Standard"}, version="2024-01-01").json["properties"]
    assert on["extensions"] == [{"name": "SensitiveDataDiscovery", "isEnabled": "True"}]
    off = azure.put(DATABASES, {"pricingTier": "Free"}, version="2024-01-01").json["properties"]
    assert "extensions" not in off
    assert World.from_dict(azure.world.to_dict()).to_dict() == azure.world.to_dict()


def test_other_resources_stand_in_the_list_of_resources(client_of, world_with):
    """Resources of other providers are listed by type beside the servers, and kept in the world file."""
    document = world_with()
    group = document["subscriptions"][0]["resource_groups"][0]
    group["resources"] = [{"type": "Microsoft.DBforMySQL/flexibleServers", "name": "crm", "location": "northeurope"}]
    azure = client_of(document)
    listed = azure.get("/subscriptions/11111111-1111-1111-1111-111111111111/resources", version="2021-04-01").json[
        "value"
    ]
    assert [each["name"] for each in listed] == ["shop-db", "crm"]
    assert listed[1]["id"].endswith("/resourceGroups/rg-shop/providers/Microsoft.DBforMySQL/flexibleServers/crm")
    wanted = "resourceType%20eq%20'Microsoft.DBforMySQL/flexibleServers'"
    some = azure.get(
        f"/subscriptions/11111111-1111-1111-1111-111111111111/resources?api-version=2021-04-01&$filter={wanted}"
    )
    assert [each["name"] for each in some.json["value"]] == ["crm"]
    assert World.from_dict(azure.world.to_dict()).to_dict() == azure.world.to_dict()


@pytest.mark.parametrize(
    "resource",
    [{"name": "x"}, {"type": "Microsoft.DBforPostgreSQL/flexibleServers", "name": "x"}, {"type": "odd", "name": "x"}],
)
def test_an_impossible_resource_is_refused_in_a_world(world_with, resource):
    """Another provider's resource has a type and a name; servers stand among the servers."""
    document = world_with()
    document["subscriptions"][0]["resource_groups"][0]["resources"] = [resource]
    with pytest.raises(WorldError, match="resources"):
        World.from_dict(document)


def test_the_generic_threat_protection_route_refuses_servers(azure):
    """The route of Microsoft.Security does not serve these servers, neither for reading nor for writing (reported)."""
    generic = f"{azure.db}/providers/Microsoft.Security/advancedThreatProtectionSettings/current"
    for answered in (
        azure.get(generic, version="2019-01-01"),
        azure.put(generic, {"isEnabled": True}, version="2019-01-01"),
    ):
        assert (answered.status, answered.code) == (400, "Not Supported")
        assert answered.message == "Atp settings are not supported on resources of type servers"
