import pytest

from flexsec.errors import ArmError, Busy, Forbidden, NotFound, ServiceFailure, Throttled
from flexsec.model.acceptance import EndingKind
from flexsec.observers import parameters


@pytest.fixture
def lock_waits(change):
    """The change that most cases send."""
    return change("parameters", "log_lock_waits", {"value": "on"})


def test_parameters_are_listed(play):
    """Values, types and pending restarts are read as recorded, whatever their spelling."""
    found = {parameter.name: parameter for parameter in play.read("parameters/list", parameters)}
    assert found["log_disconnections"].value == "OFF"
    assert found["max_connections"].pending_restart
    assert not found["max_connections"].dynamic
    assert not found["log_checkpoints"].pending_restart


def test_stopped_server_refuses_the_list(play):
    """The parameters of a stopped server are refused with the service's code."""
    with pytest.raises(ArmError) as caught:
        play.read("parameters/list_stopped", parameters)
    assert caught.value.code == "ServerStoppedError"
    assert caught.value.status == 400


def test_set_is_followed_and_read_back(play, lock_waits):
    """One PUT, polls at the pace of Retry-After, and the value is there."""
    done = play.write("parameters/set", lock_waits, then=parameters)
    assert done.ending.kind == EndingKind.SUCCEEDED
    assert done.acceptance.operation == "UpdateOrcasServerParameterManagementOperation"
    assert done.acceptance.retry_after == 10
    assert done.waits == [10]
    assert [(p.name, p.value, p.pending_restart) for p in done.read] == [("log_lock_waits", "on", False)]


def test_static_parameter_waits_for_a_restart(play, change):
    """A static parameter shows its new value at once and says that a restart is pending."""
    static = change("parameters", "max_worker_processes", {"value": "16"})
    done = play.write("parameters/set_static", static, then=parameters)
    assert [(p.value, p.pending_restart) for p in done.read] == [("16", True)]


def test_busy_at_once(play, lock_waits):
    """A refusal because the server is busy is told apart: nothing changed."""
    with pytest.raises(Busy):
        play.write("parameters/set_busy", lock_waits)


@pytest.mark.parametrize("case", ["set_busy_in_poll", "set_busy_without_code"])
def test_busy_in_the_poll(play, lock_waits, case):
    """Busy inside a 200 of the poll is told by its code, and by its words when the code is empty."""
    ending = play.write(f"parameters/{case}", lock_waits).ending
    assert ending.kind == EndingKind.FAILED
    assert isinstance(ending.error, Busy)
    assert ending.error.status == 200


@pytest.mark.parametrize(
    ("case", "kind", "error", "code"),
    [
        ("set_read_only", EndingKind.FAILED, ArmError, "OperationFailed"),
        ("set_internal_error", EndingKind.FAILED, ServiceFailure, "InternalServerError"),
        ("poll_canceled", EndingKind.CANCELED, ArmError, "OperationCancelled"),
    ],
)
def test_failure_in_the_poll(play, lock_waits, case, kind, error, code):
    """What fails while being polled ends with the service's own code; an internal error keeps its tracking id."""
    ending = play.write(f"parameters/{case}", lock_waits).ending
    assert ending.kind == kind
    assert type(ending.error) is error
    assert ending.error.code == code
    assert bool(ending.error.tracking_id) == (error is ServiceFailure)


def test_unknown_parameter(play, change):
    """A parameter that the server does not have is refused."""
    with pytest.raises((NotFound, ArmError)) as caught:
        play.write("parameters/set_unknown", change("parameters", "no_such_parameter", {"value": "on"}))
    assert caught.value.status in (400, 404)
    assert "no_such_parameter" in str(caught.value)


def test_missing_right_is_named(play, lock_waits):
    """A forbidden write names the action that is missing."""
    with pytest.raises(Forbidden) as caught:
        play.write("parameters/set_forbidden", lock_waits)
    assert caught.value.missing_action == "Microsoft.DBforPostgreSQL/flexibleServers/configurations/write"


def test_throttled_write_is_not_sent_again(play, lock_waits):
    """A throttled write is raised with the wait that the service asks for; whether to send it again is not decided here."""
    with pytest.raises(Throttled) as caught:
        play.write("parameters/set_throttled", lock_waits)
    assert caught.value.retry_after == 12


def test_done_at_once(play, lock_waits):
    """A 200 with the resource, which the official client rejects, is a success without polling."""
    done = play.write("parameters/set_at_once", lock_waits)
    assert done.acceptance.status_url == ""
    assert done.ending.kind == EndingKind.SUCCEEDED


@pytest.mark.parametrize("case", ["poll_forbidden", "poll_not_found"])
def test_unreadable_status_is_unknown(play, lock_waits, case):
    """When the status may not be read, or is gone, the end is unknown with a reason: never a failure, never a success."""
    ending = play.write(f"parameters/{case}", lock_waits).ending
    assert ending.kind == EndingKind.UNKNOWN
    assert ending.reason


def test_failing_poll_is_repeated(play, lock_waits):
    """A 500 on a poll says nothing about the operation; the next poll does."""
    assert play.write("parameters/poll_internal_error", lock_waits).ending.kind == EndingKind.SUCCEEDED
