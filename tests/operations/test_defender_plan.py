"""The Defender plan: the tier alone is written, an inherited plan is left, and what the service adds is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from flexsec.model.change import Phase
from flexsec.model.defender import DefenderPlan
from flexsec.model.desire import DesiredDefenderPlan, DesiredRestart
from flexsec.model.observation import Unobserved
from flexsec.model.server import ThreatProtection
from flexsec.model.subscription import CoveredServer, SubscriptionState
from flexsec.operations import defender_plan
from flexsec.operations.operation import Obstacle
from flexsec.operations.registry import OPERATIONS, operations_about
from tests.controls.states import SERVER_ID

UNREAD = Unobserved("not allowed", "x/read")


def subscription(*, protected=False, servers=None, **plan):
    """A subscription with one server."""
    one = CoveredServer(server_id=SERVER_ID, engine="PostgreSQL", protection=ThreatProtection(enabled=protected))
    return SubscriptionState(
        server_id=SERVER_ID.partition("/resourceGroups")[0],
        observed_at=datetime(2026, 5, 4, tzinfo=UTC),
        defender_plan=DefenderPlan(**({"tier": "Free"} | plan)),
        servers=(one,) if servers is None else servers,
    )


@pytest.mark.parametrize("now", ["Free", "Standard"])
@pytest.mark.parametrize("wanted", [True, False])
def test_the_plan_is_written_only_when_it_differs(now, wanted):
    """A plan that is as desired is not written; otherwise the diff closes and the undo brings back what was."""
    before = subscription(tier=now)
    change = defender_plan.diff(DesiredDefenderPlan(enabled=wanted), before)
    if (now == "Standard") == wanted:
        assert change is None
        return
    assert defender_plan.untouched(change, before)
    after = defender_plan.predict(change, before)
    assert defender_plan.holds(change, after)
    assert after.defender_plan.enabled is wanted
    assert defender_plan.predict(defender_plan.undo(change), after) == before
    assert change.phase is (Phase.ADD if wanted else Phase.CLOSE)
    assert change.lowers_security is not wanted
    assert ("bills every server" in change.sentence) is wanted


def test_an_inherited_plan_cannot_be_disabled_here():
    """A plan that comes from another scope is refused with that scope; enabling one that is off is not."""
    above = "/providers/Microsoft.Management/managementGroups/corp"
    found = defender_plan.diff(DesiredDefenderPlan(enabled=False), subscription(tier="Standard", inherited_from=above))
    assert isinstance(found, Obstacle)
    assert above in found.reason


def test_an_unread_plan_is_an_obstacle():
    """A plan that was not read is neither written nor taken for off."""
    unread = replace(subscription(), defender_plan=UNREAD)
    assert isinstance(defender_plan.diff(DesiredDefenderPlan(enabled=True), unread), Obstacle)
    change = defender_plan.diff(DesiredDefenderPlan(enabled=True), subscription())
    assert not defender_plan.holds(change, unread)
    assert not defender_plan.untouched(change, unread)
    assert defender_plan.side_effects(change, subscription(), unread) == ()


def test_what_the_service_adds_is_told():
    """E2: extensions, sub-plan and servers' own settings that changed besides the tier are named with both values."""
    before = subscription()
    change = defender_plan.diff(DesiredDefenderPlan(enabled=True), before)
    after = subscription(tier="Standard", sub_plan="X", extensions={"Scan": True, "Other": False}, protected=True)
    assert defender_plan.side_effects(change, before, after) == (
        "the sub-plan was not set and is now X",
        "extension Other was not set and is now off",
        "extension Scan was not set and is now on",
        "the own setting of shop/shop-db was Disabled and is now Enabled",
    )
    assert defender_plan.side_effects(change, before, subscription(tier="Standard", coverage="FullyCovered")) == ()
    unknown = subscription(tier="Standard", servers=UNREAD)
    assert defender_plan.side_effects(change, before, unknown) == ()


def test_extensions_that_an_answer_reports_as_failed_are_told():
    """A successful answer may hold extensions that failed; any other shape of it holds none."""
    failed = {"name": "Scan", "isEnabled": "True", "operationStatus": {"code": "Failed", "message": "no rights"}}
    fine = {"name": "Other", "operationStatus": {"code": "Succeeded"}}
    answer = {"properties": {"extensions": [failed, fine, "odd", {"name": "bare"}]}}
    assert defender_plan.failed_extensions(answer) == ("extension Scan: the service could not switch it: no rights",)
    for odd in (None, [], {"properties": []}, {"properties": {"extensions": {}}}, "text"):
        assert defender_plan.failed_extensions(odd) == ()


def test_the_plan_is_no_operation_of_a_server():
    """A server's handle has every operation but those about the subscription."""
    assert set(operations_about("subscription")) == {"defender_plan"}
    assert set(operations_about("server")) == {each.kind for each in OPERATIONS} - {"defender_plan"}


def test_another_desire_is_a_mistake_of_the_caller():
    """An operation refuses a desire that is not its own."""
    with pytest.raises(TypeError):
        defender_plan.diff(DesiredRestart(parameters=()), subscription())
