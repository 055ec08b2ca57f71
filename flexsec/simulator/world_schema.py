"""The JSON Schema of world files and fault files, for editors: made from the tables that read them.

A schema knows keys, types and words. Combinations that cannot be, such as a replica without its source, are refused
when the file is read.
"""

from __future__ import annotations

from typing import Any

from . import (
    catalogue,
    compute,
    conditions_file,
    customer_key,
    extras_file,
    key_vault_schema,
    operation_file,
    roles,
    roles_file,
    server_file,
    world_file,
)
from .fault_kinds import FAULTS
from .locations import LOCATIONS
from .long_running import DURATIONS
from .pricings import PLANS
from .providers import ALWAYS, NAMESPACES
from .state import STATES

DIALECT = "https://json-schema.org/draft/2020-12/schema"
GUID = {"type": "string", "pattern": "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"}
TEXT = {"type": "string", "minLength": 1}
STRING = {"type": "string"}
FLAG = {"type": "boolean"}
MOMENT = {"type": "string", "format": "date-time", "description": "A time with its offset: 2026-01-31T09:00:00Z."}
METHOD = {"type": "string", "examples": ["GET", "PUT", "PATCH", "POST", "DELETE"]}
DATA_ACTIONS = {
    "type": "array",
    "items": TEXT,
    "description": "Data actions such as Microsoft.KeyVault/vaults/secrets/*. Default: none beside allowed_actions.",
}
TEXTS = {"type": "object", "additionalProperties": STRING}
ADDRESS = r"0*([0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])"
RANGE = {
    "type": "string",
    "pattern": rf"^\s*({ADDRESS}\.){{3}}{ADDRESS}\s*-\s*({ADDRESS}\.){{3}}{ADDRESS}\s*$",
    "description": "First and last IPv4 address: 203.0.113.0-203.0.113.15.",
}


def world_schema() -> dict[str, Any]:
    """The schema of a world file."""
    return {
        "$schema": DIALECT,
        "title": "A simulated Azure, as flexsec reads and writes it",
        **_object(_world(), ("subscriptions",)),
        "$defs": {
            "server": _object(_server(), ("name",)),
            "parameter": _parameter(),
            "fault": _fault(),
            **key_vault_schema.definitions(),
        },
    }


def fault_file_schema() -> dict[str, Any]:
    """The schema of a fault file: a list of faults, or an object of what is laid over a world."""
    members = _world()
    laid = {key: members[key] for key in ("format", "about", *conditions_file.READERS)}
    return {
        "$schema": DIALECT,
        "title": "What goes wrong in a simulated Azure, and who may do what",
        "anyOf": [laid["faults"], _object(laid) | {"anyOf": [{"required": [key]} for key in conditions_file.READERS]}],
        "$defs": {"fault": _fault()},
    }


def _object(members: dict[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": members,
        "additionalProperties": False,
        **({"required": list(required)} if required else {}),
    }


def _words(*words: str) -> dict[str, Any]:
    return {"enum": list(words)}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _map(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": schema}


def _list(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": schema}


def _whole(low: int, high: int | None = None) -> dict[str, Any]:
    return {"type": "integer", "minimum": low} | ({} if high is None else {"maximum": high})


def _world() -> dict[str, Any]:
    actions = _list(TEXT) | {"description": "Actions such as */read; * stands for anything. Default: all."}
    bucket = _object({"size": {"type": "number", "minimum": 1}, "refill": {"type": "number", "minimum": 0}})
    buckets = dict.fromkeys(("reads", "writes", "deletes"), bucket)
    rights = {"allowed_actions": actions, "data_actions": DATA_ACTIONS}
    application = {"client_id": GUID, "object_id": GUID, **rights}
    stale = {"server_id": TEXT, "kind": TEXT, "remaining": _whole(0), "server": {"$ref": "#/$defs/server"}}
    event = {"at": MOMENT, "caller": TEXT, "action": TEXT, "resource_id": TEXT, "method": METHOD}
    by_key = {
        "format": {"const": world_file.FORMAT},
        "about": STRING,
        "clock": MOMENT,
        "seed": _whole(0),
        "sequence": _whole(0),
        "subscriptions": _list(_subscription()),
        "sign_in": _object(
            {
                "tenant_id": GUID,
                "applications": _list(_object({**application, "client_secret": TEXT}, ("client_id", "client_secret"))),
                "managed_identities": _list(_object(application, ("client_id",))),
            }
        ),
        "principals": _map(_object({"object_id": TEXT, **rights}, ("object_id",))),
        "durations": _object({key: {"type": "number", "minimum": 0, "maximum": 86400} for key in DURATIONS}),
        "throttling": {
            "anyOf": [FLAG, _object(buckets | {"global_factor": {"type": "number", "minimum": 0.01}})],
            "description": "true: the service's own token buckets.",
        },
        "faults": _list({"$ref": "#/$defs/fault"}),
        "operations": _list(_object({key: {} for key in operation_file.OPERATION_READERS})),
        "stale_reads": _list(_object(stale, tuple(stale))),
        "effects": _map(_list(TEXT)),
        "activity": _list(_object(event, tuple(event))),
    }
    return {key: by_key[key] for key in world_file.KEYS}


def _subscription() -> dict[str, Any]:
    kind = {"type": "string", "pattern": f"^{extras_file.RESOURCE_TYPE.pattern}$"}
    resource = {"type": kind, "name": TEXT, "location": _words(*LOCATIONS)}
    identity = {"name": TEXT, "location": _words(*LOCATIONS), "principal_id": GUID, "client_id": GUID}
    group = {
        "name": {"type": "string", "pattern": r"^[-\w.()]{1,90}$"},
        "location": _words(*LOCATIONS),
        "tags": TEXTS,
        "servers": _list({"$ref": "#/$defs/server"}),
        "vaults": _list({"$ref": "#/$defs/vault"}),
        "identities": _list(_object(identity, ("name", "principal_id", "client_id"))),
        "resources": _list(_object(resource, ("type", "name")))
        | {"description": "Resources of other providers, which stand in the list of resources and nowhere else."},
    }
    plan = {
        "tier": _words("Free", "Standard"),
        "since": _or_null(MOMENT),
        "sub_plan": _or_null(TEXT),
        "enforce": _or_null(TEXT),
        "extensions": _map(_words("True", "False")),
        "inherited_from": _or_null(TEXT),
        "switches_on": _list(TEXT),
    }
    role = {"id": GUID, "name": TEXT, **dict.fromkeys(roles_file.DEFINITION_KEYS[2:], _list(TEXT))}
    assignment = {
        "scope": TEXT | {"description": "Default: the subscription."},
        "principal_id": GUID,
        "principal_type": _words(*roles.PRINCIPALS),
        "role": TEXT | {"description": "A role's name.", "examples": list(roles.BUILT_IN)},
    }
    extras = {
        "tags": TEXTS,
        "unregistered": _list(_words(*(each for each in NAMESPACES if each not in ALWAYS))),
        "plans": _object(dict.fromkeys(PLANS, _object(plan))),
        "role_definitions": _list(_object(role, ("id", "name"))),
        "role_assignments": _list(_object(assignment, ("principal_id", "role")))
        | {"description": "Who has which role at the subscription, in it or above it. Read only."},
    }
    members = {
        "id": GUID,
        "name": TEXT,
        "tenant_id": GUID,
        "resource_groups": _list(_object(group, ("name",))),
        **{key: extras[key] for key in extras_file.SUBSCRIPTION_KEYS},
    }
    return _object(members, ("id", "name", "tenant_id"))


def _server() -> dict[str, Any]:
    switch = _words(*server_file.SWITCH)
    by_key = {
        "name": {"type": "string", "minLength": 3, "maxLength": 63, "pattern": "^[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*$"},
        "location": _words(*LOCATIONS),
        "version": _words(*catalogue.versions()),
        "tier": _words(*server_file.TIERS),
        "sku": TEXT | {"examples": list(compute.SIZES.values())},
        "state": _words(*STATES),
        "storage_size_gb": _whole(32, 65536),
        "storage_iops": _whole(0),
        "backup_retention_days": _whole(7, 35),
        "high_availability": _words(*server_file.HIGH_AVAILABILITY),
        "high_availability_state": _or_null(_words(*server_file.STANDBY_STATES))
        | {"description": "null: Healthy with high availability, NotEnabled without."},
        "storage_type": _words(*server_file.STORAGE_TYPES) | {"description": "Empty for Premium SSD (recorded)."},
        "replication_role": _words(*server_file.ROLES),
        "data_encryption": _words(*server_file.ENCRYPTION),
        "tags": TEXTS,
        **dict.fromkeys(("minor_version", "storage_tier"), TEXT),
        **dict.fromkeys(("administrator_login", "availability_zone"), STRING),
        **dict.fromkeys(("created", "busy_until"), _or_null(MOMENT)),
        **dict.fromkeys(("wedged", "busy_at_submit", "system_assigned_identity"), FLAG),
        **dict.fromkeys(
            ("immutable_backup", "fips_mode"),
            _or_null(switch) | {"description": "Told from 2026-10-01 on; null: the service does not tell."},
        ),
        **dict.fromkeys(
            ("password_auth", "entra_auth", "public_network_access", "storage_auto_grow", "geo_redundant_backup"),
            switch,
        ),
        **dict.fromkeys(
            ("tenant_id", "delegated_subnet_id", "private_dns_zone_id", "standby_zone", "source_server_id"),
            _or_null(TEXT),
        ),
        **_server_parts(switch),
    }
    return {key: by_key[key] for key in server_file.KEYS}


def _server_parts(switch: dict[str, Any]) -> dict[str, Any]:
    """The members of a server that are objects or lists themselves."""
    administrator = {"type": _words(*server_file.PRINCIPAL_TYPES), "name": TEXT, "tenant_id": TEXT}
    connection = {"private_endpoint_id": TEXT, "status": _words(*extras_file.STATUSES), "description": STRING}
    window = {
        "customWindow": switch,
        "dayOfWeek": _whole(0, 6),
        "startHour": _whole(0, 23),
        "startMinute": _whole(0, 59),
    }
    password = {"salt": STRING, "digest": STRING, "version": _whole(0), "verifier": STRING}
    names = sorted({name for major in catalogue.versions() for name in catalogue.parameters(major)}, key=str.casefold)
    return {
        "parameters": _object({key: {"$ref": "#/$defs/parameter"} for key in names}),
        "firewall_rules": _map(RANGE) | {"propertyNames": {"pattern": r"^[-\w.]{1,128}$"}},
        "administrators": _map(_object(administrator, tuple(administrator)))
        | {"description": "Microsoft Entra administrators by object id."},
        "threat_protection": _object({"state": switch, "since": _or_null(MOMENT)}),
        "maintenance_window": _object(window),
        "password": _object(password, ("salt", "digest", "version"))
        | {"description": "A salted hash, never a password."},
        "databases": _map(_object({"charset": TEXT, "collation": TEXT})),
        "private_endpoint_connections": _map(_object(connection, ("private_endpoint_id",))),
        "identities": _list(TEXT) | {"description": "Resource ids of user-assigned identities."},
        "customer_key": _object(
            {key: {"type": "string", "pattern": f"^{customer_key.KEY.pattern}$"} for key in customer_key.KEYS}
            | dict.fromkeys(customer_key.IDENTITIES, TEXT)
            | dict.fromkeys(customer_key.KEY_STATUSES, _words(*customer_key.STATUSES))
        )
        | {"description": "The members of dataEncryption beside its type; with data_encryption AzureKeyVault only."},
    }


def _parameter() -> dict[str, Any]:
    told = {
        "value": STRING,
        "source": _words("user-override", "system-default"),
        "pending": FLAG | {"description": "Waits for a restart; only for parameters that need one."},
        "running": STRING | {"description": "The value in force while another one is pending."},
    }
    return {
        "anyOf": [STRING, {"type": "null"}, _object(told, ("value",))],
        "description": "A value as text, or null for a parameter that the server does not have.",
    }


def _fault() -> dict[str, Any]:
    by_id = [
        {
            "if": {"properties": {"id": {"const": key}}},
            "then": {
                "description": f"{kind.what} ({kind.provenance})",
                "properties": {"arguments": _arguments(kind.arguments, kind.choices)},
            },
        }
        for key, kind in FAULTS.items()
    ]
    members = {
        "id": _words(*FAULTS),
        "method": _or_null(METHOD),
        "path": _or_null(STRING | {"description": "A regular expression searched in the path; case is ignored."}),
        "times": _or_null(_whole(0)) | {"description": "How often it strikes; null for always. Default: 1."},
        "after": _whole(0) | {"description": "How many requests that fit it lets pass first."},
        "probability": {"type": "number", "minimum": 0, "maximum": 1},
        "seed": {"type": "integer"},
        "arguments": {"type": "object"},
        "seen": _whole(0),
        "fired": _whole(0),
    }
    return _object({key: members[key] for key in conditions_file.FAULT_KEYS}, ("id",)) | {"allOf": by_id}


def _arguments(usual: Any, choices: Any) -> dict[str, Any]:
    return _object({key: {"enum": list(choices[key])} if key in choices else {} for key in usual})
