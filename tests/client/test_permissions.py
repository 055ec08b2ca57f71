"""`ServerHandle.permissions`, `FlexSec.permissions` and the notes of a plan, in the library."""

from dataclasses import replace

import pytest

from flexsec import Leave
from flexsec.engine.permissions import role_for, role_for_plan
from flexsec.errors import InvalidValue, NotFound, PlanInvalid, UnknownName
from flexsec.model.role import ExcessKind
from flexsec.testing import simulated

READER = {"reader": {"object_id": "55555555-5555-5555-5555-555555555555", "allowed_actions": ["*/read"]}}


@pytest.fixture
def simulation():
    """The insecure world, as the one who may do everything."""
    with simulated("insecure") as found:
        yield found


@pytest.fixture
def server(simulation):
    """Its server."""
    return simulation.server("rg-shop", "shop-db")


@pytest.fixture
def read_only():
    """The same server for an identity that only reads."""
    with simulated("insecure") as found:
        data = found.world.to_dict()
    with simulated(data | {"principals": READER}, principal="reader") as found:
        yield found.server("rg-shop", "shop-db")


def test_a_purpose_is_a_verb_a_plan_or_a_role(server):
    """The same role is compared whether its name, the plan that needs it, or the role itself is given."""
    plan = server.parameters.plan_set({"log_lock_waits": "on"})
    by_name = server.permissions("parameters.set")
    assert by_name.role == role_for("parameters set")
    assert server.permissions(role_for("parameters set")) == by_name
    assert server.permissions(plan).role.purpose == f"plan {plan.digest[:12]} for shop-db"
    assert by_name.sufficient
    assert [each.kind for each in by_name.excess] == [ExcessKind.DANGEROUS]


def test_what_is_missing_is_told_with_its_reason(read_only):
    """Who may only read lacks what a hardening writes, action by action, and has more than it reads."""
    found = read_only.permissions("harden")
    needed = {action for action in role_for("harden").actions if not action.endswith("/read")}
    assert {need.action for need in found.missing} == needed
    assert all(need.reason for need in found.missing)
    assert not found.sufficient
    assert [(each.pattern, each.kind) for each in found.excess] == [("*/read", ExcessKind.READS)]
    assert read_only.permissions().sufficient


def test_two_requests_and_no_other(simulation, server):
    """Comparing asks for the permissions at the server and at the subscription; a plan's note costs those two and no more."""
    world = simulation.world
    server.plan()
    plain = world.requests_made
    server.plan(check_permissions=True)
    noted = world.requests_made - plain
    assert noted == plain + 2
    server.permissions("audit")
    assert [each.path.rpartition("/providers/")[0] for each in world.requests][-2:] == [
        str(server.id),
        f"/subscriptions/{server.id.subscription_id}",
    ]
    assert world.requests_made == plain + noted + 2


def test_a_noted_plan_can_be_applied(read_only, server):
    """The notes are under the plan's seal, so that the plan is taken as it is."""
    plan = server.plan(check_permissions=True)
    assert any(note.startswith("permissions: this identity may do more than the plan needs: *") for note in plan.notes)
    assert server.apply(plan).status == "complete"
    missing = [note for note in read_only.plan(check_permissions=True).notes if "is missing at the server" in note]
    assert any("flexibleServers/configurations/write" in note for note in missing)


def test_what_is_no_purpose_is_refused(server, simulation):
    """An unknown verb, something that is no purpose, an edited plan and another server's plan are refused."""
    plan = server.parameters.plan_set({"log_lock_waits": "on"})
    with pytest.raises(UnknownName, match="did you mean audit"):
        server.permissions("adit")
    with pytest.raises(InvalidValue, match="give a command's name, a plan or a Role"):
        server.permissions(3)
    with pytest.raises(PlanInvalid, match="edited"):
        server.permissions(replace(plan, notes=("x",)))
    with pytest.raises(PlanInvalid, match="the plan is for"):
        simulation.server("rg-shop", "shop-archive").permissions(plan)
    with pytest.raises(NotFound):
        simulation.server("rg-shop", "missing").permissions("audit")


def test_a_subscription_is_asked_about_what_is_needed_there(simulation):
    """`FlexSec.permissions` compares at the subscription, with one request, and refuses what needs a server."""
    client = simulation.client()
    found = client.permissions("defender enable-plan")
    assert found.sufficient
    assert found.server_id == f"/subscriptions/{client.subscription_id}"
    assert simulation.world.requests_made == 1
    assert client.permissions(role_for("capture")).sufficient
    with pytest.raises(InvalidValue, match="audit needs permissions at a server"):
        client.permissions("audit")


def test_a_subscription_takes_its_own_plan(simulation, server):
    """The plan of a Defender change is compared at the subscription; a server's plan and what is no purpose are refused."""
    client = simulation.client()
    plan = client.defender.plan_enable(leave=Leave(subscription_cost=True))
    found = client.permissions(plan)
    assert found.role == role_for_plan(plan)
    assert found.sufficient
    with pytest.raises(PlanInvalid, match="edited"):
        client.permissions(replace(plan, notes=("x",)))
    with pytest.raises(InvalidValue, match="the plan needs permissions at a server"):
        client.permissions(server.parameters.plan_set({"log_lock_waits": "on"}))
    for wrong in (3, None, ["audit"]):
        with pytest.raises(InvalidValue, match="give a command's name, a plan or a Role"):
            client.permissions(wrong)
