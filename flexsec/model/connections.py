"""Evidence of who still connects: what a closing change must not cut off."""

from __future__ import annotations

from dataclasses import dataclass

PLAINTEXT = "none"
"""The TLS version of a client that connects without TLS."""

TLS_WORDS = (PLAINTEXT, "TLSv1", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")
"""What may stand for a client's TLS version; PostgreSQL's pg_stat_ssl.version uses the TLSv words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A client that was seen: its IPv4 address, and the role and TLS version it used when known.

    Attributes:
        tls_version: one of `TLS_WORDS`, or "" when it is not known.
    """

    address: str
    role: str = ""
    tls_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known about clients.

    Attributes:
        connections: clients seen, or None when nobody looked: then clients are unknown, never absent.
        source: where the connections come from, in words ("file connections.csv").
        caller_address: the public IPv4 address of whoever runs flexsec, or "".
    """

    connections: tuple[Connection, ...] | None = None
    source: str = ""
    caller_address: str = ""
