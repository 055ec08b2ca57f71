import runpy
import sys
from pathlib import Path

import pytest

from flexsec.baselines.loader import load
from flexsec.simulator import World
from flexsec.testing import simulated

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLES = ROOT / "samples"


def test_sample_script_hardens(run):
    """The sample script runs as it is, from any folder, and leaves only what a person must do."""
    done = run(SAMPLES / "harden_one_server.py")
    assert done.returncode == 0, done.stderr
    assert ": complete" in done.stdout
    assert "findings before" in done.stdout
    assert "At least one Microsoft Entra administrator exists" in done.stdout


def test_sample_script_leaves_a_hard_server():
    """After the sample script the parameters, the firewall and threat protection hold what its baseline asks."""
    harden = runpy.run_path(str(SAMPLES / "harden_one_server.py"))["harden"]
    with simulated("insecure") as simulation:
        server = simulation.server("rg-shop", "shop-db")
        harden(server)
        left = {verdict.control for verdict in server.audit(str(SAMPLES / "baseline.yaml")).findings()}
        assert left == {"auth-entra-admin-exists"}
        assert server.parameters.get("log_lock_waits").value == "on"
        assert "build-farm" in [rule.name for rule in server.firewall.list()]
        assert simulation.world.max_writes_in_flight(server.id.arm_id) == 1


def test_sample_baseline_says_what_it_shows():
    """The sample baseline extends the recommended one, sets arguments, leaves a control out and waives one."""
    recommended = {selection.control.id for selection in load("recommended").controls}
    sample = load(str(SAMPLES / "baseline.yaml"))
    chosen = {selection.control.id: selection.arguments for selection in sample.controls}
    assert recommended - chosen.keys() == {"net-public-access-disabled"}
    assert chosen["log-retention-days"]["days"] == 7
    assert [waiver.control for waiver in sample.waivers] == ["auth-entra-enabled"]


def test_sample_world_is_valid():
    """The sample world loads, and holds one server, so that commands on it need no target."""
    assert [server.name for _, server in World.load(SAMPLES / "world.json").servers()] == ["orders-db"]


@pytest.mark.skipif(sys.platform == "win32", reason="the bit means nothing there")
def test_scripts_of_integration_are_executable():
    """`.ci/run` can be started as it stands."""
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
