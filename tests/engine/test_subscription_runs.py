"""A run about a subscription is a run like any other: journalled, locked, read back, resumed, undone elsewhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flexsec import Leave
from flexsec.engine.basis import check_seal
from flexsec.engine.journal_files import JournalFiles
from flexsec.errors import GuardRefused, InvalidValue, LeaveRequired, NotObserved, PlanInvalid, RunInProgress, StalePlan
from flexsec.model.observation import Unobserved
from flexsec.model.run import ChangeStatus, RunStatus
from flexsec.simulator import Fault
from flexsec.testing import simulated
from tests.engine.dying import Countdown, Death, dying_client
from tests.engine.subscriptions import EVERYTHING, SUBSCRIPTION, puts, tier, world

COST = Leave(subscription_cost=True)
KEY = f"/subscriptions/{SUBSCRIPTION}"
ON = {"tier": "Standard", "since": "2025-06-01T00:00:00Z"}


def steps():
    """How many lines and requests an undisturbed run takes."""
    with simulated(world()) as simulation:
        lines, requests = Countdown(0, after=False), Countdown(0, after=False)
        dying_client(simulation, journal=lines, requests=requests).defender.enable_plan(leave=COST)
        return lines.calls, requests.calls


LINES, REQUESTS = steps()
DEATHS = [("line", n) for n in range(1, LINES + 1)] + [("request", n) for n in range(1, REQUESTS + 1)]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("what", "number"), DEATHS)
def test_dying_anywhere_is_mended_by_resume(what, number, after):
    """G7: wherever a run on a subscription dies, resume (or beginning anew) gets there with one change of the plan."""
    with simulated(world()) as simulation:
        dying = {"journal" if what == "line" else "requests": Countdown(number, after=after)}
        with pytest.raises(Death):
            dying_client(simulation, **dying).defender.enable_plan(leave=COST)
        client = simulation.client()
        for run in client.runs():
            finished = client.resume(run.run_id)
            assert finished.status is RunStatus.COMPLETE
        if not client.runs():
            assert tier(simulation) == "Free"
            client.defender.enable_plan(leave=COST)
        assert tier(simulation) == "Standard"
        assert len([each for each in puts(simulation) if each.status == 200]) == 1
        assert client.defender.plan_enable(leave=COST).changes == ()


def test_another_process_rolls_it_back():
    """A run is undone by a client that knows nothing but its journal: that lowers security, and so needs leave."""
    with simulated(world()) as simulation:
        run = simulation.client().defender.enable_plan(leave=COST)
        other = simulation.client()
        plan = other.plan_rollback(run.run_id)
        assert [(each.needs, each.by) for each in plan.withheld] == [("--allow-lowering", "leave")]
        undone = other.rollback(run.run_id, leave=Leave(lower_security=True))
        assert undone.whole
        assert tier(simulation) == "Free"
        assert other.run(run.run_id).status is RunStatus.ROLLED_BACK
        assert other.plan_rollback(run.run_id, leave=EVERYTHING).changes == ()


def test_undoing_a_disabling_bills_again_and_needs_that_leave():
    """Undoing `disable-plan` switches the plan on: it needs the leave for that, and names the servers again."""
    with simulated(world(plan=ON)) as simulation:
        client = simulation.client()
        run = client.defender.disable_plan(leave=Leave(lower_security=True))
        plan = client.plan_rollback(run.run_id, leave=Leave(lower_security=True))
        assert [each.needs for each in plan.withheld] == ["--allow-subscription-cost"]
        assert "rg-crm/crm-db (MySQL)" in plan.withheld[0].reason
        assert client.rollback(run.run_id, leave=COST).whole
        assert tier(simulation) == "Standard"


def test_what_somebody_changed_since_is_left_alone():
    """A plan that somebody switched off since is not the run's any more: nothing is written."""
    with simulated(world()) as simulation:
        client = simulation.client()
        run = client.defender.enable_plan(leave=COST)
        plans = next(iter(simulation.world.state.subscriptions.values())).plans
        plans["OpenSourceRelationalDatabases"].tier = "Free"
        plans["OpenSourceRelationalDatabases"].since = None
        before = len(puts(simulation))
        assert client.rollback(run.run_id, leave=EVERYTHING).run_id == ""
        assert len(puts(simulation)) == before


def test_the_subscription_is_locked_not_its_servers():
    """E1: one run at a time for each subscription; a server's run goes on beside it."""
    with simulated(world()) as simulation:
        client = simulation.client()
        with JournalFiles(simulation.state_directory).lock(KEY, "somebody"):
            with pytest.raises(RunInProgress, match="another run holds this subscription: somebody"):
                client.defender.enable_plan(leave=COST)
            assert client.server("rg-shop", "shop-db").threat_protection.enable().status is RunStatus.COMPLETE
        assert puts(simulation) == []


def test_an_unfinished_run_comes_first():
    """Like a server's, a subscription's unfinished run is finished before another one begins."""
    with simulated(world()) as simulation:
        with pytest.raises(Death):
            dying_client(simulation, journal=Countdown(2, after=True)).defender.enable_plan(leave=COST)
        client = simulation.client()
        with pytest.raises(RunInProgress, match="on this subscription ended without finishing"):
            client.defender.enable_plan(leave=COST)
        assert client.server("rg-shop", "shop-db").settings.set({"tag:env": "prod"}).status is RunStatus.COMPLETE


def test_a_plan_is_stale_when_the_bill_changed():
    """A plan that was shown to somebody is refused when a server joined meanwhile: the bill is not what was agreed to."""
    with simulated(world()) as simulation:
        client = simulation.client()
        plan = client.defender.plan_enable(leave=COST)
        groups = next(iter(simulation.world.state.subscriptions.values())).groups
        groups["rg-shop"].servers["late-db"] = replace(groups["rg-shop"].servers["shop-db"], name="late-db")
        with pytest.raises(StalePlan, match="the subscription is no longer as it was"):
            client.defender.carry_out(plan, "defender enable-plan", lambda _: None)
        assert puts(simulation) == []


def test_plans_are_for_their_own_target():
    """A subscription's plan is sealed like any, and taken neither for another subscription nor for a server."""
    with simulated(world()) as simulation:
        client = simulation.client()
        plan = client.defender.plan_enable(leave=COST)
        check_seal(plan)
        with pytest.raises(PlanInvalid):
            client.server("rg-shop", "shop-db").apply(plan)
        with pytest.raises(PlanInvalid):
            client.defender.own(client.server("rg-shop", "shop-db").settings.plan_set({"tag:a": "b"}))


def test_the_bill_is_named_and_needs_leave():
    """Without leave nothing is sent, and every server that would be billed is named, MySQL among them."""
    with simulated(world()) as simulation, pytest.raises(LeaveRequired) as caught:
        simulation.client().defender.enable_plan(leave=Leave(restart=True, lower_security=True))
    for said in (
        "3 flexible servers that this identity may see (2 PostgreSQL, 1 MySQL)",
        "rg-shop/shop-db",
        "rg-shop/shop-own",
        "crm-db (MySQL)",
    ):
        assert said in caught.value.message
    assert "files" not in caught.value.message
    assert puts(simulation) == []


def test_an_unknown_bill_is_refused_in_spite_of_leave():
    """When the servers cannot be listed nobody knows the bill: refused, with the reason; switching off is not."""
    with simulated(world()) as simulation:
        simulation.world.faults.add(Fault("X28", path="/resources$", times=None))
        client = simulation.client()
        with pytest.raises(GuardRefused, match="could not be listed"):
            client.defender.enable_plan(leave=EVERYTHING)
        assert isinstance(client.defender.show().servers, Unobserved)
        assert puts(simulation) == []
    with simulated(world(plan=ON, faults=[{"id": "X28", "path": "/resources$", "times": None}])) as simulation:
        assert simulation.client().defender.disable_plan(leave=EVERYTHING).status is RunStatus.COMPLETE


def test_an_unread_plan_is_not_guessed():
    """When the plan cannot be read nothing is written, and the missing action is named."""
    with simulated(world()) as simulation:
        simulation.world.faults.add(Fault("X28", path="/pricings/", times=None))
        with pytest.raises(NotObserved) as caught:
            simulation.client().defender.enable_plan(leave=EVERYTHING)
        assert caught.value.missing_action == "Microsoft.Security/pricings/read"


def test_an_inherited_plan_is_refused_here():
    """A plan that comes from a management group is left to it: one clear sentence, no write."""
    above = "/providers/Microsoft.Management/managementGroups/corp"
    with simulated(world(plan=ON | {"inherited_from": above})) as simulation:
        with pytest.raises(InvalidValue, match=above):
            simulation.client().defender.disable_plan(leave=EVERYTHING)
        assert puts(simulation) == []


def test_no_answer_and_no_effect_are_told_apart():
    """A lost answer is looked up before anything is sent again; a plan that does not take the tier is a failure."""
    with simulated(world(faults=[{"id": "X29", "method": "PUT", "path": "/pricings/", "times": 1,
                                  "arguments": {"form": "reset_after"}}])) as simulation:  # fmt: skip
        run = simulation.client().defender.enable_plan(leave=COST)
        assert run.outcomes[0].status is ChangeStatus.APPLIED
        assert len(puts(simulation)) == 1
    with simulated(world(faults=[{"id": "X28", "method": "PUT", "path": "/pricings/"}])) as simulation:
        run = simulation.client().defender.enable_plan(leave=COST)
        assert (run.status, run.outcomes[0].missing_action) == (RunStatus.PARTIAL, "Microsoft.Security/pricings/write")


def test_the_journal_tells_side_effects():
    """What the service changed besides is journalled, and a rollback says that it does not undo it."""
    with simulated(world(plan={"switches_on": ["Scan"]})) as simulation:
        run = simulation.client().defender.enable_plan(leave=COST)
        other = simulation.client()
        effects = other.run(run.run_id).outcomes[0].side_effects
        assert effects == run.outcomes[0].side_effects
        assert "extension Scan was not set and is now on" in effects
        assert "the own setting of rg-shop/shop-db was Disabled and is now Enabled" in effects
        notes = other.plan_rollback(run.run_id, leave=EVERYTHING).notes
        assert any(note.startswith("Not undone, since the run did not set it: the own setting") for note in notes)
