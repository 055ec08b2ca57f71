"""What a simulated subscription is made of: records that completed operations change."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from . import catalogue
from .roles import Roles

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from .vault_state import AssignedIdentity, Vault

STATES = (
    "Ready", "Dropping", "Disabled", "Starting", "Stopping", "Stopped", "Updating", "Restarting", "Inaccessible",
    "Provisioning",
)  # fmt: skip


@dataclass(slots=True)
class ParameterState:
    """A parameter's value where it differs from a fresh server.

    `running` is the value in force while another one is pending; `absent` means that this server does not have the
    parameter at all.
    """

    value: str = ""
    source: str = "user-override"
    pending: bool = False
    running: str | None = None
    absent: bool = False


@dataclass(slots=True)
class FirewallRange:
    """The addresses of a firewall rule, as text, both included."""

    start: str
    end: str


@dataclass(slots=True)
class Administrator:
    """A Microsoft Entra administrator; its object id is the key it is kept under."""

    principal_type: str
    principal_name: str
    tenant_id: str


@dataclass(frozen=True, slots=True)
class Database:
    """A database that was created beside the service's own."""

    charset: str = "UTF8"
    collation: str = "en_US.utf8"


@dataclass(slots=True)
class PrivateEndpointConnection:
    """A private endpoint that leads to the server, or wants to; `status` is Approved, Pending or Rejected."""

    private_endpoint_id: str
    status: str = "Approved"
    description: str = ""


@dataclass(slots=True)
class DefenderPlan:
    """A plan of Microsoft Defender for Cloud; `since` is when it was switched on, extensions hold True or False.

    `inherited_from` is the scope that it comes from. `switches_on` are the extensions that the service switches on by
    itself when the plan goes on, whatever the request says.
    """

    tier: str = "Free"
    sub_plan: str | None = None
    since: datetime | None = None
    enforce: str | None = None
    extensions: dict[str, str] = field(default_factory=dict)
    inherited_from: str | None = None
    switches_on: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ThreatProtection:
    """The per-server setting; `since` is None until it was enabled once, and is kept when it is disabled again."""

    state: str = "Disabled"
    since: datetime | None = None


@dataclass(slots=True)
class PasswordRecord:
    """The administrator's password as a salted hash, with a counter that tells how often it was set.

    `verifier` is what PostgreSQL itself would keep; empty where the world does not tell.
    """

    salt: str = ""
    digest: str = ""
    version: int = 0
    verifier: str = ""

    def matches(self, password: str) -> bool:
        """Whether this is the password in force."""
        return bool(self.digest) and hmac.compare_digest(self.digest, password_digest(password, self.salt))


def password_digest(password: str, salt: str) -> str:
    """The salted hash under which a password is remembered."""
    return hashlib.pbkdf2_hmac("sha256", password.encode(errors="surrogatepass"), salt.encode(), 1000).hex()


@dataclass(slots=True)
class Server:
    """A flexible server. Names follow the service; enumerations hold the service's spellings.

    `customer_key` holds the members of `dataEncryption` beside its type. `immutable_backup` and `fips_mode` are None
    where the service does not tell them, `high_availability_state` where it follows from the mode.
    """

    name: str
    location: str = "westeurope"
    version: str = "16"
    minor_version: str = ""
    sku_name: str = "Standard_D2ds_v5"
    sku_tier: str = "GeneralPurpose"
    state: str = "Ready"
    created: datetime | None = None
    administrator_login: str = "pgadmin"
    password: PasswordRecord = field(default_factory=PasswordRecord)
    password_auth: str = "Enabled"  # noqa: S105 - a switch
    entra_auth: str = "Disabled"
    tenant_id: str | None = None
    public_network_access: str = "Enabled"
    delegated_subnet_id: str | None = None
    private_dns_zone_id: str | None = None
    data_encryption: str = "SystemManaged"
    customer_key: dict[str, str] = field(default_factory=dict)
    storage_size_gb: int = 128
    storage_auto_grow: str = "Disabled"
    storage_iops: int = 500
    storage_tier: str = "P10"
    storage_type: str = ""
    backup_retention_days: int = 7
    geo_redundant_backup: str = "Disabled"
    immutable_backup: str | None = "Disabled"
    fips_mode: str | None = "Disabled"
    high_availability: str = "Disabled"
    high_availability_state: str | None = None
    availability_zone: str = "1"
    standby_zone: str | None = None
    maintenance: dict[str, int | str] = field(
        default_factory=lambda: {"customWindow": "Disabled", "dayOfWeek": 0, "startHour": 0, "startMinute": 0}
    )
    replication_role: str = "Primary"
    source_server_id: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, ParameterState] = field(default_factory=dict)
    firewall: dict[str, FirewallRange] = field(default_factory=dict)
    administrators: dict[str, Administrator] = field(default_factory=dict)
    threat_protection: ThreatProtection = field(default_factory=ThreatProtection)
    databases: dict[str, Database] = field(default_factory=dict)
    private_endpoint_connections: dict[str, PrivateEndpointConnection] = field(default_factory=dict)
    identities: list[str] = field(default_factory=list)
    system_assigned_identity: bool = False
    wedged: bool = False
    busy_until: datetime | None = None
    busy_at_submit: bool = False

    @property
    def in_virtual_network(self) -> bool:
        """Whether the server is VNet-integrated: told by the delegated subnet, not by public access being off."""
        return self.delegated_subnet_id is not None

    def facts(self, name: str) -> catalogue.ParameterFacts | None:
        """The catalogue's entry for a parameter of this server, whatever the case of the name; None without one."""
        listed = catalogue.parameters(self.version)
        found = listed.get(name) or next((entry for key, entry in listed.items() if key.lower() == name.lower()), None)
        if found is None or ((state := self.parameters.get(found.name)) is not None and state.absent):
            return None
        return found

    def parameter_names(self) -> Iterator[str]:
        """The names of all parameters of this server, in the service's order."""
        states = self.parameters
        return (name for name in catalogue.parameters(self.version) if name not in states or not states[name].absent)

    def restarted(self) -> None:
        """What a restart of the database does to parameters: values that waited for it are in force."""
        for state in self.parameters.values():
            state.pending, state.running = False, None

    def in_force(self, name: str) -> str | None:
        """The value that a parameter has in the running server, which a pending one is not; None without it."""
        facts = self.facts(name)
        if facts is None:
            return None
        state = self.parameter(facts)
        return state.running if state.pending and state.running is not None else state.value

    def parameter(self, facts: catalogue.ParameterFacts) -> ParameterState:
        """A parameter's state; for one that nobody changed, the catalogue's value and source."""
        return self.parameters.get(facts.name) or ParameterState(facts.value, facts.source)


@dataclass(frozen=True, slots=True)
class BareResource:
    """A resource of another provider, of which no more is modelled than its line in the list of resources."""

    type: str
    name: str
    location: str = "westeurope"


@dataclass(slots=True)
class ResourceGroup:
    """A resource group and its servers and vaults, kept by name in lower case, and what else lies in it."""

    name: str
    location: str = "westeurope"
    tags: dict[str, str] = field(default_factory=dict)
    servers: dict[str, Server] = field(default_factory=dict)
    vaults: dict[str, Vault] = field(default_factory=dict)
    identities: list[AssignedIdentity] = field(default_factory=list)
    resources: list[BareResource] = field(default_factory=list)


@dataclass(slots=True)
class Subscription:
    """A subscription and its resource groups, kept by name in lower case.

    `unregistered` are the providers that it is not registered with; `plans` those of Defender that were ever touched.
    """

    id: str
    name: str
    tenant_id: str
    groups: dict[str, ResourceGroup] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    unregistered: set[str] = field(default_factory=set)
    plans: dict[str, DefenderPlan] = field(default_factory=dict)
    roles: Roles = field(default_factory=Roles)


@dataclass(slots=True)
class Principal:
    """Who a bearer token stands for, and the actions it may perform, on resources and on data in them (`*`: any)."""

    object_id: str
    allowed_actions: tuple[str, ...] = ("*",)
    data_actions: tuple[str, ...] = ("*",)


def ipv4(text: str) -> int | None:
    """An IPv4 address as a number, leading zeros allowed (the service has stored them); None when it is none."""
    parts = text.split(".")
    if len(parts) != 4 or not all(
        part.isascii() and part.isdigit() and len(part) <= 3 and int(part) <= 255 for part in parts
    ):
        return None
    return int.from_bytes(bytes(int(part) for part in parts), "big")


def server_id(subscription: Subscription, group: ResourceGroup, server: Server) -> str:
    """The resource id in the service's own casing."""
    return (
        f"/subscriptions/{subscription.id}/resourceGroups/{group.name}"
        f"/providers/Microsoft.DBforPostgreSQL/flexibleServers/{server.name}"
    )
