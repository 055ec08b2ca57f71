"""What each RBAC action is for, in words: a role that cannot be explained is not granted."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SERVER = "Microsoft.DBforPostgreSQL/flexibleServers"
_SUBSCRIPTION = "Microsoft.Resources/subscriptions"
_SECRETS = "Microsoft.KeyVault/vaults/secrets"

REASONS: Mapping[str, str] = MappingProxyType(
    {
        f"{_SERVER}/read": "read the server itself, and before a write whether it is ready",
        f"{_SERVER}/write": "change the server's own properties; there is no finer action for any of them, the "
        "administrator's password included",
        f"{_SERVER}/restart/action": "restart the server, once, when the plan does",
        f"{_SERVER}/configurations/read": "read the server parameters, and read back what was written",
        f"{_SERVER}/configurations/write": "write server parameters",
        f"{_SERVER}/firewallRules/read": "read the firewall rules, and read back what was written",
        f"{_SERVER}/firewallRules/write": "add and change firewall rules",
        f"{_SERVER}/firewallRules/delete": "remove firewall rules",
        f"{_SERVER}/administrators/read": "read the Microsoft Entra administrators",
        f"{_SERVER}/administrators/write": "add Microsoft Entra administrators",
        f"{_SERVER}/administrators/delete": "remove Microsoft Entra administrators",
        f"{_SERVER}/advancedThreatProtectionSettings/read": "read the server's threat protection, and read back what "
        "was written",
        f"{_SERVER}/advancedThreatProtectionSettings/write": "switch the server's threat protection",
        f"{_SERVER}/databases/read": "list the databases by name",
        "Microsoft.DBforPostgreSQL/locations/azureAsyncOperation/read": "follow a write to its end; its URL lies below "
        "the subscription, not below the server",
        "Microsoft.DBforPostgreSQL/locations/capabilities/read": "read what the server's region offers",
        "Microsoft.Security/pricings/read": "read the subscription's Defender plans",
        "Microsoft.Security/pricings/write": "switch the subscription's Defender plan for databases, which bills every "
        "server",
        f"{_SUBSCRIPTION}/resources/read": "list the servers that the Defender plan bills",
        f"{_SUBSCRIPTION}/read": "read the subscription's name and tenant",
        f"{_SUBSCRIPTION}/resourceGroups/read": "read the resource groups' locations and tags",
        "Microsoft.Insights/eventtypes/values/read": "tell from the activity log who set a value back that "
        "flexsec had set",
        "Microsoft.KeyVault/vaults/read": "find the vault of a server's own key, and read how it is protected",
        "Microsoft.KeyVault/vaults/keys/read": "read whether the server's own key is enabled, and until when",
        "Microsoft.KeyVault/vaults/keys/versions/read": "the same of the version of its key that a server is pinned to",
        "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action": "give the server an identity that it does "
        "not have yet",
        "Microsoft.Authorization/roleAssignments/read": "read who was given which role at the server and above it",
        "Microsoft.Authorization/roleDefinitions/read": "read what those roles allow",
        "Microsoft.Authorization/permissions/read": "read what the signed-in identity may do, at the server and at the "
        "subscription",
        f"{_SECRETS}/getSecret/action": "read the password that is in force",
        f"{_SECRETS}/readMetadata/action": "find the versions of the secret",
        f"{_SECRETS}/setSecret/action": "store the new password before it is sent to the server",
    }
)
"""Action: what it is for, as a clause."""
