"""What Checkov and Trivy test of a flexible server, in templates that say what the service would tell."""

from __future__ import annotations

from tests.controls.truth.asking import (
    AZURE,
    EVERYBODY,
    FAIL,
    NOT_COUNTED,
    PASS,
    PeerCheck,
    is_on,
    is_public,
    is_replica,
    parameter,
    plain_connections,
    rules,
    size,
    switch,
    verdict,
)
from tests.controls.truth.peers.properties import (
    AZURE_RULE,
    BOUNDED,
    CHECKPOINTS,
    CONNECTIONS,
    EVERYBODY_RULE,
    GEO,
    SSL,
    THROTTLE,
    TLS,
)
from tests.controls.truth.scene import Told


def _geo_but_replicas(told: Told) -> str:
    return PASS if is_replica(told) else switch("backup", "geoRedundantBackup")(told)


def _any_endpoint(told: Told) -> str:
    return verdict(bool(told.properties.get("privateEndpointConnections")))


CHECKOV = (
    PeerCheck("CKV_AZURE_136", (GEO,), _geo_but_replicas),
    PeerCheck(
        "CKV2_AZURE_26",
        (AZURE_RULE, EVERYBODY_RULE),
        rules(lambda name, start, end: start == EVERYBODY[0] or end == EVERYBODY[1]),
    ),
    PeerCheck("CKV2_AZURE_57", ("net-private-endpoint-approved",), _any_endpoint),
)


def _public_ranges(told: Told) -> str:
    """Any public range fails, however narrow: a threshold of its own where ours admits a few addresses."""
    narrow = sum(size(*pair) for pair in set((told.rules or {}).values())) <= 1024
    found = rules(lambda name, start, end: (start, end) != AZURE and start != end and (is_public(start) or is_public(end)))(told)  # fmt: skip
    return NOT_COUNTED if found == FAIL and narrow else found


TRIVY = (
    PeerCheck("AZU-0019", (CONNECTIONS,), plain_connections(parameter("log_connections", is_on))),
    PeerCheck("AZU-0020", (SSL,), parameter("require_secure_transport", is_on)),
    PeerCheck("AZU-0021", (THROTTLE,), lambda told: FAIL),  # cannot be passed by a flexible server
    PeerCheck("AZU-0022", ("net-public-access-disabled",), switch("network", "publicNetworkAccess", word="Disabled")),
    PeerCheck("AZU-0024", (CHECKPOINTS,), parameter("log_checkpoints", is_on)),
    PeerCheck("AZU-0026", (TLS,), lambda told: FAIL),  # cannot be passed by a flexible server
    PeerCheck("AZU-0029", (EVERYBODY_RULE, BOUNDED), _public_ranges),
)
