"""Writes HTTP/1.1 answers to a socket."""

from __future__ import annotations

import gzip
import json
import re
import uuid
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING

from ..request import Response

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

COMPRESSED_FROM = 1024  # bytes; below that it does not pay
UNSAFE = re.compile(r"[^\x20-\x7e]")


def refusal(status: int, code: str, message: str) -> Response:
    """An answer of the server itself, in the form of the service's own errors."""
    request_id = str(uuid.uuid4())
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "x-ms-request-id": request_id,
        "x-ms-correlation-request-id": request_id,
    }
    return Response(status, headers, json.dumps({"error": {"code": code, "message": message}}).encode())


def write(
    connection: socket.socket,
    response: Response,
    *,
    head_only: bool,
    gzip_wanted: bool,
    keep_alive: bool,
    timeout: float,
) -> None:
    """Sends an answer.

    Args:
        connection: plain or TLS.
        response: what to send; whatever a header cannot hold is left out of it.
        head_only: without the body, as an answer to HEAD.
        gzip_wanted: the client takes compressed bodies.
        keep_alive: the connection stays open.
        timeout: real seconds for all of it.

    Raises:
        OSError: the client went away or does not take the answer.
    """
    headers, body = dict(response.headers), response.body
    if gzip_wanted and len(body) >= COMPRESSED_FROM:
        body = _compressed(body)
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    if response.status not in {204, 304}:
        headers["Content-Length"] = str(len(body))
    if not keep_alive:
        headers["Connection"] = "close"
    head = _head(response.status, headers)
    connection.settimeout(timeout)
    connection.sendall(head if head_only or response.status in {204, 304} else head + body)


def wants_gzip(headers: Mapping[str, str]) -> bool:
    """Whether a request's Accept-Encoding takes gzip."""
    for each in headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = each.partition(";")
        if name.strip() == "gzip":
            return not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", weight)
    return False


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Unknown"
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {UNSAFE.sub('', value)}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("ascii")


@lru_cache(maxsize=32)
def _compressed(body: bytes) -> bytes:
    """A parameter list is asked for again and again, and seldom changes."""
    return gzip.compress(body, compresslevel=1, mtime=0)
