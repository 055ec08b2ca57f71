"""The part of the JSON Schema of world files that tells what a key vault is."""

from __future__ import annotations

from typing import Any

from . import key_vault_file, key_vault_keys
from .key_vault_call import LONGEST, MOST_TAGS, NAME
from .locations import LOCATIONS
from .vault_state import RSA_OPERATIONS

FLAG = {"type": "boolean"}
MOMENT = {"type": "string", "format": "date-time"}
TEXT = {"type": "string", "minLength": 1}
TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
NAMES = {"pattern": f"^{NAME.pattern}$"}


def definitions() -> dict[str, Any]:
    """The definitions that a resource group's `vaults` lead to."""
    return {
        "vault": _closed(_vault(), ("name",)),
        "secretVersion": _closed(_secret_version(), ("id", "created", "test_value")),
        "keyVersion": _closed(_version(), ("id", "created")),
    }


def _closed(members: dict[str, Any], required: tuple[str, ...]) -> dict[str, Any]:
    return {"type": "object", "properties": members, "additionalProperties": False, "required": list(required)}


def _vault() -> dict[str, Any]:
    network = {
        "default_action": {"enum": list(key_vault_file.ACTIONS)},
        "bypass": {"enum": list(key_vault_file.BYPASSES)},
        "ip_rules": {"type": "array", "items": TEXT},
        "subnet_ids": {"type": "array", "items": TEXT},
    }
    secret = {
        "versions": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/secretVersion"}},
        "deleted": {"anyOf": [MOMENT, {"type": "null"}], "description": "When it was deleted, if it was."},
    }
    key = {
        "kind": {"enum": list(key_vault_keys.KINDS)},
        "size": {"enum": [*key_vault_keys.SIZES, None]},
        "curve": {"enum": [*key_vault_keys.CURVES, None]},
        "operations": {"type": "array", "items": {"enum": list(RSA_OPERATIONS)}},
        "versions": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/keyVersion"}},
    }
    by_key = {
        "name": {"type": "string", "pattern": f"^{key_vault_file.VAULT_NAME.pattern}$"},
        "location": {"enum": list(LOCATIONS)},
        "sku": {"enum": list(key_vault_file.SKUS)},
        "tags": TEXTS,
        "rbac": FLAG | {"description": "Whether roles decide who may do what, or access policies."},
        "soft_delete": FLAG,
        "retention_days": {"type": "integer", "minimum": 7, "maximum": 90},
        "purge_protection": FLAG,
        "public_network_access": {"enum": list(key_vault_file.SWITCH)},
        "network": _closed(network, ()),
        "secrets": {"type": "object", "propertyNames": NAMES, "additionalProperties": _closed(secret, ("versions",))},
        "keys": {"type": "object", "propertyNames": NAMES, "additionalProperties": _closed(key, ("versions",))},
    }
    return {key: by_key[key] for key in key_vault_file.VAULT_KEYS}


def _version() -> dict[str, Any]:
    text = {"type": "string", "maxLength": LONGEST}
    moment_or_null = {"anyOf": [MOMENT, {"type": "null"}]}
    by_key = {
        "id": {"type": "string", "pattern": f"^{key_vault_file.VERSION.pattern}$"},
        "created": MOMENT,
        "updated": MOMENT,
        "enabled": FLAG,
        "not_before": moment_or_null,
        "expires": moment_or_null,
        "tags": {"type": "object", "maxProperties": MOST_TAGS, "additionalProperties": text},
    }
    return {key: by_key[key] for key in key_vault_file.ATTRIBUTE_KEYS}


def _secret_version() -> dict[str, Any]:
    value = {"type": "string", "description": "Test data: never anything that opens something real."}
    return _version() | {"test_value": value, "content_type": {"type": ["string", "null"]}}
