"""Server parameters: bodies, spellings, refusals and pending restarts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

KEYS = {
    "value", "description", "defaultValue", "dataType", "allowedValues", "source", "isDynamicConfig", "isReadOnly", "isConfigPendingRestart",
}  # fmt: skip


def test_a_parameter_has_the_recorded_members(azure):
    """A parameter's body has the recorded members; every value is text, the flags are booleans (recorded 2025-08-01)."""
    found = azure.get(f"{azure.db}/configurations/log_statement").json
    assert set(found) == {"properties", "id", "name", "type"}
    assert found["id"] == f"{azure.db}/configurations/log_statement"
    assert found["type"] == "Microsoft.DBforPostgreSQL/flexibleServers/configurations"
    properties = found["properties"]
    assert set(properties) == KEYS
    assert properties["allowedValues"] == "none,ddl,mod,all"
    assert (properties["value"], properties["defaultValue"], properties["source"]) == ("ddl", "none", "user-override")
    assert (properties["isDynamicConfig"], properties["isReadOnly"], properties["isConfigPendingRestart"]) == (
        True,
        False,
        False,
    )


def test_the_list_is_one_page_of_all(azure):
    """PostgreSQL 16 lists 424 parameters in one page without nextLink, a unit where there is one (recorded)."""
    listed = azure.get(f"{azure.db}/configurations").json
    assert set(listed) == {"value"}
    assert len(listed["value"]) == 424
    by_name = {each["name"]: each for each in listed["value"]}
    assert by_name["statement_timeout"]["properties"]["unit"] == "milliseconds"
    assert "unit" not in by_name["log_statement"]["properties"]
    assert by_name["log_disconnections"] == azure.get(f"{azure.db}/configurations/log_disconnections").json


def test_the_list_follows_changes_by_others(azure):
    """A change that someone else makes shows in the next list."""
    first = azure.get(f"{azure.db}/configurations").raw
    azure.world.server("shop-db").parameters["log_checkpoints"].value = "on"
    second = azure.get(f"{azure.db}/configurations")
    assert second.raw != first
    assert {each["name"]: each["properties"]["value"] for each in second.json["value"]}["log_checkpoints"] == "on"


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_dynamic_parameter_is_written(azure, method):
    """PUT and PATCH both answer 202 with Retry-After 10, and the value is there when the operation ends (recorded)."""
    body = {"properties": {"value": "on", "source": "user-override"}}
    accepted = azure.ask(method, f"{azure.db}/configurations/log_checkpoints", body)
    assert (accepted.status, accepted.headers["retry-after"]) == (202, "10")
    assert accepted.json == {
        "operation": "UpdateOrcasServerParameterManagementOperation",
        "startTime": "2026-01-05T09:00:00Z",
    }
    azure.wait(9.9)
    assert azure.poll(accepted)["status"] == "InProgress"
    assert azure.value("log_checkpoints")["value"] == "off"
    azure.wait(0.1)
    assert azure.poll(accepted)["status"] == "Succeeded"
    assert azure.value("log_checkpoints")["value"] == "on"


@pytest.mark.parametrize("spelling", ["ON", "On", "on"])
def test_the_callers_spelling_is_kept(azure, spelling):
    """B3: a value comes back as it was sent, whatever its case (recorded)."""
    assert azure.finish(azure.set("log_connections", spelling))["status"] == "Succeeded"
    assert azure.value("log_connections")["value"] == spelling


def test_a_read_only_parameter_fails_late(azure):
    """B6: a read-only parameter is accepted and fails with OperationFailed and the unformatted message {0} (reported)."""
    ended = azure.finish(azure.set("ssl", "off"))
    assert ended["status"] == "Failed"
    assert ended["error"] == {"code": "OperationFailed", "message": "{0}"}
    assert azure.value("ssl")["value"] == "on"


@pytest.mark.parametrize(
    ("name", "value"),
    [("log_checkpoints", "maybe"), ("log_statement", "some"), ("logfiles.retention_days", "8"), ("logfiles.retention_days", "three"),
     ("logfiles.retention_days", "1.5"), ("pgaudit.log", "read,nothing"), ("log_line_prefix", "it's"), ("ssl_min_protocol_version", "")],
)  # fmt: skip
def test_a_value_that_is_not_allowed_is_refused_at_once(azure, name, value):
    """A value outside allowedValues is 400 InvalidParameterValue and nothing is accepted (reported)."""
    refused = azure.set(name, value)
    assert (refused.status, refused.code) == (400, "InvalidParameterValue")
    assert refused.message == "Invalid value given for parameter configurationValue. Specify a valid parameter value."
    assert azure.world.next_due() is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("ssl_max_protocol_version", ""), ("pgaudit.log", "READ,ddl"), ("pgbouncer.enabled", "TRUE"), ("log_min_duration_statement", "-1"),
     ("autovacuum_vacuum_scale_factor", "0.05"), ("log_line_prefix", "%m [%p] ")],
)  # fmt: skip
def test_allowed_values_are_read_as_the_service_writes_them(azure, name, value):
    """An empty element allows the empty value, spaces in a list do not count, ranges may be negative or broken numbers."""
    assert azure.finish(azure.set(name, value))["status"] == "Succeeded"
    assert azure.value(name)["value"] == value


def test_an_unknown_parameter(azure):
    """B4: a parameter that the version does not have is ConfigurationNotExists, 404 on reads and 400 on writes (reported)."""
    read, write = azure.get(f"{azure.db}/configurations/nope"), azure.set("nope", "1")
    assert (read.status, write.status) == (404, 400)
    assert read.code == write.code == "ConfigurationNotExists"
    assert read.message == "The configuration 'nope' does not exist for shop-db server version 16."


def test_a_world_can_take_a_parameter_away(client_of, world_with):
    """B4: a parameter that a world sets to null is in no list and cannot be read."""
    azure = client_of(world_with(parameters={"connection_throttle.enable": None}))
    assert azure.get(f"{azure.db}/configurations/connection_throttle.enable").status == 404
    names = {each["name"] for each in azure.get(f"{azure.db}/configurations").json["value"]}
    assert "connection_throttle.enable" not in names
    assert len(names) == 423


def test_a_static_parameter_waits_for_a_restart(azure):
    """B1: a static parameter shows its new value at once with isConfigPendingRestart, and a restart clears the flag (reported)."""
    assert azure.value("max_connections")["isConfigPendingRestart"] is True, "left behind by someone else"
    assert azure.finish(azure.set("track_commit_timestamp", "on"))["status"] == "Succeeded"
    pending = azure.value("track_commit_timestamp")
    assert (pending["value"], pending["isConfigPendingRestart"], pending["isDynamicConfig"]) == ("on", True, False)
    assert azure.finish(azure.ask("POST", f"{azure.db}/restart"))["status"] == "Succeeded"
    for name in ("track_commit_timestamp", "max_connections"):
        assert azure.value(name)["isConfigPendingRestart"] is False
    assert azure.value("max_connections")["value"] == "1000"


def test_writing_the_running_value_back_clears_the_pending_restart(azure):
    """A static parameter set back to the value in force waits for nothing (inferred from PostgreSQL)."""
    azure.finish(azure.set("max_connections", "1200"))
    assert azure.value("max_connections")["isConfigPendingRestart"] is True
    azure.finish(azure.set("max_connections", "859"))
    assert azure.value("max_connections")["isConfigPendingRestart"] is False


@pytest.mark.parametrize(
    ("properties", "code"),
    [({}, "InvalidParameterValue"), ({"value": None}, "InvalidParameterValue"), ({"value": 3}, "InvalidRequestContent"),
     ({"value": "on", "source": "me"}, "InvalidParameterValue"), ({"value": "on", "colour": "blue"}, "InvalidRequestContent")],
)  # fmt: skip
def test_a_malformed_write_is_refused(azure, properties, code):
    """A body without a text value, with a strange source or an unknown member is a 400."""
    refused = azure.put(f"{azure.db}/configurations/log_checkpoints", properties)
    assert (refused.status, refused.code) == (400, code)


def test_there_is_no_delete(azure):
    """A parameter cannot be deleted; a reset writes the default back."""
    assert azure.ask("DELETE", f"{azure.db}/configurations/log_checkpoints").status == 405


@settings(deadline=None)
@given(
    value=st.one_of(
        st.text(max_size=12),
        st.integers().map(str),
        st.floats().map(str),
        st.sampled_from(["-0", "1e5", "٣", "on,off", ","]),
    )
)
def test_a_value_is_accepted_or_refused_but_never_breaks_anything(client_of, value):
    """Whatever text is sent to parameters of each data type, the answer is 202 or 400."""
    azure = client_of()
    for name in (
        "log_checkpoints",
        "log_statement",
        "max_connections",
        "random_page_cost",
        "pgaudit.log",
        "search_path",
    ):
        assert azure.set(name, value).status in {202, 400}
