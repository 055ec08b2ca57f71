from types import SimpleNamespace

import pytest

from flexsec.errors import Busy, Forbidden
from flexsec.model.acceptance import EndingKind
from flexsec.model.resource import SubscriptionId
from flexsec.observers import covered_servers, defender_plan

from .conftest import SERVER

SUBSCRIPTION = SubscriptionId(SERVER.subscription_id)
PLAN = SimpleNamespace(observe=defender_plan.observe_plan)


@pytest.fixture
def enable(change):
    """The plan switched on."""
    return change("defender_plan", "OpenSourceRelationalDatabases", {"tier": "Standard"})


def test_plan_is_read(play):
    """A plan that was never touched is Free and covers nothing."""
    plan = play.read("defender_plan/read", PLAN, SUBSCRIPTION)
    assert (plan.tier, plan.enabled, plan.coverage) == ("Free", False, "NotCovered")


def test_plan_is_enabled_at_once(play, enable):
    """Enabling sends the tier alone, is answered without an operation to follow, and shows when read."""
    done = play.write("defender_plan/enable", enable, then=PLAN, of=SUBSCRIPTION)
    assert (done.acceptance.status_url, done.waits) == ("", [])
    assert done.ending.kind == EndingKind.SUCCEEDED
    assert done.read.enabled


def test_a_conflict_is_busy(play, enable):
    """E1: "Another update operation is in progress" means that nothing changed and the write may be sent again."""
    with pytest.raises(Busy) as caught:
        play.write("defender_plan/enable_conflict", enable, of=SUBSCRIPTION)
    assert (caught.value.status, caught.value.code) == (409, "Conflict")
    assert "another update is going on" in caught.value.message
    assert "server" not in caught.value.message.partition("Azure says")[0]


def test_missing_right_is_named(play, enable):
    """A forbidden plan names the action and the subscription."""
    with pytest.raises(Forbidden) as caught:
        play.write("defender_plan/enable_forbidden", enable, of=SUBSCRIPTION)
    assert caught.value.missing_action == "Microsoft.Security/pricings/write"


def test_covered_servers_are_listed(play):
    """The servers come from one list of resources, asked for by type, with their own setting not read yet."""
    servers = play.read("defender_plan/covered_servers", covered_servers, SUBSCRIPTION)
    assert [(each.name, each.resource_group, each.engine) for each in servers] == [
        ("server-1", "group-1", "PostgreSQL"),
        ("server-2", "group-1", "PostgreSQL"),
    ]
