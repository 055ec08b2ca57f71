"""A flexible server and everything that was observed about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from .firewall import FirewallRule
from .observation import Unobserved
from .parameter import Parameter

CHILDREN_UNREADABLE = {
    "stopped": "the server is stopped: the service answers no question about its children until it is started",
    "disabled": "the server is disabled",
    "provisioning": "the server is still being created",
    "dropping": "the server is being deleted",
    "inaccessible": "the server is inaccessible: its customer-managed key cannot be reached",
}
"""The states in which the service refuses or fails to read what is below a server, and why."""

NOT_BECOMING_READY = frozenset({"stopped", "stopping", "disabled", "inaccessible", "dropping"})
"""The states that no waiting ends well. Every other word but Ready, also an unknown one, means work going on (A6)."""


class Networking(StrEnum):
    """The two networking models; the second is told by a delegated subnet, not by public access being off."""

    PUBLIC = "public"
    VNET = "vnet"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateEndpoint:
    """A private endpoint connection: its name and status (Approved, Pending, Rejected, Disconnected)."""

    name: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The properties of the server resource itself, in the service's own words.

    Attributes:
        state: Ready, Updating, Stopped, ... or a word not known yet.
        role: Primary, AsyncReplica, GeoAsyncReplica or "" when not told.
        public_network_access: Enabled or Disabled; meaningless on a VNet-integrated server.
        entra_auth, password_auth: Enabled or Disabled.
        encryption: SystemManaged or AzureKeyVault.
    """

    location: str
    version: str
    minor_version: str
    state: str
    tier: str
    sku: str
    role: str
    source_server_id: str
    networking: Networking
    public_network_access: str
    private_endpoints: tuple[PrivateEndpoint, ...]
    entra_auth: str
    password_auth: str
    administrator_login: str
    high_availability_mode: str
    high_availability_state: str
    encryption: str
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def major_version(self) -> int:
        """The major version as a number, 0 when the service did not tell."""
        return int(self.version) if self.version.isdigit() else 0

    @property
    def is_replica(self) -> bool:
        """Whether the server follows a primary."""
        return self.role not in ("", "Primary", "None")


@dataclass(frozen=True, slots=True, kw_only=True)
class Administrator:
    """A Microsoft Entra administrator: object id, name and type (User, Group, ServicePrincipal, Unknown)."""

    object_id: str
    name: str
    principal_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreatProtection:
    """The per-server setting of Microsoft Defender for open-source relational databases."""

    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerState:
    """What was read of one server at one time. Every part is a value or `Unobserved`.

    Attributes:
        server_id: the ARM id.
        observed_at: when, in UTC.
        parameters: by name, sorted.
        firewall: the rules, sorted by name.
    """

    server_id: str
    observed_at: datetime
    server: Server | Unobserved
    parameters: tuple[Parameter, ...] | Unobserved
    firewall: tuple[FirewallRule, ...] | Unobserved
    administrators: tuple[Administrator, ...] | Unobserved
    threat_protection: ThreatProtection | Unobserved

    def parameter(self, name: str) -> Parameter | Unobserved | None:
        """One parameter; None when the list was read and does not hold it."""
        if isinstance(self.parameters, Unobserved):
            return self.parameters
        return next((p for p in self.parameters if p.name == name), None)
