"""What each fault does to a request: before it is looked at, when a write is accepted, and to the finished answer.

Provenance and arguments of every fault stand in fault_kinds.py.
"""

from __future__ import annotations

from dataclasses import replace
from email.utils import format_datetime
from typing import TYPE_CHECKING

from . import administrators, busy, key_change, server_update, wire_errors
from .authorization import covers
from .request import ConnectionDropped, Response

if TYPE_CHECKING:
    from .call import Call
    from .faults import Fault
    from .long_running import Operation

HTML = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
ATTRIBUTES = {
    "network": ("public_network_access",),
    "publicNetworkAccess": ("public_network_access",),
    "authConfig": ("entra_auth", "password_auth", "tenant_id"),
    "activeDirectoryAuth": ("entra_auth", "tenant_id"),
    "passwordAuth": ("password_auth",),
    "administratorLoginPassword": ("password",),
    "backup": ("backup_retention_days",),
    "maintenanceWindow": ("maintenance",),
    "storage": ("storage_size_gb", "storage_auto_grow"),
    "sku": ("sku_name", "sku_tier"),
    "tags": ("tags",),
    "dataEncryption": ("customer_key",),
    "identity": ("identities",),
    "fipsMode": ("fips_mode",),
}
CANCELLED = {"code": "OperationCancelled", "message": "The operation has been cancelled by user."}


def before(call: Call, fault: Fault, action: str | None, scope: str) -> Response | None:
    """What a fault does before the request has any effect: an answer that ends it, or None to go on.

    Raises:
        WireError: a refusal.
        ConnectionDropped: the connection was reset.
    """
    problem = _refusal(call, fault, action, scope)
    if problem is not None:
        raise problem
    if fault.id == "X32":
        call.server().wedged = True
        call.world.touch()
    if fault.id == "X29" and fault.argument("form") == "reset_before":
        raise ConnectionDropped("connection reset by peer")
    if fault.id == "X29" and fault.argument("form") == "html" and not fault.argument("applied"):
        return _html(call, fault)
    return None


def _refusal(call: Call, fault: Fault, action: str | None, scope: str) -> wire_errors.WireError | None:
    """The refusal that a fault stands for, if it is one."""
    if fault.id == "X1":
        error = busy.busy_error(call.route.server, call.route.kind, call.api_version, "ServerIsBusy")
        return wire_errors.WireError(409, error["code"], error["message"])
    if fault.id == "X5" and fault.argument("form") == "early":
        return wire_errors.invalid_parameter_value("configurationValue")
    if fault.id == "X7" and fault.argument("form") == "immediate" and not fault.argument("applied"):
        return wire_errors.internal_server_error(call.world.new_id())
    if fault.id == "X14":
        return administrators.not_enabled(call.route.server)
    if fault.id == "X16":
        message = "Another update operation is in progress. Please retry in a few minutes"
        return wire_errors.WireError(409, "Conflict", message)
    if fault.id == "X22":
        return _throttled(call, fault, action)
    if fault.id == "X24":
        return wire_errors.authorization_failed(call.principal.object_id, action or "", scope)
    if fault.id == "X25":
        return wire_errors.operation_not_found(call.route.name or "")
    if fault.id == "X28" and action is not None:
        return wire_errors.authorization_failed(call.principal.object_id, action, scope)
    if fault.id == "X36" and call.server().in_virtual_network:
        message = f"Firewall rule operations cannot be requested for server '{call.route.server}' with private access."
        return wire_errors.WireError(400, "FirewallRuleNotAllowedForPrivateAccess", message)
    if fault.id == "X40":
        return wire_errors.internal_server_error(call.world.new_id())
    return None


def concerns_action(fault: Fault, action: str | None) -> bool:
    """Whether fault X28 denies an action; every other fault does not care."""
    pattern = fault.argument("action") if fault.id == "X28" else None
    return pattern is None or (action is not None and covers(pattern, action))


def _throttled(call: Call, fault: Fault, action: str | None) -> wire_errors.WireError:
    seconds = int(fault.argument("seconds"))
    header = fault.argument("retry_after")
    call.counters = {name: "0" for name in call.counters if name.startswith("x-ms-ratelimit")}
    return wire_errors.throttled(
        call.route.subscription,
        action or call.method,
        seconds,
        retry_after=str(seconds) if header == "" else header,
        text=str(fault.argument("text")),
    )


def on_operation(call: Call, operation: Operation, refusal_after: float) -> None:
    """Lets the faults that strike a write decide what becomes of it."""
    for fault, _ in call.striking:
        error = _failure(call, fault, operation)
        if error is not None:
            outcome = "Canceled" if fault.id == "X41" else "Failed"
            operation.refuse(error, after=refusal_after, outcome=outcome)
            return
        _bend(call, fault, operation)


def _failure(call: Call, fault: Fault, operation: Operation) -> dict[str, str] | None:
    """The error with which a fault makes an accepted write fail."""
    server, kind, version = call.route.server, operation.kind, operation.api_version
    if fault.id == "X2":
        return busy.busy_error(server, kind, version, str(fault.argument("code")))
    if fault.id == "X3":
        return busy.not_ready(server, str(fault.argument("state")))
    if fault.id == "X13":
        return server_update.credentials_error()
    if fault.id == "X15":
        return administrators.validation_error()
    if fault.id == "X4":
        return busy.busy_error(server, "administrators", version)
    if fault.id == "X5":
        return {"code": "OperationFailed", "message": "{0}"}
    if fault.id == "X18":
        return key_change.error(str(fault.argument("code")), _named_key(operation))
    if fault.id == "X20":
        return busy.busy_error(server, kind, version)
    if fault.id == "X41":
        return dict(CANCELLED)
    if fault.id == "X7" and fault.argument("form") == "poll" and not fault.argument("applied"):
        return wire_errors.internal_server_error(call.world.new_id()).error
    return None


def _named_key(operation: Operation) -> str:
    """The key that a write names, or ""."""
    return str(operation.effect.get("plain", {}).get("customer_key", {}).get("primaryKeyURI", ""))


def _bend(call: Call, fault: Fault, operation: Operation) -> None:
    """What a fault does to an operation that will succeed, or seem to."""
    if fault.id == "X12":
        _ignore(operation, fault)
    elif fault.id == "X19":
        operation.stale_reads = int(fault.argument("reads"))
    elif fault.id == "X23":
        operation.says = str(fault.argument("status"))
        if not fault.argument("applied"):
            operation.due = None
    elif fault.id == "X27":
        operation.due = call.now
    elif fault.id == "X31":
        operation.settles = float(fault.argument("seconds"))
        call.server().busy_at_submit = fault.argument("form") == "submit"
    elif fault.id == "X33":
        operation.effect["failover"] = True
    elif fault.id == "X38" and operation.kind == "configurations":
        operation.effect["value"] = _spelt(str(operation.effect["value"]), str(fault.argument("spelling")))
    elif fault.id == "X7" and fault.argument("form") == "poll":
        operation.fails_afterwards = wire_errors.internal_server_error(call.world.new_id()).error


def _ignore(operation: Operation, fault: Fault) -> None:
    """Makes an operation do nothing, or leave out the named properties of a server."""
    fields = fault.argument("fields")
    if fields is None:
        operation.ignored = True
        return
    attributes = {each for wire_name in fields for each in ATTRIBUTES[wire_name]}
    plain = operation.effect.get("plain", {})
    operation.effect["plain"] = {key: value for key, value in plain.items() if key not in attributes}
    if "password" in attributes:
        operation.effect.pop("password", None)


def _spelt(value: str, spelling: str) -> str:
    if spelling == "reversed":
        return ",".join(reversed(value.split(",")))
    return {"upper": value.upper(), "lower": value.lower(), "title": value.title()}[spelling]


def after(call: Call, response: Response) -> Response:
    """What faults do to the finished answer, when the request has had its effect.

    Raises:
        ConnectionDropped: the connection was reset.
    """
    for fault, _ in call.striking:
        form = fault.argument("form") if fault.id in {"X7", "X29"} else None
        if fault.id == "X7" and form == "immediate" and fault.argument("applied"):
            return call.error(wire_errors.internal_server_error(call.world.new_id()))
        if form == "html":
            return _html(call, fault)
        if form == "truncated":
            return Response(response.status, response.headers, response.body[: max(1, len(response.body) // 2)])
        if form == "empty":
            return Response(response.status, response.headers, b"")
        if form == "reset_after":
            raise ConnectionDropped("connection reset by peer")
        if form == "slow":
            response = replace(response, delay=float(fault.argument("seconds")))
    return response


def last_poll(call: Call, response: Response) -> Response:
    """The answer to a poll of an ended operation: a fault may leave the body out."""
    fault = call.fault("X26")
    return response if fault is None else call.raw(int(fault.argument("status")), b"")


def _html(call: Call, fault: Fault) -> Response:
    headers = {"Content-Type": "text/html; charset=utf-8", "Date": format_datetime(call.now, usegmt=True)}
    return Response(int(fault.argument("status")), headers, HTML)
