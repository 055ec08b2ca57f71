"""What a region offers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.errors import Forbidden, NotFound, Unreadable
from flexsec.model.server import Region
from flexsec.observers import region as observer

BELOW = "/providers/Microsoft.DBforPostgreSQL/locations/westeurope/capabilities"
# As Microsoft publishes the answer; of its many members those that are read, and one that is not.
ENTRY = {
    "name": "FlexibleServerCapabilities",
    "supportedFeatures": [{"name": "GeoBackup", "status": "Enabled"}, {"name": "ZoneRedundantHa", "status": "Enabled"}],
    "geoBackupSupported": "Enabled",
    "zoneRedundantHaSupported": "Enabled",
    "restricted": "Disabled",
}


def observed(service, document, status=200, location="West Europe"):
    """The region as the observer reads it."""
    service.has(BELOW, document, status)
    return observer.observe(service.connection, service.server.subscription_id, location, deadline=service.deadline)


@pytest.mark.parametrize("location", ["West Europe", "westeurope", "WestEurope"])
def test_a_region_is_one_request_however_it_is_written(service, location):
    """The service tells a server's location as a display name and takes only the short one in a path (recorded)."""
    found = observed(service, {"value": [ENTRY]}, location=location)
    assert found == Region(name="westeurope", zone_redundant_ha=True, geo_backup=True)
    assert service.paths == [BELOW]


@pytest.mark.parametrize(
    ("entry", "zones", "geo"),
    [
        ({"zoneRedundantHaSupported": "Disabled", "geoBackupSupported": "Enabled"}, False, True),
        ({"zoneRedundantHaSupported": "enabled", "geoBackupSupported": "DISABLED"}, True, False),
        ({"supportedFeatures": [{"name": "ZoneRedundantHa", "status": "Disabled"}]}, False, None),
        ({"supportedFeatures": [{"name": "IndexTuning", "status": "Enabled"}], "geoBackupSupported": "Enabled"},
         None, True),
        ({}, None, None),
        ({"zoneRedundantHaSupported": "Perhaps", "geoBackupSupported": None, "supportedFeatures": "x"}, None, None),
    ],
)  # fmt: skip
def test_what_is_not_told_is_none(service, entry, zones, geo):
    """A word that is missing or not known is neither yes nor no."""
    found = observed(service, {"value": [entry]})
    assert (found.zone_redundant_ha, found.geo_backup) == (zones, geo)


def test_the_list_of_features_decides(service):
    """The members beside it are documented to go: where both tell, the list is right."""
    entry = {**ENTRY, "supportedFeatures": [{"name": "GeoBackup", "status": "Disabled"}, "odd", {"status": "Enabled"}]}
    found = observed(service, {"value": [entry]})
    assert (found.zone_redundant_ha, found.geo_backup) == (True, False)


def test_a_region_of_which_nothing_is_told(service):
    """An empty list tells nothing."""
    assert observed(service, {"value": []}) == Region(name="westeurope", zone_redundant_ha=None, geo_backup=None)


def test_errors_come_through(service):
    """F7: a region that may not be read, does not exist or answers in another form is an error, not a poor region."""
    with pytest.raises(Forbidden):
        observed(service, {"error": {"code": "AuthorizationFailed", "message": "no"}}, 403)
    with pytest.raises(NotFound):
        observed(service, {"error": {"code": "NotFound", "message": "no such location"}}, 404)
    with pytest.raises(Unreadable):
        observed(service, {"capabilities": []})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "status"]), inner),
    max_leaves=5,
)


@given(st.lists(st.dictionaries(st.sampled_from([*ENTRY]), JSON), max_size=3))
def test_any_json_is_a_region(entries):
    """G12: no shape of entry makes the observer stumble."""
    assert observer.parse(entries, name="westeurope").name == "westeurope"
