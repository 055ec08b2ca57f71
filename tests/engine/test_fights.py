"""A value that somebody keeps setting back is told, with who and when; what flexsec itself set back is not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from flexsec import Leave
from flexsec.baselines.loader import load
from flexsec.simulator import World
from flexsec.testing import Simulation
from tests.engine.worlds import GROUP, NAME, world_of

TERRAFORM = "77777777-7777-7777-7777-777777777777"
TARGET = "parameters/log_connections"
LOWER = Leave(lower_security=True)


class Scene:
    """A server that flexsec hardens and somebody else, with an identity and a machine of their own, sets back."""

    def __init__(self, tmp_path, *, actions=("*",), value="off", **server):
        document = world_of({"name": NAME, "version": "16", "parameters": {"log_connections": value}, **server})
        document["principals"] = {
            "default": {"object_id": "22222222-2222-2222-2222-222222222222", "allowed_actions": list(actions)},
            "terraform": {"object_id": TERRAFORM, "allowed_actions": ["*"]},
        }
        self.world = World.from_dict(document)
        self.simulation = Simulation(self.world)
        self.other = Simulation(self.world, principal="terraform")
        self.other.clock = self.simulation.clock
        self._elsewhere = tmp_path / "elsewhere"

    @property
    def server(self):
        return self.simulation.server(GROUP, NAME)

    def sets_back(self, value="off"):
        """Terraform brings its own value again, an hour later."""
        self.simulation.clock.sleep(3600.0)
        client = self.other.client(state_directory=self._elsewhere)
        client.server(GROUP, NAME).parameters.set("log_connections", value, leave=LOWER)

    def hardened_and_set_back(self, times):
        """So often hardened and set back; the runs."""
        runs = []
        for _ in range(times):
            runs.append(self.server.harden().run.run_id)
            self.sets_back()
        return tuple(runs)

    def log_reads(self):
        """The requests for the activity log."""
        return [each for each in self.world.requests if "eventtypes" in each.path]


def test_a_value_that_came_back_twice_is_a_fight(tmp_path):
    """After two runs that set it, a value that is back again is told with the runs, and who set it last and when."""
    scene = Scene(tmp_path)
    runs = scene.hardened_and_set_back(2)
    (fight,) = scene.server.plan().fights
    assert (fight.target, fight.wanted, fight.comes_back_as, fight.times) == (TARGET, "on", "off", 2)
    assert fight.runs == runs
    assert fight.set_by == TERRAFORM
    assert timedelta(0) <= scene.simulation.clock.now() - fight.set_at < timedelta(minutes=2)
    assert len(scene.log_reads()) == 1


def test_a_fight_is_recorded_with_the_run(tmp_path):
    """The run that sets the value for the third time keeps the fight, so that `runs show` tells it."""
    scene = Scene(tmp_path)
    scene.hardened_and_set_back(2)
    hardening = scene.server.harden()
    assert len(hardening.plan.fights) == 1
    assert scene.simulation.client().run(hardening.run.run_id).fights == hardening.plan.fights


def test_a_value_that_came_back_once_is_none(tmp_path):
    """Once may be an accident: nothing is told, and the activity log is not asked."""
    scene = Scene(tmp_path)
    scene.hardened_and_set_back(1)
    assert scene.server.plan().fights == ()
    assert scene.log_reads() == []


def test_without_runs_nothing_is_asked(tmp_path):
    """A plan for a server that was never written to costs the five requests of a reading, and no other."""
    scene = Scene(tmp_path)
    scene.server.plan()
    assert len(scene.world.requests) == 5


def test_a_rollback_is_no_fight(tmp_path):
    """What a rollback restored was not set back by anyone: neither now nor when it is hardened again."""
    scene = Scene(tmp_path)
    for _ in range(3):
        run = scene.server.harden().run
        scene.simulation.client().rollback(run.run_id, leave=LOWER)
    assert scene.server.plan().fights == ()
    scene.hardened_and_set_back(1)
    assert scene.server.plan().fights == ()
    assert scene.log_reads() == []


def test_a_rollback_after_a_fight_leaves_its_own_value(tmp_path):
    """After a rollback the value is as flexsec left it, however often somebody had set it back before."""
    scene = Scene(tmp_path)
    scene.hardened_and_set_back(2)
    run = scene.server.harden().run
    scene.simulation.client().rollback(run.run_id, leave=LOWER)
    assert scene.server.plan().fights == ()


def test_a_value_that_a_rollback_brought_was_not_set(tmp_path):
    """A rollback that brings the wanted value back restores; only what a run set counts."""
    scene = Scene(tmp_path, value="on")
    lowered = scene.server.parameters.set("log_connections", "off", leave=LOWER)
    scene.simulation.client().rollback(lowered.run_id)
    scene.sets_back()
    scene.hardened_and_set_back(1)
    assert scene.server.plan().fights == ()


def test_a_write_that_failed_did_not_set(tmp_path):
    """Two runs that could not set the value are no fight: it never was otherwise."""
    from flexsec.simulator import Fault

    scene = Scene(tmp_path)
    for _ in range(2):
        refused = {"form": "poll", "applied": False}
        path = "configurations/log_connections"
        scene.world.faults.add(Fault("X7", method="PUT", path=path, times=None, arguments=refused))
        outcomes = scene.server.harden().run.outcomes
        assert [each.status.value for each in outcomes if each.change.target == TARGET] == ["failed"]
        scene.world.faults.clear()
    assert scene.server.plan().fights == ()


def test_a_value_that_flexsec_set_otherwise_is_no_fight(tmp_path):
    """Somebody who uses flexsec to set the value back, here, is seen in the journals: that is no stranger's doing."""
    scene = Scene(tmp_path)
    for _ in range(3):
        scene.server.harden()
        scene.server.parameters.set("log_connections", "off", leave=LOWER)
    assert scene.server.plan().fights == ()


def test_what_belongs_to_someone_is_no_fight(tmp_path):
    """Once the baseline names an owner, the value is handed over and the fight is over."""
    scene = Scene(tmp_path)
    scene.hardened_and_set_back(2)
    plan = scene.server.plan(replace(load("recommended"), owners={TARGET: "terraform"}))
    assert plan.fights == ()
    assert [item.change.target for item in plan.handed_over] == [TARGET]


def test_a_value_that_stayed_is_none(tmp_path):
    """A value that came back twice and holds now is no fight any more."""
    scene = Scene(tmp_path)
    scene.hardened_and_set_back(2)
    scene.server.harden()
    assert scene.server.plan().fights == ()


def test_the_spelling_does_not_matter(tmp_path):
    """OFF and off are one value, and on is what ON was: comparison is by data type."""
    scene = Scene(tmp_path, value="OFF")
    scene.server.harden()
    scene.sets_back("OFF")
    scene.server.harden()
    scene.sets_back("off")
    (fight,) = scene.server.plan().fights
    assert fight.times == 2


def test_a_firewall_rule_that_comes_back_is_a_fight(tmp_path):
    """A rule that was removed twice and is there again is told with its addresses."""
    rules = {"office": "203.0.113.0-203.0.113.15", "open": "0.0.0.0-255.255.255.255"}
    scene = Scene(tmp_path, value="on", firewall_rules=rules)
    leave = Leave(closing=("firewall",), without_evidence="a simulated server")
    for _ in range(2):
        assert scene.server.harden(leave=leave).run.run_id
        other = scene.other.client(state_directory=tmp_path / "elsewhere").server(GROUP, NAME)
        other.firewall.allow("open", "0.0.0.0", end="255.255.255.255", leave=LOWER)
    (fight,) = scene.server.plan(leave=leave).fights
    assert (fight.target, fight.wanted, fight.comes_back_as) == ("firewall/open", "absent", "0.0.0.0-255.255.255.255")
    assert fight.set_by == TERRAFORM
    (held,) = scene.server.plan().fights
    assert held.target == "firewall/open"


def test_who_may_not_be_known(tmp_path):
    """Without the right to read the log the fight is told all the same, with the right that is missing."""
    allowed = ("Microsoft.DBforPostgreSQL/*",)
    scene = Scene(tmp_path, actions=allowed)
    scene.hardened_and_set_back(2)
    (fight,) = scene.server.plan().fights
    assert (fight.set_by, fight.set_at) == ("", None)
    assert "Microsoft.Insights/eventtypes/values/read" in fight.not_known


@pytest.mark.parametrize(
    "fault",
    [
        {"id": "X29", "method": "GET", "path": "eventtypes", "times": None, "arguments": {"form": "html"}},
        {"id": "X28", "method": "GET", "path": "eventtypes", "times": None},
        {"id": "X22", "method": "GET", "path": "eventtypes", "times": None, "arguments": {"retry_after": "600"}},
        {"id": "X29", "method": "GET", "path": "eventtypes", "times": None, "arguments": {"form": "reset_before"}},
    ],
)
def test_a_log_that_fails_is_no_error(tmp_path, fault):
    """Whatever becomes of the question, the plan is made, soon, and says why nobody is named."""
    from flexsec.simulator import Fault

    scene = Scene(tmp_path)
    scene.hardened_and_set_back(2)
    scene.world.faults.add(Fault(**fault))
    before = scene.simulation.clock.now()
    (fight,) = scene.server.plan().fights
    assert fight.set_by == ""
    assert fight.not_known
    assert scene.simulation.clock.now() - before < timedelta(minutes=1)


def test_nobody_in_the_log(tmp_path):
    """A change that the log does not hold (yet, or any more) leaves the fight without a name."""
    scene = Scene(tmp_path)
    scene.hardened_and_set_back(2)
    log = scene.world.state.activity
    log[:] = [event for event in log if event.caller != TERRAFORM]
    assert log, "what flexsec itself wrote stands there all the same"
    (fight,) = scene.server.plan().fights
    assert fight.set_by == ""
    assert "tells of no write" in fight.not_known


def test_a_fight_of_long_ago_is_told(tmp_path):
    """Runs of more than 90 days ago count; the log is asked for the days that it keeps."""
    scene = Scene(tmp_path)
    scene.hardened_and_set_back(2)
    scene.simulation.clock.sleep(200 * 86400.0)
    (fight,) = scene.server.plan().fights
    assert "tells of no write" in fight.not_known
    assert all(each.status == 200 for each in scene.log_reads())


def test_a_damaged_journal_is_left_out(tmp_path):
    """A journal that cannot be trusted does not count, and does not keep a plan from being made."""
    scene = Scene(tmp_path)
    first, _ = scene.hardened_and_set_back(2)
    (path,) = scene.simulation.state_directory.rglob(f"*{first}*.jsonl")
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([lines[0], *lines[2:]]))
    assert scene.server.plan().fights == ()


def test_the_plan_with_its_fights_is_sealed(tmp_path):
    """A plan that tells of a fight can be saved and applied; an edited one is refused."""
    from flexsec.engine import plan_file
    from flexsec.errors import PlanInvalid

    scene = Scene(tmp_path)
    scene.hardened_and_set_back(2)
    path = tmp_path / "plan.json"
    plan_file.write(scene.server.plan(), path)
    assert scene.server.apply(plan_file.read(path)).fights
    data = json.loads(path.read_text())
    data["fights"][0]["set_by"] = "somebody else"
    path.write_text(json.dumps(data))
    with pytest.raises(PlanInvalid):
        plan_file.read(path)


def test_what_others_tag_while_the_log_is_read_is_kept(tmp_path, monkeypatch):
    """Reading the activity log takes its time: the server is read again before a write that carries all its tags."""
    from flexsec.observers import activity_log

    path = tmp_path / "tags.yaml"
    path.write_text("name: tags\ncontrols: {gov-tags: {required: [cost=42]}}\n", encoding="utf-8")
    scene = Scene(tmp_path)
    for _ in range(2):
        scene.server.harden(path)
        scene.world.server(NAME).tags.pop("cost")
        scene.simulation.clock.sleep(3600.0)
    really = activity_log.observe

    def slowly(*arguments, **named):
        found = really(*arguments, **named)
        scene.world.server(NAME).tags["added-by-bob"] = "x"
        return found

    monkeypatch.setattr(activity_log, "observe", slowly)
    hardening = scene.server.harden(path)
    assert hardening.plan.fights
    assert scene.world.server(NAME).tags == {"added-by-bob": "x", "cost": "42"}
