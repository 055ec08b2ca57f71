import pytest

from flexsec.errors import ArmError, Forbidden
from flexsec.model.acceptance import EndingKind
from flexsec.observers import server
from flexsec.operations import authentication


@pytest.fixture
def entra_on(change):
    """Entra authentication enabled."""
    return change("authentication", "entra", {"state": "Enabled"}, {"state": "Disabled"})


def test_entra_is_enabled_and_read_back(play, entra_on):
    """One PATCH with both switches, followed every minute; both switches and the tenant are shown."""
    (done,) = play.write_all("authentication/enable", [entra_on], then=server)
    assert done.ending.kind == EndingKind.SUCCEEDED
    assert set(done.waits) == {60}
    assert (done.read.entra_auth, done.read.password_auth) == ("Enabled", "Enabled")
    assert done.read.tenant_id


def test_a_switch_that_is_ignored_shows_so(play, entra_on):
    """D1: the operation says Succeeded, and what is read back does not hold the change."""
    (done,) = play.write_all("authentication/enable_ignored", [entra_on], then=server)
    assert done.ending.kind == EndingKind.SUCCEEDED
    assert authentication.method_of(done.read, "entra") == "Disabled"


def test_passwords_are_disabled_by_auth_config_alone(play, change, entra_on):
    """D4: the body is the recorded one: authConfig with both switches and the tenant, and nothing else."""
    off = change("authentication", "password", {"state": "Disabled"}, {"state": "Enabled"})
    *_, done = play.write_all("authentication/disable_passwords", [entra_on, off], then=server)
    assert done.ending.kind == EndingKind.SUCCEEDED
    assert (done.read.entra_auth, done.read.password_auth) == ("Enabled", "Disabled")
    assert done.read.administrator_login == ""


def test_missing_credentials_are_told_with_what_to_do(play, change):
    """D3: EngineCredentialsNotProvided in the poll."""
    on = change("authentication", "password", {"state": "Enabled"}, {"state": "Disabled"})
    (done,) = play.write_all("authentication/credentials_missing", [on])
    assert type(done.ending.error) is ArmError
    assert done.ending.error.code == "EngineCredentialsNotProvided"
    assert "flexsec entra allow-passwords" in done.ending.error.message


def test_missing_right_is_named(play, entra_on):
    """A forbidden switch names the action that is missing."""
    with pytest.raises(Forbidden) as caught:
        play.write_all("authentication/enable_forbidden", [entra_on])
    assert caught.value.missing_action == "Microsoft.DBforPostgreSQL/flexibleServers/write"
