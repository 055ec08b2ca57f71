"""The per-server threat protection setting."""

import pytest

from flexsec.errors import Unreadable
from flexsec.observers import threat_protection as observer


def observed(service, properties):
    """The setting as the observer reads it."""
    resource = {"properties": properties, "name": "Default"}
    service.has("/advancedThreatProtectionSettings/Default", resource)
    return observer.observe(service.connection, service.server, deadline=service.deadline)


@pytest.mark.parametrize(("state", "enabled"), [("Enabled", True), ("enabled", True), ("Disabled", False)])
def test_the_state_is_read_without_case(service, state, enabled):
    """The setting is enabled or disabled, whatever its spelling and creation time."""
    assert observed(service, {"state": state, "creationTime": "0001-01-01T00:00:00Z"}).enabled is enabled
    assert service.paths == ["/advancedThreatProtectionSettings/Default"]


@pytest.mark.parametrize("properties", [{}, {"state": ""}, {"state": "Enabling"}, {"state": None}, None, []])
def test_another_state_is_not_guessed(service, properties):
    """A state that is neither word is unreadable, neither on nor off."""
    with pytest.raises(Unreadable, match="threat protection of shop-db"):
        observed(service, properties)
