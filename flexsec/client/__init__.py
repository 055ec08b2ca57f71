"""The facade: puts the rooms together for scripts, runbooks and the command line; no logic of its own.

    from flexsec import FlexSec, Leave
    server = FlexSec(credential, subscription_id).server("rg-shop", "shop-db")
    print(server.audit().findings())
    server.harden(leave=Leave(restart=True))

A high-level operation builds changes and sends them down the same `apply` as a plan: there is one way to write.
"""

from __future__ import annotations

from .flexsec import FlexSec
from .server import ServerHandle

__all__ = ["FlexSec", "ServerHandle"]
