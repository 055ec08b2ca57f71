"""Error answers of every shape become flexsec errors with sentences that help."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.azure.answer import Answer
from flexsec.azure.faults import fault, operation_fault, unreadable
from flexsec.errors import ArmError, Busy, Forbidden, NotFound, ServiceFailure, Throttled, Unauthorized

NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
WHAT = "read the parameters of shop-db"


def made(status, body, **headers):
    """The error for an answer."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return fault(Answer.of(status, {k.replace("_", "-"): v for k, v in headers.items()}, raw), what=WHAT, now=NOW)


def told(code, message, **more):
    """An error body in the service's form."""
    return {"error": {"code": code, "message": message, **more}}


@pytest.mark.parametrize(
    ("body", "code", "detail"),
    [
        (told("ServerStoppedError", "Server is stopped."), "ServerStoppedError", "Server is stopped."),
        ({"code": "A", "message": "flat"}, "A", "flat"),
        ({"HttpStatusCode": 404, "ErrorCode": "Not Found", "Message": "No such rule"}, "Not Found", "No such rule"),
        ({"error": "invalid_client", "error_description": "no such client"}, "invalid_client", "no such client"),
        ({"Message": "only words"}, "", "only words"),
        ("a sentence", "", "a sentence"),
        (b"<html><head><TITLE>502 Bad\nGateway</TITLE></head></html>", "", "a page titled '502 Bad Gateway'"),
        (b"<!doctype html><body>x</body>", "", "a page without a title"),
        (b"plain text", "", "plain text"),
        (b"", "", ""),
        (b"\xff\xfe", "", "��"),
        ({"error": None}, "", ""),
        ({"error": []}, "", ""),
        ({"error": {"code": None, "message": ["x"]}}, "", ""),
        ({"error": {"code": 42, "message": ""}}, "42", ""),
        ([1, 2], "", ""),
        (b"\xef\xbb\xbf" + b'{"error": {"code": "BOM", "message": "m"}}', "BOM", "m"),
    ],
)
def test_every_recorded_shape_is_understood(body, code, detail):
    """G14, X29: code and words come out of every shape of error body, the status stays."""
    error = made(418, body)
    assert (error.status, error.code, error.detail) == (418, code, detail)
    assert error.message.startswith(f"could not {WHAT}: ")


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, ArmError), (401, Unauthorized), (403, Forbidden), (404, NotFound), (409, ArmError), (429, Throttled)]
    + [(status, ServiceFailure) for status in (500, 502, 503, 504)],
)
def test_the_status_decides_the_kind(status, kind):
    """Each status has its error, so that callers catch what they mean."""
    assert type(made(status, told("Code", "Words."))) is kind


@pytest.mark.parametrize(
    ("message", "action", "scope"),
    [
        (
            (
                "The client 'c' with object id 'o' does not have authorization to perform action 'Microsoft.X/y/read' over "
                "scope '/subscriptions/s' or the scope is invalid. If access was recently granted, please refresh your "
                "credentials."
            ),
            "Microsoft.X/y/read",
            "/subscriptions/s",
        ),
        (
            (
                "The client 'c' with object id 'o' has permission to perform action 'Microsoft.Network/privateEndpoints/"
                "write' on scope 'pe'; however, it does not have permission to perform action "
                "'PrivateEndpointConnectionsApproval/action' on the linked scope(s) '/server' or the linked scope(s) are "
                "invalid."
            ),
            "PrivateEndpointConnectionsApproval/action",
            "/server",
        ),
        ("You shall not pass.", "", ""),
        ("does not have authorization to perform action 'A'", "A", ""),
    ],
)
def test_what_is_missing_is_named(message, action, scope):
    """X28, X10, G13: the missing action and its scope are taken out of the sentence, the linked ones too."""
    error = made(403, told("AuthorizationFailed", message))
    assert isinstance(error, Forbidden)
    assert (error.missing_action, error.scope) == (action, scope)
    assert action in error.message


@pytest.mark.parametrize(
    ("code", "message", "sentence"),
    [
        ("ResourceGroupNotFound", "Resource group 'rg' could not be found.", "the resource group does not exist"),
        (
            "ResourceNotFound",
            "The Resource 'Microsoft.DBforPostgreSQL/flexibleServers/X' under resource group 'rg' was not found.",
            "the server does not exist",
        ),
        ("SubscriptionNotFound", "The subscription 's' could not be found.", "the subscription does not exist"),
        (
            "InvalidSubscriptionId",
            "The provided subscription identifier 's' is malformed.",
            "the subscription does not",
        ),
        (
            "ConfigurationNotExists",
            "The configuration 'x' does not exist for s server version 16.",
            "no such parameter",
        ),
        (
            "ResourceNotFound",
            (
                "The requested resource of type 'Microsoft.DBforPostgreSQL/flexibleServers/databases' with name 'x' was "
                "not found."
            ),
            "the resource does not exist",
        ),
    ],
)
def test_a_404_says_what_is_missing(code, message, sentence):
    """An unknown server, group, subscription and parameter are told apart, with the service's words."""
    error = made(404, told(code, message))
    assert isinstance(error, NotFound)
    assert sentence in error.message
    assert message in error.message


def test_an_unknown_parameter_may_come_as_400():
    """X30: ConfigurationNotExists is recorded with 400 and reported with 404; both are `NotFound`."""
    error = made(400, told("ConfigurationNotExists", "The configuration 'x' does not exist for s server version 16."))
    assert isinstance(error, NotFound)
    assert error.status == 400


@pytest.mark.parametrize("status", [200, 400, 409, 500, 503])
def test_busy_is_told_by_code_or_words_whatever_the_status(status):
    """X1, A2: the HTTP status does not decide whether a server is busy."""
    assert isinstance(made(status, told("ServerIsBusy", "")), Busy)
    assert isinstance(made(status, told("", "Server s is busy with other operations. Please try later")), Busy)


@pytest.mark.parametrize(
    "message",
    ["The value 'busybox' is not allowed.", "Business hours only.", "Your server is in Ready condition."],
)
def test_words_that_only_look_busy(message):
    """A refusal that happens to contain the letters is not taken for a busy server."""
    assert not isinstance(made(400, told("InvalidParameterValue", message)), Busy)


def test_ids_for_a_support_ticket():
    """B14: request id, correlation id and tracking id are on the error, cleaned of anything odd."""
    message = "An unexpected error occured while processing the request. Tracking ID: '0f8fad5b-d9cb-469f'"
    headers = {"x_ms_request_id": "req-1\r\n", "x_ms_correlation_request_id": "cor-1<script>"}
    error = made(500, told("InternalServerError", message), **headers)
    assert (error.request_id, error.correlation_id) == ("req-1", "cor-1script")
    assert error.tracking_id == "0f8fad5b-d9cb-469f"


@pytest.mark.parametrize(
    ("headers", "body", "wait"),
    [
        ({"Retry_After": "372"}, b"", 372),
        ({"Retry_After": "0"}, told("x", "Please try again after '6' seconds."), 6),
        ({}, told("RetryableError", "r", details=[{"message": "The call can be retried in 14 seconds."}]), 14),
        ({}, told("x", "r", details="odd"), 1),
        ({}, told("x", "after 99999999999999999999 seconds"), 999999999),
        ({"Retry_After": "-7"}, b"", 1),
        ({"Retry_After": "inf"}, b"", 1),
    ],
)
def test_how_long_a_429_asks_to_wait(headers, body, wait):
    """X22, G1: the header, else the seconds in the words, nested ones included; never under one."""
    error = made(429, body, **headers)
    assert isinstance(error, Throttled)
    assert error.retry_after == wait


def test_a_secret_in_the_services_words_is_taken_out():
    """D15: signatures, tokens and passwords that a message repeats do not reach the error; 1,000 characters do."""
    message = (
        "over scope 'https://management.azure.com/op/1?api-version=1&t=1&s=CANARY1' with Bearer CANARY2 and "
        'eyJhbGciOiJub25lIn0.CANARY3.CANARY4 {"administratorLoginPassword": "CANARY5"} password=CANARY6 '
        "/subscriptions/x/op?c=CANARY7\x1b[31m\r\nnext " + "x" * 5000
    )
    error = made(403, told("AuthorizationFailed", message))
    assert "CANARY" not in repr(vars(error)) + str(error)
    assert "\x1b" not in error.detail
    assert "\n" not in error.message
    assert len(error.detail) == 1000


def test_an_answer_never_shows_its_body():
    """D15: the repr of an answer holds neither headers nor body."""
    answer = Answer.of(200, {"Azure-AsyncOperation": "CANARY"}, b'{"a": "CANARY"}')
    assert "CANARY" not in repr(answer)


@given(st.integers(100, 599), st.binary(max_size=300), st.text(max_size=20))
def test_any_bytes_make_an_error(status, body, header):
    """X29: whatever arrives, the parser gives an error with the status, and raises nothing of its own."""
    headers = {"Retry-After": header, "x-ms-request-id": header, "Content-Type": header}
    error = fault(Answer.of(status, headers, body), what=WHAT, now=NOW)
    assert isinstance(error, ArmError)
    assert error.status == status
    assert error.message.startswith(f"could not {WHAT}: ")
    assert not set(error.message) & set("\r\n\x1b\x00")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["error", "code", "message", "details", "Message", "ErrorCode", "x"]), inner)
    ),
    max_leaves=12,
)


@given(st.sampled_from([200, 400, 403, 404, 409, 429, 500]), JSON)
def test_any_json_makes_an_error(status, document):
    """X29: neither does any JSON make it stumble, at once or inside a poll."""
    answer = Answer.of(status, {}, json.dumps(document).encode())
    assert isinstance(fault(answer, what=WHAT, now=NOW), ArmError)
    assert isinstance(operation_fault(document, answer, what=WHAT), ArmError)
    assert isinstance(unreadable(answer, what=WHAT, expected="a JSON object"), ArmError)


def test_a_bottomless_body_is_not_json():
    """A body nested beyond all measure, or a number without end, is an error answer like any other."""
    assert made(500, b"[" * 200_000).status == 500
    assert made(500, b'{"error": ' + b"9" * 100_000 + b"}").status == 500


@given(st.text(alphabet="ab/?&=t.:h'\" ", max_size=40), st.text(alphabet="ab/?&=.:' ", max_size=40))
def test_a_signed_url_in_any_surroundings_is_cut(before, after):
    """D15: wherever a status URL stands in a message, its signature does not come out."""
    url = "https://management.azure.com/op/1?api-version=1&t=1&c=CANARY&s=CANARY&h=CANARY"
    assert "CANARY" not in str(made(500, told("X", f"{before} {url} {after}")))
