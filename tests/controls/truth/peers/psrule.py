"""What PSRule.Rules.Azure tests of a flexible server."""

from __future__ import annotations

from tests.controls.truth.asking import (
    PeerCheck,
    an_administrator,
    entra_only,
    is_burstable,
    is_replica,
    plan,
    switch,
    unless,
    verdict,
)
from tests.controls.truth.peers.properties import ADMIN, GEO, ONLY, PLAN, ZONES
from tests.controls.truth.scene import Told


def _zones_where_there_are(told: Told) -> str:
    return verdict(told.properties["highAvailability"]["mode"] == "ZoneRedundant" or not told.zones)


PSRULE = (
    PeerCheck("AZR-000326", (GEO,), unless(is_replica, switch("backup", "geoRedundantBackup"))),
    PeerCheck("AZR-000389", (ADMIN,), an_administrator),
    PeerCheck("AZR-000390", (ONLY,), entra_only),
    PeerCheck("AZR-000433", ("maint-window-custom",), switch("maintenanceWindow", "customWindow")),
    PeerCheck("AZR-000434", (ZONES,), unless(lambda told: is_burstable(told) or is_replica(told), _zones_where_there_are)),
    PeerCheck("AZR-000381", (PLAN,), plan),
)  # fmt: skip
