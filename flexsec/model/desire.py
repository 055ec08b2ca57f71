"""What a failing control wants, as values. A control never knows how a value is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredParameter:
    """A server parameter at a value. `closing` names the class of leave when reaching it shuts clients out."""

    name: str
    value: str
    closing: str = ""
    kind: Literal["parameter"] = "parameter"


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredFirewallRuleAbsent:
    """A firewall rule gone, named by name and addresses so that a rule changed meanwhile is not removed."""

    name: str
    start: str
    end: str
    kind: Literal["firewall_rule_absent"] = "firewall_rule_absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredFirewallRule:
    """A firewall rule present with these addresses."""

    name: str
    start: str
    end: str
    kind: Literal["firewall_rule"] = "firewall_rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredThreatProtection:
    """The per-server threat protection setting on or off."""

    enabled: bool
    kind: Literal["threat_protection"] = "threat_protection"


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredRestart:
    """The server restarted, so that pending parameters are in force."""

    parameters: tuple[str, ...]
    kind: Literal["restart"] = "restart"


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredServerSetting:
    """A property of the server resource itself at a value.

    Attributes:
        name: backup_retention_days, storage_auto_grow, maintenance_window, or tag:KEY.
        value: as text: "14"; "Enabled" or "Disabled"; "Sunday 02:00" (UTC) or "system-managed"; the tag's value.
    """

    name: str
    value: str
    kind: Literal["server_setting"] = "server_setting"


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredTagAbsent:
    """A tag of the server gone, whatever its value. The key's case does not matter."""

    key: str
    kind: Literal["tag_absent"] = "tag_absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredDefenderPlan:
    """The subscription's Defender plan on or off. Only `flexsec defender` asks for it, never a control."""

    enabled: bool
    kind: Literal["defender_plan"] = "defender_plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredAuthentication:
    """A way of signing in switched on or off.

    Attributes:
        method: entra or password.
        tenant_id: the tenant of Microsoft Entra authentication; "" for the server's own choice.
    """

    method: Literal["entra", "password"]
    enabled: bool
    tenant_id: str = ""
    kind: Literal["authentication"] = "authentication"


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredAdministrator:
    """A Microsoft Entra administrator; an empty tenant is the server's."""

    object_id: str
    name: str
    principal_type: str
    tenant_id: str = ""
    kind: Literal["administrator"] = "administrator"


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredAdministratorAbsent:
    """No Microsoft Entra administrator with this object id."""

    object_id: str
    kind: Literal["administrator_absent"] = "administrator_absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredEncryptionKey:
    """Other keys or identities for a server that is encrypted with a key of its own; "" leaves what is there.

    Attributes:
        key, geo_backup_key: identifiers of keys.
        identity, geo_backup_identity: resource ids of user-assigned identities.
    """

    key: str = ""
    identity: str = ""
    geo_backup_key: str = ""
    geo_backup_identity: str = ""
    kind: Literal["encryption_key"] = "encryption_key"


Desire = (
    DesiredParameter
    | DesiredFirewallRuleAbsent
    | DesiredFirewallRule
    | DesiredThreatProtection
    | DesiredRestart
    | DesiredServerSetting
    | DesiredTagAbsent
    | DesiredDefenderPlan
    | DesiredAuthentication
    | DesiredAdministrator
    | DesiredAdministratorAbsent
    | DesiredEncryptionKey
)
