"""Who may write while something else is running: the service accepts a second write with 202 and fails it in the poll.

The matrix follows recorded overlaps. What no recording shows (two firewall rules at once, a restart during
anything) is inferred from the rule that a server does one thing at a time.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .long_running import NAMES, WHOLE

if TYPE_CHECKING:
    from .long_running import Operation
    from .state import Server

# Kinds of running operations beside which a new one of the key's kind still succeeds. Recorded: threat protection
# beside anything; a firewall rule beside threat protection or administrators alone.
TOLERATES = {
    "advancedThreatProtectionSettings": frozenset(
        {"configurations", "advancedThreatProtectionSettings", "firewallRules", "administrators", "server", "restart"}
    ),
    "databases": frozenset(NAMES),
    "firewallRules": frozenset({"advancedThreatProtectionSettings", "administrators"}),
}
OLD_FIREWALL_TOLERATES = TOLERATES["firewallRules"] | {"configurations"}  # recorded up to 2023-06-01-preview

# Seconds after its start at which a running operation shows in the server's state: recorded as Ready right after
# acceptance.
SHOWS_AFTER_S = 5
SHOWN_STATES = {
    "firewallRules": "Updating", "server": "Updating", "replica": "Updating", "migrateNetwork": "Updating",
}  # fmt: skip
POWERED_FROM = {"restart": ("Ready",), "stop": ("Ready",), "start": ("Stopped",)}
POWER_STATES = {"restart": "Restarting", "stop": "Stopping", "start": "Starting"}


def running(operations: dict[str, Operation], server_id: str) -> list[Operation]:
    """The operations that hold a server at the moment: its own, and the making and dropping of its replicas."""
    wanted = server_id.lower()
    return [
        each
        for each in operations.values()
        if not each.done
        and each.holds
        and (each.server_id.lower() == wanted or str(each.effect.get("source", "")).lower() == wanted)
    ]


def shown_state(server: Server, held_by: list[Operation], now: datetime) -> str:
    """The state that a read of the server shows."""
    if server.wedged:
        return "Updating"
    if server.state in {"Provisioning", "Dropping"}:
        return server.state
    for each in held_by:
        if each.kind in POWER_STATES:
            return POWER_STATES[each.kind]
        if each.verb == "delete" and each.kind in WHOLE and each.name == server.name:
            return "Dropping"
    for each in held_by:
        if each.kind in SHOWN_STATES and now >= each.started + timedelta(seconds=SHOWS_AFTER_S):
            return SHOWN_STATES[each.kind]
    return server.state


def refusal(server: Server, operation: Operation, held_by: list[Operation], now: datetime) -> dict[str, str] | None:
    """The error with which a new operation will fail, or None when it may go on."""
    kind = operation.kind
    if operation.verb == "create":  # its own server is new; a replica's source may be at something else
        return busy_error(server.name, kind, operation.api_version) if kind == "replica" and held_by else None
    if kind == "databases":
        return None
    tolerated = TOLERATES.get(kind, frozenset())
    if kind == "firewallRules" and operation.api_version <= "2023-06-01-preview":
        tolerated = OLD_FIREWALL_TOLERATES
    blocked = [each for each in held_by if each.kind not in tolerated]
    if kind == "firewallRules" and len(held_by) > 1:
        blocked = held_by  # recorded: threat protection together with anything else refuses a rule
    settling = server.busy_until is not None and now < server.busy_until and kind != "advancedThreatProtectionSettings"
    if kind in POWER_STATES and (blocked or settling or server.wedged or server.state not in POWERED_FROM[kind]):
        shown = shown_state(server, held_by, now)
        refused = not_stopped if kind == "start" else not_ready
        return refused(server.name, shown if shown not in POWERED_FROM[kind] else "Updating")
    if blocked or settling or server.wedged or server.state not in {"Ready", "Stopped"}:
        return busy_error(server.name, kind, operation.api_version)
    return None


def busy_error(server: str, kind: str, api_version: str, code: str | None = None) -> dict[str, str]:
    """The error of a busy server in the spelling of the kind and api-version, or in the spelling asked for.

    Recorded.
    """
    if code is None:
        code = _spelling(kind, api_version)
    messages = {
        "ServerIsBusy": f"Cannot complete operation while server '{server}' is busy processing another "
        "operation. Try again later.",
        "ServerBusy": f"Server '{server}' is busy with another operation. Please try again later.",
        "AadAuthOperationCannotBePerformedWhenServerIsNotAccessible": (
            f"Server '{server}' is not in an accessible state to perform a Microsoft Entra authentication "
            "principal operation. Make sure "
            "that the server is in an accessible before executing any Microsoft Entra authentication principal "
            "operation."
        ),
    }
    return {
        "code": code,
        "message": messages.get(code, f"Server {server} is busy with other operations. Please try later"),
    }


def _spelling(kind: str, api_version: str) -> str:
    if kind == "administrators":
        return "AadAuthOperationCannotBePerformedWhenServerIsNotAccessible"
    if kind in {"server", "replica"}:
        return "ProvisioningServerBusy" if api_version < "2024-08-01" else ""
    if kind == "configurations" and api_version < "2025-08-01":
        return "ServerBusy"
    return "ServerIsBusy"


def not_ready(server: str, state: str) -> dict[str, str]:
    """The error of a restart on a server that is not Ready. Reported, typing error included."""
    message = (
        f"Restart or Stop Server can only be performed on Started servers. Sever Name = {server}, Current Server "
        f"State = {state}"
    )
    return {"code": "ServerIsNotReady", "message": message}


def not_stopped(server: str, state: str) -> dict[str, str]:
    """The error of a start on a server that is not Stopped. Documented."""
    message = (
        f"Start Server can only be performed on Stopped servers. Server Name = {server}, Current Server State = {state}"
    )
    return {"code": "ServerIsNotStopped", "message": message}
