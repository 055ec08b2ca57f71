"""Reads: what is retried, for how long, and what comes out."""

import pytest

from flexsec.errors import (
    AnswerLost,
    ArmError,
    CredentialUnavailable,
    DeadlineExceeded,
    NotFound,
    ServiceFailure,
    Throttled,
    Unreadable,
)

X7 = (
    500,
    "InternalServerError",
    "An unexpected error occured while processing the request. Tracking ID: '0f8fad5b-d9cb-469f-a165-70867728950e'",
)
RESET = ConnectionResetError(104, "Connection reset by peer")


def test_a_read_carries_the_api_version_and_nothing_is_slept(kit):
    """A read is one GET with the API version that flexsec speaks."""
    assert kit.read(kit.connection(kit.json(200, {"name": "rg"}))) == {"name": "rg"}
    method, url, headers, body, _ = kit.script.requests[0]
    assert (method, body) == ("GET", b"")
    assert (
        url == f"https://management.azure.com/subscriptions/{kit.subscription}/resourceGroups/rg?api-version=2026-10-01"
    )
    assert headers["Authorization"] == f"Bearer {kit.token}"
    assert headers["User-Agent"].startswith("flexsec/")
    assert kit.clock.sleeps == []


def test_a_path_is_quoted(kit):
    """A name with letters beyond ASCII reaches the service percent-encoded, braces included."""
    connection = kit.connection(kit.json(200, {}))
    connection.read("/subscriptions/x/resourceGroups/größe{0} a", what="read it", deadline=kit.deadline())
    assert "/resourceGroups/gr%C3%B6%C3%9Fe%7B0%7D%20a?" in kit.script.requests[0][1]


@pytest.mark.parametrize(
    ("headers", "words", "wait"),
    [
        ({"Retry_After": "7"}, "The request is being throttled.", 7),
        ({}, "Please try again after '372' seconds.", 372),
        ({"Retry_After": "0"}, "The request is being throttled.", 1),
        ({}, "backend storage limit. Please try again after '0' seconds.", 1),
        ({}, "The request is being throttled.", 1),
        ({"Retry_After": "soon"}, "x", 1),
    ],
)
def test_throttling_is_waited_out(kit, headers, words, wait):
    """X22, G1: a 429 is read again after Retry-After, else after the seconds in its words, never under one second."""
    throttled = kit.error(429, "SubscriptionRequestsThrottled", words, **headers)
    assert kit.read(kit.connection(throttled, throttled, kit.json(200, {"ok": 1}))) == {"ok": 1}
    assert kit.script.times == [0, wait, 2 * wait]


def test_a_retry_after_may_be_a_date(kit):
    """X22: Retry-After as a date is the time until then; a date that has passed is one second."""
    throttled = kit.error(429, "TooManyRequests", "x", Retry_After="Thu, 01 Jan 2026 12:00:09 GMT")
    kit.read(kit.connection(throttled, throttled, kit.json(200, {})))
    assert kit.script.times == [0, 9, 10]


def test_a_wait_past_the_deadline_is_not_begun(kit):
    """G2: with 60 s left and 372 s asked for, the read ends at once and says how long the service asks to wait."""
    throttled = kit.error(429, "ResourceRequestsThrottled", "limit of '50'", Retry_After="372")
    with pytest.raises(Throttled) as caught:
        kit.read(kit.connection(throttled), seconds=60)
    assert caught.value.retry_after == 372
    assert kit.clock.elapsed == 0
    assert len(kit.script.requests) == 1


def test_an_internal_error_is_asked_again_twice(kit):
    """X7, B14: three attempts, then an error that holds the tracking id and the request id."""
    with pytest.raises(ServiceFailure) as caught:
        kit.read(kit.connection(kit.error(*X7, x_ms_request_id="req-1")))
    assert len(kit.script.requests) == 3
    assert caught.value.tracking_id == "0f8fad5b-d9cb-469f-a165-70867728950e"
    assert caught.value.request_id == "req-1"
    assert "0f8fad5b" in caught.value.message


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_passing_failure_is_survived(kit, status):
    """A gateway or service failure that passes costs a wait, not the read; the body need not be JSON."""
    html = (status, {"Content-Type": "text/html"}, b"<html><title>Bad Gateway</title></html>")
    assert kit.read(kit.connection(html, html, kit.json(200, {"ok": 1}))) == {"ok": 1}
    assert kit.script.times == [0, 1, 3]


def test_other_errors_are_not_asked_again(kit):
    """A 404 is an answer: one request."""
    with pytest.raises(NotFound):
        kit.read(kit.connection(kit.error(404, "ResourceGroupNotFound", "Resource group 'rg' could not be found.")))
    assert len(kit.script.requests) == 1


def test_a_broken_connection_is_tried_three_times_more(kit):
    """X29: a reset is read again after 1, 2 and 4 s, then it is an error that carries no request."""
    with pytest.raises(AnswerLost) as caught:
        kit.read(kit.connection(RESET))
    assert kit.script.times == [0, 1, 3, 7]
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    assert "read group rg" in caught.value.message


def test_a_body_cut_off_is_a_broken_connection(kit):
    """X29: JSON cut in the middle is read again; for good it is an error that says so."""
    cut = (200, {"Content-Type": "application/json"}, b'{"value": [{"na')
    assert kit.read(kit.connection(cut, kit.json(200, {"ok": 1}))) == {"ok": 1}


def test_a_body_shorter_than_announced_is_a_broken_connection(kit):
    """X29: fewer bytes than Content-Length promises are not an answer, even when they parse."""
    short = (200, {"Content-Type": "application/json", "Content-Length": "100"}, b"{}")
    assert kit.read(kit.connection(short, kit.json(200, {"ok": 1}))) == {"ok": 1}


def test_a_body_that_breaks_off_for_good(kit):
    """X29: a success that never arrives whole is a lost answer."""
    short = (200, {"Content-Length": "100"}, b"{}")
    with pytest.raises(AnswerLost, match="while the answer was read"):
        kit.read(kit.connection(short))
    assert len(kit.script.requests) == 4


def test_an_error_that_breaks_off_keeps_its_status(kit):
    """G14: a 403 whose body is cut off is still a 403."""
    with pytest.raises(ArmError) as caught:
        kit.read(kit.connection((403, {"Content-Length": "100"}, b'{"error": {"co')))
    assert caught.value.status == 403


def test_html_for_good_is_unreadable(kit):
    """X29: a page where JSON is expected names its title and the likely culprit, and no traceback."""
    page = (200, {"Content-Type": "text/html"}, b"<html><head><title>Corporate proxy</title></head></html>")
    with pytest.raises(Unreadable, match=r"Corporate proxy.*proxy between here and Azure"):
        kit.read(kit.connection(page))
    assert len(kit.script.requests) == 4


@pytest.mark.parametrize("document", [[], "text", 7, None, True])
def test_json_that_is_no_object_is_unreadable(kit, document):
    """A JSON answer of another shape is an error at once: asking again would not change it."""
    with pytest.raises(Unreadable):
        kit.read(kit.connection(kit.json(200, document)))
    assert len(kit.script.requests) == 1


def test_nothing_is_sent_when_no_time_is_left(kit):
    """A read at its deadline sends nothing."""
    with pytest.raises(DeadlineExceeded):
        kit.read(kit.connection(kit.json(200, {})), seconds=0)
    assert kit.script.requests == []


def test_retries_stop_at_the_deadline(kit):
    """A retry that would wait past the deadline is not made: the error is the service's own."""
    with pytest.raises(ServiceFailure):
        kit.read(kit.connection(kit.error(*X7)), seconds=1.5)
    assert kit.clock.elapsed <= 1.5
    assert len(kit.script.requests) == 2


def test_the_services_own_count_slows_reads(kit):
    """G1: when an answer says that no reads are left, the next ones come at half the rate."""
    connection = kit.connection(kit.json(200, {}, x_ms_ratelimit_remaining_subscription_reads="0"))
    for _ in range(3):
        kit.read(connection)
    assert kit.script.times == pytest.approx([0, 0.08, 0.16])


def test_a_list_is_read_to_its_end(kit):
    """X39: every page is read, in order; the next page's URL is sent as given."""
    link = (
        f"https://management.azure.com/subscriptions/{kit.subscription}/things?api-version=2026-10-01&$skiptoken=a%2Fb"
    )
    pages = [
        kit.json(200, {"value": [{"n": 1}], "nextLink": link}),
        kit.json(200, {"value": [{"n": 2}], "nextLink": ""}),
    ]
    assert kit.read_list(kit.connection(*pages)) == [{"n": 1}, {"n": 2}]
    assert kit.script.requests[1][1] == link


def test_a_failing_page_fails_the_list(kit):
    """X39: a partial list never looks complete."""
    link = "https://management.azure.com/next"
    with pytest.raises(ServiceFailure):
        kit.read_list(kit.connection(kit.json(200, {"value": [{"n": 1}], "nextLink": link}), kit.error(*X7)))


def test_pages_that_repeat_are_an_error(kit):
    """X39: a next page that was read already would never end."""
    link = "https://management.azure.com/next"
    with pytest.raises(Unreadable, match="do not end"):
        kit.read_list(kit.connection(kit.json(200, {"value": [], "nextLink": link})))
    assert len(kit.script.requests) == 2


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/next",
        "http://management.azure.com/next",
        "https://management.azure.com.evil.example/next",
        "https://management.azure.com@evil.example/next",
        "https://management.azure.com:8443/next",
        "https://[bad/next",
        7,
    ],
)
def test_the_token_never_leaves_the_cloud(kit, link):
    """A next page at another host is refused before the token is sent there."""
    with pytest.raises(Unreadable):
        kit.read_list(kit.connection(kit.json(200, {"value": [], "nextLink": link})))
    assert len(kit.script.requests) == 1


@pytest.mark.parametrize("document", [{}, {"value": None}, {"value": {}}, {"value": [1]}, {"value": "x"}])
def test_a_list_of_another_shape_is_unreadable(kit, document):
    """A list without a list of objects is never read as empty."""
    with pytest.raises(Unreadable):
        kit.read_list(kit.connection(kit.json(200, document)))


def test_a_redirect_is_not_followed(kit):
    """A redirect is an error, so that a token cannot be lured elsewhere."""
    with pytest.raises(ArmError, match="redirect") as caught:
        kit.read(kit.connection((302, {"Location": "https://evil.example/"}, b"")))
    assert caught.value.status == 302
    assert len(kit.script.requests) == 1


def test_no_token_means_nothing_is_sent(kit):
    """A credential that fails in any way is `CredentialUnavailable`, without a retry and without the cause."""

    class Broken:
        def get_token(self, *_, **__):
            raise RuntimeError("vault sealed")

    with pytest.raises(CredentialUnavailable, match="vault sealed") as caught:
        kit.read(kit.connection(kit.json(200, {}), credential=Broken()))
    assert caught.value.__context__ is None
    assert kit.script.requests == []
