"""The scope of a baseline: servers that it is not for are refused, by name before anything is read, by tags after."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flexsec import Leave
from flexsec.baselines.loader import load
from flexsec.errors import OutOfScope, StalePlan, UsageError
from flexsec.model.verdict import Status
from flexsec.reporting.plan import document
from flexsec.testing import simulated
from tests.acceptance.scene import shop, value, verdict, world, writes

RESTART = Leave(restart=True)


@pytest.fixture
def baseline_file(tmp_path):
    """Write a baseline that extends the recommended one."""

    def write(text: str):
        path = tmp_path / "scoped.yaml"
        path.write_text(f"name: scoped\nextends: recommended\n{text}\n", encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("verb", ["audit", "plan", "harden"])
def test_a_server_outside_by_name_is_refused_unread(verb, baseline_file):
    """Audit, plan and harden refuse it before the first request, naming server, scope and what to do."""
    path = baseline_file("scope: {names: [prod-*, crm-db]}")
    with simulated(world()) as simulation:
        with pytest.raises(OutOfScope) as caught:
            getattr(shop(simulation), verb)(path)
        assert simulation.world.requests == ()
    assert isinstance(caught.value, UsageError)
    assert caught.value.exit_code == 2
    for words in ("server shop-db", "baseline scoped", "servers named prod-* or crm-db", "widen `scope`"):
        assert words in caught.value.message


@pytest.mark.parametrize("verb", ["audit", "plan", "harden"])
@pytest.mark.parametrize(
    ("tags", "why"),
    [({"environment": "test"}, "its tag environment is test"), ({}, "it has no tag environment"),
     ({"environment": ""}, "its tag environment is (empty)")],
)  # fmt: skip
def test_a_server_outside_by_tags_is_refused_unwritten(verb, tags, why, baseline_file):
    """Tags have to be read for it; nothing is written, whatever leave there is."""
    path = baseline_file("scope: {names: [shop-*], tags: {environment: prod}}")
    with simulated(world(tags=tags, parameters={"log_checkpoints": "off"})) as simulation:
        with pytest.raises(OutOfScope, match="with the tags environment=prod") as caught:
            getattr(shop(simulation), verb)(path)
        assert why in caught.value.message
        assert not writes(simulation)


def test_a_server_inside_is_judged(baseline_file):
    """Names and tag values ignore case; one fitting name is enough, all tags have to fit."""
    path = baseline_file("scope: {names: [crm-*, 'SHOP-??'], tags: {Environment: prod*, team: '*'}}")
    with simulated(world(tags={"environment": "Production", "team": "db"})) as simulation:
        assert shop(simulation).audit(path).verdicts
        assert shop(simulation).plan(path).baseline == "scoped"


def test_a_saved_plan_is_refused_when_the_scope_has_moved_on(baseline_file):
    """Apply loads the baseline again: a server that it is no longer for, by name, is left alone."""
    path = baseline_file("scope: {names: [shop-*]}")
    with simulated(world(parameters={"log_checkpoints": "off"})) as simulation:
        plan = shop(simulation).plan(path)
        assert plan.changes
        baseline_file("scope: {names: [crm-*]}")
        with pytest.raises(OutOfScope):
            shop(simulation).apply(plan)
        assert not writes(simulation)


def test_a_saved_plan_is_stale_when_a_tag_that_decides_has_moved(baseline_file):
    """The tags of scope and waivers are among the facts that a plan rests on."""
    waiver = "{control: log-checkpoints, owner: a, reason: b, ticket: t, expires: 2027-01-01, tags: {client: legacy}}"
    path = baseline_file(f"scope: {{tags: {{environment: prod}}}}\nwaivers: [{waiver}]")
    for before, after in (
        ({"environment": "prod"}, {"environment": "test"}),
        ({"environment": "prod"}, {"environment": "prod", "client": "legacy"}),
    ):
        with simulated(world(tags=before, parameters={"log_checkpoints": "off"})) as simulation:
            plan = shop(simulation).plan(path)
            assert "parameters/log_checkpoints" in [change.target for change in plan.changes]
            simulation.world.server("shop-db").tags.clear()
            simulation.world.server("shop-db").tags.update(after)
            with pytest.raises(StalePlan, match="tag "):
                shop(simulation).apply(plan)
            assert not writes(simulation)


def test_a_saved_plan_for_tags_is_refused_when_the_scope_asks_for_others(baseline_file):
    """What the file asks for now counts, not what it asked for when the plan was made."""
    path = baseline_file("scope: {tags: {environment: prod}}")
    with simulated(world(tags={"environment": "prod"}, parameters={"log_checkpoints": "off"})) as simulation:
        plan = shop(simulation).plan(path)
        baseline_file("scope: {tags: {environment: prod, owner: '*'}}")
        with pytest.raises(OutOfScope, match="it has no tag owner"):
            shop(simulation).apply(plan)
        assert not writes(simulation)


def test_a_server_whose_tags_cannot_be_read_is_unknown(baseline_file):
    """Without the permission to read the server everything is unknown, nothing is planned, and the note says why."""
    path = baseline_file("scope: {tags: {environment: prod}}")
    allowed = [f"Microsoft.DBforPostgreSQL/flexibleServers/{each}/read"
               for each in ("configurations", "firewallRules", "administrators", "advancedThreatProtectionSettings")]  # fmt: skip
    given = world(parameters={"log_checkpoints": "off"}, principals={"blind": allowed})
    with simulated(given, principal="blind") as simulation:
        assessment = shop(simulation).audit(path)
        assert {each.status for each in assessment.verdicts} == {Status.UNKNOWN}
        assert (
            "Microsoft.DBforPostgreSQL/flexibleServers/read"
            in verdict(assessment, "log-checkpoints").check.missing_action
        )
        assert any("the scope of baseline scoped could not be checked" in note for note in assessment.notes)
        plan = shop(simulation).plan(path)
        assert (plan.changes, plan.withheld) == ((), ())
        assert any("could not be checked" in note for note in document(plan).notes)
        assert shop(simulation).audit().with_status(Status.FAIL)  # without a scope the rest can be judged


def test_a_run_that_takes_the_server_out_of_scope_ends_well():
    """What is refused is being asked to judge; a run judges at its end, and says that the server is outside by now."""
    from flexsec.baselines.baseline import Scope
    from flexsec.engine.evaluate import evaluate

    with simulated(world(tags={"environment": "prod"})) as simulation:
        handle = shop(simulation)
        baseline = replace(load("recommended"), scope=Scope(tags={"environment": "test"}))
        assessment = evaluate(handle.observe(), baseline, today=simulation.clock.now().date())
    assert (
        "the server is outside the scope of baseline recommended by now: its tag environment is prod"
        in assessment.notes
    )


def test_a_baseline_that_is_a_value_needs_no_file():
    """A baseline made in a script is planned and hardened by like one from a file."""
    from flexsec.baselines.baseline import Baseline, Selection
    from flexsec.controls.catalogue import control

    baseline = Baseline(name="mine", description="", controls=(Selection(control("log-checkpoints")),))
    with simulated(world(parameters={"log_checkpoints": "off"})) as simulation:
        hardening = shop(simulation).harden(baseline, leave=RESTART)
        assert hardening.run is not None
        assert value(simulation, "log_checkpoints").casefold() == "on"
        assert {each.status for each in hardening.after.verdicts} == {Status.PASS}


def test_a_saved_plan_finds_its_baseline_from_another_directory(baseline_file, tmp_path, monkeypatch):
    """A plan keeps the absolute path of its baseline, so that the scope is asked wherever it is applied from."""
    path = baseline_file("scope: {names: [shop-*]}")
    monkeypatch.chdir(tmp_path)
    with simulated(world(parameters={"log_checkpoints": "off"})) as simulation:
        plan = shop(simulation).plan(path.name)
        assert plan.baseline_source == str(path)
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        assert shop(simulation).apply(plan).verified.baseline == "scoped"
