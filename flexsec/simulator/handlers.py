"""Who answers what: the table from resource kinds and methods to the functions that read and write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from . import (
    activity_log,
    administrators,
    capabilities,
    configurations,
    creation,
    databases,
    firewall,
    groups,
    names,
    network_migration,
    permissions,
    polls,
    power,
    pricings,
    private_endpoints,
    private_links,
    providers,
    resource_list,
    roles,
    server_update,
    servers,
    subscriptions,
    tags,
    threat_protection,
    vaults,
)
from .call import Call
from .change import Change
from .request import Response

Reader = Callable[[Call], Response]
Handler = Callable[[Call], Response | Change]

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "subscriptions": subscriptions.list_subscriptions,
        "subscription": subscriptions.get_subscription,
        "tenants": subscriptions.list_tenants,
        "locations": subscriptions.list_locations,
        "resources": resource_list.read,
        "tagNames": resource_list.tag_names,
        "providers": providers.list_providers,
        "provider": providers.get_provider,
        "groups": groups.list_groups,
        "group": groups.get_group,
        "tags": tags.read,
        "locks": groups.locks,
        "deployments": groups.deployments,
        "permissions": permissions.read,
        "roleAssignments": roles.assignments,
        "roleDefinitions": roles.definitions,
        "pricings": pricings.read,
        "activityLog": activity_log.read,
        "vaults": vaults.list_vaults,
        "vault": vaults.get_vault,
        "vaultKeys": vaults.keys,
        "vaultKeyVersions": vaults.key_versions,
        "identities": vaults.identities,
        "servers": servers.list_servers,
        "server": servers.read,
        "poll": polls.read,
        "configurations": configurations.read,
        "firewallRules": firewall.read,
        "administrators": administrators.read,
        "advancedThreatProtectionSettings": threat_protection.read,
        "genericThreatProtection": threat_protection.refuse_generic,
        "databases": databases.read,
        "privateEndpointConnections": private_endpoints.read,
        "privateLinkResources": private_links.read,
        "replicas": servers.list_replicas,
        "capabilities": capabilities.of_server,
        "locationCapabilities": capabilities.of_location,
        "logFiles": servers.list_log_files,
    }
)
WRITERS: Mapping[tuple[str, str], Handler] = MappingProxyType(
    {
        ("group", "HEAD"): groups.head_group,
        ("group", "PUT"): groups.put_group,
        ("group", "PATCH"): groups.patch_group,
        ("group", "DELETE"): groups.delete_group,
        ("registration", "POST"): providers.register,
        ("tags", "PUT"): tags.replace,
        ("tags", "PATCH"): tags.change,
        ("tags", "DELETE"): tags.clear,
        ("locks", "PUT"): groups.refuse_lock,
        ("locks", "DELETE"): groups.refuse_lock,
        **dict.fromkeys(
            ((kind, each) for kind in ("roleAssignments", "roleDefinitions") for each in ("PUT", "DELETE")),
            roles.refuse,
        ),
        ("pricings", "PUT"): pricings.write,
        **dict.fromkeys(vaults.WRITES, vaults.refuse),
        ("dnsSuffix", "POST"): names.dns_suffix,
        ("nameAvailability", "POST"): names.check,
        ("server", "PATCH"): server_update.write,
        ("server", "PUT"): creation.put,
        ("server", "DELETE"): creation.delete,
        ("power", "POST"): power.write,
        ("migrateNetwork", "POST"): network_migration.write,
        ("configurations", "PUT"): configurations.write,
        ("configurations", "PATCH"): configurations.write,
        ("firewallRules", "PUT"): firewall.write,
        ("firewallRules", "DELETE"): firewall.delete,
        ("administrators", "PUT"): administrators.write,
        ("administrators", "DELETE"): administrators.delete,
        ("advancedThreatProtectionSettings", "PUT"): threat_protection.write,
        ("genericThreatProtection", "PUT"): threat_protection.refuse_generic,
        ("databases", "PUT"): databases.write,
        ("databases", "DELETE"): databases.delete,
        ("privateEndpointConnections", "PUT"): private_endpoints.write,
        ("privateEndpointConnections", "DELETE"): private_endpoints.delete,
    }
)
