import pytest

from flexsec import ServerId
from flexsec.errors import Forbidden, NotFound
from flexsec.model.server import Networking
from flexsec.observers import server

SERVER = ServerId("00000000-0000-0000-0000-000000000001", "group-1", "server-1")


def test_server_is_read(play):
    """The recorded server becomes a value with the service's own words."""
    found = play.read("server/read", server)
    assert (found.state, found.version, found.networking) == ("Ready", "16", Networking.PUBLIC)
    assert (found.public_network_access, found.password_auth, found.entra_auth) == ("Enabled", "Enabled", "Disabled")
    assert found.encryption == "SystemManaged"


@pytest.mark.parametrize(
    ("case", "told"),
    [("not_found", "server"), ("group_not_found", "resource group"), ("subscription_not_found", "subscription")],
)
def test_absent_is_told_apart(play, case, told):
    """A 404 says which is missing: the server, its resource group or the subscription."""
    with pytest.raises(NotFound) as caught:
        play.read(f"server/{case}", server)
    assert told in str(caught.value)
    assert caught.value.request_id


def test_missing_right_is_named(play):
    """A 403 names the action and the scope, taken out of the service's sentence."""
    with pytest.raises(Forbidden) as caught:
        play.read("server/forbidden", server)
    assert caught.value.missing_action == "Microsoft.DBforPostgreSQL/flexibleServers/read"
    assert caught.value.scope.lower() == SERVER.arm_id.lower()


def test_throttled_read_waits_as_asked(play):
    """A throttled read waits the Retry-After, then at least a second without one, and succeeds."""
    begun = play.clock.monotonic()
    assert play.read("server/throttled", server).state == "Ready"
    assert 8 <= play.clock.monotonic() - begun <= 30


def test_gateway_page_is_tried_again(play):
    """A page of HTML from a gateway is no answer; the read is repeated and succeeds."""
    assert play.read("server/gateway_page", server).state == "Ready"


def test_other_states_are_passed_on(play):
    """A state other than Ready is told as the service told it."""
    assert play.read("server/restarting", server).state == "Restarting"
