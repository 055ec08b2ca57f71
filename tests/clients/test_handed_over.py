"""The az commands that flexsec hands over are commands that az takes: run as they stand, what they promise holds."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest

from flexsec.handover.registry import hand_over
from flexsec.model.desire import (
    DesiredFirewallRule,
    DesiredFirewallRuleAbsent,
    DesiredParameter,
    DesiredServerSetting,
    DesiredTagAbsent,
    DesiredThreatProtection,
)
from flexsec.operations.registry import operations_about
from flexsec.operations.restart import restart_for
from flexsec.simulator import World
from flexsec.simulator.state import FirewallRange, ParameterState
from flexsec.testing import Simulation
from tests.clients.conftest import GROUP

pytestmark = pytest.mark.clients

OPERATIONS = operations_about("server")
BY_DESIRE = {kind: operation for operation in OPERATIONS.values() for kind in operation.desires}
DESIRES = {
    "a parameter": DesiredParameter(name="log_checkpoints", value="on"),
    "an empty value": DesiredParameter(name="ssl_max_protocol_version", value=""),
    "a value with blanks and quotes": DesiredParameter(name="log_line_prefix", value='%m [%p] "$x" `y` '),
    "a negative value": DesiredParameter(name="autovacuum_vacuum_cost_limit", value="-1"),
    "a static parameter": DesiredParameter(name="max_worker_processes", value="16"),
    "a new rule": DesiredFirewallRule(name="vpn", start="198.51.100.7", end="198.51.100.9"),
    "a changed rule": DesiredFirewallRule(name="office", start="203.0.113.0", end="203.0.113.7"),
    "a rule that goes": DesiredFirewallRuleAbsent(name="temp-debug", start="0.0.0.0", end="255.255.255.255"),
    "an old rule that goes": DesiredFirewallRuleAbsent(name="old.name", start="203.0.113.99", end="203.0.113.99"),
    "threat protection": DesiredThreatProtection(enabled=True),
    "retention": DesiredServerSetting(name="backup_retention_days", value="21"),
    "autogrow": DesiredServerSetting(name="storage_auto_grow", value="Enabled"),
    "a window": DesiredServerSetting(name="maintenance_window", value="Saturday 02:05"),
    "a tag": DesiredServerSetting(name="tag:env", value="prod & more"),
    "a tag that goes": DesiredTagAbsent(key="team"),
}


def observed(server):
    """The server as flexsec reads it, of a copy of the world, which asks for no sign-in."""
    world = server.served.world
    with world.turn():
        copied = World.from_dict(world.to_dict())
    return Simulation(copied).client().server(GROUP, server.name).observe()


def run(az, change, state):
    """Every az command of what its owner is handed, run as it stands."""
    commands = [each.text for each in hand_over(change, "policy", state).patches if each.language == "az"]
    assert commands
    for command in commands:
        program, *words = shlex.split(command)
        assert program == "az"
        az(*words)


@pytest.mark.parametrize("what", DESIRES)
def test_what_a_command_promises_holds(az, server, what):
    """Run as it stands, each command brings about exactly what its change wants, and nothing else."""
    server.state.parameters["autovacuum_vacuum_cost_limit"] = ParameterState("200")
    server.state.parameters["ssl_max_protocol_version"] = ParameterState("TLSv1.2")
    server.state.firewall["old.name"] = FirewallRange("203.0.113.99", "203.0.113.99")
    server.state.tags = {"Team": "shop", "cost centre": "42"}
    desire = DESIRES[what]
    operation = BY_DESIRE[desire.kind]
    before = observed(server)
    change = operation.diff(desire, before)
    assert not operation.holds(change, before)
    run(az, change, operation.predict(change, before))
    after = observed(server)
    assert operation.holds(change, after)
    assert told(after) == told(operation.predict(change, before))


def told(state):
    """What a server is, apart from when it was read and how each value came about."""
    parameters = tuple((each.name, each.value, each.pending_restart) for each in state.parameters)
    return replace(state, observed_at=None, parameters=()), parameters


def test_a_restart_brings_into_force(az, server):
    """The command for a restart ends the waiting of a static parameter."""
    before = observed(server)
    assert server.state.parameters["max_connections"].pending
    change = restart_for(("max_connections",))
    run(az, change, before)
    assert OPERATIONS["restart"].holds(change, observed(server))


def test_two_tags_are_handed_over_without_undoing_each_other(az, server):
    """The commands for two tags of one owner, run one after the other, leave both."""
    from flexsec.engine.handing_over import handed_over
    from flexsec.engine.ownership import Owned
    from flexsec.model.connections import Evidence

    state = observed(server)
    wanted = {"env": "prod", "team": "shop"}
    foreign = [
        Owned("dba", BY_DESIRE["server_setting"].diff(DesiredServerSetting(name=f"tag:{key}", value=value), state))
        for key, value in wanted.items()
    ]
    for item in handed_over(foreign, state, OPERATIONS, evidence=Evidence(), moment=state.observed_at):
        az(*shlex.split(item.patches[0].text)[1:])
    assert wanted.items() <= server.state.tags.items()


def test_a_policys_note_names_a_command_that_there_is(az, server):
    """The command that lists policy assignments is one of az's, with these options."""
    change = BY_DESIRE["parameter"].diff(DESIRES["a parameter"], observed(server))
    note = hand_over(change, "policy", observed(server)).note
    words = shlex.split(note.split("`")[1])
    options = [word for word in words if word.startswith("--")]
    told = az.run(*words[1:4], "--help").stdout
    assert words[:4] == ["az", "policy", "assignment", "list"]
    assert options
    assert all(option in told for option in options)
