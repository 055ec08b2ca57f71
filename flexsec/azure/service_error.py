"""Reads the service's own words out of an error body, whatever its shape."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .scrub import scrub

if TYPE_CHECKING:
    from .answer import Answer

_TITLE = re.compile(r"<(title|h1)[^>]*>(.*?)</\1>", re.IGNORECASE | re.DOTALL)
_CODE_KEYS = ("code", "Code", "ErrorCode", "errorCode")
_MESSAGE_KEYS = ("message", "Message", "error_description", "ErrorMessage", "statusMessage", "detail")
_MOST_DETAILS = 20


@dataclass(frozen=True, slots=True)
class ServiceError:
    """The service's code and words, scrubbed; `details` are the words of nested errors."""

    code: str
    words: str
    details: str = ""

    @property
    def all_words(self) -> str:
        """The words of the error and of everything nested in it."""
        return f"{self.words} {self.details}"


def parse_error(answer: Answer) -> ServiceError:
    """The error that a body tells.

    Understood (all recorded or reported): {"error": {"code", "message", "details"}}, the same without "error",
    {"HttpStatusCode", "ErrorCode", "Message"}, {"error": "code", "error_description"}, HTML, text, nothing.
    """
    if not answer.is_json:
        return ServiceError("", _text(answer.body))
    document = answer.document
    if isinstance(document, Mapping):
        inner = document.get("error")
        if isinstance(inner, Mapping):
            return _object(inner)
        if isinstance(inner, str):
            return ServiceError(scrub(inner, 100), _first(document, _MESSAGE_KEYS))
        return _object(document)
    return ServiceError("", scrub(document) if isinstance(document, str) else "")


def parse_operation_error(error: object) -> ServiceError:
    """The error of a failed operation: {"code", "message"}, either of which may be empty or missing."""
    if isinstance(error, Mapping):
        return _object(error)
    return ServiceError("", scrub(error) if isinstance(error, str) else "")


def _object(error: Mapping[str, object]) -> ServiceError:
    code = _first(error, _CODE_KEYS, 100)
    return ServiceError(code, _first(error, _MESSAGE_KEYS), _details(error.get("details")))


def _first(source: Mapping[str, object], keys: Sequence[str], limit: int = 1000) -> str:
    for key in keys:
        value = source.get(key)
        if isinstance(value, str | int) and value != "":
            return scrub(str(value), limit)
    return ""


def _details(nested: object) -> str:
    if not isinstance(nested, list):
        return ""
    inner = [item for item in nested[:_MOST_DETAILS] if isinstance(item, Mapping)]
    return scrub(" ".join(_first(item, _MESSAGE_KEYS) for item in inner))


def _text(body: bytes | None) -> str:
    if not body:
        return ""
    text = body[:20_000].decode("utf-8", errors="replace")
    title = _TITLE.search(text)
    if title:
        return f"a page titled {scrub(title[2], 200)!r}"
    if text.lstrip()[:1] == "<":
        return "a page without a title"
    return scrub(text)
