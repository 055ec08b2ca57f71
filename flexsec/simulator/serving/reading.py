"""Reads HTTP/1.1 requests from a socket within limits: whatever comes is a request, a refusal, or the end."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..request import Request

if TYPE_CHECKING:
    import socket

    from .limits import Limits

PIECE = 64 * 1024
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}")
HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?", re.IGNORECASE)
CHUNK = re.compile(rb"[0-9a-fA-F]{1,8}")


class Refusal(Exception):
    """A request that is not let in: it is answered with this and the connection is closed."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class Gone(Exception):
    """The client went away, or stayed silent between two requests; there is nobody to answer."""


@dataclass(frozen=True, slots=True)
class Head:
    """A request's first line and headers.

    Attributes:
        target: as sent, beginning with a slash.
        headers: by name in lower case; repeated ones joined by commas.
        keep_alive: whether the client means to send more.
    """

    method: str
    target: str
    headers: dict[str, str]
    keep_alive: bool

    def request(self, scheme: str, body: bytes) -> Request:
        """The request as the simulated service takes it."""
        return Request(self.method, f"{scheme}://{self.headers['host']}{self.target}", self.headers, body)


class Reader:
    """Reads one connection; a deadline holds for a whole part of a request, however slowly its bytes come."""

    def __init__(self, connection: socket.socket, limits: Limits) -> None:
        self._connection = connection
        self._limits = limits
        self._held = b""

    def head(self) -> Head:
        """The next request's head.

        Raises:
            Gone: no request came.
            Refusal: it is too long, too slow or no HTTP.
        """
        limits = self._limits
        if not self._held:
            try:
                self._more(time.monotonic() + limits.idle)
            except TimeoutError:
                raise Gone from None
        deadline = time.monotonic() + limits.head
        while self._held.startswith(b"\r\n"):  # allowed between requests
            self._held = self._held[2:]
        while (end := self._held.find(b"\r\n\r\n")) < 0:
            if len(self._held) > limits.head_bytes:
                raise Refusal(431, "RequestHeadersTooLarge", f"The headers are longer than {limits.head_bytes} bytes.")
            self._sooner(deadline, "The headers did not arrive in time.")
        if end > limits.head_bytes:
            raise Refusal(431, "RequestHeadersTooLarge", f"The headers are longer than {limits.head_bytes} bytes.")
        raw, self._held = self._held[:end], self._held[end + 4 :]
        return parse_head(raw, limits)

    def check_length(self, head: Head) -> None:
        """Refuses a body by what its head says, before it is sent.

        Raises:
            Refusal: it is too long, or its length is not clear.
        """
        length = body_length(head)
        if length is not None and length > self._limits.body_bytes:
            raise self._too_large()

    def body(self, head: Head) -> bytes:
        """The body of a request.

        Raises:
            Gone: the client went away in the middle.
            Refusal: it is too long, too slow, or its length is not clear.
        """
        deadline = time.monotonic() + self._limits.body
        self.check_length(head)
        length = body_length(head)
        return self._chunks(deadline) if length is None else self._exactly(length, deadline)

    def drain(self) -> None:
        """Reads on after a refusal until the client is done, within limits, so that it gets to see it."""
        deadline, taken = time.monotonic() + self._limits.drain, 0
        try:
            while taken < self._limits.drained_bytes:
                self._held = b""
                self._more(deadline)
                taken += len(self._held)
        except (Gone, TimeoutError):
            return

    def _chunks(self, deadline: float) -> bytes:
        body = bytearray()
        while True:
            size = self._line(deadline).partition(b";")[0].strip()
            if not CHUNK.fullmatch(size):
                raise Refusal(400, "BadRequest", "The chunked body is malformed.")
            length = int(size, 16)
            if len(body) + length > self._limits.body_bytes:
                raise self._too_large()
            if length == 0:
                while self._line(deadline):
                    pass
                return bytes(body)
            body += self._exactly(length, deadline)
            if self._line(deadline):
                raise Refusal(400, "BadRequest", "The chunked body is malformed.")

    def _line(self, deadline: float) -> bytes:
        while (end := self._held.find(b"\r\n")) < 0:
            if len(self._held) > self._limits.head_bytes:
                raise Refusal(400, "BadRequest", "The chunked body is malformed.")
            self._sooner(deadline, "The body did not arrive in time.")
        line, self._held = self._held[:end], self._held[end + 2 :]
        return line

    def _exactly(self, length: int, deadline: float) -> bytes:
        pieces, have = [self._held], len(self._held)
        while have < length:
            self._held = b""
            self._sooner(deadline, "The body did not arrive in time.")
            pieces.append(self._held)
            have += len(self._held)
        whole = b"".join(pieces)
        self._held = whole[length:]
        return whole[:length]

    def _sooner(self, deadline: float, otherwise: str) -> None:
        try:
            self._more(deadline)
        except TimeoutError:
            raise Refusal(408, "RequestTimeout", otherwise) from None

    def _more(self, deadline: float) -> None:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        self._connection.settimeout(remaining)
        try:
            piece = self._connection.recv(PIECE)
        except TimeoutError:
            raise
        except (OSError, ValueError):  # ValueError: closed by another thread in the middle of the call
            raise Gone from None
        if not piece:
            raise Gone
        self._held += piece

    def _too_large(self) -> Refusal:
        most = self._limits.body_bytes
        return Refusal(413, "RequestEntityTooLarge", f"The request's body is larger than the {most} bytes allowed.")


def parse_head(raw: bytes, limits: Limits) -> Head:
    """A request's head from its bytes, without the empty line at the end.

    Raises:
        Refusal: no HTTP/1.x, too many headers, or a host that is not this machine.
    """
    first, *lines = raw.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not TOKEN.fullmatch(words[0]) or not re.fullmatch(r"HTTP/1\.[01]", words[2]):
        raise Refusal(400, "BadRequest", "The request line is not one of HTTP/1.1.")
    if len(lines) > limits.head_count:
        raise Refusal(431, "RequestHeadersTooLarge", f"There are more than {limits.head_count} headers.")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not TOKEN.fullmatch(name) or re.search(r"[\x00\r\n]", value):
            raise Refusal(400, "BadRequest", "A header is malformed.")
        key, value = name.lower(), value.strip(" \t")
        if key in headers and key in {"host", "content-length", "transfer-encoding"}:
            raise Refusal(400, "BadRequest", f"The header {key} is given twice.")
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    if not HOST.fullmatch(headers.get("host", "")):
        raise Refusal(421, "MisdirectedRequest", "The simulator answers for 127.0.0.1, localhost and [::1] alone.")
    said = {word.strip().lower() for word in headers.get("connection", "").split(",")}
    keep_alive = "close" not in said if words[2] == "HTTP/1.1" else "keep-alive" in said
    return Head(words[0], _target(words[1]), headers, keep_alive)


def _target(text: str) -> str:
    """The target without an origin.

    Raises:
        Refusal: not a path, or one with characters that a URL cannot have.
    """
    absolute = re.fullmatch(r"https?://[^/?#]*(/[^#]*)", text, re.IGNORECASE)
    target = absolute[1] if absolute else text
    if not target.startswith("/") or re.search(r"[\x00-\x20\x7f-\xff#]", target):
        raise Refusal(400, "BadRequest", "The request's target is not a path of a URL.")
    return target


def body_length(head: Head) -> int | None:
    """How many bytes the body has; None when it comes in chunks.

    Raises:
        Refusal: both said, or neither readable.
    """
    encoding, length = head.headers.get("transfer-encoding"), head.headers.get("content-length")
    if encoding is not None:
        if length is not None or encoding.lower() != "chunked":
            raise Refusal(400, "BadRequest", "The length of the body is not clear.")
        return None
    if length is None:
        return 0
    if not re.fullmatch(r"[0-9]{1,15}", length):
        raise Refusal(400, "BadRequest", "The length of the body is not clear.")
    return int(length)
