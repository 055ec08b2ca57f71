"""Every control in every state against the verdict that was written for it by hand."""

from __future__ import annotations

import pytest

from flexsec.controls.catalogue import CONTROLS
from flexsec.simulator import World, catalogue
from flexsec.simulator.state import STATES
from tests.controls.truth import scene
from tests.controls.truth.written import states

NAMES = sorted(states())
IDS = {entry.id for entry in CONTROLS}


@pytest.mark.parametrize("name", NAMES)
def test_flexsec_says_what_is_true(name):
    """A server in this state, read over the wire and judged by every control, gets the verdicts in its table."""
    written = states()[name]
    said = scene.judged(written)
    wrong = {
        control: f"said {said[control][0]} ({said[control][1]}), expected {verdict}"
        for control, verdict in written.verdicts.items()
        if control in said and said[control][0] != verdict
    }
    assert not wrong
    assert said.keys() == written.verdicts.keys()


def test_every_state_has_a_verdict_of_every_control():
    """No control is left out of a table, and no table speaks of a control that there is not."""
    for written in states().values():
        assert written.verdicts.keys() == IDS, written.name
        assert written.truth.keys() <= IDS, written.name
        assert written.why.keys() <= IDS, written.name


def test_the_baseline_asks_for_every_control():
    """The baseline of these tables is the whole catalogue."""
    assert {selection.control.id for selection in scene.baseline().controls} == IDS


def test_every_control_is_seen_to_answer_in_each_way_that_it_can():
    """Over all states each control passes somewhere and fails somewhere, but for those that cannot.

    The service takes no minimum below TLS 1.2, so that control fails only where a baseline asks for more.
    """
    seen = {control: {written.verdicts[control] for written in states().values()} for control in IDS}
    assert {control for control, found in seen.items() if "pass" not in found} == {"enc-infra-double"}
    assert {control for control, found in seen.items() if "fail" not in found} == {
        "enc-at-rest-platform",
        "enc-infra-double",
        "tls-min-version",
    }
    assert all(found & {"not_applicable", "unknown"} for found in seen.values())


def test_the_states_hold_every_kind_of_server():
    """Every major version, tier, role, networking model, server state, way of signing in and kind of key is there."""
    servers = [World.from_dict(scene.world(written)).server("judged") for written in states().values()]
    assert {each.version for each in servers} == set(catalogue.versions())
    assert {each.sku_tier for each in servers} == {"Burstable", "GeneralPurpose", "MemoryOptimized"}
    assert {each.replication_role for each in servers} == {"Primary", "AsyncReplica", "GeoAsyncReplica", "None"}
    assert {each.state for each in servers} == set(STATES)
    assert {(each.entra_auth, each.password_auth) for each in servers} == {
        ("Enabled", "Enabled"), ("Enabled", "Disabled"), ("Disabled", "Enabled")
    }  # fmt: skip
    assert {(each.in_virtual_network, each.private_dns_zone_id is not None) for each in servers} == {
        (False, False), (True, False), (True, True)
    }  # fmt: skip
    statuses = {each.status for server in servers for each in server.private_endpoint_connections.values()}
    assert statuses == {"Approved", "Pending", "Rejected"}
    assert {each.data_encryption for each in servers} == {"SystemManaged", "AzureKeyVault"}
    assert {each.high_availability for each in servers} == {"Disabled", "SameZone", "ZoneRedundant"}
    assert {len(each.firewall) for each in servers} >= {0, 1, 2, 11}


def test_a_state_differs_from_the_one_that_it_is_like():
    """No state is another one under a second name, and each says in a sentence what it is about."""
    seen: dict[str, str] = {}
    for written in states().values():
        around = (written.others, written.plan, written.vaults, written.roles, written.denied)
        data = repr((sorted(written.server.items(), key=str), around))
        assert data not in seen, f"{written.name} and {seen.get(data)}"
        seen[data] = written.name
        assert written.about.endswith(".")
