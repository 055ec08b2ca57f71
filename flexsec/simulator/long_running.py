"""Long-running operations: accepted at once with 202, carried out later, followed through two signed URLs.

Nothing runs in the background. Whoever asks next finds every operation that has come due completed, in the order in
which they came due. An operation is data, effect included, so that another process can carry on where one was
killed.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

# Seconds, by kind of operation: typical times to Succeeded in recordings, which are upper bounds of the true times.
DURATIONS = {
    "configurations": 10.0,
    "advancedThreatProtectionSettings": 11.0,
    "firewallRules": 60.0,
    "administrators": 60.0,
    "administrators delete": 30.0,
    "server": 60.0,
    "server create": 245.0,
    "server delete": 47.0,
    "replica": 362.0,
    "replica delete": 77.0,
    "restore": 301.0,
    "restart": 62.0,
    "stop": 181.0,
    "start": 181.0,
    "databases": 11.0,
    "privateEndpointConnections": 61.0,
    "migrateNetwork": 1200.0,  # documented as about twenty minutes; all others are recorded
    "refusal": 3.0,  # recorded: a busy refusal shows in the poll about three seconds after the 202
}

# Recorded Retry-After in seconds; none was recorded for the kinds that are not here, and the one of a server PUT is
# taken for a server PATCH.
RETRY_AFTER = {
    "configurations": 10,
    "advancedThreatProtectionSettings": 10,
    "firewallRules": 60,
    "administrators": 60,
    "administrators delete": 30,
    "server": 60,
    "server delete": 15,
    "databases": 10,
}

# Recorded operation names by kind and, for those that also delete, verb.
NAMES = {
    "configurations": "UpdateOrcasServerParameterManagementOperation",
    "advancedThreatProtectionSettings": "UpsertThreatProtectionStateOperation",
    "firewallRules": "UpsertServerFirewallRulesManagementOperation",
    "firewallRules delete": "DropServerFirewallRulesManagementOperation",
    "administrators": "UpsertAadAuthPrincipalManagementOperation",
    "administrators delete": "DropAadAuthPrincipalManagementOperation",
    "server": "UpsertServerManagementOperationV2",
    "server delete": "DropServerManagementOperation",
    "replica": "CreateReadReplicaManagementOperation",
    "replica delete": "DropReadReplicaManagementOperation",
    "restore": "RestoreSnapshotManagementOperation",
    "restart": "RestartServerManagementOperation",
    "stop": "StopServerManagementOperation",
    "start": "StartServerManagementOperation",
    "databases": "UpsertServerDatabaseManagementOperation",
    "databases delete": "DropServerDatabaseManagementOperation",
    "privateEndpointConnections": "UpsertPrivateEndpointConnectionManagementOperation",
    "privateEndpointConnections delete": "DropPrivateEndpointConnectionManagementOperation",
    "migrateNetwork": "MigrateNetworkManagementOperation",  # inferred; all others are recorded
}


# Kinds that concern a server as a whole.
WHOLE = frozenset({"server", "replica", "restore", "restart", "stop", "start", "migrateNetwork"})


@dataclass(slots=True)
class Operation:
    """One accepted write.

    Attributes:
        kind: the resource kind ("server" and "restart" included); `verb` is write, create or delete.
        effect: what will change, as plain data for the kind's own `apply`.
        due: when it ends; None for one that never does.
        error: set when it will fail; `outcome` is then Failed or Canceled.
        holds: whether other writes on the server are refused while it runs.
        ignored: it will succeed and change nothing; `says` replaces the status word in every poll.
        fails_afterwards: it takes effect and reports this error all the same.
        stale_reads: how many reads still show the old value after it succeeded.
        settles: how many seconds longer the server stays busy after it succeeded.
        caller: the object id of who asked for it; `action` and `method` are what was asked, for the activity log.
    """

    id: str
    server_id: str
    kind: str
    verb: str
    name: str
    location: str
    api_version: str
    started: datetime
    due: datetime | None
    effect: dict[str, Any] = field(default_factory=dict)
    outcome: str = "Succeeded"
    error: dict[str, str] | None = None
    holds: bool = True
    ignored: bool = False
    says: str | None = None
    fails_afterwards: dict[str, str] | None = None
    stale_reads: int = 0
    settles: float = 0.0
    done: bool = False
    applied: bool = False
    caller: str = ""
    action: str = ""
    method: str = ""

    @property
    def spoken_name(self) -> str:
        """The name under which the service announces the operation."""
        return NAMES.get(f"{self.kind} {self.verb}") or NAMES[self.kind]

    @property
    def retry_after(self) -> int | None:
        """The Retry-After, in seconds, of its 202 and of every poll; None where no recording has the header."""
        return RETRY_AFTER.get(f"{self.kind} {self.verb}", RETRY_AFTER.get(self.kind))

    @property
    def mark(self) -> str:
        """One line for the list of effects: what was done to which resource, without values."""
        if self.kind in WHOLE and (self.kind != "server" or self.verb != "write"):
            return self.kind if self.verb == "write" else f"{self.verb} {self.kind}"
        if self.kind == "server":
            return "update " + ",".join(
                [*self.effect.get("parts", ()), *(["password"] if "password" in self.effect else [])]
            )
        return f"{self.verb} {self.kind}/{self.name}"

    def refuse(self, error: dict[str, str], *, after: float, outcome: str = "Failed") -> None:
        """Turns the operation into one that ends badly `after` seconds from its start and changes nothing."""
        self.error, self.outcome, self.effect = dict(error), outcome, {}
        self.holds, self.due = False, self.started + timedelta(seconds=after)

    def status(self) -> dict[str, Any]:
        """The body of a poll. Recorded: no percentComplete, no properties, no endTime."""
        word = self.says or (self.outcome if self.done else "InProgress")
        body: dict[str, Any] = {"name": self.id, "status": word, "startTime": spoken_time(self.started)}
        if self.done and self.error is not None and self.says is None:
            body["error"] = self.error
        return body


def new_id(seed: int, number: int) -> str:
    """The number-th identifier of a world: looks random, always the same for the same seed."""
    digest = hashlib.sha256(f"{seed}/{number}".encode()).digest()
    return str(uuid.UUID(bytes=digest[:16]))


def spoken_time(moment: datetime) -> str:
    """A time as the service writes it in operations: milliseconds without trailing zeros, and Z."""
    milliseconds = moment.microsecond // 1000
    fraction = f".{milliseconds:03d}".rstrip("0") if milliseconds else ""
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + fraction + "Z"


def signature(operation_id: str, collection: str) -> str:
    """The signed query of a status URL: t, c, s and h, together about three thousand characters. Recorded form."""

    def scrambled(label: str, size: int) -> str:
        raw = hashlib.shake_256(f"{operation_id}/{collection}/{label}".encode()).digest(size)
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    ticks = 638_000_000_000_000_000 + int(hashlib.sha256(operation_id.encode()).hexdigest()[:12], 16) * 1000
    return f"t={ticks}&c={scrambled('c', 1800)}&s={scrambled('s', 256)}&h={scrambled('h', 32)}"


def status_url(operation: Operation, origin: str, collection: str) -> str:
    """The absolute URL under which an operation is followed.

    `collection` is azureAsyncOperation or operationResults.
    """
    subscription = operation.server_id.split("/")[2]
    path = f"/subscriptions/{subscription}/providers/Microsoft.DBforPostgreSQL/locations/{operation.location}"
    query = f"api-version={operation.api_version}&{signature(operation.id, collection)}"
    return f"{origin}{path}/{collection}/{operation.id}?{query}"
