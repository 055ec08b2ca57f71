"""What Azure Policy's built-in definitions test, and those of Community-Policy. Equality ignores case there."""

from __future__ import annotations

from tests.controls.truth.asking import (
    FAIL,
    NO_ANSWER,
    NOT_COUNTED,
    PASS,
    PeerCheck,
    Question,
    allows_pgaudit,
    an_administrator,
    approved_endpoint,
    classes,
    entra_only,
    in_vnet,
    is_burstable,
    is_on,
    is_replica,
    own_key,
    parameter,
    plain_connections,
    plan,
    switch,
    threat_protection,
    unless,
    unpaired,
    verdict,
)
from tests.controls.truth.peers.properties import (
    ADMIN,
    CHECKPOINTS,
    CLASSES,
    CONNECTIONS,
    DISCONNECTIONS,
    GEO,
    LIBRARY,
    ONLY,
    PLAN,
    RETENTION,
    SSL,
    THROTTLE,
    TLS,
    ZONES,
)
from tests.controls.truth.scene import Told


def _public_access(told: Told) -> str:
    network = told.properties["network"]
    if in_vnet(told):
        return verdict("privateDnsZoneArmResourceId" in network)
    return verdict(network["publicNetworkAccess"] == "Disabled")


def _audit_not_none(told: Told) -> str:
    """Anything but none passes; fewer classes than ours are a scope of its own."""
    if told.parameters is None:
        return NO_ANSWER
    if classes(told) == {"none"}:
        return FAIL
    return PASS if "all" in classes(told) or classes(told) >= {"ddl", "role"} else NOT_COUNTED


def _library_named(told: Told) -> str:
    if told.parameters is None:
        return NO_ANSWER
    if "pgaudit" not in told.parameters["shared_preload_libraries"]:
        return FAIL
    return PASS if allows_pgaudit(told) and "shared_preload_libraries" not in told.pending else NOT_COUNTED


def _role_and_ddl(told: Told) -> str:
    value = None if told.parameters is None else told.parameters["pgaudit.log"].casefold()
    return NO_ANSWER if value is None else verdict("role" in value and "ddl" in value)


def _prefix(told: Told) -> str:
    value = None if told.parameters is None else told.parameters["log_line_prefix"]
    if value is None:
        return NO_ANSWER
    if "%u" in value and "%d" in value and "%%" not in value:
        return PASS if "%h" in value else NOT_COUNTED
    return FAIL if "u" not in value else NOT_COUNTED


def _seven_days(told: Told) -> str:
    found = parameter("logfiles.retention_days", lambda value: int(value) >= 7)(told)
    return NOT_COUNTED if found == FAIL and int((told.parameters or {})["logfiles.retention_days"]) > 3 else found


def _policy_switch(name: str) -> Question:
    return parameter(name, is_on)


POLICY = (
    PeerCheck("5e1de0e3", ("net-public-access-disabled",), _public_access),
    PeerCheck("5375a5bb", ("net-private-endpoint-approved",), unless(in_vnet, approved_endpoint)),
    PeerCheck("c29c38cb", (SSL,), _policy_switch("require_secure_transport")),
    PeerCheck("a8f89ff4 (require_secure_transport)", (SSL,), _policy_switch("require_secure_transport")),
    PeerCheck("a43d5475", (TLS,), parameter("ssl_min_protocol_version", lambda value: value in {"TLSv1.2", "TLSv1.3"})),
    PeerCheck("ce39a96d", (ADMIN,), an_administrator),
    PeerCheck("fa498b91", (ONLY,), entra_only),
    PeerCheck("dacf07fa", (THROTTLE,), _policy_switch("connection_throttle.enable")),
    PeerCheck("12c74c95", ("enc-cmk",), own_key),
    PeerCheck("086709ac", (CONNECTIONS,), plain_connections(_policy_switch("log_connections"))),
    PeerCheck("1d14b021", (DISCONNECTIONS,), _policy_switch("log_disconnections")),
    PeerCheck("70be9e12", (CHECKPOINTS,), _policy_switch("log_checkpoints")),
    PeerCheck("f5ed3f7a", (RETENTION,), _seven_days),
    PeerCheck("3bf854e8", ("log-line-prefix",), _prefix),
    PeerCheck("dd626066", (LIBRARY,), _library_named),
    PeerCheck("4eb5e667", (CLASSES,), _audit_not_none),
    PeerCheck("eadbb524", (CLASSES,), _role_and_ddl),
    PeerCheck("0a9fbe0d", (PLAN,), plan),
    PeerCheck("d38668f5", ("defender-atp-per-server",), threat_protection),
    PeerCheck("cee2f9fd", (GEO,), unless(lambda told: is_replica(told) or unpaired(told), switch("backup", "geoRedundantBackup"))),
    PeerCheck("493c215d", (ZONES,), unless(lambda told: is_burstable(told) or is_replica(told) or not told.zones,
                                           switch("highAvailability", "mode", word="ZoneRedundant"))),
)  # fmt: skip


def _allowed_types(told: Told) -> str:
    if told.administrators is None:
        return NO_ANSWER
    types = {each["principalType"] for each in told.administrators}
    return NOT_COUNTED if "Unknown" in types else verdict(types <= {"Group"})


def _group_names(told: Told) -> str:
    """It is about the names of groups; those of others are not counted."""
    if told.administrators is None:
        return NO_ANSWER
    if any(each["principalType"] != "Group" for each in told.administrators):
        return NOT_COUNTED
    return verdict(all(each["principalName"].startswith("dba-") for each in told.administrators))


COMMUNITY = (
    PeerCheck("postgresql-flexible-servers-should-enforce-ssl-connections", (SSL,), _policy_switch("require_secure_transport")),
    PeerCheck("postgresql-flexible-servers-should-log-checkpoints", (CHECKPOINTS,), _policy_switch("log_checkpoints")),
    PeerCheck("postgresql-flexible-servers-should-log-connections", (CONNECTIONS,), plain_connections(_policy_switch("log_connections"))),
    PeerCheck("enforce-postgresql-administrator-principal-types", ("auth-entra-admin-principal-type",), _allowed_types),
    PeerCheck("enforce-postgresql-administrator-group-principal-name-prefix", ("auth-entra-admin-naming",), _group_names),
    PeerCheck("enforce-postgresql-entra-only-authentication", (ONLY,), entra_only),
)  # fmt: skip
