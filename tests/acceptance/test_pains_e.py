"""Defender: the subscription's plan beside each server's own setting, conflicts, side effects, the right route."""

import re

import pytest

from flexsec import Leave
from flexsec.model.run import ChangeStatus, RunStatus
from flexsec.model.verdict import Status
from flexsec.testing import simulated
from tests.acceptance.scene import ALL_LEAVE, GROUP, NAME, cli, fault, outcome, polls, reads, verdict, world, writes
from tests.engine.subscriptions import puts, tier
from tests.engine.subscriptions import world as subscription_world

COST = Leave(subscription_cost=True)
PLAN = "defender_plan/OpenSourceRelationalDatabases"
ON = {"tier": "Standard", "since": "2025-06-01T00:00:00Z"}
FEW_MINUTES = 120.0


def moments(requests):
    """When each request was answered, in seconds since the first."""
    return [(each.time - requests[0].time).total_seconds() for each in requests]


def test_e1_a_conflict_is_waited_for_minutes():
    """E1: X16 twice: the plan is on after three PUTs, minutes apart, and no second change of plans is sent meanwhile."""
    with simulated(subscription_world(faults=[fault("X16", times=2)])) as simulation:
        events = []
        run = simulation.client().defender.enable_plan(leave=COST, on_event=events.append)
        assert run.status is RunStatus.COMPLETE
        assert (outcome(run, PLAN).attempts, tier(simulation)) == (3, "Standard")
        sent = puts(simulation)
        assert [each.status for each in sent] == [409, 409, 200]
        first, second, third = moments(sent)
        assert second - first >= FEW_MINUTES
        assert third - second >= 2 * FEW_MINUTES
        assert [event.stage for event in events].count("retrying") == 2
        assert all("/providers/Microsoft.Security/pricings/OpenSourceRelational" in each.path for each in sent)


def test_e1_a_conflict_that_stays_ends_with_the_time_given():
    """E1: waiting stays within the timeout: the run then ends in part, nothing is written, and resume gets there."""
    with simulated(subscription_world(faults=[fault("X16", times=3)])) as simulation:
        began = simulation.clock.monotonic()
        run = simulation.client(timeout=400).defender.enable_plan(leave=COST)
        assert simulation.clock.monotonic() - began <= 400
        assert run.status is RunStatus.PARTIAL
        assert outcome(run, PLAN).status is ChangeStatus.FAILED
        assert "the subscription stayed busy" in outcome(run, PLAN).message
        assert "Please retry in a few minutes" in outcome(run, PLAN).message
        assert tier(simulation) == "Free"
        assert simulation.client().resume(run.run_id).status is RunStatus.COMPLETE
        assert tier(simulation) == "Standard"


def test_e2_only_the_tier_is_sent_and_the_rest_is_told():
    """E2: the PUT holds the tier alone; an extension that the service switches on by itself is shown as a side effect."""
    with simulated(subscription_world(plan={"switches_on": ["SensitiveDataDiscovery"]})) as simulation:
        bodies = []
        answer = simulation._answer

        def listen(method, url, headers, body):
            bodies.extend([body] if method == "PUT" else [])
            return answer(method, url, headers, body)

        simulation._answer = listen
        run = simulation.client().defender.enable_plan(leave=COST)
        assert bodies == [b'{"properties": {"pricingTier": "Standard"}}']
        assert "extension SensitiveDataDiscovery was not set and is now on" in outcome(run, PLAN).side_effects


def test_e2_side_effects_stand_in_the_report(tmp_path):
    """E2: the command line shows what else changed, and names every server that is billed."""
    path = tmp_path / "world.json"
    with simulated(subscription_world(plan={"switches_on": ["SensitiveDataDiscovery"]})) as simulation:
        simulation.world.save(path)
    done = cli(
        "--simulate", path, "defender", "enable-plan", "--allow-subscription-cost", "--yes", "--format", "markdown"
    )
    assert done.exit_code == 0
    assert "side effect: extension SensitiveDataDiscovery was not set and is now on" in done.stdout
    for name in ("rg-shop/shop-db", "rg-shop/shop-own", "rg-crm/crm-db (MySQL)"):
        assert name in done.stdout


def test_e3_the_plan_off_and_the_server_on_passes_at_the_server():
    """E3: with the plan Free and a server's own setting on, that server passes, and one view shows both levels."""
    with simulated(subscription_world()) as simulation:
        client = simulation.client()
        assessment = client.server("rg-shop", "shop-own").audit()
        assert verdict(assessment, "defender-atp-per-server").status is Status.PASS
        state = client.defender.show()
        assert not state.defender_plan.enabled
        own = {each.name: getattr(each.protection, "enabled", None) for each in state.servers}
        assert own == {"shop-db": False, "shop-own": True, "crm-db": None}
        assert state.defender_plan.coverage == "PartiallyCovered"


def test_e3_hardening_switches_the_server_and_never_the_plan():
    """E3: the default is per server: harden, with all leave there is, writes no subscription-wide plan."""
    everything = Leave(
        restart=True, closing=ALL_LEAVE.closing, without_evidence="a test", lower_security=True, subscription_cost=True
    )
    with simulated(world(durations={})) as simulation:
        hardening = simulation.server(GROUP, NAME).harden(leave=everything)
        assert outcome(hardening.run, "threat_protection/Default").status is ChangeStatus.APPLIED
        assert writes(simulation, "Microsoft.Security") == []
        assert reads(simulation, "Microsoft.Security") == []


def test_e4_only_the_providers_own_route_is_called():
    """E4: the generic threat protection route refuses these servers with 400; neither harden nor defender calls it."""
    with simulated(subscription_world()) as simulation:
        client = simulation.client()
        client.server("rg-shop", "shop-db").harden()
        client.defender.enable_plan(leave=COST)
        client.defender.show()
        paths = [each.path for each in simulation.world.requests]
        assert any(
            re.search(r"flexibleServers/shop-db/advancedThreatProtectionSettings/Default$", path) for path in paths
        )
        assert not any("Microsoft.Security/advancedThreatProtectionSettings" in path for path in paths)
        assert not any(each.status == 400 for each in simulation.world.requests)


@pytest.mark.parametrize("plan", [None, ON])
def test_what_servers_share_is_read_anew_after_the_plan_changed(plan):
    """What was kept of the plan for other audits is forgotten when the plan is switched, either way."""
    leave = Leave(subscription_cost=True, lower_security=True)
    with simulated(subscription_world(plan=plan)) as simulation:
        client = simulation.client()
        before = client.server("rg-shop", "shop-db").observe(("server", "defender_plan")).defender_plan
        client.defender.enable_plan(leave=leave) if plan is None else client.defender.disable_plan(leave=leave)
        after = client.server("rg-shop", "shop-db").observe(("server", "defender_plan")).defender_plan
        assert (before.enabled, after.enabled) == (plan is not None, plan is None)


def test_f12_the_window_is_handed_back_with_its_zeros():
    """F12: a custom maintenance window is disabled by sending the zeros, reads back as system-managed, and is undone."""
    window = {"customWindow": "Enabled", "dayOfWeek": 3, "startHour": 4, "startMinute": 30}
    with simulated(world(maintenance_window=window)) as simulation:
        client = simulation.client()
        server = client.server(GROUP, NAME)
        run = server.settings.set({"maintenance_window": "system-managed"})
        assert outcome(run, "server_setting/maintenance_window").status is ChangeStatus.APPLIED
        assert simulation.world.server(NAME).maintenance == {
            "customWindow": "Disabled", "dayOfWeek": 0, "startHour": 0, "startMinute": 0}  # fmt: skip
        assert server.settings.get().maintenance_window == "system-managed"
        assert client.rollback(run.run_id).whole
        assert simulation.world.server(NAME).maintenance == window


def test_a1_settings_are_written_one_at_a_time_through_busy_answers():
    """A1, A2: settings meet a busy server twice, are sent again, and never run at once."""
    faults = (fault("X2", method="PATCH", times=1), fault("X2", method="PATCH", after=2, times=1, code=""))
    with simulated(world(), faults=faults) as simulation:
        run = simulation.server(GROUP, NAME).settings.set(
            {"backup_retention_days": 21, "storage_auto_grow": True, "tag:a": "b"}
        )
        assert run.status is RunStatus.COMPLETE
        assert sum(each.attempts for each in run.outcomes) == 5
        assert simulation.world.max_writes_in_flight(simulation.world.server_id(NAME)) == 1
        assert polls(simulation)


def test_d1_a_setting_that_is_ignored_is_not_called_done():
    """D1: X12: the service accepts the setting and does not take it: the run says so and names the setting."""
    with simulated(world(), faults=(fault("X12", method="PATCH", fields=["backup"]),)) as simulation:
        run = simulation.server(GROUP, NAME).settings.set({"backup_retention_days": 21})
        found = outcome(run, "server_setting/backup_retention_days")
        assert (found.status, found.code) == (ChangeStatus.FAILED, "NotVerified")
        assert "still shows '7'" in found.message
