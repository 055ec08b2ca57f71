"""What a location offers, which names are free, and how private zones are called."""

import pytest

LOCATION = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.DBforPostgreSQL/locations/eastus"
SUFFIX = "/providers/Microsoft.DBforPostgreSQL/getPrivateDnsZoneSuffix"


def test_capabilities_are_the_same_for_server_and_location(azure):
    """Editions, versions, storage and features in the published form; nothing restricts the offer."""
    (found,) = azure.get(f"{LOCATION}/capabilities").json["value"]
    assert azure.get(f"{azure.db}/capabilities").json["value"] == [found]
    assert {"name": "OfferRestricted", "status": "Disabled"} in found["supportedFeatures"]
    editions = {each["name"]: each for each in found["supportedServerEditions"]}
    assert list(editions) == ["Burstable", "GeneralPurpose", "MemoryOptimized"]
    assert "16" in {each["name"] for each in found["supportedServerVersions"]}
    for edition in editions.values():
        assert edition["defaultSkuName"] in {each["name"] for each in edition["supportedServerSkus"]}
        steps = {each["storageSizeMb"]: each for each in edition["supportedStorageEditions"][0]["supportedStorageMb"]}
        assert (steps[131072]["defaultIopsTier"], steps[131072]["supportedIops"]) == ("P10", 500)
        assert [each["name"] for each in steps[2097152]["supportedIopsTiers"]] == ["P40", "P50"]
    atlantis = azure.get(LOCATION.replace("eastus", "atlantis") + "/capabilities")
    assert (atlantis.status, atlantis.code) == (400, "LocationNotAvailableForResourceType")


@pytest.mark.parametrize(
    "path", [f"{LOCATION}/checkNameAvailability", LOCATION.partition("/locations")[0] + "/checkNameAvailability"]
)
@pytest.mark.parametrize(
    ("name", "free", "reason"),
    [("fresh-name", True, None), ("SHOP-DB", False, "AlreadyExists"), ("a_b", False, "Invalid")],
)
def test_names_are_checked(azure, path, name, free, reason):
    """A free name has an empty message (recorded); one that is taken or cannot be has a reason (documented)."""
    kind = "Microsoft.DBforPostgreSQL/flexibleServers"
    answered = azure.ask("POST", path, {"name": name, "type": kind})
    assert answered.status == 200
    assert (answered.json["nameAvailable"], answered.json.get("reason")) == (free, reason)
    if free:
        assert answered.json == {"name": name, "type": kind, "nameAvailable": True, "message": ""}


@pytest.mark.parametrize("body", [{}, {"name": 5}, {"name": "x", "type": "Microsoft.Compute/virtualMachines"}])
def test_a_check_of_nothing_is_refused(azure, body):
    """A check without a name, or of another type, is a 400."""
    assert azure.ask("POST", f"{LOCATION}/checkNameAvailability", body).code == "InvalidParameterValue"


def test_the_zone_suffix_is_a_bare_text(azure):
    """The suffix is a JSON string, asked for without a subscription, with the tenant's own counter (recorded)."""
    answered = azure.ask("POST", SUFFIX)
    assert (answered.status, answered.json) == (200, "postgres.database.azure.com")
    assert answered.headers["x-ms-ratelimit-remaining-tenant-writes"] == "799"
    assert azure.get(SUFFIX).status == 405
