"""Key vaults and user-assigned identities in a world file.

What a simulated secret holds is called `test_value` there: a world file is plain text, and nothing that opens
anything real belongs in one. No error tells a value.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any

from .file_reading import Node, written
from .identities import GUID
from .key_vault_call import LONGEST, MOST_TAGS, NAME
from .key_vault_keys import CURVES, KINDS, SIZES
from .key_vault_secrets import LARGEST
from .locations import LOCATIONS
from .vault_state import (
    EC_OPERATIONS,
    RSA_OPERATIONS,
    AssignedIdentity,
    Attributes,
    KeyVersion,
    SecretVersion,
    Vault,
    VaultKey,
    VaultNetwork,
    VaultSecret,
)

if TYPE_CHECKING:
    from .state import ResourceGroup

VAULT_NAME = re.compile(r"(?=.{3,24}$)[a-zA-Z](-?[a-zA-Z0-9])+")
IDENTITY_NAME = re.compile(r"[a-zA-Z0-9][\w-]{2,127}")
VERSION = re.compile(r"[0-9a-f]{32}")
SKUS = ("standard", "premium")
SWITCH = ("Enabled", "Disabled")
ACTIONS = ("Allow", "Deny")
BYPASSES = ("AzureServices", "None")
VAULT_KEYS = (
    "name", "location", "sku", "tags", "rbac", "soft_delete", "retention_days", "purge_protection",
    "public_network_access", "network", "secrets", "keys",
)  # fmt: skip
NETWORK_KEYS = ("default_action", "bypass", "ip_rules", "subnet_ids")
ATTRIBUTE_KEYS = ("id", "created", "updated", "enabled", "not_before", "expires", "tags")
SECRET_VERSION_KEYS = (*ATTRIBUTE_KEYS, "test_value", "content_type")
KEY_KEYS = ("kind", "size", "curve", "operations", "versions")
IDENTITY_KEYS = ("name", "location", "principal_id", "client_id")


def read_vaults(members: dict[str, Node], group: ResourceGroup) -> None:
    """Reads the vaults and identities of a resource group.

    Raises:
        WorldError: something that cannot be; the message holds no secret's value.
    """
    for each in members["vaults"].items() if "vaults" in members else ():
        vault = _vault(each)
        if vault.name.lower() in group.vaults:
            raise each.fail("a name that no other vault of the group has", repr(vault.name))
        group.vaults[vault.name.lower()] = vault
    if "identities" in members:
        group.identities = [_identity(each) for each in members["identities"].items()]


def write_vaults(group: ResourceGroup) -> dict[str, Any]:
    """The entries of a group's vaults and identities; empty for a group without."""
    entry: dict[str, Any] = {
        "vaults": [_vault_entry(each) for each in group.vaults.values()],
        "identities": [{key: getattr(each, key) for key in IDENTITY_KEYS} for each in group.identities],
    }
    return {key: value for key, value in entry.items() if value}


def _vault(node: Node) -> Vault:
    members = node.members(VAULT_KEYS)
    if "name" not in members:
        raise node.fail("a member 'name'", "an object without it")
    vault = Vault(members["name"].text())
    if not VAULT_NAME.fullmatch(vault.name):
        raise members["name"].fail("a vault name: 3 to 24 letters, digits and single dashes, beginning with a letter")
    for key, choices in (("location", tuple(LOCATIONS)), ("sku", SKUS), ("public_network_access", SWITCH)):
        if key in members:
            setattr(vault, key, members[key].choice(choices))
    for key in ("rbac", "soft_delete", "purge_protection"):
        if key in members:
            setattr(vault, key, members[key].flag())
    if "retention_days" in members:
        vault.retention_days = members["retention_days"].whole(7, 90)
    if vault.purge_protection and not vault.soft_delete:
        raise members["purge_protection"].fail("soft_delete true beside it", "true without soft delete")
    if "tags" in members:
        vault.tags = members["tags"].texts()
    if "network" in members:
        vault.network = _network(members["network"])
    if "secrets" in members:
        vault.secrets = {name.lower(): _secret(name, each, vault) for name, each in _named(members["secrets"])}
    if "keys" in members:
        vault.keys = {name.lower(): _key(name, each) for name, each in _named(members["keys"])}
    return vault


def _named(node: Node) -> list[tuple[str, Node]]:
    """The members of an object whose keys are names of secrets or keys."""
    found, seen = node.members(), set[str]()
    for name, each in found.items():
        if not NAME.fullmatch(name):
            raise each.fail("a name of 1 to 127 letters, digits and dashes", repr(name[:140]))
        if name.lower() in seen:
            raise each.fail("a name that no other one has in another case", repr(name))
        seen.add(name.lower())
    return list(found.items())


def _network(node: Node) -> VaultNetwork:
    members = node.members(NETWORK_KEYS)
    network = VaultNetwork()
    if "default_action" in members:
        network.default_action = members["default_action"].choice(ACTIONS)
    if "bypass" in members:
        network.bypass = members["bypass"].choice(BYPASSES)
    for each in members["ip_rules"].items() if "ip_rules" in members else ():
        try:
            ipaddress.IPv4Network(each.text(), strict=False)
        except ValueError:
            raise each.fail("an IPv4 address or range such as 203.0.113.0/24") from None
        network.ip_rules.append(each.text())
    if "subnet_ids" in members:
        network.subnet_ids = [each.text() for each in members["subnet_ids"].items()]
    return network


def _secret(name: str, node: Node, vault: Vault) -> VaultSecret:
    members = node.members(("versions", "deleted"))
    secret = VaultSecret(name)
    for each in members["versions"].items() if "versions" in members else ():
        parts = each.members(SECRET_VERSION_KEYS)
        value = parts["test_value"].value if "test_value" in parts else None
        if not isinstance(value, str) or len(value.encode(errors="surrogatepass")) > LARGEST:
            raise each.fail(f"a member 'test_value', a text of up to {LARGEST} bytes", "none or something else")
        version = SecretVersion(_version_id(each, parts, secret.versions), _attributes(each, parts), value)
        version.tags = _tags(parts)
        if "content_type" in parts:
            version.content_type = parts["content_type"].optional_text()
        secret.versions[version.id] = version
    if not secret.versions:
        raise node.fail("a member 'versions' with at least one", "none")
    if "deleted" in members:
        secret.deleted = members["deleted"].optional_moment()
        if secret.deleted is not None and not vault.soft_delete:
            raise members["deleted"].fail("none in a vault without soft delete")
    return secret


def _key(name: str, node: Node) -> VaultKey:
    members = node.members(KEY_KEYS)
    kind = members["kind"].choice(KINDS) if "kind" in members else "RSA"
    rsa = kind.startswith("RSA")
    for wrong in ("curve",) if rsa else ("size",):
        if wrong in members and members[wrong].value is not None:
            raise members[wrong].fail(f"none for a key of kind {kind}")
    usual = RSA_OPERATIONS if rsa else EC_OPERATIONS
    operations = (
        tuple(each.choice(usual) for each in members["operations"].items()) if "operations" in members else usual
    )
    size = members["size"].whole() if "size" in members and rsa else 2048
    if size not in SIZES:
        raise members["size"].fail(f"one of {', '.join(map(str, SIZES))}")
    curve = members["curve"].choice(tuple(CURVES)) if "curve" in members and not rsa else "P-256"
    key = VaultKey(name, kind, size if rsa else None, None if rsa else curve, operations)
    for each in members["versions"].items() if "versions" in members else ():
        parts = each.members(ATTRIBUTE_KEYS)
        version = KeyVersion(_version_id(each, parts, key.versions), _attributes(each, parts), _tags(parts))
        key.versions[version.id] = version
    if not key.versions:
        raise node.fail("a member 'versions' with at least one", "none")
    return key


def _version_id(node: Node, members: dict[str, Node], others: dict[str, Any]) -> str:
    if "id" not in members:
        raise node.fail("a member 'id'", "an object without it")
    found = members["id"].text()
    if not VERSION.fullmatch(found) or found in others:
        raise members["id"].fail("32 hexadecimal digits in lower case that no other version has")
    return found


def _attributes(node: Node, members: dict[str, Node]) -> Attributes:
    if "created" not in members:
        raise node.fail("a member 'created'", "an object without it")
    created = members["created"].moment().replace(microsecond=0)
    updated = members["updated"].moment().replace(microsecond=0) if "updated" in members else created
    found = Attributes(created, updated)
    if "enabled" in members:
        found.enabled = members["enabled"].flag()
    for key in ("not_before", "expires"):
        if key in members:
            moment = members[key].optional_moment()
            setattr(found, key, None if moment is None else moment.replace(microsecond=0))
    return found


def _tags(members: dict[str, Node]) -> dict[str, str]:
    if "tags" not in members:
        return {}
    found = members["tags"].texts()
    if len(found) > MOST_TAGS or any(not 0 < len(key) <= LONGEST or len(found[key]) > LONGEST for key in found):
        raise members["tags"].fail(f"up to {MOST_TAGS} tags of up to {LONGEST} characters")
    return found


def _identity(node: Node) -> AssignedIdentity:
    members = node.members(IDENTITY_KEYS)
    for key in ("name", "principal_id", "client_id"):
        if key not in members:
            raise node.fail(f"a member {key!r}", "an object without it")
    if not IDENTITY_NAME.fullmatch(members["name"].text()):
        raise members["name"].fail("an identity's name: 3 to 128 letters, digits, - and _")
    for key in ("principal_id", "client_id"):
        if not GUID.fullmatch(members[key].text()):
            raise members[key].fail("a GUID such as 11111111-1111-1111-1111-111111111111")
    location = members["location"].choice(tuple(LOCATIONS)) if "location" in members else "westeurope"
    return AssignedIdentity(
        members["name"].text(), location, members["principal_id"].text(), members["client_id"].text()
    )


def _vault_entry(vault: Vault) -> dict[str, Any]:
    fresh, entry = Vault(vault.name), dict[str, Any](name=vault.name, location=vault.location)
    for key in ("sku", "tags", "rbac", "soft_delete", "retention_days", "purge_protection", "public_network_access"):
        if getattr(vault, key) != getattr(fresh, key):
            entry[key] = getattr(vault, key)
    if vault.network is not None:
        entry["network"] = {key: getattr(vault.network, key) for key in NETWORK_KEYS}
    if vault.secrets:
        entry["secrets"] = {each.name: _secret_entry(each) for each in vault.secrets.values()}
    if vault.keys:
        entry["keys"] = {each.name: _key_entry(each) for each in vault.keys.values()}
    return entry


def _secret_entry(secret: VaultSecret) -> dict[str, Any]:
    versions = []
    for each in secret.versions.values():
        entry = _version_entry(each) | {"test_value": each.value}
        versions.append(entry if each.content_type is None else entry | {"content_type": each.content_type})
    deleted = {} if secret.deleted is None else {"deleted": written(secret.deleted)}
    return {"versions": versions} | deleted


def _key_entry(key: VaultKey) -> dict[str, Any]:
    entry: dict[str, Any] = {"kind": key.kind}
    entry |= {"curve": key.curve} if key.size is None else {"size": key.size}
    entry["operations"] = list(key.operations)
    return entry | {"versions": [_version_entry(each) for each in key.versions.values()]}


def _version_entry(version: SecretVersion | KeyVersion) -> dict[str, Any]:
    attributes = version.attributes
    entry: dict[str, Any] = {"id": version.id, "created": written(attributes.created)}
    if attributes.updated != attributes.created:
        entry["updated"] = written(attributes.updated)
    if not attributes.enabled:
        entry["enabled"] = False
    for key in ("not_before", "expires"):
        if getattr(attributes, key) is not None:
            entry[key] = written(getattr(attributes, key))
    return entry | ({"tags": dict(version.tags)} if version.tags else {})
