"""What Prowler 5.46.0 tests of a flexible server."""

from __future__ import annotations

from tests.controls.truth.asking import (
    AZURE,
    FAIL,
    NO_ANSWER,
    NOT_COUNTED,
    PASS,
    PeerCheck,
    Question,
    is_on,
    parameter,
    plan,
    rules,
    switch,
    verdict,
)
from tests.controls.truth.peers.properties import (
    ADMIN,
    AZURE_RULE,
    CHECKPOINTS,
    CONNECTIONS,
    DISCONNECTIONS,
    ENTRA,
    GEO,
    PLAN,
    RETENTION,
    SSL,
    THROTTLE,
)
from tests.controls.truth.scene import Told


def _whole_server(ask: Question) -> Question:
    """When any read of a server fails, the server is dropped and nothing at all is found about it."""

    def careful(told: Told) -> str:
        unread = None in (told.parameters, told.rules, told.administrators)
        return NO_ANSWER if unread else ask(told)

    return careful


def _entra_and_administrator(told: Told) -> str:
    enabled = told.properties["authConfig"]["activeDirectoryAuth"] == "Enabled"
    return verdict(enabled and bool(told.administrators))


def _high_availability(told: Told) -> str:
    """The mode alone is claimed, so a standby that is not healthy is not counted."""
    availability = told.properties["highAvailability"]
    if availability["mode"] == "Disabled":
        return FAIL
    return PASS if availability["state"] == "Healthy" else NOT_COUNTED


def _prowler(name: str, properties: tuple[str, ...], ask: Question) -> PeerCheck:
    return PeerCheck(f"postgresql_flexible_server_{name}", properties, _whole_server(ask))


PROWLER = (
    _prowler("enforce_ssl_enabled", (SSL,), parameter("require_secure_transport", is_on)),
    _prowler("log_checkpoints_on", (CHECKPOINTS,), parameter("log_checkpoints", is_on)),
    _prowler("log_connections_on", (CONNECTIONS,), parameter("log_connections", is_on)),
    _prowler("log_disconnections_on", (DISCONNECTIONS,), parameter("log_disconnections", is_on)),
    _prowler("connection_throttling_on", (THROTTLE,), parameter("connection_throttle.enable", is_on, missing=FAIL)),
    _prowler(
        "log_retention_days_greater_3", (RETENTION,), parameter("logfiles.retention_days", lambda v: 3 < int(v) < 8)
    ),
    _prowler("allow_access_services_disabled", (AZURE_RULE,), rules(lambda name, *pair: tuple(pair) == AZURE)),
    _prowler("entra_id_authentication_enabled", (ENTRA, ADMIN), _entra_and_administrator),
    _prowler("geo_redundant_backup_enabled", (GEO,), switch("backup", "geoRedundantBackup")),
    _prowler("high_availability_enabled", ("ha-enabled",), _high_availability),
    PeerCheck("defender_ensure_defender_for_os_relational_databases_is_on", (PLAN,), plan),
)
