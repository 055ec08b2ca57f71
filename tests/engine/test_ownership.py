"""What belongs to someone else is never written: not by plan and apply, not by harden, not by a restart for it alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from flexsec import Leave
from flexsec.baselines.loader import load
from flexsec.engine.ownership import share
from flexsec.model.ownership import FLEXSEC
from flexsec.model.run import RunStatus
from flexsec.model.verdict import Status
from flexsec.testing import simulated
from tests.engine.worlds import EVERYTHING, GROUP, INSECURE, NAME, servers, someone_connects, world_of, write_faults

FEW = settings(
    max_examples=30, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
KINDS = {
    "parameters": "configurations",
    "firewall": "firewallRules",
    "threat_protection": "advancedThreatProtectionSettings",
}
SETTINGS = {
    "backup": "backup_retention_days",
    "storage": "storage_auto_grow",
    "maintenanceWindow": "maintenance_window",
}
PATTERNS = (
    "parameters/*", "parameters/log_*", "parameters/ssl_*", "parameters/require_secure_transport", "firewall/*",
    "firewall/a*", "threat_protection/*", "restart/*", "server_setting/*", "server_setting/backup*", "*", "Parameters/LOG_CHECKPOINTS",
)  # fmt: skip
OWNERS = (FLEXSEC, "terraform", "bicep", "policy", "the DBA team")
owners = st.dictionaries(st.sampled_from(PATTERNS), st.sampled_from(OWNERS), max_size=5)


def owned(found, *, version="recommended"):
    """The recommended baseline with owners."""
    return replace(load(version), owners=found)


def written(simulation):
    """The targets that anything was written to, as the world tells it."""
    return {
        target for line in simulation.world.effects(simulation.world.server_id(NAME)) for target in targets_of(line)
    }


def targets_of(line):
    """The targets of an effect such as `write configurations/log_checkpoints`, `update backup,storage` or `restart`."""
    verb, _, rest = line.partition(" ")
    if verb == "update":
        return {f"server_setting/{SETTINGS[part]}" for part in rest.split(",")}
    kind, _, name = rest.partition("/")
    return {next(f"{key}/{name}" for key, value in KINDS.items() if value == kind)} if rest else {f"{verb}/server"}


def asked(simulation):
    """The targets of every request that could write, whether or not it took effect."""
    return {
        f"{kind}/{parts[-1]}"
        for each in simulation.world.requests
        if each.mutating
        for kind, collection in KINDS.items()
        if collection.lower() in (parts := each.path.lower().split("/"))
    }


@FEW
@given(servers(), owners, write_faults, st.booleans())
def test_nothing_of_anybody_elses_is_ever_written(server, found, faults, seen):
    """Whatever the server, the owners and the faults: no write is sent to a target that is not flexsec's."""
    baseline = owned(found)
    with simulated(world_of(server), faults=faults) as simulation:
        handle = simulation.server(GROUP, NAME)
        hardening = handle.harden(baseline, leave=EVERYTHING, evidence=someone_connects(seen))
        for target in asked(simulation) | written(simulation):
            assert baseline.owner(target) == FLEXSEC, target
        run = hardening.run
        if run and run.run_id and run.status is not RunStatus.COMPLETE:
            simulation.world.faults.clear()
            simulation.client().resume(run.run_id)
            assert all(baseline.owner(target) == FLEXSEC for target in asked(simulation) | written(simulation))


@FEW
@given(servers(), owners)
def test_every_failure_is_somebodys(server, found):
    """A change that a failing control wants is written, held back or handed over, and stands in one place only."""
    baseline = owned(found)
    with simulated(world_of(server)) as simulation:
        handle = simulation.server(GROUP, NAME)
        mine, theirs = handle.plan(leave=EVERYTHING), handle.plan(baseline, leave=EVERYTHING)
    whole = {change.target for change in (*mine.changes, *(held.change for held in mine.withheld))} - {"restart/server"}
    own = [change.target for change in (*theirs.changes, *(held.change for held in theirs.withheld))]
    foreign = [item.change.target for item in theirs.handed_over if item.change.kind != "restart"]
    assert sorted([*(target for target in own if target != "restart/server"), *foreign]) == sorted(whole)
    assert all(
        baseline.owner(item.change.target) == item.owner for item in theirs.handed_over if item.change.kind != "restart"
    )
    assert all(item.owner != FLEXSEC for item in theirs.handed_over)


def planned(found, *, leave=EVERYTHING, **parameters):
    """A plan for the insecure server with owners; parameters as in a world file."""
    entry = {**INSECURE, "parameters": {**INSECURE["parameters"], **parameters}}
    with simulated(world_of(entry)) as simulation:
        return simulation.server(GROUP, NAME).plan(owned(found), leave=leave)


def restarts(plan):
    """Who restarts for what: flexsec's restart, and those handed over."""
    own = [change.before["pending"] for change in plan.changes if change.kind == "restart"]
    return own, {
        item.owner: item.change.before["pending"] for item in plan.handed_over if item.change.kind == "restart"
    }


def test_without_owners_everything_is_flexsecs():
    """A baseline that names no owner hands nothing over, and nor does one that names flexsec."""
    assert planned({}).handed_over == ()
    for spelling in (FLEXSEC, "FlexSec"):
        named = planned({"*": spelling})
        assert named.handed_over == ()
        assert len(named.changes) == len(planned({}).changes)


def test_a_restart_for_someone_elses_parameter_is_theirs():
    """A parameter of Terraform's that waits for a restart does not make flexsec restart; Terraform is told."""
    own, theirs = restarts(planned({"parameters/max_connections": "terraform"}))
    assert own == []
    assert theirs == {"terraform": "max_connections"}


def test_a_restart_of_flexsecs_own_serves_all():
    """A restart that flexsec needs anyway also brings into force what waits for others, so nobody else is told."""
    waits = {"max_worker_processes": {"value": "16", "pending": True, "running": "8"}}
    plan = planned({"parameters/max_connections": "terraform"}, **waits)
    own, theirs = restarts(plan)
    assert own == ["max_connections,max_worker_processes"]
    assert theirs == {}


def test_what_waits_for_others_is_served_by_a_restart_for_flexsecs_own_writing():
    """A static parameter that flexsec writes makes it restart, and that restart serves what Terraform waits for too."""
    from flexsec.baselines.baseline import Selection
    from flexsec.controls.catalogue import controls

    chosen = [each for each in controls() if each.id in ("audit-pgaudit-preloaded", "config-no-pending-restart")]
    assert len(chosen) == 2
    owners = {"parameters/max_connections": "terraform"}
    baseline = replace(load("recommended"), controls=tuple(map(Selection, chosen)), owners=owners)
    waits = {"max_connections": {"value": "1000", "pending": True, "running": "859"}}
    with simulated(world_of({"name": NAME, "version": "16", "parameters": waits})) as simulation:
        own, theirs = restarts(simulation.server(GROUP, NAME).plan(baseline, leave=EVERYTHING))
    assert own == ["max_connections,shared_preload_libraries"]
    assert theirs == {}


PGAUDIT = {"name": NAME, "version": "16"}


def asking(found, *ids, entry=PGAUDIT, **arguments):
    """A hardening by some controls with owners, and what it wrote."""
    from flexsec.baselines.baseline import Selection
    from flexsec.controls.catalogue import control

    chosen = tuple(Selection(control(each), arguments) for each in ids)
    with simulated(world_of(entry)) as simulation:
        baseline = replace(load("recommended"), controls=chosen, owners=found)
        hardening = simulation.server(GROUP, NAME).harden(baseline, leave=EVERYTHING)
        return hardening, written(simulation)


@pytest.mark.parametrize(
    ("foreign", "own"),
    [("azure.extensions", "shared_preload_libraries"), ("shared_preload_libraries", "azure.extensions")],
)
def test_half_of_what_only_counts_together_is_not_written(foreign, own):
    """The audit needs two parameters: while one is Terraform's the other is not written, and nothing restarts for nothing."""
    hardening, done = asking({f"parameters/{foreign}": "terraform"}, "audit-pgaudit-preloaded")
    assert done == set()
    assert hardening.plan.changes == hardening.plan.withheld == ()
    assert f"parameters/{foreign}" in {item.change.target for item in hardening.plan.handed_over}
    (left,) = hardening.plan.left
    assert left.control == "audit-pgaudit-preloaded"
    awaited = f"it waits for terraform, who owns parameters/{foreign}"
    assert left.reason.startswith(f"{awaited}; flexsec's part then: Set {own}")


def test_what_waits_is_written_once_the_owner_has_done_their_part():
    """With Terraform's half there, flexsec writes its own, restarts, and the finding is gone."""
    entry = {**PGAUDIT, "parameters": {"azure.extensions": "pgaudit"}}
    hardening, done = asking({"parameters/azure.extensions": "terraform"}, "audit-pgaudit-preloaded", entry=entry)
    assert done == {"parameters/shared_preload_libraries", "restart/server"}
    assert hardening.after.findings() == ()


def test_a_restart_for_half_a_control_waits_too():
    """A library that waits for the restart, and Terraform's list lacking pgaudit: the restart would serve nobody."""
    waits = {"value": "pgaudit", "pending": True, "running": ""}
    entry = {**PGAUDIT, "parameters": {"shared_preload_libraries": waits}}
    owners = {"parameters/azure.extensions": "terraform"}
    hardening, done = asking(owners, "audit-pgaudit-preloaded", entry=entry)
    assert done == set()
    assert "it waits for terraform" in hardening.plan.left[0].reason
    hardening, done = asking(owners, "audit-pgaudit-preloaded", "config-no-pending-restart", entry=entry)
    assert done == {"restart/server"}
    assert hardening.plan.left == ()


def test_what_also_serves_another_control_does_not_wait():
    """A change that a control of flexsec's own wants as well is made, whoever is awaited for the other one."""
    from flexsec.model.change import Change, Phase

    def change(name, *controls):
        return Change(
            kind="parameters", name=name, before=None, after={"value": "on"}, sentence=f"Set {name}.",
            phase=Phase.TIGHTEN, controls=controls,
        )  # fmt: skip

    both, alone, theirs = change("both", "a", "b"), change("alone", "a"), change("theirs", "a")
    shares = share([both, alone, theirs], lambda target: "dba" if target == "parameters/theirs" else FLEXSEC)
    assert shares.own == (both,)
    assert [(left.control, left.reason) for left in shares.waiting] == [
        ("a", "it waits for dba, who owns parameters/theirs; flexsec's part then: Set alone.")
    ]


def test_patterns_that_fit_nothing_are_pointed_out():
    """A misspelt parameter or a rule that is not there is told; what fits, and a bare *, is not."""
    names = ("parameters/lgo_*", "parameters/LOG_*", "firewall/offfice", "firewall/*", "server_setting/tag:env")
    notes = planned(dict.fromkeys(names, "terraform")).assessment.notes
    assert [note for note in notes if note.startswith("owners:")] == [
        "owners: parameters/lgo_* fits nothing on this server",
        "owners: firewall/offfice fits nothing on this server",
    ]


def test_an_owner_of_restarts_restarts():
    """Where restarts belong to someone, flexsec makes none, whoever owns the parameters."""
    plan = planned({"restart/*": "the DBA team"})
    assert restarts(plan) == ([], {"the DBA team": "max_connections"})
    assert all(change.kind != "restart" for change in (*plan.changes, *(held.change for held in plan.withheld)))


def test_a_static_parameter_of_ones_own_leaves_its_restart_to_the_owner_of_restarts():
    """A control's static parameter is written by flexsec and comes into force with the restart of its owner."""
    from flexsec.baselines.baseline import Selection
    from flexsec.controls.catalogue import controls

    static = next((each for each in controls() if each.id == "audit-pgaudit-preloaded"), None)
    assert static is not None
    baseline = replace(load("recommended"), controls=(Selection(static),), owners={"restart/*": "dba"})
    with simulated(world_of({"name": NAME, "version": "16"})) as simulation:
        handle = simulation.server(GROUP, NAME)
        plan = handle.plan(baseline, leave=EVERYTHING)
        run = handle.apply(plan)
        assert written(simulation) == {change.target for change in plan.changes}
    assert "parameters/shared_preload_libraries" in {change.target for change in plan.changes}
    assert restarts(plan) == ([], {"dba": "shared_preload_libraries"})
    assert "waits for a restart" in run.notes[0]


def test_what_is_handed_over_is_in_the_run_and_its_findings_stay():
    """A hardening writes flexsec's share, hands the rest over, and the rest still fails; the run tells it later."""
    with simulated(world_of(INSECURE)) as simulation:
        hardening = simulation.server(GROUP, NAME).harden(owned({"parameters/log_*": "terraform"}), leave=EVERYTHING)
        told = simulation.client().run(hardening.run.run_id)
    assert [item.owner for item in hardening.plan.handed_over] == ["terraform"] * len(hardening.plan.handed_over)
    assert told.handed_over == hardening.plan.handed_over
    assert not told.whole
    failing = {verdict.control for verdict in hardening.after.with_status(Status.FAIL)}
    handed = {control for item in hardening.plan.handed_over for control in item.change.controls}
    assert handed
    assert handed <= failing


def test_what_is_asked_for_by_name_is_not_blocked():
    """Setting a parameter by name is the operator's own doing; rolling a run back stays possible, whoever owns what."""
    with simulated(world_of(INSECURE)) as simulation:
        handle = simulation.server(GROUP, NAME)
        hardening = handle.harden(owned({"firewall/*": "terraform"}), leave=Leave(restart=True))
        undone = simulation.client().rollback(hardening.run.run_id, leave=Leave(lower_security=True))
        assert undone.status is RunStatus.COMPLETE
        assert simulation.world.server(NAME).parameters["log_checkpoints"].value == "off"
        assert handle.parameters.set("log_checkpoints", "on").status is RunStatus.COMPLETE


def test_owners_are_told_what_the_guards_would_say():
    """A rule that is the last way in comes with that warning, also when its owner is handed another one before it."""
    entry = {
        "name": NAME,
        "version": "16",
        "firewall_rules": {"azure": "0.0.0.0-0.0.0.0", "open": "0.0.0.0-255.255.255.255"},
    }
    with simulated(world_of(entry)) as simulation:
        plan = simulation.server(GROUP, NAME).plan(
            owned({"firewall/*": "terraform"}), evidence=someone_connects(seen=True)
        )
    notes = {item.change.name: item.note for item in plan.handed_over if item.change.kind == "firewall"}
    assert set(notes) == {"azure", "open"}
    assert sum("flexsec would not make this change as things are" in note for note in notes.values()) == 1
    without = planned({"firewall/*": "terraform"})
    closing = [item.note for item in without.handed_over if item.change.closing]
    assert closing
    assert all("nobody looked at who still connects" in note or "last way in" in note for note in closing)


def test_two_tags_of_one_owner_are_handed_over_together():
    """A language that writes all tags at once is handed all that shall change, so that no patch undoes another."""
    from flexsec.engine.handing_over import handed_over
    from flexsec.engine.ownership import Owned
    from flexsec.model.connections import Evidence
    from tests.handover.changes import OPERATIONS, STATE, setting

    foreign = [Owned("terraform", setting("tag:env", "prod")), Owned("terraform", setting("tag:team", "payments"))]
    handed = handed_over(foreign, STATE, OPERATIONS, evidence=Evidence(), moment=STATE.observed_at)
    for item in handed:
        for patch in item.patches:
            assert "prod" in patch.text
            assert "payments" in patch.text


def test_the_seal_covers_what_is_handed_over(tmp_path):
    """A plan file keeps what is handed over; an edited owner or patch is noticed."""
    from flexsec.engine import plan_file
    from flexsec.errors import PlanInvalid

    plan = planned({"parameters/log_*": "terraform"})
    path = tmp_path / "plan.json"
    plan_file.write(plan, path)
    assert plan_file.read(path) == plan
    path.write_text(path.read_text().replace('"owner": "terraform"', '"owner": "flexsec"', 1))
    with pytest.raises(PlanInvalid):
        plan_file.read(path)


def test_shares_are_complete():
    """Every change goes to exactly one share."""
    plan = planned({})
    shares = share(plan.changes, lambda target: "dba" if target.startswith("firewall") else FLEXSEC)
    given_out = [*shares.own, *(item.change for item in shares.foreign), *([shares.restart] if shares.restart else [])]
    assert sorted(change.target for change in given_out) == sorted(change.target for change in plan.changes)
