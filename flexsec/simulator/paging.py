"""Lists in pages: everything in one page, as recorded for small lists, unless a page size is asked for."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from . import resource_errors

if TYPE_CHECKING:
    from .call import Call
    from .request import Response


def answer_list(call: Call, entries: list[Any], **beside: Any) -> Response:
    """The answer to a list; `beside` are members that stand beside `value`.

    Raises:
        WireError: 400 for a $skiptoken that was not given out.
    """
    return call.answer(200, page(call, entries) | beside)


def page(call: Call, entries: list[Any]) -> dict[str, Any]:
    """The part of a list that a request asks for, with a link to the next part where there is one."""
    size, start = call.world.surroundings.page_size, _start(call)
    if not size:
        return {"value": entries[start:]}
    body: dict[str, Any] = {"value": entries[start : start + size]}
    if start + size < len(entries):
        query = {key: value for key, value in call.query.items() if key != "$skiptoken"}
        query["$skiptoken"] = base64.urlsafe_b64encode(f"page {start + size}".encode()).decode()
        body["nextLink"] = f"{call.origin}{call.path}?{urlencode(query, safe='$')}"
    return body


def _start(call: Call) -> int:
    token = call.query.get("$skiptoken")
    if token is None:
        return 0
    try:
        word, _, number = base64.urlsafe_b64decode(token).decode().partition(" ")
    except (binascii.Error, ValueError):
        word, number = "", ""
    if word != "page" or not number.isdecimal() or len(number) > 9:
        raise resource_errors.bad_skip_token(token)
    return int(number)
