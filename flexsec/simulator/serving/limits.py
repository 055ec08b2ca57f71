"""What a client of the served simulator may take: bytes, seconds and connections, so that no client can stop it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one connection and on how many there are. Times are real seconds.

    Attributes:
        head_bytes: request line and headers together.
        head_count: header lines.
        body_bytes: a request's body; Resource Manager itself takes 4 MiB (documented by Microsoft).
        drained_bytes: how much is still read after a refusal, so that the client gets to see it.
        connections: how many at once; further ones are closed at once.
        handshake: for the TLS handshake.
        head: from the first byte of a request to the end of its headers.
        body: for the whole body.
        write: for the whole answer to be taken.
        idle: between two requests.
        drain: for reading on after a refusal.
    """

    head_bytes: int = 32 * 1024
    head_count: int = 100
    body_bytes: int = 4 * 1024 * 1024
    drained_bytes: int = 64 * 1024 * 1024
    connections: int = 1000
    handshake: float = 10.0
    head: float = 10.0
    body: float = 60.0
    write: float = 60.0
    idle: float = 120.0
    drain: float = 5.0
