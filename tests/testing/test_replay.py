from datetime import date

import pytest
import requests

from flexsec.testing import Exchange, Recording, ReplayMismatch, replayed, write_recording

URL = "https://management.azure.com/subscriptions/s/x?api-version=2025-08-01"


def _recording(*exchanges):
    return Recording(
        about="x", source="simulator", recorded=date(2027, 1, 31), exchanges=exchanges, name="stem/case.json"
    )


def _exchange(method="GET", url=URL, body=None, status=200, headers=None, answer=None, is_json=True):
    return Exchange(
        method=method, url=url, body=body, status=status, headers=headers or {}, answer=answer, is_json=is_json
    )


def test_exchanges_are_answered_in_order(tmp_path):
    """Equal requests get their answers one after the other, with status, headers and body; a file works like a value."""
    case = _recording(
        _exchange(status=202, headers={"retry-after": "10"}, answer={"status": "InProgress"}),
        _exchange(answer={"status": "Succeeded"}),
        _exchange("DELETE", status=204, answer="", is_json=False),
    )
    write_recording(case, tmp_path / "case.json")
    for recording in (case, tmp_path / "case.json", str(tmp_path / "case.json")):
        with replayed(recording) as replay:
            first, second, third = requests.get(URL), requests.get(URL), requests.delete(URL)
            assert replay.remaining == ()
        assert (first.status_code, first.headers["Retry-After"], first.json()) == (202, "10", {"status": "InProgress"})
        assert second.json() == {"status": "Succeeded"}
        assert (third.status_code, third.content) == (204, b"")


def test_query_order_means_nothing():
    """The same query parameters in another order are the same request."""
    with replayed(_recording(_exchange(url=URL + "&a=1", answer={}))):
        requests.get("https://management.azure.com/subscriptions/s/x?a=1&api-version=2025-08-01")


@pytest.mark.parametrize(
    ("method", "url", "body", "told"),
    [
        ("PATCH", URL, {"v": "on"}, "sends\n  PATCH"),
        ("PUT", URL.replace("2025-08-01", "2024-08-01"), {"v": "on"}, "api-version=2024-08-01"),
        ("PUT", URL.replace("/x", "/y"), {"v": "on"}, "the recording has\n  PUT " + URL),
        ("PUT", URL, {"v": "off"}, '-  "v": "on"\n+  "v": "off"'.replace("  ", " ")),
        ("PUT", URL, None, "sends another body"),
    ],
)
def test_another_request_fails_with_the_difference(method, url, body, told):
    """Another method, path, api-version or body is no match, and the message shows both sides."""
    with pytest.raises(ReplayMismatch) as caught, replayed(_recording(_exchange("PUT", body={"v": "on"}, answer={}))):
        requests.request(method, url, json=body)
    assert "stem/case.json: exchange 1 of 1" in str(caught.value)
    assert told in str(caught.value)


def test_wrong_order_fails():
    """Two recorded requests in the wrong order do not match."""
    case = _recording(_exchange(url=URL + "&n=1", answer={}), _exchange(url=URL + "&n=2", answer={}))
    with pytest.raises(ReplayMismatch, match="exchange 1 of 2"), replayed(case):
        requests.get(URL + "&n=2")


def test_unused_exchange_fails():
    """An exchange that nobody asked for fails the block."""
    with (
        pytest.raises(ReplayMismatch, match="1 exchanges were not asked for"),
        replayed(_recording(_exchange(answer={}))),
    ):
        pass


def test_request_after_the_last_fails():
    """A request too many fails."""

    def twice():
        with replayed(_recording(_exchange(answer={}))):
            requests.get(URL)
            requests.get(URL)

    with pytest.raises(ReplayMismatch, match="after the last recorded exchange"):
        twice()


def test_swallowed_mismatch_fails_at_the_end():
    """A client that swallows every exception cannot hide a mismatch."""

    def swallow():
        with replayed(_recording(_exchange(answer={}))):
            try:
                requests.get("https://example.com/")
            except AssertionError:
                requests.get(URL)

    with pytest.raises(ReplayMismatch, match="exchange 1 of 1"):
        swallow()


def test_secret_values_may_differ():
    """A recording holds no password, so any password matches it, and everything else in the body must still agree."""
    case = _recording(_exchange("PATCH", body={"administratorLoginPassword": "<removed>", "login": "a"}, answer={}))
    with replayed(case):
        requests.patch(URL, json={"administratorLoginPassword": "a real one", "login": "a"})
    with pytest.raises(ReplayMismatch), replayed(case):
        requests.patch(URL, json={"administratorLoginPassword": "a real one", "login": "b"})


def test_error_in_the_block_is_not_hidden():
    """When the block itself fails, that failure is reported, not the exchanges it left over."""
    with pytest.raises(ValueError, match="invalid literal"), replayed(_recording(_exchange(answer={}))):
        int("x")
