"""Who wrote a resource last, as the activity log tells it, however it tells it."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.model.observation import Unobserved
from flexsec.model.ownership import LastWrite
from flexsec.observers import activity_log as observer

LOG = "/providers/Microsoft.Insights/eventtypes/management/values"
OBJECT_ID = "http://schemas.microsoft.com/identity/claims/objectidentifier"


def event(resource, **changed):
    """An event as Microsoft documents it, as far as it is read."""
    return {
        "caller": "dba@contoso.com",
        "claims": {"name": "A DBA", OBJECT_ID: "22222222-2222-2222-2222-222222222222"},
        "eventTimestamp": "2026-01-05T09:00:00.1234567Z",
        "operationName": {"value": "Microsoft.DBforPostgreSQL/flexibleServers/configurations/write"},
        "resourceId": resource,
        "status": {"value": "Succeeded"},
    } | changed


def parameter(service):
    """The ARM id of a parameter."""
    return f"{service.server}/configurations/log_connections"


def observed(service, *events, since=datetime(2026, 1, 1, tzinfo=UTC)):
    """What the observer makes of these events."""
    service.has(LOG, {"value": list(events)})
    return observer.observe(service.connection, parameter(service), since=since)


def test_the_newest_write_is_told(service):
    """The latest successful write of the very resource counts, whatever the order and the casing of the ids."""
    own = parameter(service)
    told = observed(
        service,
        event(own, caller="older", eventTimestamp="2026-01-04T09:00:00Z"),
        event(own.upper(), caller="newest", eventTimestamp="2026-01-06T09:00:00Z"),
        event(own, caller="failed", eventTimestamp="2026-01-07T09:00:00Z", status={"value": "Failed"}),
        event(own, caller="began", eventTimestamp="2026-01-07T09:00:00Z", status={"value": "Accepted"}),
        event(own, caller="read", eventTimestamp="2026-01-07T09:00:00Z", operationName={"value": "a/b/c/read"}),
        event(f"{own}_2", caller="another's", eventTimestamp="2026-01-07T09:00:00Z"),
    )
    assert told == LastWrite(by="newest", at=datetime(2026, 1, 6, 9, tzinfo=UTC))


def test_one_request_asks_for_the_very_resource(service):
    """One request, at the documented api-version, from the moment asked for until now, for this resource alone."""
    since = datetime.now(UTC) - timedelta(days=1)
    observed(service, since=since)
    assert service.paths == [LOG]
    query = parse_qs(service.queries[0])
    assert query["api-version"] == ["2015-04-01"]
    (filter_,) = query["$filter"]
    assert filter_.startswith(f"eventTimestamp ge '{since:%Y-%m-%dT%H:%M:%S.%f}Z' and eventTimestamp le '")
    assert filter_.endswith(f"' and resourceUri eq '{parameter(service)}'")


def test_the_log_is_asked_for_the_days_it_keeps(service):
    """A moment of a year ago is asked for as the 90 days that the service keeps."""
    observed(service, since=datetime.now(UTC) - timedelta(days=365))
    begin = parse_qs(service.queries[0])["$filter"][0].split("'")[1]
    assert timedelta(days=89) < datetime.now(UTC) - datetime.fromisoformat(begin) < timedelta(days=90)


@pytest.mark.parametrize(
    ("changed", "by"),
    [
        ({}, "dba@contoso.com"),
        ({"caller": None}, "A DBA"),
        ({"caller": "", "claims": {"appid": "app"}}, "app"),
        ({"caller": "", "claims": {OBJECT_ID: "oid"}}, "oid"),
        ({"resourceId": None, "resourceUri": "RESOURCE"}, "dba@contoso.com"),
    ],
)
def test_who_it_was_is_told_by_what_there_is(service, changed, by):
    """The caller's name, else a claim; older answers tell the resource as resourceUri."""
    own = parameter(service)
    told = observed(
        service, event(own, **{key: own if value == "RESOURCE" else value for key, value in changed.items()})
    )
    assert told.by == by


def test_the_runs_own_write_does_not_count(service):
    """What the run's identity wrote until five minutes after its end is the run's own; later it is somebody's doing."""
    own, ours = parameter(service), "22222222-2222-2222-2222-222222222222"
    for minutes, found in ((-1, False), (4, False), (6, True)):
        at = datetime(2026, 1, 5, 9, tzinfo=UTC) - timedelta(minutes=minutes)
        service.has(LOG, {"value": [event(own)]})
        told = observer.observe(service.connection, own, since=at, ours=ours.upper())
        assert isinstance(told, LastWrite) is found
        assert isinstance(observer.observe(service.connection, own, since=at, ours="another"), LastWrite)


def test_a_deletion_is_a_write(service):
    """A rule that somebody removed was written by them."""
    removed = {"value": "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules/delete"}
    assert observed(service, event(parameter(service), operationName=removed)).by == "dba@contoso.com"


def test_what_the_log_does_not_tell_is_a_reason(service):
    """Without a matching event, and with one that names nobody, nobody is named."""
    for events in (
        [],
        [event(parameter(service), caller="", claims={})],
        [event(parameter(service), eventTimestamp="?")],
    ):
        told = observed(service, *events)
        assert isinstance(told, Unobserved)
        assert told.reason == "the activity log tells of no write of it since 2026-01-01 00:00 UTC"


def test_a_refusal_is_a_reason(service):
    """403 names the action that is missing; any other answer is told and never raised."""
    message = "The client 'x' does not have authorization to perform action 'Microsoft.Insights/eventtypes/values/read'"
    service.has(LOG, {"error": {"code": "AuthorizationFailed", "message": message}}, status=403)
    told = observer.observe(service.connection, parameter(service), since=datetime.now(UTC))
    assert told.missing_action == "Microsoft.Insights/eventtypes/values/read"
    service.has(LOG, {"error": {"code": "BadRequest", "message": "no"}}, status=400)
    assert "no" in observer.observe(service.connection, parameter(service), since=datetime.now(UTC)).reason


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*event(""), "value"]), json, max_size=6), st.booleans())
def test_any_shape_is_survived(shape, wrapped):
    """Whatever stands in the answer, it is a last write or none, never an error."""
    answer = {"value": [{**event("x"), **shape}]} if wrapped else shape
    found = observer.parse(answer, "x", ours="2", until=datetime(2026, 1, 1, tzinfo=UTC))
    assert found is None or isinstance(found, LastWrite)
