"""Reads what a region offers: whether standby servers in another zone and geo-redundant backups exist there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..model.server import Region
from .reading import word

if TYPE_CHECKING:
    from ..azure.connection import Connection
    from ..model.clock import Deadline

ACTIONS = ("Microsoft.DBforPostgreSQL/locations/capabilities/read",)


def observe(connection: Connection, subscription_id: str, location: str, *, deadline: Deadline) -> Region:
    """Read a region: one request, action Microsoft.DBforPostgreSQL/locations/capabilities/read.

    Raises:
        ArmError, AnswerLost, DeadlineExceeded, CredentialUnavailable: as `Connection.read_list`.
    """
    place = location.replace(" ", "").lower()
    what = f"read what region {place} offers"
    path = f"/subscriptions/{subscription_id}/providers/Microsoft.DBforPostgreSQL/locations/{place}/capabilities"
    return parse(connection.read_list(path, what=what, deadline=deadline), name=place)


def parse(entries: list[dict[str, Any]], *, name: str) -> Region:
    """The region that the list describes, one entry for all of it (documented); what no entry tells is None."""
    return Region(
        name=name,
        zone_redundant_ha=_supported(entries, "ZoneRedundantHa", "zoneRedundantHaSupported"),
        geo_backup=_supported(entries, "GeoBackup", "geoBackupSupported"),
    )


def _supported(entries: list[dict[str, Any]], feature: str, member: str) -> bool | None:
    """The list of features decides; the member that it replaces (documented) where it does not name the feature."""
    listed = {_status(entry, feature) for entry in entries}
    alone = {word(entry, member).casefold() for entry in entries}
    for told in (listed, alone):
        if told & {"enabled", "disabled"}:
            return "enabled" in told
    return None


def _status(entry: dict[str, Any], feature: str) -> str:
    features = entry.get("supportedFeatures")
    named = (one for one in features if isinstance(one, dict)) if isinstance(features, list) else ()
    return next((word(one, "status").casefold() for one in named if word(one, "name") == feature), "")
