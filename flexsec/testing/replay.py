"""Answers requests from a recording, and from nothing else.

Method, whole URL, JSON body and order must be what was recorded; only the values of secrets may differ. A request that
does not match, and an exchange that nobody asked for, both fail, with the difference spelt out.
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from difflib import unified_diff
from http import HTTPMethod
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from .recordings import Exchange, Recording, read_recording
from .scrubbing import without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from requests import PreparedRequest


class ReplayMismatch(AssertionError):
    """The client did not do what was recorded."""


class Replay:
    """How far a recording has been played.

    Attributes:
        recording: what is played.
    """

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self._next = 0
        self._mismatch: ReplayMismatch | None = None

    @property
    def remaining(self) -> tuple[Exchange, ...]:
        """What nobody has asked for yet."""
        return self.recording.exchanges[self._next :]

    def answer(self, request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        """The recorded answer to the request that is next in turn.

        Raises:
            ReplayMismatch: another request was recorded here, or none.
        """
        sent = _Sent(request)
        if not self.remaining:
            raise self._refuse(f"sends {sent.method} {sent.url} after the last recorded exchange")
        expected = self.remaining[0]
        problem = sent.difference(expected)
        if problem:
            raise self._refuse(problem)
        self._next += 1
        text = json.dumps(expected.answer) if expected.is_json else expected.answer
        return expected.status, {"content-type": "application/json"} | expected.headers, text

    def finish(self) -> None:
        """Require that every exchange was used.

        Raises:
            ReplayMismatch: the first mismatch (again, because a client may have swallowed it), or exchanges are left.
        """
        if self._mismatch:
            raise self._mismatch
        if self.remaining:
            left = "\n".join(f"  {exchange.method} {exchange.url}" for exchange in self.remaining)
            raise ReplayMismatch(f"{self.recording.name}: {len(self.remaining)} exchanges were not asked for:\n{left}")

    def _refuse(self, problem: str) -> ReplayMismatch:
        number, total = self._next + 1, len(self.recording.exchanges)
        mismatch = ReplayMismatch(f"{self.recording.name}: exchange {number} of {total}: the client {problem}")
        self._mismatch = self._mismatch or mismatch
        return mismatch


@contextmanager
def replayed(recording: Recording | str | Path) -> Iterator[Replay]:
    """Answer every request that goes through `requests` in this block from a recording.

    No request reaches the network. At the end of the block every exchange must have been used.

    Args:
        recording: a recording, or the file that holds one.

    Raises:
        ReplayMismatch: an unmatched request or an unused exchange.
        RecordingInvalid: the file is not a recording.
        ModuleNotFoundError: `responses` is missing; `pip install flexsec[testing]` brings it.
    """
    import responses

    if not isinstance(recording, Recording):
        recording = read_recording(recording)
    replay = Replay(recording)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as requests_mock:
        for method in HTTPMethod:
            requests_mock.add_callback(method, re.compile(".*"), replay.answer, content_type=None)
        yield replay
    replay.finish()


class _Sent:
    """A request as a client sent it, comparable with a recorded one."""

    def __init__(self, request: PreparedRequest) -> None:
        self.method = request.method or ""
        self.url = request.url or ""
        self.body: Any = None
        if request.body:
            try:
                self.body = without_secrets(json.loads(request.body))
            except ValueError:
                self.body = str(request.body)

    def difference(self, expected: Exchange) -> str:
        """What differs from the recorded exchange, "" when nothing does."""
        if (self.method, *_parts(self.url)) != (expected.method, *_parts(expected.url)):
            return f"sends\n  {self.method} {self.url}\nand the recording has\n  {expected.method} {expected.url}"
        recorded = without_secrets(expected.body)
        if self.body == recorded:
            return ""
        lines = unified_diff(_lines(recorded), _lines(self.body), "recorded", "sent", lineterm="")
        return f"sends another body with {self.method} {self.url}:\n" + "\n".join(lines)


def _parts(url: str) -> tuple[str, str, list[tuple[str, str]]]:
    # The order of query parameters means nothing to the service.
    split = urlsplit(url)
    return split.netloc, split.path, sorted(parse_qsl(split.query, keep_blank_values=True))


def _lines(body: Any) -> list[str]:
    return json.dumps(body, indent=1, sort_keys=True).splitlines()
