"""Parameters: what is written for a desire, what proves it, and what undoes it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexsec.model.change import Change, Phase
from flexsec.model.desire import DesiredParameter, DesiredRestart
from flexsec.model.parameter import same_value
from flexsec.operations import parameters
from flexsec.operations.operation import Obstacle
from flexsec.simulator import catalogue
from flexsec.testing import simulated
from tests.controls.states import state

FACTS = catalogue.parameters("16")
CHOICES = [name for name, facts in FACTS.items() if facts.data_type in ("Boolean", "Enumeration", "Set")]
WRITABLE = [name for name in CHOICES if not FACTS[name].is_read_only and FACTS[name].allowed_values]


def having(**values):
    """A server with these parameters."""
    return state({"parameters": {name.replace("__", "."): value for name, value in values.items()}})


@st.composite
def spelt(draw, name):
    """A value of a parameter, in any spelling."""
    choices = [choice.strip() for choice in FACTS[name].allowed_values.split(",")]
    if FACTS[name].data_type == "Set":
        chosen = draw(st.lists(st.sampled_from(choices), unique=True, min_size=1, max_size=4))
        return draw(st.sampled_from((",", ", "))).join(chosen)
    text = draw(st.sampled_from(choices))
    return draw(st.sampled_from((text, text.upper(), text.title(), text.lower())))


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_difference_is_written_once_and_then_holds(data):
    """B2, B3: equal values in any spelling are not written; different ones are, and predicting the write closes the diff."""
    name = data.draw(st.sampled_from(WRITABLE))
    now, wanted = data.draw(spelt(name)), data.draw(spelt(name))
    before = state({"parameters": {name: now}})
    change = parameters.diff(DesiredParameter(name=name, value=wanted), before)
    if same_value(now, wanted, FACTS[name].data_type):
        assert change is None
        return
    assert isinstance(change, Change)
    assert not parameters.holds(change, before)
    assert parameters.untouched(change, before)
    after = parameters.predict(change, before)
    assert parameters.holds(change, after)
    assert not parameters.untouched(change, after)
    assert parameters.diff(DesiredParameter(name=name, value=wanted), after) is None
    undone = parameters.undo(change)
    assert parameters.holds(undone, before)
    assert parameters.holds(undone, parameters.predict(undone, after))
    assert parameters.undo(undone).after["value"] == change.after["value"]


def test_on_in_any_spelling_is_on():
    """B3: ON, On and on are the same value; nothing is written."""
    for spelling in ("on", "ON", "On"):
        desire = DesiredParameter(name="log_checkpoints", value="on")
        assert parameters.diff(desire, having(log_checkpoints=spelling)) is None


def test_the_value_is_written_in_the_spelling_of_the_allowed_values():
    """What is written is what the service lists, so that it is shown as listed."""
    change = parameters.diff(DesiredParameter(name="log_checkpoints", value="ON"), having(log_checkpoints="off"))
    assert change.after["value"] == "on"
    assert change.sentence == "Set log_checkpoints to on (now off)."


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("log_checkpoints", "maybe", "on or off"),
        ("logfiles.retention_days", "8", "1 to 7"),
        ("logfiles.retention_days", "2.5", "1 to 7"),
        ("ssl_min_protocol_version", "TLSv1.1", "TLSv1.2, TLSv1.3"),
        ("data_directory_mode", "0700", "read-only"),
        ("log_retention_days", "4", "no parameter log_retention_days"),
    ],
)
def test_what_cannot_be_written_is_an_obstacle(name, value, words):
    """A value that the service would refuse, a read-only parameter and one that does not exist say why."""
    present = {} if name == "log_retention_days" else {name: ""}
    found = parameters.diff(DesiredParameter(name=name, value=value), state({"parameters": present}))
    assert isinstance(found, Obstacle)
    assert words in found.reason


def test_unread_parameters_are_an_obstacle_with_the_reason():
    """What was not read is never written over."""
    unread = state({"parameters": {"unobserved": "the server is stopped"}})
    found = parameters.diff(DesiredParameter(name="log_checkpoints", value="on"), unread)
    assert isinstance(found, Obstacle)
    assert "the server is stopped" in found.reason
    change = parameters.diff(DesiredParameter(name="log_checkpoints", value="on"), having(log_checkpoints="off"))
    assert not parameters.holds(change, unread)
    assert not parameters.untouched(change, unread)
    assert parameters.current(change, unread) is None
    assert parameters.predict(change, unread) is unread


def test_a_static_parameter_says_that_it_waits_for_a_restart():
    """A static parameter is predicted as pending, and its sentence says when it is in force."""
    before = having(max_connections="100")
    change = parameters.diff(DesiredParameter(name="max_connections", value="200"), before)
    assert "in force after a restart" in change.sentence
    assert change.after["dynamic"] == "false"
    assert not change.restarts
    assert parameters.predict(change, before).parameter("max_connections").pending_restart
    assert "in force after a restart" in parameters.undo(change).sentence


def test_a_tls_minimum_of_1_3_is_a_closing_change_however_it_is_asked_for():
    """Raising the TLS minimum to 1.3 shuts older clients out, so it is a closing change also when set by hand or undone."""
    low = having(ssl_min_protocol_version="TLSv1.2")
    raised = parameters.diff(DesiredParameter(name="ssl_min_protocol_version", value="tlsv1.3"), low)
    assert (raised.closing, raised.phase) == ("tls-minimum", Phase.CLOSE)
    lowered = parameters.undo(raised)
    assert (lowered.closing, lowered.phase) == ("", Phase.TIGHTEN)
    assert (parameters.undo(lowered).closing, parameters.undo(lowered).phase) == ("tls-minimum", Phase.CLOSE)


def test_a_change_names_the_actions_that_it_needs():
    """A change carries the RBAC actions of the write and of following it."""
    change = parameters.diff(DesiredParameter(name="log_checkpoints", value="on"), having(log_checkpoints="off"))
    assert "Microsoft.DBforPostgreSQL/flexibleServers/configurations/write" in change.permissions
    assert "Microsoft.DBforPostgreSQL/locations/azureAsyncOperation/read" in change.permissions


def test_another_desire_is_a_mistake_of_the_caller():
    """An operation refuses a desire that is not its own."""
    with pytest.raises(TypeError):
        parameters.diff(DesiredRestart(parameters=()), having())


def test_writing_sends_one_request_with_the_value_and_its_source():
    """A write is one PUT; the value and the source arrive."""
    with simulated("insecure") as simulation:
        server = simulation.server("rg-shop", "shop-db")
        state = server.observe()
        change = parameters.diff(DesiredParameter(name="log_checkpoints", value="on"), state)
        before = len(simulation.world.requests)
        acceptance = parameters.write(simulation.client().connection, server.id, change, state)
        assert acceptance.status_url
        assert [r.method for r in simulation.world.requests[before:]] == ["PUT"]
        simulation.clock.sleep(11)
        found = server.parameters.get("log_checkpoints")
        assert (found.value, found.source) == ("on", "user-override")
