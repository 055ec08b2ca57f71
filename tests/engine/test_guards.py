"""Guards: each refusal, and the leave or evidence that lifts it."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexsec import Evidence, Leave
from flexsec.engine.guards import in_safe_order, withheld
from flexsec.model.change import Change, Phase
from flexsec.model.connections import Connection
from flexsec.model.desire import DesiredFirewallRule, DesiredFirewallRuleAbsent, DesiredParameter
from flexsec.model.leave import DailyWindow
from flexsec.operations import firewall, parameters, restart
from tests.controls.states import state

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
CLOSING = Leave(closing=("firewall", "tls-minimum"))
BLIND = Leave(closing=("firewall", "tls-minimum"), without_evidence="nobody connects")
OFFICE = ("office", "203.0.113.0", "203.0.113.15")
OPEN = ("open", "0.0.0.0", "255.255.255.255")
AZURE = ("azure", "0.0.0.0", "0.0.0.0")
INNER = ("inner", "10.0.0.0", "10.0.0.255")
APPROVED = {"private_endpoints": [{"name": "pe", "status": "Approved"}]}


def having(*rules, server=None, **values):
    """A server with these rules and parameters."""
    return state({"firewall": [list(rule) for rule in rules], "server": server or {}, "parameters": values})


def seen(*addresses, tls="TLSv1.3", caller=""):
    """Evidence of clients."""
    found = tuple(Connection(address=address, tls_version=tls) for address in addresses)
    return Evidence(connections=found, source="file connections.csv", caller_address=caller)


def removal(rule, *rules, **options):
    """The removal of a rule from among rules."""
    return firewall.diff(DesiredFirewallRuleAbsent(name=rule[0], start=rule[1], end=rule[2]), having(rule, *rules))


def setting(name, value, now):
    """The change of a parameter."""
    return parameters.diff(DesiredParameter(name=name, value=value), having(**{name: now}))


def asked(change, found, *, leave=CLOSING, evidence=None, moment=NOON, **options):
    """What the guards say."""
    return withheld(change, found, leave=leave, evidence=evidence or Evidence(), moment=moment, **options)


def test_removing_a_rule_needs_leave_of_its_class():
    """Taking access away is refused without leave for the class, and the refusal names the flag."""
    refused = asked(removal(OPEN, OFFICE), having(OPEN, OFFICE), leave=Leave())
    assert refused.by == "leave"
    assert refused.needs.startswith("--allow-closing firewall")
    other = Leave(closing=("tls-minimum",), without_evidence="x")
    assert asked(removal(OPEN, OFFICE), having(OPEN, OFFICE), leave=other) is not None


def test_removing_a_rule_needs_evidence_or_a_reason_to_go_without():
    """Missing evidence is unknown, never clear; an empty list of clients is evidence."""
    change, found = removal(OPEN, OFFICE), having(OPEN, OFFICE)
    assert "nobody looked" in asked(change, found).reason
    assert asked(change, found, leave=BLIND) is None
    assert asked(change, found, evidence=seen()) is None


@pytest.mark.parametrize("rest", [(), (INNER,)])
def test_the_last_way_in_is_never_removed(rest):
    """Not with any leave; a rule for private addresses lets nobody in and is no other way."""
    refused = asked(removal(OPEN, *rest), having(OPEN, *rest), leave=BLIND)
    assert refused.by == "guard"
    assert "last way in" in refused.reason


def test_an_inert_rule_is_no_way_in():
    """Removing the rule for private addresses takes nobody's access away, even as the last one."""
    assert asked(removal(INNER), having(INNER), leave=BLIND) is None


def test_an_approved_private_endpoint_is_a_way_in():
    """With one the last rule may go; a pending one does not count."""
    change = removal(OPEN)
    assert asked(change, having(OPEN, server=APPROVED), leave=BLIND) is None
    pending = {"private_endpoints": [{"name": "pe", "status": "Pending"}]}
    assert asked(change, having(OPEN, server=pending), leave=BLIND) is not None


def test_the_callers_own_address_is_never_cut_off():
    """Not with any leave; with another rule that admits the caller it is fine."""
    change, caller = removal(OPEN, OFFICE), "198.51.100.9"
    refused = asked(change, having(OPEN, OFFICE), leave=BLIND, evidence=Evidence(caller_address=caller))
    assert refused.by == "guard"
    assert caller in refused.needs
    inside = Evidence(caller_address="203.0.113.9")
    assert asked(change, having(OPEN, OFFICE), leave=BLIND, evidence=inside) is None


def test_clients_that_were_seen_are_never_cut_off():
    """Whoever connects through the rule alone keeps it, whatever the leave; the refusal names them, five at most."""
    change, found = removal(OPEN, OFFICE), having(OPEN, OFFICE)
    strangers = [f"198.51.100.{number}" for number in range(1, 8)]
    refused = asked(change, found, leave=BLIND, evidence=seen("203.0.113.3", *strangers))
    assert "7 client addresses seen in file connections.csv" in refused.reason
    assert "198.51.100.5, ..." in refused.reason
    assert asked(change, found, evidence=seen("203.0.113.3")) is None


def test_addresses_say_nothing_about_azure_services():
    """Evidence by address does not tell who comes in as an Azure service: a reason is needed all the same."""
    change, found = removal(AZURE, OFFICE), having(AZURE, OFFICE)
    refused = asked(change, found, evidence=seen("203.0.113.3"))
    assert refused.needs == "--without-evidence REASON"
    assert asked(change, found, leave=BLIND, evidence=seen("203.0.113.3")) is None


def test_narrowing_a_rule_is_guarded_like_removing_it():
    """A rule that becomes narrower cuts off those at its edge."""
    found = having(OFFICE)
    narrow = firewall.diff(DesiredFirewallRule(name="office", start="203.0.113.0", end="203.0.113.7"), found)
    assert asked(narrow, found, evidence=seen("203.0.113.9")) is not None
    assert asked(narrow, found, evidence=seen("203.0.113.3")) is None


def test_adding_a_rule_needs_no_leave():
    """What only adds a way in is not a closing change."""
    added = firewall.diff(DesiredFirewallRule(name="new", start="203.0.113.0", end="203.0.113.7"), having())
    assert asked(added, having(), leave=Leave()) is None


WAITING = {"max_connections": {"value": "200", "pending_restart": True}}


@pytest.mark.parametrize(
    ("leave", "server", "words"),
    [
        (Leave(), {}, "it restarts the server"),
        (Leave(restart=True, restart_window=DailyWindow(start=time(2), end=time(4))), {}, "outside the restart window"),
        (
            Leave(restart=True),
            {"high_availability_mode": "SameZone", "high_availability_state": "Replicating"},
            "not Healthy",
        ),
        (Leave(restart=True), {"high_availability_mode": "SameZone", "high_availability_state": ""}, "unknown state"),
    ],
)
def test_a_restart_is_refused(leave, server, words):
    """Without leave, outside its window, and while the standby is not healthy."""
    found = having(server=server, **WAITING)
    assert words in asked(restart.restart_for(("max_connections",)), found, leave=leave).reason


def test_a_restart_with_leave_in_its_window_is_made():
    """With leave, in the window, and with a healthy standby or none."""
    window = DailyWindow(start=time(11), end=time(13))
    for server in ({}, {"high_availability_mode": "ZoneRedundant", "high_availability_state": "Healthy"}):
        found = having(server=server, **WAITING)
        leave = Leave(restart=True, restart_window=window)
        assert asked(restart.restart_for(("max_connections",)), found, leave=leave) is None


@pytest.mark.parametrize("value", ["ddl", "MOD", "all"])
def test_role_passwords_are_never_written_into_the_log(value):
    """log_statement is never set to a value that logs role passwords; only a rollback brings such a value back."""
    change = setting("log_statement", value, "none")
    everything = Leave(lower_security=True, without_evidence="x", closing=("firewall",), restart=True)
    assert "role passwords" in asked(change, having(log_statement="none"), leave=everything).reason
    assert asked(change, having(log_statement="none"), leave=everything, restoring=True) is None


def test_lowering_security_needs_leave():
    """A change that makes a passing control fail is refused without leave of its own."""
    from dataclasses import replace

    change = replace(setting("log_checkpoints", "off", "on"), lowers_security=True)
    assert asked(change, having(log_checkpoints="on"), leave=BLIND).needs == "--allow-lowering"
    assert asked(change, having(log_checkpoints="on"), leave=Leave(lower_security=True)) is None


@pytest.mark.parametrize("word", ["Stopped", "stopping", "Disabled", "Inaccessible", "Dropping", "Provisioning"])
def test_nothing_is_written_to_a_server_that_is_not_there_for_it(word):
    """In these states no change is made, whatever its kind."""
    change = setting("log_checkpoints", "on", "off")
    assert word in asked(change, having(server={"state": word}, log_checkpoints="off")).reason


def test_nothing_is_written_to_a_server_that_was_not_read():
    """An unread server is not written to."""
    change = setting("log_checkpoints", "on", "off")
    unread = state({"server": {"unobserved": "403"}, "parameters": {"log_checkpoints": "off"}})
    assert "was not read" in asked(change, unread).reason


def test_a_minimum_above_the_maximum_is_refused_in_any_spelling():
    """Nobody could connect: refused from either side, whatever the leave."""
    both = having(ssl_min_protocol_version="TLSV1.2", ssl_max_protocol_version="tlsv1.2")
    raised = parameters.diff(DesiredParameter(name="ssl_min_protocol_version", value="TLSv1.3"), both)
    assert "nobody could connect" in asked(raised, both, leave=BLIND).reason
    high = having(ssl_min_protocol_version="TLSv1.3", ssl_max_protocol_version="")
    capped = parameters.diff(DesiredParameter(name="ssl_max_protocol_version", value="TLSv1.2"), high)
    assert "nobody could connect" in asked(capped, high, leave=BLIND).reason


def test_raising_the_tls_minimum_looks_at_who_connects():
    """Clients with an older TLS version are named; a client whose version is unknown is unknown, not fine."""
    found = having(ssl_min_protocol_version="TLSv1.2", ssl_max_protocol_version="")
    raised = parameters.diff(DesiredParameter(name="ssl_min_protocol_version", value="TLSv1.3"), found)
    assert "nobody looked" in asked(raised, found).reason
    assert "198.51.100.7" in asked(raised, found, leave=BLIND, evidence=seen("198.51.100.7", tls="tlsv1.2")).reason
    assert asked(raised, found, evidence=seen("198.51.100.7", tls="")) is not None
    assert asked(raised, found, leave=BLIND, evidence=seen("198.51.100.7", tls="")) is None
    assert asked(raised, found, evidence=seen("198.51.100.7")) is None


spans = st.tuples(st.integers(0, 7), st.integers(0, 7)).map(sorted)


@settings(max_examples=300, deadline=None)
@given(rules=st.lists(spans, min_size=1, max_size=5), caller=st.integers(0, 7), clients=st.lists(st.integers(0, 7)))
def test_no_sequence_of_allowed_removals_cuts_anyone_off(rules, caller, clients):
    """Whatever the rules, removing all that the guards let go leaves a way in, the caller, and every client seen."""
    named = [(f"r{i}", f"203.0.113.{low}", f"203.0.113.{high}") for i, (low, high) in enumerate(rules)]
    found = having(*named)
    evidence = seen(*(f"203.0.113.{client}" for client in clients), caller=f"203.0.113.{caller}")
    protected = {evidence.caller_address, *(c.address for c in evidence.connections)}
    before = {address for address in protected if any(rule.admits(address) for rule in found.firewall)}
    changes = [removal(rule) for rule in named]
    for change in in_safe_order(changes, found, evidence):
        if asked(change, found, leave=BLIND, evidence=evidence) is None:
            found = firewall.predict(change, found)
        assert found.firewall
        assert before <= {a for a in protected if any(rule.admits(a) for rule in found.firewall)}


def test_the_rule_that_admits_the_caller_goes_last():
    """Within the closing phase, so that an interruption never leaves the caller outside."""
    found = having(OFFICE, OPEN)
    changes = [removal(OFFICE), removal(OPEN)]
    ordered = in_safe_order(changes, found, Evidence(caller_address="203.0.113.9"))
    assert [c.name for c in ordered] == ["office", "open"]
    ordered = in_safe_order(changes[::-1], found, Evidence(caller_address="198.51.100.1"))
    assert [c.name for c in ordered] == ["office", "open"]


@settings(max_examples=100, deadline=None)
@given(st.permutations(range(6)))
def test_changes_go_by_phase_and_static_parameters_last_in_theirs(order):
    """Whatever the order in which controls ask: add, tighten (static last), restart, close."""
    found = having(OPEN, OFFICE, log_checkpoints="off", max_connections="100", log_disconnections="off")
    changes = [
        firewall.diff(DesiredFirewallRule(name="new", start="198.51.100.1", end="198.51.100.1"), found),
        parameters.diff(DesiredParameter(name="log_checkpoints", value="on"), found),
        parameters.diff(DesiredParameter(name="log_disconnections", value="on"), found),
        parameters.diff(DesiredParameter(name="max_connections", value="200"), found),
        restart.restart_for(("max_connections",)),
        removal(OPEN),
    ]
    ordered = in_safe_order([changes[i] for i in order], found, Evidence())
    assert [c.phase for c in ordered] == [
        Phase.ADD,
        Phase.TIGHTEN,
        Phase.TIGHTEN,
        Phase.TIGHTEN,
        Phase.RESTART,
        Phase.CLOSE,
    ]
    assert ordered[3].name == "max_connections"
    assert all(isinstance(change, Change) for change in ordered)


@pytest.mark.parametrize(
    ("now", "wanted", "first"),
    [
        (("TLSv1.2", "TLSv1.2"), ("TLSv1.3", ""), "ssl_max_protocol_version"),
        (("TLSv1.3", ""), ("TLSv1.2", "TLSv1.2"), "ssl_min_protocol_version"),
    ],
)
def test_the_tls_bounds_move_so_that_someone_can_always_connect(now, wanted, first):
    """Of both bounds in one phase, the one goes first that never leaves the minimum above the maximum."""
    from dataclasses import replace

    names = ("ssl_min_protocol_version", "ssl_max_protocol_version")
    found = having(**dict(zip(names, now, strict=True)))
    changes = [
        replace(parameters.diff(DesiredParameter(name=name, value=value), found), phase=Phase.TIGHTEN)
        for name, value in zip(names, wanted, strict=True)
    ]
    for order in (changes, changes[::-1]):
        ordered = in_safe_order(order, found, Evidence())
        assert ordered[0].name == first
        assert asked(ordered[0], found, leave=BLIND) is None
