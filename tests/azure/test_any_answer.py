"""Whatever comes back, in whatever order: only flexsec's own errors go up, and promises hold."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from flexsec.errors import FlexSecError
from flexsec.model.acceptance import Acceptance, Ending, EndingKind

WORDS = st.sampled_from(["Succeeded", "Failed", "Canceled", "InProgress", "Completed", "", None, 7])
ERRORS = st.sampled_from(
    [None, {}, {"code": "ServerIsBusy", "message": "is busy"}, {"code": "", "message": "{0}"}, "x", [1], {"code": 1}]
)
DOCUMENTS = st.fixed_dictionaries(
    {}, optional={"status": WORDS, "error": ERRORS, "value": st.lists(st.just({}), max_size=2)}
)
BODIES = DOCUMENTS.map(lambda document: json.dumps(document).encode()) | st.binary(max_size=20) | st.just(b"")
TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Retry-After": st.sampled_from(["0", "1", "10", "372", "-1", "x", "Thu, 01 Jan 2026 12:00:09 GMT"]) | TEXT,
        "Azure-AsyncOperation": st.sampled_from(["https://management.azure.com/op?s=1", "https://evil.example/", "x"]),
        "Location": st.just("https://management.azure.com/op"),
        "Content-Type": st.sampled_from(["application/json", "text/html"]) | TEXT,
        "Content-Length": st.sampled_from(["0", "5", "1000", "x"]),
        "WWW-Authenticate": st.just('Bearer error="insufficient_claims", claims="e30"') | TEXT,
        "x-ms-ratelimit-remaining-subscription-reads": st.sampled_from(["0", "249", "-1", "x"]),
        "x-ms-request-id": TEXT,
    },
)
STATUSES = st.sampled_from([200, 201, 202, 204, 301, 304, 400, 401, 403, 404, 409, 412, 429, 500, 502, 503, 504])
ANSWERS = st.tuples(STATUSES, HEADERS, BODIES) | st.just(ConnectionResetError(104, "reset"))
SCRIPTS = st.lists(ANSWERS, min_size=1, max_size=6)


def attempt(call):
    """What a call returns, or the error of ours that it raises."""
    try:
        return call()
    except FlexSecError as error:
        return error


def is_clean(error):
    """Whether an error says something and carries no other."""
    return bool(str(error)) and error.__context__ is None and error.__cause__ is None


@settings(max_examples=100, deadline=None)
@given(SCRIPTS, st.booleans())
def test_a_write_is_one_request_and_ends_in_words(new_kit, script, eager):
    """X1 to X41: a write is sent once (twice after a claims challenge), and fails only with an error of ours."""
    kit = new_kit()
    connection = kit.connection(*script, eager=eager)
    outcome = attempt(lambda: kit.write(connection))
    assert isinstance(outcome, Acceptance) or is_clean(outcome)
    challenged = len(kit.credential.asked) - 1
    assert len(kit.script.requests) == 1 + challenged <= 2
    assert kit.clock.elapsed == 0


@settings(max_examples=100, deadline=None)
@given(SCRIPTS, st.booleans(), st.sampled_from([0.0, 5.0, 100.0]))
def test_following_never_raises_nor_outlasts_its_deadline(new_kit, script, eager, seconds):
    """X22 to X41: following ends in an ending that says why, at the deadline at the latest."""
    kit = new_kit()
    acceptance = Acceptance(status_url=kit.status_url, retry_after=None, operation="", request_id="")
    ending = kit.finish(kit.connection(*script, eager=eager), acceptance, seconds=seconds)
    assert isinstance(ending, Ending)
    assert kit.clock.elapsed <= seconds + 1e-6
    assert ending.kind is EndingKind.SUCCEEDED or ending.reason
    assert set(kit.script.methods) <= {"GET"}
    if ending.kind is EndingKind.SUCCEEDED:
        assert any(b"Succeeded" in answer[2] for answer in script if isinstance(answer, tuple))


@settings(max_examples=100, deadline=None)
@given(SCRIPTS, st.sampled_from([0.0, 5.0, 100.0]))
def test_a_read_ends_in_time_and_in_words(new_kit, script, seconds):
    """X7, X22, X29: a read gives a JSON object or an error of ours, and never sleeps past its deadline."""
    kit = new_kit()
    outcome = attempt(lambda: kit.read(kit.connection(*script), seconds=seconds))
    assert isinstance(outcome, dict) or is_clean(outcome)
    assert kit.clock.elapsed <= seconds + 1e-6
