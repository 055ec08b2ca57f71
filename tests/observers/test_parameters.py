"""Server parameters, the list and one of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.errors import NotFound, ServiceFailure, Unreadable
from flexsec.model.parameter import Parameter
from flexsec.observers import parameters as observer

# The key set of an entry as recorded at api-version 2025-08-01.
ENTRY = {
    "properties": {
        "value": "READ",
        "description": "Which classes of statements are logged.",
        "defaultValue": "none",
        "dataType": "Set",
        "allowedValues": "none,read,write",
        "source": "user-override",
        "isDynamicConfig": True,
        "isReadOnly": False,
        "isConfigPendingRestart": False,
        "documentationLink": "https://example.org/",
    },
    "id": "/subscriptions/s/configurations/pgaudit.log",
    "name": "pgaudit.log",
    "type": "Microsoft.DBforPostgreSQL/flexibleServers/configurations",
}


def entry(name, **properties):
    """An entry with other properties."""
    return {**ENTRY, "name": name, "properties": {**ENTRY["properties"], **properties}}


def observed(service, *entries):
    """The parameters as the observer reads them."""
    service.has("/configurations", {"value": list(entries)})
    return observer.observe(service.connection, service.server, deadline=service.deadline)


def test_the_list_is_one_request_sorted_by_name(service):
    """G1: every parameter of a server costs one request."""
    found = observed(service, entry("z"), entry("a", unit="kB", value="1"), ENTRY)
    assert [parameter.name for parameter in found] == ["a", "pgaudit.log", "z"]
    assert found[0].unit == "kB"
    assert found[1] == Parameter(
        name="pgaudit.log",
        value="READ",
        default="none",
        data_type="Set",
        allowed_values="none,read,write",
        dynamic=True,
        read_only=False,
        pending_restart=False,
        source="user-override",
    )
    assert service.paths == ["/configurations"]


def test_a_pending_restart_is_read(service):
    """B1: a value that waits for a restart is told from one in force."""
    (found,) = observed(service, entry("shared_buffers", isDynamicConfig=False, isConfigPendingRestart=True))
    assert (found.dynamic, found.pending_restart) == (False, True)


def test_spelling_is_kept(service):
    """B3, X38: the caller's spelling of a value comes out as it was stored."""
    assert [parameter.value for parameter in observed(service, entry("a", value="ON"), entry("b", value=""))] == [
        "ON",
        "",
    ]


def test_missing_flags_are_read_carefully(service):
    """G12: without isReadOnly a parameter is not ours to write, without isDynamicConfig it needs a restart."""
    (found,) = observed(service, {"name": "x", "properties": {"value": 7}})
    assert found == Parameter(
        name="x",
        value="7",
        default="",
        data_type="String",
        allowed_values="",
        dynamic=False,
        read_only=True,
        pending_restart=False,
        source="",
    )


def test_flags_may_come_as_texts(service):
    """G12: "True" as a text is true."""
    (found,) = observed(service, entry("x", isDynamicConfig="True", isReadOnly="false", isConfigPendingRestart="odd"))
    assert (found.dynamic, found.read_only, found.pending_restart) == (True, False, False)


@pytest.mark.parametrize("odd", [{}, {"name": "x"}, {"name": "x", "properties": None}, {"name": "", "properties": {}}])
def test_an_entry_of_another_shape_fails_the_list(service, odd):
    """A list with an entry that cannot be read is not passed off as complete."""
    with pytest.raises(Unreadable, match="parameters of shop-db"):
        observed(service, ENTRY, odd)


def test_one_parameter_is_one_small_request(service):
    """A read-back asks for one parameter, not for the whole list."""
    service.has("/configurations/pgaudit.log", ENTRY)
    found = observer.observe_one(service.connection, service.server, "pgaudit.log", deadline=service.deadline)
    assert (found.name, found.value) == ("pgaudit.log", "READ")
    assert service.paths == ["/configurations/pgaudit.log"]


def test_an_unknown_parameter(service):
    """X30: a parameter that this version does not have is `NotFound`."""
    message = "The configuration 'nope' does not exist for shop-db server version 16."
    service.has("/configurations/nope", {"error": {"code": "ConfigurationNotExists", "message": message}}, 404)
    with pytest.raises(NotFound, match="depends on its version"):
        observer.observe_one(service.connection, service.server, "nope", deadline=service.deadline)


def test_a_stopped_server_says_so(service):
    """F6, X20: the service's 400 for a stopped server comes through with its meaning."""
    service.has("/configurations", {"error": {"code": "ServerStoppedError", "message": "Server is stopped."}}, 400)
    with pytest.raises(Exception, match="start it first") as caught:
        observer.observe(service.connection, service.server, deadline=service.deadline)
    assert caught.value.code == "ServerStoppedError"


def test_an_error_is_an_error_not_an_empty_list(service):
    """A11, F7: a server that cannot list its parameters has not none."""
    service.has("/configurations", {"error": {"code": "InternalServerError", "message": "x"}}, 501)
    with pytest.raises(ServiceFailure):
        observer.observe(service.connection, service.server, deadline=service.deadline)


JSON = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.lists(st.integers(), max_size=2)
)


@given(st.dictionaries(st.sampled_from([*ENTRY["properties"], "unit"]), JSON), JSON)
def test_any_json_is_a_parameter_or_unreadable(properties, name):
    """G12: no shape of entry makes the observer stumble; only a nameless one is refused."""
    try:
        found = observer.parse({"name": name, "properties": properties}, what="read it")
    except Unreadable:
        assert name is None or name == "" or isinstance(name, list)
    else:
        assert found.name
