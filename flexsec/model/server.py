"""A flexible server and everything that was observed about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from .admin_secret import AdminSecret
from .defender import DefenderPlan
from .firewall import FirewallRule
from .key_vault_key import CustomerKeys
from .observation import Unobserved
from .parameter import Parameter
from .role_assignment import AssignedRole

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
class MaintenanceWindow:
    """When the service may maintain the server: `custom` is Enabled or Disabled, the day 0 (Sunday) to 6, in UTC."""

    custom: str
    day_of_week: int = 0
    start_hour: int = 0
    start_minute: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerKey:
    """The keys and identities of customer-managed encryption; "" where the service tells none.

    Attributes:
        uri, geo_backup_uri: Key Vault identifiers, with or without a version at their end.
        identity, geo_backup_identity: resource ids of user-assigned identities.
        status, geo_backup_status: Valid, Invalid or "" (the service tells them since 2023-06-01-preview).
    """

    uri: str = ""
    identity: str = ""
    status: str = ""
    geo_backup_uri: str = ""
    geo_backup_identity: str = ""
    geo_backup_status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The properties of the server resource itself, in the service's own words.

    Attributes:
        state: Ready, Updating, Stopped, ... or a word not known yet.
        role: Primary, AsyncReplica, GeoAsyncReplica or "" when not told.
        public_network_access: Enabled or Disabled; meaningless on a VNet-integrated server.
        entra_auth, password_auth: Enabled or Disabled.
        encryption: SystemManaged or AzureKeyVault.
        tenant_id: the Entra tenant of authConfig, or "".
        identity_type: None, UserAssigned, SystemAssigned or both joined by a comma; "" when not told.
        identities: resource ids of the user-assigned identities, as the service spells them, sorted.
        backup_retention_days: None when not told.
        geo_redundant_backup, immutable_backup, storage_auto_grow, fips_mode: Enabled, Disabled, or "" when not told.
        storage_type: Premium_LRS, PremiumV2_LRS, UltraSSD_LRS or "".
        delegated_subnet_id, private_dns_zone_id: "" on a server with public access.
        fqdn: the full name that clients connect to, which the server's certificate bears; "" when not told.
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
    tenant_id: str = ""
    customer_key: CustomerKey = CustomerKey()
    identity_type: str = ""
    identities: tuple[str, ...] = ()
    backup_retention_days: int | None = None
    geo_redundant_backup: str = ""
    immutable_backup: str = ""
    storage_auto_grow: str = ""
    storage_type: str = ""
    maintenance_window: MaintenanceWindow | None = None
    fips_mode: str = ""
    delegated_subnet_id: str = ""
    private_dns_zone_id: str = ""
    fqdn: str = ""

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
    """A Microsoft Entra administrator: object id, name, type (User, Group, ServicePrincipal, Unknown) and tenant."""

    object_id: str
    name: str
    principal_type: str
    tenant_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreatProtection:
    """The per-server setting of Microsoft Defender for open-source relational databases."""

    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """What the server's region offers; None where the service does not tell."""

    name: str
    zone_redundant_ha: bool | None
    geo_backup: bool | None


_NOT_ASKED = Unobserved("not read: no control of the baseline needs it")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerState:
    """What was read of one server at one time. Every part is a value or `Unobserved`.

    Attributes:
        server_id: the ARM id.
        observed_at: when, in UTC.
        parameters: by name, sorted.
        firewall: the rules, sorted by name.
        defender_plan: the subscription's plan, shared by all its servers; read when a control asks for it.
        region: what the server's region offers, shared likewise.
        customer_keys: the keys that it is encrypted with, in their vaults; read when a control asks for it.
        role_assignments: who was given which role at the server or above it; likewise.
        admin_secret: the properties of the administrator's stored passwords; likewise.
    """

    server_id: str
    observed_at: datetime
    server: Server | Unobserved
    parameters: tuple[Parameter, ...] | Unobserved
    firewall: tuple[FirewallRule, ...] | Unobserved
    administrators: tuple[Administrator, ...] | Unobserved
    threat_protection: ThreatProtection | Unobserved
    defender_plan: DefenderPlan | Unobserved = _NOT_ASKED
    region: Region | Unobserved = _NOT_ASKED
    customer_keys: CustomerKeys | Unobserved = _NOT_ASKED
    role_assignments: tuple[AssignedRole, ...] | Unobserved = _NOT_ASKED
    admin_secret: AdminSecret | Unobserved = _NOT_ASKED

    def parameter(self, name: str) -> Parameter | Unobserved | None:
        """One parameter; None when the list was read and does not hold it."""
        if isinstance(self.parameters, Unobserved):
            return self.parameters
        return next((p for p in self.parameters if p.name == name), None)
