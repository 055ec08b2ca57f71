"""Evidence of who still connects: what a closing change must not cut off."""

from __future__ import annotations

from dataclasses import dataclass

from .login_evidence import AdminPasswordRecord, EntraLoginProof, RoleHash

PLAINTEXT = "none"
"""The TLS version of a client that connects without TLS."""

TLS_WORDS = (PLAINTEXT, "TLSv1", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")
"""What may stand for a client's TLS version; PostgreSQL's pg_stat_ssl.version uses the TLSv words."""

PASSWORD_WORDS = ("password", "md5", "scram-sha-256")
"""Ways to log in with a password: one that is not known further, and the two that PostgreSQL's log tells."""

AUTHENTICATION_WORDS = (*PASSWORD_WORDS, "entra")
"""What may stand for how a client proved who it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A client that was seen: its IPv4 address, and the role, TLS version and authentication it used when known.

    Attributes:
        tls_version: one of `TLS_WORDS`, or "" when it is not known.
        authentication: one of `AUTHENTICATION_WORDS`, or "" when it is not known.
    """

    address: str
    role: str = ""
    tls_version: str = ""
    authentication: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known about clients.

    Attributes:
        connections: clients seen, or None when nobody looked: then clients are unknown, never absent.
        source: where the connections come from, in words ("file connections.csv").
        caller_address: the public IPv4 address of whoever runs flexsec, or "".
        role_hashes: how the password of every role is kept, or None when nobody looked.
        entra_login: a login with a Microsoft Entra token that worked, or None.
        admin_password: what the journals tell of the administrator's password; None when they were not asked.
    """

    connections: tuple[Connection, ...] | None = None
    source: str = ""
    caller_address: str = ""
    role_hashes: tuple[RoleHash, ...] | None = None
    entra_login: EntraLoginProof | None = None
    admin_password: AdminPasswordRecord | None = None
