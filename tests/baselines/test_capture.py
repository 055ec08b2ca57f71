"""A baseline captured from a server: the server meets it, it is as strict as the server is, and it is a right file."""

from __future__ import annotations

import re
from types import MappingProxyType

import pytest
from hypothesis import HealthCheck, given, settings

from flexsec.baselines import loader
from flexsec.baselines.capture import capture
from flexsec.baselines.strictness import ORDERS
from flexsec.baselines.tighten import ROUNDED
from flexsec.controls.catalogue import CONTROLS, control
from flexsec.engine.observe import PARTS, SHARED_PARTS
from flexsec.errors import NotObserved
from flexsec.model.verdict import Status
from flexsec.testing import simulated
from tests.controls.states import state
from tests.engine.worlds import GROUP, NAME, servers, world_of

UNREAD = {"unobserved": "403: the identity may not read it", "missing_action": "some/read"}


def captured_arguments(captured) -> dict[str, dict]:
    """The arguments that a captured baseline gives, by control."""
    return {each.control.id: each.arguments for each in captured.baseline.controls}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(servers())
def test_a_server_meets_the_baseline_that_was_captured_from_it(tmp_path, server):
    """Over generated servers: the file is valid, says what the value says, and the server passes every control of it."""
    path = tmp_path / "captured.yaml"
    with simulated(world_of(server)) as simulation:
        handle = simulation.server(GROUP, NAME)
        try:
            captured = handle.capture_baseline()
        except NotObserved:
            assert server["state"] == "Dropping"
            return
        path.write_text(captured.text, encoding="utf-8")
        loaded = loader.load(str(path))
        assert {each.control.id: each.arguments for each in loaded.controls} == captured_arguments(captured)
        assert (loaded.name, loaded.description) == (NAME, captured.baseline.description)
        assessment = handle.audit(path)
        assert {verdict.status for verdict in assessment.verdicts} == {Status.PASS}
    kept = {each.control.id for each in loaded.controls}
    assert kept | {item.control for item in captured.left_out} == {entry.id for entry in CONTROLS}
    for item in captured.left_out:
        assert item.control not in kept
        assert re.search(rf"^#   {item.control}: \S", captured.text, re.MULTILINE)


@settings(max_examples=25)
@given(servers())
def test_no_argument_could_be_stricter(server):
    """Each number that has an order is the strictest that the server still meets; budgets of addresses are rounded up."""
    with simulated(world_of(server)) as simulation:
        handle = simulation.server(GROUP, NAME)
        observed = handle.observe((*PARTS, *SHARED_PARTS))
    for entry in CONTROLS:
        if entry.judge(observed).status != Status.PASS:
            continue
        found = captured_arguments(capture(observed, (entry,)))[entry.id]
        for argument in entry.arguments:
            name = f"{entry.id}.{argument.name}"
            if argument.kind != "integer" or ORDERS[name] == "none":
                continue
            value = found[argument.name]
            assert argument.default <= value if ORDERS[name] == "higher" else value <= argument.default
            stricter = value + 1 if ORDERS[name] == "higher" else value // 2 if name in ROUNDED else value - 1
            if argument.admits(stricter) and stricter != value:
                assert entry.judge(observed, {**found, argument.name: stricter}).status != Status.PASS


def test_arguments_are_as_strict_as_the_server():
    """Days as found, room for as many addresses as are admitted, the tenant and the extensions that are there."""
    observed = state(
        {
            "parameters": {
                "logfiles.retention_days": "6",
                "logfiles.download_enable": "on",
                "azure.extensions": "HSTORE",
            },
            "firewall": [["office", "203.0.113.0", "203.0.113.10"], ["home", "198.51.100.7", "198.51.100.7"]],
            "server": {"backup_retention_days": 21, "tenant_id": "33333333-3333-3333-3333-333333333333"},
            "administrators": [],
        }
    )
    found = captured_arguments(capture(observed))
    assert found["log-retention-days"] == {"days": 6}
    assert found["net-fw-range-bounded"] == {"max_addresses": 16, "max_rule_addresses": 16}  # 12 and 11, rounded up
    assert found["net-fw-rule-count"] == {"max_rules": 2}
    assert found["backup-retention-days"] == {"days": 21}
    assert found["ext-allowlist-minimal"] == {"approved": ("hstore",)}
    assert found["version-supported"] == {}


def test_a_server_without_rules_leaves_no_room():
    """No address is admitted, so none may be."""
    found = captured_arguments(capture(state({"firewall": []}), (control("net-fw-range-bounded"),)))
    assert found["net-fw-range-bounded"] == {"max_addresses": 0, "max_rule_addresses": 0}


def test_what_fails_and_what_is_unknown_is_left_out_with_its_reason():
    """The file names each control that it does not ask for, under why, in one line that YAML takes for a comment."""
    observed = state({"parameters": {"log_checkpoints": "off", "log_disconnections": "on"}, "administrators": UNREAD})
    captured = capture(observed)
    left = MappingProxyType({item.control: item.status for item in captured.left_out})
    assert left["log-checkpoints"] == Status.FAIL
    assert left["auth-entra-admin-exists"] == Status.UNKNOWN
    assert "log-disconnections" not in left
    assert {item.control for item in captured.unknown} == {
        name for name, status in left.items() if status == Status.UNKNOWN
    }
    fails, _, rest = captured.text.partition("# Left out, because it is not known:")
    assert "#   log-checkpoints: log_checkpoints is off" in fails
    assert "#   auth-entra-admin-exists: the Microsoft Entra administrators could not be read: 403" in rest


def test_what_a_name_holds_stays_in_its_comment(tmp_path):
    """A rule's name with line breaks and control characters cannot write YAML of its own."""
    name = "x\n  auth-scram: off\x1b[31m\u2028controls: {}\x85"
    observed = state(
        {"firewall": [[name, "0.0.0.0", "255.255.255.255"]], "parameters": {"password_encryption": "scram-sha-256"}}
    )
    path = tmp_path / "captured.yaml"
    path.write_text(capture(observed).text, encoding="utf-8")
    assert "auth-scram" in {each.control.id for each in loader.load(str(path)).controls}


@pytest.mark.parametrize("parts", [{"server": UNREAD}, {"server": {"state": "Dropping"}}])
def test_there_may_be_nothing_to_capture(parts):
    """A server of which nothing is known, or which is being deleted, gives no baseline."""
    everything = dict.fromkeys(("parameters", "firewall", "administrators", "threat_protection"), UNREAD)
    with pytest.raises(NotObserved, match="there is nothing to capture of shop-db") as caught:
        capture(state({**everything, **parts}))
    assert caught.value.exit_code == 4
