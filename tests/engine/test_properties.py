"""What holds for every server and every sequence of faults: harden mends or explains, and never locks anyone out."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from flexsec import FlexSecError
from flexsec.model.run import ChangeStatus, Hardening, RunStatus
from flexsec.model.verdict import Status
from flexsec.testing import simulated
from tests.engine.truth import denied, hardened, judged, settled, unexplained, untrue, values
from tests.engine.worlds import (
    CALLER,
    CLIENTS,
    EVERY_FAULT,
    EVERYTHING,
    GROUP,
    INSECURE,
    NAME,
    Watched,
    any_faults,
    calm,
    servers,
    someone_connects,
    world_of,
    write_faults,
)

# Without shrinking: an example is small as it is, and shrinking a run of minutes takes minutes.
FEW = settings(
    max_examples=30, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
MANY = settings(FEW, max_examples=1500)


def check_faulted_hardening(server, faults, seen):
    """Harden under faults: the world keeps its ways in, the run tells the truth, every failure left is explained."""
    evidence = someone_connects(seen)
    with simulated(world_of(server), faults=faults) as simulation:
        world = simulation.world
        watched = Watched(simulation, protected=(CALLER, *(CLIENTS if seen else ())))
        outcome = hardened(simulation, leave=EVERYTHING, evidence=evidence)
        assert not watched.broken
        hung = world.faults.fired("X23")  # an operation that never ends, whose status is hidden too, cannot be told
        assert hung or world.max_writes_in_flight(world.server_id(NAME)) <= 1
        calm(simulation)
        if isinstance(outcome, FlexSecError):
            assert outcome.message
            assert not world.effects(world.server_id(NAME))
            return
        if outcome.run is not None:
            assert not untrue(outcome.run, simulation), outcome.run
            assert not denied(outcome.run, simulation), outcome.run
            check_words(outcome)
        assert not unexplained(outcome, judged(simulation))
        check_end(simulation, outcome, evidence)
        assert not watched.broken


def check_words(hardening: Hardening):
    """A change that was not brought about says why, and a complete run has no such change."""
    run = hardening.run
    for outcome in run.outcomes:
        if outcome.status not in (ChangeStatus.APPLIED, ChangeStatus.ALREADY):
            assert outcome.message or outcome.status is ChangeStatus.NOT_STARTED
            assert run.status is not RunStatus.COMPLETE or outcome.status is ChangeStatus.UNVERIFIED


def check_end(simulation, hardening, evidence):
    """With the faults over, resume and one more harden leave nothing that a third would write."""
    if hardening.run is not None:
        run = settled(simulation, hardening.run)
        assert not untrue(run, simulation)
        assert run.status is RunStatus.COMPLETE or any(o.message for o in run.outcomes)
    again = simulation.server(GROUP, NAME).harden(leave=EVERYTHING, evidence=evidence)
    assert again.run is None or again.run.status is RunStatus.COMPLETE, again.run
    assert not unexplained(again, judged(simulation))
    before = len(simulation.world.effects(simulation.world.server_id(NAME)))
    third = simulation.server(GROUP, NAME).harden(leave=EVERYTHING, evidence=evidence)
    assert third.run is None
    assert len(simulation.world.effects(simulation.world.server_id(NAME))) == before


@pytest.mark.parametrize("after", [1, pytest.param(4, marks=pytest.mark.long)])
@pytest.mark.parametrize("fault", EVERY_FAULT, ids=lambda fault: f"{fault['id']} {fault.get('arguments', '')}")
def test_each_fault_alone_is_met_honestly(fault, after):
    """Each fault in each of its forms, early or late in a run with every kind of change: mended or explained, and true."""
    check_faulted_hardening(INSECURE, [{**fault, "after": after, "times": 2}], seen=False)


@FEW
@given(server=servers(), faults=any_faults, seen=st.booleans())
def test_harden_ends_with_every_fixable_control_mended_or_an_honest_reason(server, faults, seen):
    """Whatever the server and whatever goes wrong, harden mends or explains, tells the truth and keeps every way in."""
    check_faulted_hardening(server, faults, seen)


@pytest.mark.long
@MANY
@given(server=servers(), faults=any_faults, seen=st.booleans())
def test_harden_is_honest_in_very_many_worlds(server, faults, seen):
    """The same, for many more worlds and faults."""
    check_faulted_hardening(server, faults, seen)


def check_rollback(server, faults):
    """Harden, under faults of writes; end them; resume; roll back: every value is as before."""
    with simulated(world_of(server)) as simulation:
        try:
            before = values(simulation)
        except AssertionError:
            return  # a server whose children cannot be read is not written to: shown above
        simulation.world.faults.add(*faults_of(faults))
        outcome = hardened(simulation, leave=EVERYTHING)
        calm(simulation)
        if isinstance(outcome, FlexSecError) or outcome.run is None:
            assert values(simulation) == before
            return
        run = settled(simulation, outcome.run)
        plan = simulation.client().plan_rollback(run.run_id, leave=EVERYTHING)
        undone = simulation.client().rollback(run.run_id, plan=plan)
        assert undone.status is RunStatus.COMPLETE, undone
        assert all(
            "nobody could connect" in held.reason for held in plan.withheld
        )  # a server nobody could reach before
        after = values(simulation)
        moved = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        gone = {f"rule {o.change.name}" for o in run.outcomes if not o.change.reversible}
        assert moved <= gone | {held.change.name for held in plan.withheld}
        told = {left.control.replace("firewall/", "rule ") for left in plan.left}
        assert moved <= told | {held.change.name for held in plan.withheld}
        marked = simulation.client().run(run.run_id).status is RunStatus.ROLLED_BACK
        assert marked == bool(undone.run_id and undone.whole)
        assert undone.whole == (not plan.left and not plan.withheld)


def faults_of(entries):
    """Faults from their plain data."""
    from flexsec.simulator import FaultPlan

    return tuple(FaultPlan.from_list(entries))


@FEW
@given(server=servers(), faults=write_faults)
def test_rollback_restores_every_value(server, faults):
    """B10: after harden, whatever went wrong with its writes, rollback with leave brings back every value."""
    check_rollback(server, faults)


@pytest.mark.long
@MANY
@given(server=servers(), faults=write_faults)
def test_rollback_restores_every_value_in_very_many_worlds(server, faults):
    """The same, for many more worlds and faults."""
    check_rollback(server, faults)


@FEW
@given(server=servers(), seen=st.booleans())
def test_a_second_harden_writes_nothing(server, seen):
    """B2: after a complete harden, another finds nothing to write and sends no write."""
    evidence = someone_connects(seen)
    with simulated(world_of(server)) as simulation:
        first = hardened(simulation, leave=EVERYTHING, evidence=evidence)
        assert isinstance(first, Hardening)
        assert first.run is None or first.run.status is RunStatus.COMPLETE or server["state"] == "Updating"
        sent = len([r for r in simulation.world.requests if r.mutating])
        second = simulation.server(GROUP, NAME).harden(leave=EVERYTHING, evidence=evidence)
        if first.run is None or first.run.status is RunStatus.COMPLETE:
            assert second.run is None
            assert len([r for r in simulation.world.requests if r.mutating]) == sent
            assert not [v for v in second.after.with_status(Status.FAIL) if v.check.desires and not _told(second, v)]


def _told(hardening, verdict):
    return any(verdict.control in w.change.controls for w in hardening.plan.withheld) or any(
        left.control == verdict.control for left in hardening.plan.left
    )
