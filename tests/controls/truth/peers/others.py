"""What azqr with APRL, AzTS, the MITRE profile and cloudbeat test of a flexible server."""

from __future__ import annotations

from tests.controls.truth.asking import (
    AZURE,
    FAIL,
    NO_ANSWER,
    PeerCheck,
    Question,
    exactly_on,
    is_on,
    is_replica,
    more_than_three,
    named_by_portal,
    parameter,
    plan,
    rules,
    switch,
    unless,
    unpaired,
    verdict,
)
from tests.controls.truth.peers.properties import (
    AZURE_RULE,
    CHECKPOINTS,
    CONNECTIONS,
    DISCONNECTIONS,
    GEO,
    PLAN,
    RETENTION,
    SSL,
    THROTTLE,
    TLS,
    ZONES,
)
from tests.controls.truth.scene import Told

AZQR = (
    PeerCheck("psqlf-004", ("net-public-access-disabled",), switch("network", "publicNetworkAccess", word="Disabled")),
    PeerCheck("31f4ac4b", (GEO,), unless(lambda told: is_replica(told) or unpaired(told), switch("backup", "geoRedundantBackup"))),
    PeerCheck("ca87914f", (ZONES,), switch("highAvailability", "mode", word="ZoneRedundant")),
    PeerCheck("b2bad57d", ("maint-window-custom",), switch("maintenanceWindow", "customWindow")),
    PeerCheck("6293a3cc", ("storage-autogrow",), unless(lambda told: told.properties["storage"]["type"] == "PremiumV2_LRS",
                                                        switch("storage", "autoGrow"))),
)  # fmt: skip


def _secure_transport(told: Told) -> str:
    if told.parameters is None:
        return NO_ANSWER
    recent = told.parameters["ssl_min_protocol_version"] in {"TLSv1.2", "TLSv1.3"}
    return verdict(is_on(told.parameters["require_secure_transport"]) and recent)


AZTS = (PeerCheck("DP_Use_Secure_TLS_Version", (SSL, TLS), _secure_transport),)

MITRE = (
    PeerCheck("5.2.1", (SSL,), parameter("require_secure_transport", is_on, missing=NO_ANSWER)),
    PeerCheck("5.2.2", (CHECKPOINTS,), parameter("log_checkpoints", is_on, missing=NO_ANSWER)),
    PeerCheck("5.2.3", (THROTTLE,), parameter("connection_throttle.enable", is_on, missing=NO_ANSWER)),
    PeerCheck("5.2.4", (RETENTION,), parameter("logfiles.retention_days", more_than_three, missing=NO_ANSWER)),
    PeerCheck("5.2.5", (AZURE_RULE,), rules(lambda name, start, end: named_by_portal(name))),
    PeerCheck("3.1.7.2", (PLAN,), plan),
)


def _cloudbeat(name: str) -> Question:
    return parameter(name, exactly_on, missing=FAIL, unread=FAIL)


CLOUDBEAT = (
    PeerCheck("cis_4_3_2", (CHECKPOINTS,), _cloudbeat("log_checkpoints")),
    PeerCheck("cis_4_3_3", (CONNECTIONS,), _cloudbeat("log_connections")),
    PeerCheck("cis_4_3_4", (DISCONNECTIONS,), _cloudbeat("log_disconnections")),
    PeerCheck("cis_4_3_5", (THROTTLE,), _cloudbeat("connection_throttle.enable")),
    PeerCheck("cis_4_3_7", (AZURE_RULE,), rules(lambda name, *pair: named_by_portal(name) or tuple(pair) == AZURE)),
)
