"""The whole room against the simulated service: what each fault looks like from this side."""

import pytest

from flexsec.azure.connection import Connection
from flexsec.errors import AnswerLost, ArmError, Busy, Forbidden, NotFound, ServiceFailure, Throttled, Unreadable
from flexsec.model.acceptance import EndingKind
from flexsec.model.clock import Deadline
from flexsec.model.resource import ServerId
from flexsec.observers import administrators, firewall, parameters, server, threat_protection
from flexsec.testing import simulated

SERVER = ServerId("11111111-1111-1111-1111-111111111111", "rg-shop", "shop-db")
ARCHIVE = ServerId(SERVER.subscription_id, "rg-shop", "shop-archive")
WRITE = "set log_checkpoints on shop-db"


class Simulated:
    """A connection into the built-in world with some faults."""

    def __init__(self, *faults, eager=False, server_id=SERVER):
        self.simulation = simulated("insecure", faults=faults)
        self.world = self.simulation.world
        self.clock = self.simulation.clock
        self.server = server_id
        self.connection = Connection(
            self.simulation.credential,
            SERVER.subscription_id,
            clock=self.clock,
            transport=self.simulation.transport,
            eager=eager,
        )

    def deadline(self, seconds=600.0):
        return Deadline(self.clock, seconds)

    def observe(self, observer):
        return observer.observe(self.connection, self.server, deadline=self.deadline())

    def write(self, value="on"):
        body = {"properties": {"value": value, "source": "user-override"}}
        return self.connection.write(
            lambda client, keep: client.configurations.begin_put(
                "rg-shop", "shop-db", "log_checkpoints", body, polling=False, cls=keep
            ),
            what=WRITE,
        )

    def finish(self, acceptance, seconds=600.0):
        return self.connection.finish(acceptance, what=WRITE, deadline=self.deadline(seconds))

    def end(self, seconds=600.0):
        return self.finish(self.write(), seconds)

    def value(self):
        found = parameters.observe_one(self.connection, self.server, "log_checkpoints", deadline=self.deadline())
        return found.value

    @property
    def effects(self):
        return len(self.world.effects(SERVER.arm_id))

    @property
    def writes(self):
        return [record for record in self.world.requests if record.method in {"PUT", "PATCH", "POST", "DELETE"}]


def test_every_part_of_a_server_is_one_request():
    """Five observers, five requests, and what the world file says comes out."""
    room = Simulated()
    shop = room.observe(server)
    assert (shop.state, shop.version, shop.location, shop.public_network_access) == (
        "Ready",
        "16",
        "West Europe",
        "Enabled",
    )
    found = {parameter.name: parameter for parameter in room.observe(parameters)}
    assert found["log_disconnections"].value == "OFF"
    assert found["max_connections"].pending_restart
    assert [rule.name for rule in room.observe(firewall)][1:] == ["office", "temp-debug"]
    assert room.observe(administrators) == ()
    assert not room.observe(threat_protection).enabled
    assert len(room.world.requests) == 5


def test_a_write_is_followed_to_its_end():
    """One PUT, one poll after Retry-After, and the value is there."""
    room = Simulated()
    assert room.end().kind is EndingKind.SUCCEEDED
    assert room.value() == "on"
    assert (len(room.writes), room.effects) == (1, 1)


def test_eager_polling_sees_the_end_within_a_tenth():
    """G4: with `eager` a firewall rule of 60 s is seen at 61 to 66 s at the latest, whatever Retry-After says."""
    room = Simulated(eager=True)
    body = {"properties": {"startIpAddress": "198.51.100.7", "endIpAddress": "198.51.100.7"}}
    acceptance = room.connection.write(
        lambda client, keep: client.firewall_rules.begin_create_or_update(
            "rg-shop", "shop-db", "new", body, polling=False, cls=keep
        ),
        what="allow new",
    )
    assert acceptance.retry_after == 60
    assert room.finish(acceptance).kind is EndingKind.SUCCEEDED
    assert 60 <= room.clock.monotonic() <= 66


def test_busy_at_submit():
    """X1: `Busy`, no effect, one request."""
    room = Simulated({"id": "X1"})
    with pytest.raises(Busy):
        room.write()
    assert (len(room.writes), room.effects) == (1, 0)


@pytest.mark.parametrize("code", ["ServerIsBusy", "ServerBusy", "ProvisioningServerBusy", ""])
def test_busy_in_the_poll(code):
    """X2: each spelling ends as failed with `Busy`; the same write then succeeds."""
    room = Simulated({"id": "X2", "arguments": {"code": code}})
    ending = room.end()
    assert (ending.kind, type(ending.error)) == (EndingKind.FAILED, Busy)
    assert room.end().kind is EndingKind.SUCCEEDED
    assert room.effects == 1


def test_a_restart_that_comes_too_early():
    """X3: ServerIsNotReady in the poll is `Busy`."""
    room = Simulated({"id": "X3"})
    acceptance = room.connection.write(
        lambda client, keep: client.servers.begin_restart("rg-shop", "shop-db", polling=False, cls=keep),
        what="restart shop-db",
    )
    assert isinstance(room.finish(acceptance).error, Busy)


@pytest.mark.parametrize("form", ["late", "early"])
def test_a_value_that_is_refused(form):
    """X5: refused late or early, it is an error that is not worth a second try."""
    room = Simulated({"id": "X5", "arguments": {"form": form}})
    if form == "early":
        with pytest.raises(ArmError, match="does not take this value") as caught:
            room.write()
        error = caught.value
    else:
        error = room.end().error
    assert type(error) is ArmError
    assert room.value() == "off"


def test_an_internal_error_on_a_read():
    """X7: three attempts on a read, then an error with the tracking id."""
    room = Simulated({"id": "X7", "times": None})
    with pytest.raises(ServiceFailure) as caught:
        room.observe(server)
    assert len(room.world.requests) == 3
    assert caught.value.tracking_id


@pytest.mark.parametrize("applied", [True, False])
def test_an_internal_error_on_a_write(applied):
    """X7: one attempt on a write, which may have taken effect."""
    room = Simulated({"id": "X7", "arguments": {"applied": applied}})
    with pytest.raises(ServiceFailure):
        room.write()
    assert len(room.writes) == 1


def test_an_internal_error_in_the_poll():
    """X7: reported by the operation, it is a failure with a tracking id."""
    ending = Simulated({"id": "X7", "arguments": {"form": "poll"}}).end()
    assert isinstance(ending.error, ServiceFailure)
    assert ending.error.tracking_id


def test_entra_switched_off():
    """X14: the refusal to list administrators is no administrator."""
    assert Simulated({"id": "X14"}).observe(administrators) == ()


@pytest.mark.parametrize(
    "text", ["SubscriptionRequestsThrottled", "ResourceRequestsThrottled", "TooManyRequests", "legacy"]
)
@pytest.mark.parametrize("retry_after", ["9", "0", None])
def test_throttling(text, retry_after):
    """X22: every wording, with a header, with a zero and without one, is waited out for at least a second."""
    fault = {"id": "X22", "times": 2, "arguments": {"text": text, "seconds": 4, "retry_after": retry_after}}
    room = Simulated(fault)
    assert room.observe(server).state == "Ready"
    waited = {"9": 9, "0": 4, None: 4}[retry_after] if text != "TooManyRequests" or retry_after == "9" else 1
    assert room.clock.monotonic() == pytest.approx(2 * waited, abs=0.1)


def test_throttling_longer_than_there_is_time():
    """X22, G2: 372 s asked for and 60 s left: an error at once."""
    room = Simulated({"id": "X22", "times": None, "arguments": {"seconds": 372}})
    with pytest.raises(Throttled) as caught:
        server.observe(room.connection, SERVER, deadline=room.deadline(60))
    assert caught.value.retry_after == 372
    assert room.clock.monotonic() == 0


@pytest.mark.parametrize("word", ["InProgress", "Completed", "Updating", "Reticulating"])
def test_an_operation_that_never_ends(word):
    """X23, G3: timed out at the deadline, not a second later, and never reported as done."""
    room = Simulated({"id": "X23", "arguments": {"status": word}})
    ending = room.end(seconds=95)
    assert ending.kind is EndingKind.TIMED_OUT
    assert room.clock.monotonic() == pytest.approx(95)


@pytest.mark.parametrize(
    ("fault", "status"),
    [("X24", 403), ("X25", 404), ("X26", None)],
)
def test_a_status_that_cannot_be_read(fault, status):
    """X24, X25, X26, G5, G6: the ending is unknown, with its reason; the write took effect all the same."""
    room = Simulated({"id": fault, "times": None})
    ending = room.end()
    assert ending.kind is EndingKind.UNKNOWN
    assert ending.reason
    assert (ending.error.status if ending.error else None) == status
    room.clock.sleep(60)
    assert room.value() == "on"


def test_a_status_that_is_forbidden_names_the_action():
    """X24, G5: the missing action is told."""
    error = Simulated({"id": "X24", "times": None}).end().error
    assert isinstance(error, Forbidden)
    assert error.missing_action == "Microsoft.DBforPostgreSQL/locations/azureAsyncOperation/read"


@pytest.mark.parametrize("status", [200, 201])
def test_a_direct_success(status):
    """X27, G9: 200 and 201 mean done."""
    room = Simulated({"id": "X27", "arguments": {"status": status}})
    assert room.end().kind is EndingKind.SUCCEEDED
    assert room.value() == "on"
    assert room.clock.monotonic() == 0


@pytest.mark.parametrize("observer", [server, parameters, firewall, administrators, threat_protection])
def test_a_missing_permission_is_the_one_that_the_observer_states(observer):
    """X28, G13: what the service says is missing is what the observer says it needs."""
    room = Simulated({"id": "X28", "times": None})
    with pytest.raises(Forbidden) as caught:
        room.observe(observer)
    assert (caught.value.missing_action,) == observer.ACTIONS
    assert caught.value.scope.lower().startswith(SERVER.key)


FORMS = ["html", "truncated", "empty", "reset_before", "reset_after"]


@pytest.mark.parametrize("form", FORMS)
def test_a_read_survives_an_improper_answer(form):
    """X29: a read that meets it once succeeds."""
    room = Simulated({"id": "X29", "arguments": {"form": form}})
    assert room.observe(server).state == "Ready"


@pytest.mark.parametrize("form", FORMS)
def test_a_read_that_only_gets_improper_answers(form):
    """X29: for good, it is an error of ours and no other."""
    with pytest.raises((ServiceFailure, Unreadable, AnswerLost)):
        Simulated({"id": "X29", "times": None, "arguments": {"form": form}}).observe(server)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("status", [200, 502])
def test_a_write_with_an_improper_answer_is_sent_once(form, status):
    """X29: whatever comes back, the write went out once and is not reported as refused when it took effect."""
    room = Simulated({"id": "X29", "method": "PUT", "arguments": {"form": form, "status": status}})
    try:
        kind = room.end().kind
    except (AnswerLost, ServiceFailure):
        kind = None
    assert len(room.writes) == 1
    room.clock.sleep(60)
    if room.value() == "off":
        assert kind is None


@pytest.mark.parametrize("form", FORMS)
def test_a_poll_survives_an_improper_answer(form):
    """X29: a poll that meets it once goes on, or leaves the outcome unknown when the body was empty."""
    room = Simulated({"id": "X29", "path": "azureAsyncOperation", "arguments": {"form": form}})
    assert room.end().kind in {EndingKind.SUCCEEDED, EndingKind.UNKNOWN}
    assert room.value() == "on"


def test_a_parameter_that_this_version_does_not_have():
    """X30: `NotFound`, on a read and on a write."""
    room = Simulated({"id": "X30", "times": None})
    with pytest.raises(NotFound):
        room.value()
    with pytest.raises(NotFound):
        room.write()


@pytest.mark.parametrize("times", [1, 3])
def test_a_failing_status_url_is_survived(times):
    """X40: a few internal errors on the status URL do not lose the operation."""
    assert Simulated({"id": "X40", "times": times}).end().kind is EndingKind.SUCCEEDED


def test_a_status_url_that_fails_for_good():
    """X40: then the outcome is unknown."""
    room = Simulated({"id": "X40", "times": None})
    assert room.end().kind is EndingKind.UNKNOWN
    assert room.value() == "on"


def test_a_cancelled_operation():
    """X41: canceled, with no effect."""
    room = Simulated({"id": "X41"})
    assert room.end().kind is EndingKind.CANCELED
    assert room.value() == "off"


def test_a_stopped_server():
    """X20, F6: the server itself is read; a child's refusal says that the server is stopped."""
    room = Simulated(server_id=ARCHIVE)
    assert room.observe(server).state == "Stopped"
    for observer in (parameters, administrators):
        with pytest.raises(ArmError) as caught:
            room.observe(observer)
        assert caught.value.code == "ServerStoppedError"
        assert "stopped" in caught.value.message


@pytest.mark.parametrize(
    ("server_id", "sentence"),
    [
        (ServerId(SERVER.subscription_id, "rg-shop", "nope-db"), "the server does not exist"),
        (ServerId(SERVER.subscription_id, "nope", "shop-db"), "the resource group does not exist"),
        (ServerId("99999999-9999-9999-9999-999999999999", "rg-shop", "shop-db"), "the subscription does not exist"),
    ],
)
def test_what_does_not_exist_is_told_apart(server_id, sentence):
    """An unknown server, group and subscription each have their sentence."""
    with pytest.raises(NotFound, match=sentence):
        Simulated(server_id=server_id).observe(server)


def test_the_operation_can_be_followed_by_another_process():
    """G7: an acceptance alone, as a journal keeps it, is enough to follow the operation later."""
    room = Simulated()
    acceptance = room.write()
    later = Connection(
        room.simulation.credential, SERVER.subscription_id, clock=room.clock, transport=room.simulation.transport
    )
    assert later.finish(acceptance, what=WRITE, deadline=room.deadline()).kind is EndingKind.SUCCEEDED
    assert len(room.writes) == 1
