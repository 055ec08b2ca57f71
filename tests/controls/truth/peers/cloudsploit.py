"""What CloudSploit tests of a flexible server."""

from __future__ import annotations

from tests.controls.truth.asking import (
    AZURE,
    EVERYBODY,
    FAIL,
    NOT_COUNTED,
    PASS,
    PeerCheck,
    in_vnet,
    is_on,
    named_by_portal,
    parameter,
    plan,
    rules,
    threat_protection,
    verdict,
)
from tests.controls.truth.peers.properties import AZURE_RULE, DISCONNECTIONS, EVERYBODY_RULE, PLAN, THROTTLE
from tests.controls.truth.scene import Told


def _public_rules(told: Told) -> str:
    if told.properties["network"]["publicNetworkAccess"] == "Disabled":
        return PASS
    return rules(lambda name, *pair: tuple(pair) in (EVERYBODY, AZURE))(told)


def _subnet(told: Told) -> str:
    return verdict(in_vnet(told))


def _sixteen(told: Told) -> str:
    major = int(told.properties["version"])
    return NOT_COUNTED if major in (14, 15) else verdict(major >= 16)


def _duration(told: Told) -> str:
    """It claims log_duration; where log_min_duration_statement serves as well, it is not counted."""
    other = (told.parameters or {}).get("log_min_duration_statement", "-1") != "-1"
    found = parameter("log_duration", is_on)(told)
    return NOT_COUNTED if found == FAIL and other else found


CLOUDSPLOIT = (
    PeerCheck("flexibleServerATP", ("defender-atp-per-server",), threat_protection),
    PeerCheck("flexibleServerConnectionThrottle", (THROTTLE,), parameter("connection_throttle.enable", is_on)),
    PeerCheck("flexibleServerLogDisconnections", (DISCONNECTIONS,), parameter("log_disconnections", is_on)),
    PeerCheck("flexibleServerLogDuration", ("log-duration",), _duration),
    PeerCheck("flexibleServerPrivateAccess", (AZURE_RULE,), rules(lambda name, start, end: named_by_portal(name))),
    PeerCheck("postgresqlFlexibleServerPublicAccess", (AZURE_RULE, EVERYBODY_RULE), _public_rules),
    PeerCheck("flexibleServerSCRAMEnabled", ("auth-scram",), parameter("password_encryption", lambda v: "scram" in v.casefold())),
    PeerCheck("flexibleServerVNetIntegrated", ("net-vnet-integrated",), _subnet),
    PeerCheck("flexibleServerVersion", ("version-supported",), _sixteen),
    PeerCheck("enableDefenderForOSRD", (PLAN,), plan),
)  # fmt: skip
