"""In which direction an argument asks for more, in one table: what `baseline diff` says and `baseline capture` follows.

higher, lower: the larger or smaller number, or the later or earlier of the texts that are allowed, is stricter.
fewer, more: the list that holds less or more is stricter; an empty list that leaves the limit open is never compared.
none: neither of two values is stricter.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..controls.control import Argument, Value

Order = Literal["higher", "lower", "fewer", "more", "none"]

ORDERS: Mapping[str, Order] = MappingProxyType(
    {
        "tls-min-version.minimum": "higher",
        "auth-entra-admin-principal-type.allowed": "fewer",
        "auth-entra-admin-naming.patterns": "none",
        "auth-tenant-pinned.tenants": "fewer",
        "auth-app-managed-identity.others": "fewer",
        "auth-mgmt-rbac-least-privilege.max_principals": "lower",
        "auth-mgmt-rbac-least-privilege.allowed": "fewer",
        "auth-admin-password-rotation.max_days": "lower",
        "auth-admin-password-rotation.vault": "none",
        "auth-admin-password-rotation.secret": "none",
        "enc-key-health.days": "higher",
        "net-fw-no-azure-services.remove": "none",
        "net-fw-no-allow-all.remove": "none",
        "net-fw-range-bounded.max_addresses": "lower",
        "net-fw-range-bounded.max_rule_addresses": "lower",
        "net-fw-rule-count.max_rules": "lower",
        "log-retention-days.days": "higher",
        "log-duration.milliseconds": "none",
        "log-min-messages.messages": "lower",
        "log-min-messages.error_statements": "lower",
        "audit-pgaudit-classes.classes": "more",
        "backup-retention-days.days": "higher",
        "backup-immutable.vaulted": "none",
        "maint-window-custom.window": "none",
        "version-supported.allowed": "fewer",
        "gov-tags.required": "more",
        "ext-allowlist-minimal.approved": "fewer",
        "ext-allowlist-minimal.risky": "more",
    }
)
"""By control id and argument."""


def order(control_id: str, argument: str) -> Order:
    """The direction of one argument."""
    return ORDERS.get(f"{control_id}.{argument}", "none")


def compared(control_id: str, argument: Argument, left: Value, right: Value) -> Literal["stricter", "weaker", ""]:
    """What the right value is against the left one; "" when the argument has no order or does not tell."""
    direction = order(control_id, argument.name)
    if direction in ("fewer", "more"):
        return _compared_lists(direction == "more", left, right)
    ranks = _rank(argument, left), _rank(argument, right)
    if direction == "none" or ranks[0] is None or ranks[1] is None or ranks[0] == ranks[1]:
        return ""
    return "stricter" if (ranks[1] > ranks[0]) == (direction == "higher") else "weaker"


def _rank(argument: Argument, value: Value) -> int | None:
    if isinstance(value, str):
        return argument.allowed.index(value) if value in argument.allowed else None
    return value if isinstance(value, int) else None


def _compared_lists(more_is_stricter: bool, left: Value, right: Value) -> Literal["stricter", "weaker", ""]:
    if not isinstance(left, tuple) or not isinstance(right, tuple) or set(left) == set(right):
        return ""
    if not more_is_stricter and not (left and right):
        return ""
    if set(left) < set(right):
        return "stricter" if more_is_stricter else "weaker"
    if set(left) > set(right):
        return "weaker" if more_is_stricter else "stricter"
    return ""
