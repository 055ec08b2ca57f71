"""A vault's lists in pages of up to 25 (documented), with the link to the next one, or null, beside the entries."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from . import key_vault_errors as errors

if TYPE_CHECKING:
    from .key_vault_call import VaultCall
    from .request import Response

MOST = 25


def answer_list(asked: VaultCall, entries: list[dict[str, Any]]) -> Response:
    """The page that is asked for.

    Raises:
        VaultError: 400 for a page size or a token that cannot be.
    """
    call = asked.call
    size, start = _size(asked), _start(asked)
    link = None
    if start + size < len(entries):
        query = {key: value for key, value in call.query.items() if key != "$skiptoken"}
        query["$skiptoken"] = base64.urlsafe_b64encode(f"page {start + size}".encode()).decode().rstrip("=")
        link = f"{asked.base}/{'/'.join(asked.words)}?{urlencode(query, safe='$')}"
    return asked.answer({"value": entries[start : start + size], "nextLink": link})


def _size(asked: VaultCall) -> int:
    text = asked.call.query.get("maxresults", str(MOST))
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MOST:
        raise errors.bad_parameter(f"maxresults must be a number from 1 to {MOST}")
    return min(int(text), asked.call.world.surroundings.page_size or MOST)


def _start(asked: VaultCall) -> int:
    token = asked.call.query.get("$skiptoken")
    if token is None:
        return 0
    try:
        word, _, number = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode().partition(" ")
    except (binascii.Error, ValueError):
        word, number = "", ""
    if word != "page" or not number.isdecimal() or len(number) > 9:
        raise errors.bad_parameter("$skiptoken is not one that a list gave out")
    return int(number)
