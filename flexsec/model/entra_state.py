"""How Microsoft Entra stands on a server: what `flexsec entra show` tells."""

from __future__ import annotations

from dataclasses import dataclass

from .login_evidence import EntraLoginProof
from .observation import Unobserved
from .server import Administrator


@dataclass(frozen=True, slots=True, kw_only=True)
class EntraState:
    """The ways of signing in, and who administers the server by Microsoft Entra.

    Attributes:
        entra_auth, password_auth: Enabled, Disabled, or "" when the service does not tell.
        tenant_id: the tenant, or "".
        administrator_login: whose password is accepted; not told while password authentication is off.
        administrators: by name; those of the primary on a replica.
        proved: the last login with a token that worked from here, or None.
        lacking: what going over to Microsoft Entra alone would still need, one clause each.
    """

    entra_auth: str
    password_auth: str
    tenant_id: str
    administrator_login: str
    administrators: tuple[Administrator, ...] | Unobserved
    proved: EntraLoginProof | None
    lacking: tuple[str, ...] = ()
