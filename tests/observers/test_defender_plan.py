"""The subscription's Defender plan."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.errors import Forbidden, NotFound, Unreadable
from flexsec.model.defender import DefenderPlan
from flexsec.observers import defender_plan as observer

BELOW = "/providers/Microsoft.Security/pricings/OpenSourceRelationalDatabases"


def observed(service, properties, status=200):
    """The plan as the observer reads it."""
    document = properties if status != 200 else {"name": "OpenSourceRelationalDatabases", "properties": properties}
    service.has(BELOW, document, status)
    return observer.observe(service.connection, service.server.subscription_id, deadline=service.deadline)


def test_a_plan_that_was_never_on(service):
    """Recorded: a free plan tells its tier and the trial that is left, and nothing else. It is one request."""
    found = observed(service, {"pricingTier": "Free", "freeTrialRemainingTime": "PT0S"})
    assert found == DefenderPlan(tier="Free", free_trial_remaining="PT0S")
    assert not found.enabled
    assert service.paths == [BELOW]
    assert service.queries == ["api-version=2024-01-01"]


def test_a_plan_that_is_on(service):
    """Documented: sub-plan, coverage, enforcement, since when, and extensions, whose switches are texts."""
    found = observed(
        service,
        {
            "pricingTier": "Standard",
            "freeTrialRemainingTime": "PT0S",
            "enablementTime": "2026-03-01T12:42:42.1921106Z",
            "subPlan": "P1",
            "enforce": "False",
            "resourcesCoverageStatus": "PartiallyCovered",
            "extensions": [{"name": "A", "isEnabled": "True"}, {"name": "B", "isEnabled": "False"}, {}, "odd"],
        },
    )
    assert found == DefenderPlan(
        tier="Standard",
        sub_plan="P1",
        coverage="PartiallyCovered",
        enforce="False",
        enabled_since="2026-03-01T12:42:42.1921106Z",
        free_trial_remaining="PT0S",
        extensions={"A": True, "B": False},
    )
    assert found.enabled


@pytest.mark.parametrize(("tier", "enabled"), [("standard", True), ("STANDARD", True), ("free", False), ("New", False)])
def test_only_standard_is_on(service, tier, enabled):
    """The service's spelling does not matter, and a tier that is not known does not count as on."""
    found = observed(service, {"pricingTier": tier})
    assert (found.tier, found.enabled) == (tier, enabled)


@pytest.mark.parametrize("properties", [{}, {"pricingTier": ""}, {"pricingTier": None}, {"subPlan": "P1"}, None, []])
def test_a_tier_that_is_not_told_is_not_guessed(service, properties):
    """A plan without a tier is unreadable, neither on nor off."""
    with pytest.raises(Unreadable, match="Defender plan of subscription"):
        observed(service, properties)


def test_errors_come_through(service):
    """F7: a plan that may not be read, or a subscription that Defender does not know, is not a plan that is off."""
    with pytest.raises(Forbidden) as refused:
        observed(service, {"error": {"code": "AuthorizationFailed", "message": "no"}}, 403)
    assert refused.value.status == 403
    with pytest.raises(NotFound):
        observed(service, {"error": {"code": "Subscription Not Registered", "message": "not registered"}}, 404)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "isEnabled"]), inner),
    max_leaves=5,
)
KEYS = ["pricingTier", "subPlan", "extensions", "enforce", "inheritedFrom", "inherited", "resourcesCoverageStatus"]


@given(st.dictionaries(st.sampled_from(KEYS), JSON))
def test_any_json_is_a_plan_or_unreadable(properties):
    """G12: no shape of answer makes the observer stumble."""
    try:
        assert observer.parse({"properties": properties}, what="read it").tier
    except Unreadable:
        assert not isinstance(properties.get("pricingTier"), int | bool)
