import pytest

from flexsec.errors import Forbidden
from flexsec.model.acceptance import EndingKind
from flexsec.model.server import ThreatProtection
from flexsec.observers import threat_protection


def test_setting_is_read(play):
    """The setting of a server that never had it is off."""
    assert play.read("threat_protection/read", threat_protection) == ThreatProtection(enabled=False)


def test_setting_is_enabled(play, change):
    """The setting is written, followed to its end, and on when read."""
    enable = change("threat_protection", "Default", {"state": "Enabled"})
    done = play.write("threat_protection/enable", enable, then=threat_protection)
    assert done.ending.kind == EndingKind.SUCCEEDED
    assert done.read == ThreatProtection(enabled=True)


def test_success_is_no_proof(play, change):
    """An operation that is reported done can leave the setting off: only reading tells."""
    enable = change("threat_protection", "Default", {"state": "Enabled"})
    done = play.write("threat_protection/enable_not_shown", enable, then=threat_protection)
    assert done.ending.kind == EndingKind.SUCCEEDED
    assert done.read == ThreatProtection(enabled=False)


def test_missing_right_is_named(play, change):
    """A forbidden setting names the action that is missing."""
    enable = change("threat_protection", "Default", {"state": "Enabled"})
    with pytest.raises(Forbidden) as caught:
        play.write("threat_protection/enable_forbidden", enable)
    assert caught.value.missing_action.endswith("/flexibleServers/advancedThreatProtectionSettings/write")
