"""The operations that the engine is given, by the kind of change and by the kind of desire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import firewall, parameters, restart, threat_protection

if TYPE_CHECKING:
    from .operation import Operation

OPERATIONS: tuple[Operation, ...] = (
    parameters.OPERATION,
    firewall.OPERATION,
    threat_protection.OPERATION,
    restart.OPERATION,
)
