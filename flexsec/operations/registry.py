"""The operations that the engine is given, by the kind of change and by the kind of desire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import (
    admin_password,
    administrators,
    authentication,
    defender_plan,
    encryption_key,
    firewall,
    parameters,
    restart,
    server_setting,
    threat_protection,
)

if TYPE_CHECKING:
    from typing import Literal

    from .operation import Operation

OPERATIONS: tuple[Operation, ...] = (
    parameters.OPERATION,
    firewall.OPERATION,
    threat_protection.OPERATION,
    restart.OPERATION,
    server_setting.OPERATION,
    defender_plan.OPERATION,
    admin_password.OPERATION,
    authentication.OPERATION,
    administrators.OPERATION,
    encryption_key.OPERATION,
)


def operations_about(what: Literal["server", "subscription"]) -> dict[str, Operation]:
    """The operations that change a server, or a subscription, by kind."""
    return {operation.kind: operation for operation in OPERATIONS if operation.about == what}
