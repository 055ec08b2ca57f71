"""Recorded HTTP exchanges: a small strict file format, so that a fixture agrees with nothing but what was recorded.

A file is one JSON object::

    {"format": 1,
     "about": "one sentence on what the case shows",
     "source": "simulator" or "live",
     "recorded": "2027-01-31",
     "exchanges": [
       {"request": {"method": "GET", "url": "https://...?api-version=...", "body": null},
        "response": {"status": 200, "headers": {"retry-after": "10"}, "body": {...}}}]}

A response carries `body` when it is JSON and `text` when it is not (an HTML page, a cut-off answer, nothing at all).
Key sets are exact: a missing key and a key too many are both refused.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from http import HTTPMethod
from pathlib import Path
from typing import Any, Literal, cast, get_args

Source = Literal["simulator", "live"]

KEPT_HEADERS = (
    "azure-asyncoperation",
    "content-type",
    "location",
    "retry-after",
    "www-authenticate",
    "x-ms-correlation-request-id",
    "x-ms-failure-cause",
    "x-ms-ratelimit-remaining-subscription-reads",
    "x-ms-ratelimit-remaining-subscription-writes",
    "x-ms-request-id",
)
"""The response headers that a client acts on; all others are dropped."""


class RecordingInvalid(ValueError):
    """A file that is not a recording: names the file, the place in it and what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer.

    Attributes:
        method: GET, PUT, ...
        url: whole, with its query.
        body: what was sent, as JSON data; None when nothing was.
        status: of the answer.
        headers: of the answer, names in lower case, only those of `KEPT_HEADERS`.
        answer: the answer's body: JSON data, or the text itself when `is_json` is false.
    """

    method: str
    url: str
    body: Any
    status: int
    headers: dict[str, str]
    answer: Any
    is_json: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Exchanges in the order they took place.

    Attributes:
        about: one sentence on what the case shows.
        source: whether a live subscription or the simulator answered.
        recorded: the day.
        name: the file it was read from, for messages.
    """

    about: str
    source: Source
    recorded: date
    exchanges: tuple[Exchange, ...]
    name: str = "recording"


def read_recording(path: str | Path) -> Recording:
    """Read a recording.

    Raises:
        RecordingInvalid: the file is not one; the message names the file and the place.
        OSError: the file cannot be read.
    """
    path = Path(path)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise RecordingInvalid(f"{path}: not JSON: {error}") from None
    return _Reader(str(path)).recording(data)


def write_recording(recording: Recording, path: str | Path) -> None:
    """Write a recording, one key a line, so that a difference between two is readable.

    The exchanges are written as they are; `scrub` them first (the recorder does).
    """
    data = {
        "format": 1,
        "about": recording.about,
        "source": recording.source,
        "recorded": recording.recorded.isoformat(),
        "exchanges": [_exchange_data(exchange) for exchange in recording.exchanges],
    }
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _exchange_data(exchange: Exchange) -> dict[str, Any]:
    return {
        "request": {"method": exchange.method, "url": exchange.url, "body": exchange.body},
        "response": {
            "status": exchange.status,
            "headers": dict(sorted(exchange.headers.items())),
            "body" if exchange.is_json else "text": exchange.answer,
        },
    }


class _Reader:
    """Takes data apart and complains with the place."""

    def __init__(self, file: str) -> None:
        self._file = file

    def recording(self, data: object) -> Recording:
        whole = self._object(data, "$", {"format", "about", "source", "recorded", "exchanges"})
        if whole["format"] != 1:
            raise self._wrong("$.format", whole["format"], "1")
        if whole["source"] not in get_args(Source):
            raise self._wrong("$.source", whole["source"], '"simulator" or "live"')
        try:
            recorded = date.fromisoformat(self._text(whole["recorded"], "$.recorded"))
        except ValueError:
            raise self._wrong("$.recorded", whole["recorded"], "a day such as 2027-01-31") from None
        exchanges = whole["exchanges"]
        if not isinstance(exchanges, list) or not exchanges:
            raise self._wrong("$.exchanges", exchanges, "a list of at least one exchange")
        return Recording(
            about=self._text(whole["about"], "$.about"),
            source=cast("Source", whole["source"]),
            recorded=recorded,
            exchanges=tuple(self._exchange(item, f"$.exchanges[{number}]") for number, item in enumerate(exchanges)),
            name=self._file,
        )

    def _exchange(self, data: object, place: str) -> Exchange:
        both = self._object(data, place, {"request", "response"})
        request = self._object(both["request"], f"{place}.request", {"method", "url", "body"})
        is_json = isinstance(both["response"], dict) and "text" not in both["response"]
        answer_key = "body" if is_json else "text"
        response = self._object(both["response"], f"{place}.response", {"status", "headers", answer_key})
        if request["method"] not in list(HTTPMethod):
            raise self._wrong(f"{place}.request.method", request["method"], "an HTTP method in capitals")
        url = self._text(request["url"], f"{place}.request.url")
        if not url.startswith("https://"):
            raise self._wrong(f"{place}.request.url", url, "a whole https URL")
        status = response["status"]
        if not isinstance(status, int) or not 100 <= status <= 599:
            raise self._wrong(f"{place}.response.status", status, "an HTTP status")
        if not is_json:
            self._text(response["text"], f"{place}.response.text")
        return Exchange(
            method=request["method"],
            url=url,
            body=request["body"],
            status=status,
            headers=self._headers(response["headers"], f"{place}.response.headers"),
            answer=response[answer_key],
            is_json=is_json,
        )

    def _headers(self, data: object, place: str) -> dict[str, str]:
        if not isinstance(data, dict):
            raise self._wrong(place, data, "an object")
        for name, value in data.items():
            if name not in KEPT_HEADERS:
                raise self._wrong(place, name, f"only these headers: {', '.join(KEPT_HEADERS)}")
            self._text(value, f"{place}.{name}")
        return data

    def _object(self, data: object, place: str, keys: set[str]) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise self._wrong(place, data, f"an object with the keys {', '.join(sorted(keys))}")
        if data.keys() != keys:
            raise self._wrong(place, ", ".join(sorted(data)), f"exactly the keys {', '.join(sorted(keys))}")
        return data

    def _text(self, value: object, place: str) -> str:
        if not isinstance(value, str):
            raise self._wrong(place, value, "a text")
        return value

    def _wrong(self, place: str, found: object, expected: str) -> RecordingInvalid:
        return RecordingInvalid(f"{self._file}: {place}: found {found!r}, expected {expected}")
