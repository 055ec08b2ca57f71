"""A plan is for the baseline that it was made by: what the file says by now counts, for apply and for resume."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from flexsec import Leave
from flexsec.baselines.baseline import Scope
from flexsec.baselines.content import content
from flexsec.baselines.loader import load
from flexsec.errors import OutOfScope, StalePlan
from flexsec.model.run import ChangeStatus, RunStatus
from flexsec.model.verdict import Waiver
from flexsec.testing import simulated
from tests.acceptance.scene import ALL_LEAVE, GROUP, NAME, shop, value, world, writes
from tests.engine import subscriptions
from tests.engine.dying import Countdown, Death, dying_client

WAIVER = "{control: log-checkpoints, owner: a, reason: legacy, ticket: T, expires: 2026-12-31}"
EDITS = (
    "owners: {parameters/log_*: terraform}",
    f"waivers: [{WAIVER}]",
    "scope: {names: [shop-*]}",
    "controls: {log-checkpoints: off}",
    "controls: {tls-min-version: {minimum: TLSv1.3}}",
)
INSECURE = {"log_checkpoints": "off", "require_secure_transport": "off"}
COST = Leave(subscription_cost=True)


@pytest.fixture
def baseline_file(tmp_path):
    """Write a baseline that extends the recommended one."""

    def write(text=""):
        path = tmp_path / "mine.yaml"
        path.write_text(f"name: mine\nextends: recommended\n{text}\n", encoding="utf-8")
        return path

    return write


def interrupted(simulation, path, *, line=3, after=False):
    """A hardening that died at a line of its journal; its run."""
    dying = dying_client(simulation, journal=Countdown(line, after=after)).server(GROUP, NAME)
    with pytest.raises(Death):
        dying.harden(path, leave=ALL_LEAVE)
    (run,) = simulation.client().runs()
    return run


@pytest.mark.parametrize("edit", EDITS)
def test_a_saved_plan_is_refused_when_its_baseline_was_edited(baseline_file, edit):
    """Whatever decides in the file is added after planning: nothing is written, and a new plan is asked for."""
    path = baseline_file()
    with simulated(world(parameters=INSECURE)) as simulation:
        plan = shop(simulation).plan(path, leave=ALL_LEAVE)
        baseline_file(edit)
        with pytest.raises(StalePlan, match="the baseline mine was changed since the plan was made"):
            shop(simulation).apply(plan)
        assert not writes(simulation)
        assert simulation.client().runs() == ()
        assert shop(simulation).apply(shop(simulation).plan(path, leave=ALL_LEAVE)).status is RunStatus.COMPLETE


def test_what_decides_nothing_may_be_edited(baseline_file):
    """A description, a default spelt out and a comment do not make a plan stale."""
    path = baseline_file()
    with simulated(world(parameters=INSECURE)) as simulation:
        plan = shop(simulation).plan(path, leave=ALL_LEAVE)
        baseline_file("description: Ours.  # since May\ncontrols: {log-checkpoints: on}")
        run = shop(simulation).apply(plan)
        assert (run.status, run.notes) == (RunStatus.COMPLETE, ())


def test_a_baseline_that_is_gone_is_told(baseline_file):
    """A plan whose file has moved is applied, as is a run resumed; the run says that neither was checked, also later."""
    path = baseline_file()
    with simulated(world(parameters=INSECURE)) as simulation:
        plan = shop(simulation).plan(path, leave=ALL_LEAVE)
        path.unlink()
        run = shop(simulation).apply(plan)
        assert run.status is RunStatus.COMPLETE
        (note,) = (each for each in run.notes if "could not be read again" in each)
        assert str(path) in note
        assert "neither its scope nor whether it still says" in note
        assert note in simulation.client().run(run.run_id).notes
    with simulated(world(parameters=INSECURE)) as simulation:
        begun = interrupted(simulation, baseline_file())
        path.unlink()
        resumed = simulation.client().resume(begun.run_id)
        assert resumed.status is RunStatus.COMPLETE
        assert any("could not be read again" in each for each in resumed.notes)


def test_a_built_in_baseline_changed_by_a_program_is_a_value():
    """What a program made of a built-in baseline is not held against the built-in one: the run says it is in no file."""
    owned = replace(load("recommended"), owners={"parameters/log_*": "terraform"})
    with simulated(world(parameters=INSECURE)) as simulation:
        plan = shop(simulation).plan(owned, leave=ALL_LEAVE)
        assert plan.baseline_source == ""
        run = shop(simulation).apply(plan)
        assert run.status is RunStatus.COMPLETE
        assert any("it is in no file" in each for each in run.notes)
        assert value(simulation, "log_checkpoints") == "off"
        assert shop(simulation).plan(leave=ALL_LEAVE).baseline_source == "recommended"


@pytest.mark.parametrize("edit", EDITS[:3])
@pytest.mark.parametrize(("line", "after"), [(1, True), (2, False), (2, True), (3, False), (3, True), (5, True)])
def test_a_run_is_not_resumed_by_an_edited_baseline(baseline_file, edit, line, after):
    """Wherever it died: nothing more is sent, what was begun is settled, and a new plan can be carried out."""
    path = baseline_file()
    with simulated(world(parameters=INSECURE)) as simulation:
        begun = interrupted(simulation, path, line=line, after=after)
        baseline_file(edit)
        before = len(writes(simulation))
        for _ in range(2):
            with pytest.raises(StalePlan, match=f"nothing more was sent for run {begun.run_id}"):
                simulation.client().resume(begun.run_id)
        assert len(writes(simulation)) == before
        ended = simulation.client().run(begun.run_id)
        assert ended.status is RunStatus.PARTIAL
        assert not [each for each in ended.outcomes if each.status is ChangeStatus.INDETERMINATE]
        waiting = [each for each in ended.outcomes if each.status is ChangeStatus.NOT_STARTED]
        assert waiting
        assert all("the baseline mine was changed" in each.message for each in waiting)
        hardened = shop(simulation).harden(path, leave=ALL_LEAVE)
        assert hardened.run is not None
        assert hardened.run.status is RunStatus.COMPLETE


def test_a_server_that_left_the_scope_is_not_resumed(baseline_file):
    """A server that was tagged anew while its run lay there is not written to by a baseline for others."""
    path = baseline_file("scope: {tags: {env: test}}")
    with simulated(world(parameters=INSECURE, tags={"env": "test"})) as simulation:
        begun = interrupted(simulation, path)
        simulation.world.server(NAME).tags.update(env="prod")
        before = len(writes(simulation))
        with pytest.raises(OutOfScope, match="its tag env is prod") as refused:
            simulation.client().resume(begun.run_id)
        assert refused.value.exit_code == 2
        assert "make a new plan" in refused.value.message
        assert len(writes(simulation)) == before
        assert shop(simulation).harden(leave=ALL_LEAVE).run.status is RunStatus.COMPLETE


@pytest.mark.parametrize(("line", "after"), [(1, True), (2, False), (2, True)])
def test_servers_that_nobody_was_shown_are_not_billed(line, after):
    """A server that joined while a run lay there was in nobody's bill: resume sends nothing and asks for a new plan."""
    with simulated(subscriptions.world()) as simulation:
        with pytest.raises(Death):
            dying_client(simulation, journal=Countdown(line, after=after)).defender.enable_plan(leave=COST)
        groups = next(iter(simulation.world.state.subscriptions.values())).groups
        groups["rg-shop"].servers["late-db"] = replace(groups["rg-shop"].servers["shop-db"], name="late-db")
        client = simulation.client()
        (run,) = client.runs()
        with pytest.raises(StalePlan, match="rg-shop/late-db"):
            client.resume(run.run_id)
        assert subscriptions.puts(simulation) == []
        again = client.defender.enable_plan(leave=COST)
        assert again.status is RunStatus.COMPLETE
        assert any("rg-shop/late-db" in note for note in again.notes)


def test_what_took_effect_is_told_although_the_bill_changed():
    """The plan was switched on before the process died: whoever joined since, resume finds that out and is complete."""
    with simulated(subscriptions.world()) as simulation:
        with pytest.raises(Death):
            dying_client(simulation, journal=Countdown(3, after=False)).defender.enable_plan(leave=COST)
        assert len(subscriptions.puts(simulation)) == 1
        groups = next(iter(simulation.world.state.subscriptions.values())).groups
        groups["rg-shop"].servers["late-db"] = replace(groups["rg-shop"].servers["shop-db"], name="late-db")
        (run,) = simulation.client().runs()
        assert simulation.client().resume(run.run_id).status is RunStatus.COMPLETE
        assert len(subscriptions.puts(simulation)) == 1


def test_the_content_is_what_decides():
    """Controls, arguments, waivers, owners and scope each make another content; names, texts and order do not."""
    plain = load("recommended")
    waiver = Waiver(control="log-checkpoints", owner="a", reason="b", ticket="T", expires=date(2026, 12, 31))
    others = [
        replace(plain, controls=plain.controls[1:]),
        replace(plain, waivers=(waiver,)),
        replace(plain, owners={"firewall/*": "bicep"}),
        replace(plain, scope=Scope(names=("a-*",))),
        replace(plain, scope=Scope(tags={"env": "prod"})),
    ]
    assert len({content(each) for each in (plain, *others)}) == 1 + len(others)
    assert content(replace(plain, name="x", description="y", notes=("z",), sources=())) == content(plain)
    assert content(replace(plain, controls=plain.controls[::-1])) == content(plain)
