import pytest

from flexsec.errors import Busy, Forbidden
from flexsec.model.acceptance import EndingKind
from flexsec.observers import parameters


@pytest.fixture
def restart(change):
    """The restart that brings max_connections into force."""
    return change("restart", "server", {"pending": ""}, {"pending": "max_connections"})


def test_restart_clears_what_was_pending(play, restart):
    """A restart without a Retry-After is polled every 1 to 5 seconds, takes about a minute, and leaves nothing pending."""
    done = play.write("restart/restart", restart, then=parameters)
    assert done.ending.kind == EndingKind.SUCCEEDED
    assert done.acceptance.retry_after is None
    assert all(1 <= wait <= 5 for wait in done.waits)
    assert 60 <= sum(done.waits) <= 70
    assert [(p.name, p.pending_restart) for p in done.read] == [("max_connections", False)]


def test_server_that_is_not_ready(play, restart):
    """A restart of a server that is not ready is accepted and refused in the poll; that counts as busy."""
    ending = play.write("restart/not_ready", restart).ending
    assert ending.kind == EndingKind.FAILED
    assert isinstance(ending.error, Busy)
    assert ending.error.code == "ServerIsNotReady"


def test_missing_right_is_named(play, restart):
    """A forbidden restart names the action that is missing."""
    with pytest.raises(Forbidden) as caught:
        play.write("restart/forbidden", restart)
    assert caught.value.missing_action == "Microsoft.DBforPostgreSQL/flexibleServers/restart/action"
