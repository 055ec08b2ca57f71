"""Secure Azure Database for PostgreSQL flexible servers.

The public names are resolved on first use, so that `import flexsec` loads no Azure package.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .client import FlexSec as FlexSec
    from .client import ServerHandle as ServerHandle
    from .errors import FlexSecError as FlexSecError
    from .model.change import Change as Change
    from .model.change_record import ChangeRecord as ChangeRecord
    from .model.connections import Connection as Connection
    from .model.connections import Evidence as Evidence
    from .model.leave import DailyWindow as DailyWindow
    from .model.leave import Leave as Leave
    from .model.observation import Unobserved as Unobserved
    from .model.plan import Plan as Plan
    from .model.resource import ServerId as ServerId
    from .model.run import Run as Run
    from .model.secret import Secret as Secret
    from .model.server import ServerState as ServerState
    from .model.verdict import Assessment as Assessment
    from .model.verdict import Severity as Severity
    from .model.verdict import Status as Status

__version__ = "0.1.0"

_HOMES = {
    "FlexSec": ".client",
    "ServerHandle": ".client",
    "FlexSecError": ".errors",
    "Change": ".model.change",
    "ChangeRecord": ".model.change_record",
    "Connection": ".model.connections",
    "Evidence": ".model.connections",
    "DailyWindow": ".model.leave",
    "Leave": ".model.leave",
    "Unobserved": ".model.observation",
    "Plan": ".model.plan",
    "ServerId": ".model.resource",
    "Run": ".model.run",
    "Secret": ".model.secret",
    "ServerState": ".model.server",
    "Assessment": ".model.verdict",
    "Severity": ".model.verdict",
    "Status": ".model.verdict",
}

__all__ = [
    "Assessment",
    "Change",
    "ChangeRecord",
    "Connection",
    "DailyWindow",
    "Evidence",
    "FlexSec",
    "FlexSecError",
    "Leave",
    "Plan",
    "Run",
    "Secret",
    "ServerHandle",
    "ServerId",
    "ServerState",
    "Severity",
    "Status",
    "Unobserved",
    "__version__",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'flexsec' has no attribute {name!r}")
    return getattr(import_module(home, __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
