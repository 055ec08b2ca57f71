"""Key vaults, their keys and user-assigned identities as Resource Manager shows them: read only.

Documented (Microsoft's published specifications): the bodies, that keys are listed without private parts, that
`enablePurgeProtection` is there only when it is on. Secrets are data: none is shown here. Writes are not modelled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import wire_errors
from .paging import answer_list
from .request import is_loopback
from .vault_state import vault_id

if TYPE_CHECKING:
    from .call import Call
    from .request import Response
    from .state import ResourceGroup, Subscription
    from .vault_state import AssignedIdentity, KeyVersion, Vault, VaultKey

TYPE = "Microsoft.KeyVault/vaults"
WRITES = (
    ("vault", "PUT"), ("vault", "PATCH"), ("vault", "DELETE"), ("vaultKeys", "PUT"), ("identities", "PUT"),
    ("identities", "PATCH"), ("identities", "DELETE"),
)  # fmt: skip
IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities"


def list_vaults(call: Call) -> Response:
    """The vaults of a subscription or a resource group."""
    subscription = call.subscription()
    groups = [call.group()] if call.route.group else list(subscription.groups.values())
    return answer_list(
        call, [_body(call, subscription, group, each) for group in groups for each in group.vaults.values()]
    )


def get_vault(call: Call) -> Response:
    """One vault."""
    return call.answer(200, _body(call, call.subscription(), call.group(), _vault(call)))


def keys(call: Call) -> Response:
    """The keys of a vault, or one of them, each by its latest version."""
    vault = _vault(call)
    if call.route.name is None:
        return answer_list(call, [_key_body(call, vault, each, each.latest) for each in vault.keys.values()])
    key = _key(call, vault)
    return call.answer(200, _key_body(call, vault, key, key.latest))


def key_versions(call: Call) -> Response:
    """The versions of a key, or one of them."""
    vault = _vault(call)
    key, name = _key(call, vault), call.route.collection
    if not name:
        versions = sorted(key.versions.values(), key=lambda each: each.id)
        return answer_list(call, [_key_body(call, vault, key, each, f"/versions/{each.id}") for each in versions])
    version = key.versions.get(name.lower())
    if version is None:
        raise _missing("Microsoft.KeyVault/vaults/keys/versions", name, call.route.group)
    return call.answer(200, _key_body(call, vault, key, version, f"/versions/{version.id}"))


def identities(call: Call) -> Response:
    """The user-assigned identities of a scope, or one of them."""
    subscription = call.subscription()
    groups = [call.group()] if call.route.group else list(subscription.groups.values())
    found = [(group, each) for group in groups for each in group.identities]
    if call.route.name is None:
        return answer_list(call, [_identity_body(subscription, group, each) for group, each in found])
    for group, each in found:
        if each.name.lower() == call.route.name.lower():
            return call.answer(200, _identity_body(subscription, group, each))
    raise _missing(IDENTITY, call.route.name, call.route.group)


def refuse(call: Call) -> Response:
    """Refuses to make, change or delete one of these.

    Raises:
        WireError: 501, always.
    """
    raise wire_errors.not_modelled("writing vaults, their keys and identities through Resource Manager")


def _vault(call: Call) -> Vault:
    found = call.group().vaults.get(call.route.vault.lower())
    if found is None:
        raise _missing(TYPE, call.route.vault, call.route.group)
    return found


def _key(call: Call, vault: Vault) -> VaultKey:
    name = call.route.name or ""
    found = vault.keys.get(name.lower())
    if found is None:
        raise _missing(f"{TYPE}/keys", f"{vault.name}/{name}", call.route.group)
    return found


def _missing(kind: str, name: str, group: str) -> wire_errors.WireError:
    """404 from the gateway. Recorded for servers, documented form."""
    message = (
        f"The Resource '{kind}/{name}' under resource group '{group}' was not found. For more details please go to "
        "https://aka.ms/ARMResourceNotFoundFix"
    )
    return wire_errors.WireError(404, "ResourceNotFound", message, cause="gateway")


def _uri(call: Call, vault: Vault) -> str:
    """Where this client reaches the vault: its own host, or below the simulator's on loopback."""
    return f"{call.origin}/vaults/{vault.name}" if is_loopback(call.origin) else f"https://{vault.host}"


def _body(call: Call, subscription: Subscription, group: ResourceGroup, vault: Vault) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "sku": {"family": "A", "name": vault.sku},
        "tenantId": subscription.tenant_id,
        "accessPolicies": [],
        "enabledForDeployment": False,
        "enabledForDiskEncryption": False,
        "enabledForTemplateDeployment": False,
        "enableSoftDelete": vault.soft_delete,
        "softDeleteRetentionInDays": vault.retention_days,
        "enableRbacAuthorization": vault.rbac,
        "vaultUri": f"{_uri(call, vault)}/",
        "provisioningState": "Succeeded",
        "publicNetworkAccess": vault.public_network_access,
    }
    if vault.purge_protection:
        properties["enablePurgeProtection"] = True
    if vault.network is not None:
        properties["networkAcls"] = {
            "bypass": vault.network.bypass,
            "defaultAction": vault.network.default_action,
            "ipRules": [{"value": each} for each in vault.network.ip_rules],
            "virtualNetworkRules": [{"id": each} for each in vault.network.subnet_ids],
        }
    return {
        "id": vault_id(subscription, group, vault),
        "name": vault.name,
        "type": TYPE,
        "location": vault.location,
        "tags": dict(vault.tags),
        "properties": properties,
    }


def _key_body(call: Call, vault: Vault, key: VaultKey, version: KeyVersion, below: str = "") -> dict[str, Any]:
    attributes: dict[str, Any] = {
        "enabled": version.attributes.enabled,
        "created": int(version.attributes.created.timestamp()),
        "updated": int(version.attributes.updated.timestamp()),
        "recoveryLevel": vault.recovery_level,
        "exportable": False,
    }
    for name, moment in (("nbf", version.attributes.not_before), ("exp", version.attributes.expires)):
        if moment is not None:
            attributes[name] = int(moment.timestamp())
    uri = f"https://{vault.host}/keys/{key.name}"
    shape = {"curveName": key.curve} if key.size is None else {"keySize": key.size}
    return {
        "id": f"{vault_id(call.subscription(), call.group(), vault)}/keys/{key.name}{below}",
        "name": version.id if below else key.name,
        "type": f"{TYPE}/keys/versions" if below else f"{TYPE}/keys",
        "location": vault.location,
        "tags": dict(version.tags),
        "properties": {
            "attributes": attributes,
            "kty": key.kind,
            "keyOps": list(key.operations),
            **shape,
            "keyUri": uri,
            "keyUriWithVersion": f"{uri}/{version.id}",
        },
    }


def _identity_body(subscription: Subscription, group: ResourceGroup, identity: AssignedIdentity) -> dict[str, Any]:
    return {
        "id": f"/subscriptions/{subscription.id}/resourceGroups/{group.name}/providers/{IDENTITY}/{identity.name}",
        "name": identity.name,
        "type": IDENTITY,
        "location": identity.location,
        "tags": {},
        "properties": {
            "tenantId": subscription.tenant_id,
            "principalId": identity.principal_id,
            "clientId": identity.client_id,
        },
    }
