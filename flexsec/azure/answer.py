"""An HTTP answer as a plain value, so that judging it needs no Azure package."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLAIN_ID = re.compile(r"[^\w.:-]")
_SECONDS_IN_WORDS = re.compile(r"(\d+)'?\s*seconds?", re.IGNORECASE)


class NotJson:
    """Stands for a body that is not JSON."""

    def __repr__(self) -> str:
        return "NOT_JSON"


NOT_JSON = NotJson()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back.

    Attributes:
        status: the HTTP status.
        headers: by lower-case name.
        body: the bytes; None when the connection broke while they were read.
        document: the body as JSON, or NOT_JSON.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)
    document: object = field(repr=False)

    @classmethod
    def of(cls, status: int, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Build an answer and read its body once."""
        lowered = {str(name).lower(): str(value) for name, value in headers.items()}
        return cls(status=status, headers=lowered, body=body, document=_parse(body))

    @property
    def is_json(self) -> bool:
        """Whether the whole body arrived and is JSON."""
        return not isinstance(self.document, NotJson)

    @property
    def request_id(self) -> str:
        """x-ms-request-id, for a support ticket."""
        return plain_id(self.headers.get("x-ms-request-id", ""))

    @property
    def correlation_id(self) -> str:
        """x-ms-correlation-request-id."""
        return plain_id(self.headers.get("x-ms-correlation-request-id", ""))

    @property
    def reads_left(self) -> int | None:
        """How many reads Azure Resource Manager says are left, or None when it does not say."""
        text = self.headers.get("x-ms-ratelimit-remaining-subscription-reads", "").strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None

    def retry_after(self, now: datetime) -> float | None:
        """The Retry-After header in seconds, given as a number or a date; None when absent or senseless."""
        text = self.headers.get("retry-after", "").strip()
        if not text:
            return None
        seconds = _number(text)
        if seconds is None:
            seconds = _until(text, now)
        return None if seconds is None or not math.isfinite(seconds) else max(0.0, seconds)


def seconds_in_words(text: str) -> float | None:
    """The wait in a sentence such as "Please try again after '372' seconds."; None when it names none."""
    found = _SECONDS_IN_WORDS.search(text)
    return float(found[1][:9]) if found else None


def plain_id(text: str) -> str:
    """An identifier from outside, safe to log and print."""
    return _PLAIN_ID.sub("", text)[:100]


def _parse(body: bytes | None) -> object:
    if body is None:
        return NOT_JSON
    try:
        return json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return NOT_JSON


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _until(text: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - now).total_seconds()
