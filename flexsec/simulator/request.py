"""What goes in and comes out of the simulated service: plain values, so that any transport can carry them."""

from __future__ import annotations

import urllib.parse
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request to the simulated Azure Resource Manager.

    Attributes:
        method: the HTTP method, in any case.
        url: absolute, or a path; with its query.
        headers: in any case of the names.
        body: the raw bytes; empty when there is none.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    def header(self, name: str) -> str | None:
        """The value of a header, whatever the case of its name; None when it was not sent."""
        wanted = name.lower()
        return next((value for key, value in self.headers.items() if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Response:
    """The simulated service's answer.

    Attributes:
        delay: how long it keeps its client waiting, in the client's seconds.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay: float = 0.0


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine."""
    try:
        host = urllib.parse.urlsplit(url).hostname or ""
    except ValueError:
        return False
    return host in {"localhost", "::1"} or host.startswith("127.")


class ConnectionDropped(ConnectionError):
    """The connection was reset instead of answered, before or after the request took effect."""
