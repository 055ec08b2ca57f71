"""Reads what a region offers: whether standby servers in another zone and geo-redundant backups exist there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..model.server import Region
from .reading import word

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    """The region that the list describes; what no entry tells is None."""
    told = entries[0] if entries else {}
    return Region(
        name=name,
        zone_redundant_ha=_supported(told, "zoneRedundantHaSupported"),
        geo_backup=_supported(told, "geoBackupSupported"),
    )


def _supported(told: Mapping[str, Any], key: str) -> bool | None:
    return {"enabled": True, "disabled": False}.get(word(told, key).casefold())
