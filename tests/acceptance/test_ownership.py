"""Owners and fights through the command line and the library, as their users meet them."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from flexsec import Leave
from flexsec.cli.main import root
from flexsec.simulator import World
from flexsec.testing import Simulation, simulated
from tests.acceptance import scene

BASELINE = """\
extends: recommended
owners:
  parameters/log_*: terraform
  firewall/*: bicep
  parameters/ssl_*: policy
  threat_protection/*: the DBA team
"""
TERRAFORM = "77777777-7777-7777-7777-777777777777"


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A folder with a kept world and a baseline with owners; `run` types a command there."""
    monkeypatch.chdir(tmp_path)
    for name in ("AZURE_SUBSCRIPTION_ID", "NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    document = World.builtin("insecure").to_dict()
    document["principals"] = {"terraform": {"object_id": TERRAFORM}}
    World.from_dict(document).save("world.json")
    Path("baseline.yaml").write_text(BASELINE, encoding="utf-8")

    def run(line):
        words = shlex.split(line)
        target = [] if words[0] in ("apply", "runs", "rollback") else scene.TARGET
        return CliRunner().invoke(root, [*words, *target, "--simulate", "world.json"])

    return run


def set_back(name, value):
    """Somebody else, who signs in as another identity and keeps other journals, sets a parameter."""
    world = World.load("world.json")
    world.attach("world.json")
    other = Simulation(world, principal="terraform")
    other.client(state_directory=Path("elsewhere")).server(scene.GROUP, scene.NAME).parameters.set(
        name, value, leave=Leave(lower_security=True)
    )


def value(name):
    """A parameter's value in the world's file."""
    server = World.load("world.json").server(scene.NAME)
    return server.parameter(server.facts(name)).value


def test_a_plan_hands_patches_over(shop):
    """`plan` shows every patch whole, by owner, and ends with 3, since what is handed over stays open."""
    done = shop("plan --baseline baseline.yaml --allow-restart --format table")
    assert done.exit_code == 3, done.output
    enabling = (
        "az postgres flexible-server advanced-threat-protection-setting update "
        f"--subscription {scene.SUBSCRIPTION} --resource-group rg-shop --server-name shop-db --state Enabled"
    )
    for line in (
        "Handed over to terraform, as Terraform",
        'resource "azurerm_postgresql_flexible_server_configuration" "log_checkpoints" {',
        "Handed over to bicep, as Bicep",
        "Handed over to policy, as az commands",
        "Handed over to the DBA team, as az commands",
        enabling,
    ):
        assert line in done.stdout.splitlines()


def test_half_a_control_is_not_mended(shop):
    """A control of which flexsec makes one change and someone else owns the other stays open: the plan ends with 3."""
    world = World.load("world.json")
    world.server(scene.NAME).firewall["other"] = world.server(scene.NAME).firewall["temp-debug"]
    world.save("world.json")
    Path("baseline.yaml").write_text("controls: {net-fw-no-allow-all: on}\n")
    leave = "--allow-closing firewall --without-evidence simulated"
    assert shop(f"plan --baseline baseline.yaml {leave}").exit_code == 0
    Path("baseline.yaml").write_text("controls: {net-fw-no-allow-all: on}\nowners: {firewall/other: bicep}\n")
    done = shop(f"plan --baseline baseline.yaml {leave}")
    assert done.exit_code == 3, done.output
    assert [change["name"] for change in json.loads(done.stdout)["changes"]] == ["temp-debug"]


def test_a_hardening_leaves_what_others_own(shop):
    """`harden` writes flexsec's own share, ends with 3 and says on standard error what was handed to whom."""
    done = shop("harden --baseline baseline.yaml --allow-restart --yes")
    assert done.exit_code == 3, done.output
    assert "flexsec: handed over to the DBA team: 1 change; the report has the patches" in done.stderr
    effects = World.load("world.json").effects(json.loads(done.stdout)["plan"]["server_id"])
    assert "write configurations/require_secure_transport" in effects
    written = [line for line in effects if not line.startswith(("update", "restart"))]
    assert all(not line.startswith(("write configurations/log_", "write configurations/ssl_")) for line in written)
    assert all("firewallRules" not in line and "advancedThreatProtection" not in line for line in written)


def test_a_saved_plan_hands_over_the_same(shop):
    """A saved plan keeps the patches; applying it writes flexsec's share alone, and its run shows them again."""
    shop("plan --baseline baseline.yaml --allow-restart -o plan.json")
    saved = json.loads(Path("plan.json").read_text())["handed_over"]
    assert saved
    done = shop("apply plan.json --yes")
    assert done.exit_code == 3, done.output
    run = json.loads(done.stdout)
    assert run["handed_over"] == saved
    shown = shop(f"runs show {run['run_id']} --format markdown").stdout
    assert "### Handed over to terraform, as Terraform" in shown
    assert value("log_connections") == "off"


def test_a_fight_is_told_by_every_command(shop):
    """What Terraform sets back twice is told by `plan`, `harden` and `runs show`, across processes, with who and when."""
    for _ in range(2):
        assert shop("harden --allow-restart --yes").exit_code in (3, 6)
        set_back("log_connections", "off")
    begins = "log_connections came back as off for the 2nd time (runs "
    ends = ": give it an owner in the baseline, or change it there."
    planned = shop("plan --format table")
    told = " ".join(planned.stdout.split())
    assert begins in told
    assert f"last set by {TERRAFORM} at 2026-01-05 " in told
    assert ends in told
    done = shop("harden --yes")
    (sentence,) = [line for line in done.stderr.splitlines() if begins in line]
    assert sentence.startswith("flexsec: ")
    assert sentence.endswith(ends)
    run_id = json.loads(done.stdout)["run"]["run_id"]
    shown = json.loads(shop(f"runs show {run_id} --format json").stdout)
    assert [fight["set_by"] for fight in shown["fights"]] == [TERRAFORM]
    assert value("log_connections") == "on"


def test_an_owner_ends_the_fight(shop):
    """With an owner in the baseline the value is left alone, handed over, and no fight any more."""
    for _ in range(2):
        shop("harden --yes")
        set_back("log_connections", "off")
    done = shop("harden --baseline baseline.yaml --yes")
    plan = json.loads(done.stdout)["plan"]
    assert plan["fights"] == []
    assert "log_connections" in {item["change"]["name"] for item in plan["handed_over"]}
    assert value("log_connections") == "off"


def test_an_ordinary_plan_costs_no_more(shop):
    """Without a fight nobody asks the activity log: a plan is the five requests of a reading, owners or not."""
    with simulated(World.load("world.json")) as simulation:
        handle = scene.shop(simulation)
        handle.plan()
        handle.plan(Path("baseline.yaml"))
        assert len(simulation.world.requests) == 10


def test_what_was_handed_over_makes_the_controls_pass(shop):
    """The commands that are handed over say what has to change: made by their owners, the findings are gone."""
    world = World.load("world.json")
    with simulated(world) as simulation:
        handle = scene.shop(simulation)
        leave = Leave(restart=True, closing=("firewall",), without_evidence="a simulated server")
        hardening = handle.harden(Path("baseline.yaml"), leave=leave)
        handed = {control for item in hardening.plan.handed_over for control in item.change.controls}
        assert handed
        for item in hardening.plan.handed_over:
            _made_by_owner(handle, item.change)
        failing = {verdict.control for verdict in handle.audit().findings()}
    assert not handed & failing


def _made_by_owner(handle, change):
    """The change, made by somebody else's hand."""
    if change.kind == "parameters":
        handle.parameters.set(change.name, change.after["value"])
    elif change.kind == "firewall":
        handle.firewall.remove(change.name, leave=Leave(closing=("firewall",), without_evidence="its owner removes it"))
    else:
        handle.threat_protection.enable()
