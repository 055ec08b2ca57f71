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
        "properties": {"pricingTier": "Free", "freeTrialRemainingTime": "PT0S"},
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
