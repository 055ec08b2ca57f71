"""What cnspec tests of a flexible server: a parameter that is not there passes."""

from __future__ import annotations

from tests.controls.truth.asking import (
    EVERYBODY,
    PASS,
    PeerCheck,
    Question,
    is_on,
    is_replica,
    own_key,
    parameter,
    plain_connections,
    plan,
    rules,
    switch,
    unless,
    unpaired,
)
from tests.controls.truth.peers.properties import (
    AZURE_RULE,
    CHECKPOINTS,
    CONNECTIONS,
    EVERYBODY_RULE,
    GEO,
    ONLY,
    PLAN,
    SSL,
    THROTTLE,
)


def _mondoo(name: str, properties: tuple[str, ...], ask: Question) -> PeerCheck:
    return PeerCheck(f"mondoo-azure-security-{name}", properties, ask)


CNSPEC = (
    _mondoo("ensure-that-ssl-enabled-postgresql", (SSL,), parameter("require_secure_transport", is_on, missing=PASS)),
    _mondoo("no-sql-databases-allow-ingress-0-0-0-0-0", (AZURE_RULE, EVERYBODY_RULE),
            rules(lambda name, start, end: start == EVERYBODY[0])),
    _mondoo("postgresql-flexible-server-public-access-disabled", ("net-public-access-disabled",),
            switch("network", "publicNetworkAccess", word="Disabled")),
    _mondoo("postgresql-flexible-cmk-encryption", ("enc-cmk",), own_key),
    _mondoo("postgresql-flexible-server-password-auth-disabled", (ONLY,), switch("authConfig", "passwordAuth", word="Disabled")),
    _mondoo("postgresql-flexible-geo-backup", (GEO,),
            unless(lambda told: is_replica(told) or unpaired(told), switch("backup", "geoRedundantBackup"))),
    _mondoo("postgresql-log-connections-enabled", (CONNECTIONS,), plain_connections(parameter("log_connections", is_on, missing=PASS))),
    _mondoo("postgresql-log-checkpoints-enabled", (CHECKPOINTS,), parameter("log_checkpoints", is_on, missing=PASS)),
    _mondoo("postgresql-connection-throttling-enabled", (THROTTLE,), parameter("connection_throttle.enable", is_on, missing=PASS)),
    _mondoo("defender-for-open-source-databases-enabled", (PLAN,), plan),
)  # fmt: skip
