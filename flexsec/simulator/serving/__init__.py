"""The simulated Azure over HTTPS on loopback, for any client in any language.

One thread a connection, one world behind a lock, and a clock that runs at real speed or at a rate.
"""

from __future__ import annotations

from .limits import Limits
from .served import PortUnavailable, Served, serve

__all__ = ["Limits", "PortUnavailable", "Served", "serve"]
