"""Who may write while something else is running: the service accepts a second write with 202 and fails it in the poll.

The matrix follows recorded overlaps. What no recording shows (two firewall rules at once, a restart during
anything) is inferred from the rule that a server does one thing at a time.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .long_running import Operation
    from .state import Server

# Kinds of running operations beside which a new one of the key's kind still succeeds. Recorded: threat protection
# beside anything; a firewall rule beside threat protection or administrators alone.
TOLERATES = {
    "advancedThreatProtectionSettings": frozenset(
        {"configurations", "advancedThreatProtectionSettings", "firewallRules", "administrators", "server", "restart"}
    ),
    "firewallRules": frozenset({"advancedThreatProtectionSettings", "administrators"}),
}
OLD_FIREWALL_TOLERATES = TOLERATES["firewallRules"] | {"configurations"}  # recorded up to 2023-06-01-preview

# Seconds after its start at which a running operation shows in the server's state: recorded as Ready right after
# acceptance.
SHOWS_AFTER_S = 5
SHOWN_STATES = {"firewallRules": "Updating", "server": "Updating"}


def running(operations: dict[str, Operation], server_id: str) -> list[Operation]:
    """The operations that hold a server at the moment."""
    wanted = server_id.lower()
    return [each for each in operations.values() if not each.done and each.holds and each.server_id.lower() == wanted]


def shown_state(server: Server, held_by: list[Operation], now: datetime) -> str:
    """The state that a read of the server shows."""
    if server.wedged:
        return "Updating"
    if any(each.kind == "restart" for each in held_by):
        return "Restarting"
    for each in held_by:
        if each.kind in SHOWN_STATES and now >= each.started + timedelta(seconds=SHOWS_AFTER_S):
            return SHOWN_STATES[each.kind]
    return server.state


def refusal(server: Server, operation: Operation, held_by: list[Operation], now: datetime) -> dict[str, str] | None:
    """The error with which a new operation will fail, or None when it may go on."""
    kind = operation.kind
    tolerated = TOLERATES.get(kind, frozenset())
    if kind == "firewallRules" and operation.api_version <= "2023-06-01-preview":
        tolerated = OLD_FIREWALL_TOLERATES
    blocked = [each for each in held_by if each.kind not in tolerated]
    if kind == "firewallRules" and len(held_by) > 1:
        blocked = held_by  # recorded: threat protection together with anything else refuses a rule
    settling = server.busy_until is not None and now < server.busy_until and kind != "advancedThreatProtectionSettings"
    if kind == "restart" and (blocked or settling or server.wedged or server.state != "Ready"):
        shown = shown_state(server, held_by, now)
        return not_ready(server.name, shown if shown != "Ready" else "Updating")
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
    if kind == "server":
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
