"""Following an operation: paces, endings, and everything that can come between."""

import pytest

from flexsec.errors import ArmError, Busy, Forbidden, ServiceFailure, Throttled
from flexsec.model.acceptance import Acceptance, EndingKind

INTERNAL = (
    500,
    "InternalServerError",
    "An unexpected error occured while processing the request. Tracking ID: '0f8fad5b-d9cb'",
)
BUSY_SPELLINGS = [
    (
        "ServerIsBusy",
        "Cannot complete operation while server 's' is busy processing another operation. Try again later.",
    ),
    ("ServerBusy", "Server 's' is busy with another operation. Please try again later."),
    ("ProvisioningServerBusy", "Server s is busy with other operations. Please try later"),
    ("", "Server s is busy with other operations. Please try later"),
    ("SomethingNew", "Server s is busy with other operations. Please try later"),
    (
        "AadAuthOperationCannotBePerformedWhenServerIsNotAccessible",
        "Server 's' is not in an accessible state to perform a Microsoft Entra authentication principal operation.",
    ),
    (
        "VirtualEndpointOwnerServerNotInReadyState",
        "Server s should be in Ready state to create/update/drop virtual endpoint",
    ),
    (
        "ServerIsNotReady",
        "Restart or Stop Server can only be performed on Started servers. Sever Name = s, Current Server State = Updating",
    ),
]


def ended(kit, *answers, seconds=3600.0, retry_after="10", **options):
    """The ending of a write whose polls are answered so."""
    connection = kit.connection(kit.accepted(retry_after=retry_after), *answers, **options)
    return kit.finish(connection, kit.write(connection), seconds=seconds)


def test_a_write_that_is_done_needs_no_poll(kit):
    """An acceptance without a status URL has succeeded."""
    done = Acceptance(status_url="", retry_after=None, operation="", request_id="")
    assert kit.finish(kit.connection(kit.status("InProgress")), done).kind is EndingKind.SUCCEEDED
    assert kit.script.requests == []


def test_polls_come_when_asked_for(kit):
    """The first poll comes after Retry-After of the 202, each later one after that of the poll before."""
    running = kit.status("InProgress", Retry_After="20")
    assert ended(kit, running, running, kit.status("Succeeded")).kind is EndingKind.SUCCEEDED
    assert kit.script.times == [0, 10, 30, 50]


def test_the_status_url_is_presented_unchanged(kit):
    """The signed URL goes back as it came, its blank and its signature included."""
    ended(kit, kit.status("Succeeded"))
    assert kit.script.requests[1][1] == kit.status_url


def test_without_a_header_the_wait_grows_from_one_to_five_seconds(kit):
    """G4: without Retry-After the wait is a tenth of the time so far, from 1 to 5 s: a short operation is seen soon."""
    ended(kit, *[kit.status("InProgress")] * 40, kit.status("Succeeded"), retry_after=None)
    waits = kit.clock.sleeps
    assert waits[:10] == [1.0] * 10
    assert waits == sorted(waits)
    assert waits[-1] == 5.0


def test_eager_polling_ignores_the_header(kit):
    """G4: an operation of 3 s under Retry-After 60 is seen within a second of its end."""
    running = kit.status("InProgress", Retry_After="60")
    ended(kit, running, running, kit.status("Succeeded"), retry_after="60", eager=True)
    assert kit.clock.elapsed == 3


def test_after_a_429_the_header_rules(kit):
    """X22: eager polling that is throttled waits what it is told, then what Retry-After says."""
    throttled = kit.error(429, "TooManyRequests", "The request is being throttled.", Retry_After="30")
    running = kit.status("InProgress", Retry_After="15")
    ended(kit, throttled, running, kit.status("Succeeded"), retry_after="60", eager=True)
    assert kit.script.times == [0, 1, 31, 46]


def test_a_429_past_the_deadline_ends_the_waiting_at_once(kit):
    """G2, X22: 372 s asked for and less left: the caller hears at once that the operation still runs."""
    throttled = kit.error(429, "ResourceRequestsThrottled", "Please try again after '372' seconds.")
    ending = ended(kit, throttled, seconds=60)
    assert ending.kind is EndingKind.TIMED_OUT
    assert "372" in ending.reason
    assert kit.clock.elapsed == 10


@pytest.mark.parametrize(("code", "words"), BUSY_SPELLINGS)
def test_busy_inside_the_poll(kit, code, words):
    """X2, X3, A2: every spelling of busy, the empty code included, is `Busy`, though HTTP says 200."""
    ending = ended(kit, kit.status("InProgress"), kit.status("Failed", (code, words)))
    assert ending.kind is EndingKind.FAILED
    assert isinstance(ending.error, Busy)
    assert (ending.error.status, ending.error.code, ending.error.detail) == (200, code, words)


@pytest.mark.parametrize("state", ["Stopped", "Disabled", "Inaccessible", "Dropping"])
def test_a_server_that_stays_down_is_not_busy(kit, state):
    """ServerIsNotReady on a stopped server will not pass by itself."""
    words = f"Restart or Stop Server can only be performed on Started servers. Current Server State = {state}"
    ending = ended(kit, kit.status("Failed", ("ServerIsNotReady", words)))
    assert ending.kind is EndingKind.FAILED
    assert not isinstance(ending.error, Busy)


def test_a_value_refused_late(kit):
    """X5, B6: "{0}" is explained, and is not busy."""
    ending = ended(kit, kit.status("Failed", ("OperationFailed", "{0}")))
    assert ending.kind is EndingKind.FAILED
    assert type(ending.error) is ArmError
    assert "read-only" in ending.reason


def test_an_internal_error_inside_the_poll(kit):
    """X7: a failed operation with InternalServerError is a service failure with its tracking id."""
    ending = ended(kit, kit.status("Failed", INTERNAL[1:]))
    assert isinstance(ending.error, ServiceFailure)
    assert ending.error.tracking_id == "0f8fad5b-d9cb"


def test_a_cancelled_operation(kit):
    """X41, G6: Canceled is an ending of its own, with the service's words."""
    ending = ended(kit, kit.status("Canceled", ("OperationCancelled", "The operation has been cancelled by user.")))
    assert ending.kind is EndingKind.CANCELED
    assert ending.error is not None
    assert ending.error.code == "OperationCancelled"


@pytest.mark.parametrize("word", ["Failed", "Canceled"])
@pytest.mark.parametrize("error", [None, 7, "words", [], {}])
def test_an_ending_without_an_error_object(kit, word, error):
    """A failure that says nothing is still a failure with an error."""
    ending = ended(kit, kit.json(200, {"status": word, "error": error}))
    assert ending.kind in {EndingKind.FAILED, EndingKind.CANCELED}
    assert isinstance(ending.error, ArmError)
    assert word in ending.reason or error in (7, "words")


@pytest.mark.parametrize("word", ["InProgress", "Completed", "Updating", "Reticulating", "succeeded?"])
def test_a_word_that_is_not_an_ending_is_pending(kit, word):
    """X23, G3: an operation that never ends is timed out at the deadline, never reported as done."""
    ending = ended(kit, kit.status(word, Retry_After="10"), seconds=95)
    assert ending.kind is EndingKind.TIMED_OUT
    assert word in ending.reason
    assert kit.clock.elapsed == 95


@pytest.mark.parametrize("word", ["succeeded", "SUCCEEDED", "Succeeded"])
def test_the_case_of_a_word_does_not_matter(kit, word):
    """Status words compare without case."""
    assert ended(kit, kit.status(word)).kind is EndingKind.SUCCEEDED


def test_one_last_poll_at_the_deadline(kit):
    """A wait that is longer than the time left is cut, and one poll tells whether the operation ended meanwhile."""
    assert ended(kit, kit.status("Succeeded"), seconds=45, retry_after="60").kind is EndingKind.SUCCEEDED
    assert kit.clock.elapsed == 45


def test_a_deadline_that_has_passed_sends_nothing(kit):
    """No poll is sent after the deadline."""
    assert ended(kit, kit.status("Succeeded"), seconds=0).kind is EndingKind.TIMED_OUT
    assert len(kit.script.requests) == 1


def test_polling_forbidden(kit):
    """X24, G5: 403 on the status URL leaves the outcome unknown and names the missing action."""
    action = "Microsoft.DBforPostgreSQL/locations/azureAsyncOperation/read"
    words = (
        f"The client 'c' with object id 'o' does not have authorization to perform action '{action}' over scope "
        f"'{kit.status_url}' or the scope is invalid."
    )
    ending = ended(kit, kit.error(403, "AuthorizationFailed", words))
    assert ending.kind is EndingKind.UNKNOWN
    assert isinstance(ending.error, Forbidden)
    assert ending.error.missing_action == action
    for text in (ending.reason, ending.error.scope, ending.error.detail):
        assert "canary" not in text


def test_the_status_url_is_gone(kit):
    """X25, G6: 404 in mid-poll leaves the outcome unknown."""
    running = kit.status("InProgress", Retry_After="10")
    ending = ended(kit, running, kit.error(404, "ResourceNotFound", "The requested resource was not found."))
    assert ending.kind is EndingKind.UNKNOWN
    assert ending.error is not None
    assert ending.error.status == 404


@pytest.mark.parametrize("answer", [(204, {}, b""), (200, {}, b"")])
def test_an_ending_without_a_body(kit, answer):
    """X26, G6: an empty final answer leaves the outcome unknown."""
    ending = ended(kit, kit.status("InProgress"), answer)
    assert ending.kind is EndingKind.UNKNOWN
    assert "no body" in ending.reason


@pytest.mark.parametrize("document", [{}, {"name": "x"}, {"status": None}, {"status": 7}, [], "Succeeded", 3])
def test_a_status_without_a_word(kit, document):
    """A body that names no state is not taken for success."""
    assert ended(kit, kit.json(200, document)).kind is EndingKind.UNKNOWN


def test_a_500_in_mid_poll_is_survived(kit):
    """X40: the status URL fails now and then; the operation goes on."""
    failing, running = kit.error(*INTERNAL), kit.status("InProgress", Retry_After="10")
    ending = ended(kit, running, failing, failing, running, failing, kit.status("Succeeded"))
    assert ending.kind is EndingKind.SUCCEEDED


def test_a_status_url_that_keeps_failing(kit):
    """X40: after five failures in a row the outcome is unknown, with the reason."""
    ending = ended(kit, kit.error(*INTERNAL))
    assert ending.kind is EndingKind.UNKNOWN
    assert "0f8fad5b-d9cb" in ending.reason
    assert len(kit.script.requests) == 6


@pytest.mark.parametrize(
    "bad",
    [
        ConnectionResetError(104, "reset"),
        (200, {"Content-Type": "text/html"}, b"<html>"),
        (200, {}, b'{"status": "Succ'),
        (200, {"Content-Length": "500"}, b'{"status": "Succeeded"}'),
    ],
    ids=["reset", "html", "cut json", "short body"],
)
def test_a_poll_that_breaks_off_is_sent_again(kit, bad):
    """X29: a poll is a read: what breaks is asked again, and for good it is unknown."""
    assert ended(kit, bad, bad, kit.status("Succeeded")).kind is EndingKind.SUCCEEDED


@pytest.mark.parametrize("bad", [ConnectionResetError(104, "reset"), (200, {}, b"<html>")], ids=["reset", "html"])
def test_a_poll_that_breaks_off_for_good(kit, bad):
    """X29: polling never raises; after five breaks the outcome is unknown."""
    ending = ended(kit, bad)
    assert ending.kind is EndingKind.UNKNOWN
    assert ending.reason


def test_the_token_stops_working_while_polling(kit):
    """A 401 on the status URL leaves the outcome unknown: nothing is raised."""
    assert ended(kit, kit.error(401, "ExpiredAuthenticationToken", "expired")).kind is EndingKind.UNKNOWN


def test_the_sign_in_ends_while_polling(kit):
    """A credential that fails in mid-operation leaves the outcome unknown, with what was tried."""
    acceptance = kit.write(kit.connection(kit.accepted()))

    class Expired:
        def get_token(self, *_, **__):
            raise ValueError("session expired")

    ending = kit.finish(kit.connection(kit.status("Succeeded"), credential=Expired()), acceptance)
    assert ending.kind is EndingKind.UNKNOWN
    assert "session expired" in ending.reason


def test_the_read_budget_counts_for_polls(kit):
    """Eager polls wait for the read budget like any read, and end at the deadline."""
    connection = kit.connection(kit.accepted(), kit.error(429, "TooManyRequests", "x", Retry_After="500"), eager=True)
    acceptance = kit.write(connection)
    with pytest.raises(Throttled):
        kit.read(connection, seconds=60)
    ending = kit.finish(connection, acceptance, seconds=60)
    assert ending.kind is EndingKind.TIMED_OUT
    assert "read budget" in ending.reason
    assert len(kit.script.requests) == 2


def test_a_status_url_outside_the_cloud_is_not_asked(kit):
    """The token is not sent to a host that is not this cloud's, even when a journal says so."""
    elsewhere = Acceptance(status_url="https://evil.example/op?s=canary", retry_after=1, operation="", request_id="")
    ending = kit.finish(kit.connection(kit.status("Succeeded")), elsewhere)
    assert ending.kind is EndingKind.UNKNOWN
    assert "evil.example" in ending.reason
    assert "canary" not in ending.reason
    assert kit.script.requests == []


def test_braces_in_a_status_url_are_harmless(kit):
    """The client formats URLs as templates; a brace must not break it."""
    odd = Acceptance(status_url=kit.status_url + "&x={y}", retry_after=1, operation="", request_id="")
    assert kit.finish(kit.connection(kit.status("Succeeded")), odd).kind is EndingKind.SUCCEEDED


def test_every_wait_is_announced(kit):
    """`on_wait` hears each wait before it begins."""
    waits = []
    connection = kit.connection(kit.accepted(), kit.status("InProgress", Retry_After="10"), kit.status("Succeeded"))
    kit.finish(connection, kit.write(connection), on_wait=lambda seconds: waits.append((seconds, kit.clock.elapsed)))
    assert waits == [(10, 0), (10, 10)]


def test_a_location_that_still_runs(kit):
    """The other form of following, 202 until done, counts as running."""
    connection = kit.connection(
        (202, {"Location": kit.status_url}, b""), (202, {"Retry-After": "5"}, b""), (204, {}, b"")
    )
    ending = kit.finish(connection, kit.write(connection))
    assert ending.kind is EndingKind.UNKNOWN
    assert kit.script.times == [0, 1, 6]
