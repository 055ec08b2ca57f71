"""What a location offers and what a server could become, in the form that Microsoft publishes for 2024-08-01.

The members and the storage ladder are Microsoft's published example; which compute sizes exist is a representative
choice. Which locations have no standby in another zone or no geo-redundant backups stands in Microsoft's table of
2025-11-18; a location that the table does not hold offers both, which is a choice. That both show in the capabilities
as they do here is inferred: no recording shows such a location. azure-cli reads it before it changes a server:
editions, sizes, versions, storage, and `supportedFeatures`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import catalogue, resource_errors
from .locations import LOCATIONS
from .paging import answer_list

if TYPE_CHECKING:
    from .call import Call
    from .request import Response

# Storage: GiB, performance tier, operations per second.
LADDER = (
    (32, "P4", 120), (64, "P6", 240), (128, "P10", 500), (256, "P15", 1100), (512, "P20", 2300), (1024, "P30", 5000),
    (2048, "P40", 7500), (4095, "P50", 7500), (4096, "P50", 7500), (8192, "P60", 16000), (16384, "P70", 18000),
    (32767, "P80", 20000),
)  # fmt: skip
TIERS = {tier: iops for _, tier, iops in LADDER}
LARGE = ("P60", "P70", "P80")
ZONES = ["1", "2", "3"]
FEATURES = {
    "OfferRestricted": "Disabled", "FastProvisioning": "Enabled", "GeoBackup": "Enabled",
    "ZoneRedundantHa": "Enabled", "ZoneRedundantHaAndGeoBackup": "Enabled", "StorageAutoGrowth": "Enabled",
    "OnlineResize": "Enabled", "IndexTuning": "Disabled",
}  # fmt: skip
WITHOUT_ZONES = frozenset(
    {
        "australiacentral", "australiacentral2", "australiasoutheast", "brazilsoutheast", "canadaeast", "chinaeast2",
        "chinaeast3", "chinanorth2", "francesouth", "germanynorth", "japanwest", "jioindiawest", "koreasouth",
        "northcentralus", "norwaywest", "southafricawest", "switzerlandwest", "uaecentral", "ukwest", "usgovarizona",
        "usgovtexas", "westcentralus", "westus",
    }
)  # fmt: skip
WITHOUT_GEO_BACKUP = frozenset(
    {
        "australiacentral2", "austriaeast", "brazilsouth", "brazilsoutheast", "chilecentral", "chinaeast2",
        "chinanorth2", "indonesiacentral", "israelcentral", "italynorth", "malaysiawest", "mexicocentral",
        "newzealandnorth", "polandcentral", "qatarcentral", "spaincentral", "usgovarizona", "usgovtexas", "westus3",
    }
)  # fmt: skip
SERIES = ("s_v3", "ds_v4", "ds_v5", "ads_v5")


def _ladder(letter: str) -> tuple[tuple[str, int], ...]:
    return tuple((f"Standard_{letter}{cores}{series}", cores) for series in SERIES for cores in (2, 4, 8, 16, 32))


# Edition: default size, memory for each core in MiB, sizes as (name, cores).
EDITIONS: dict[str, tuple[str, int, tuple[tuple[str, int], ...]]] = {
    "Burstable": ("Standard_B1ms", 2048, (("Standard_B1ms", 1), ("Standard_B2s", 2), ("Standard_B2ms", 2))),
    "GeneralPurpose": ("Standard_D4ads_v5", 4096, _ladder("D")),
    "MemoryOptimized": ("Standard_E4ads_v5", 8192, _ladder("E")),
}


def storage_of(size_gb: int) -> tuple[str, int]:
    """The performance tier and operations per second that come with a size of storage."""
    return next(((tier, iops) for size, tier, iops in LADDER if size >= size_gb), LADDER[-1][1:])


def of_server(call: Call) -> Response:
    """What a server could be changed to."""
    return answer_list(call, [_capabilities(call.server().location)])


def of_location(call: Call) -> Response:
    """What a location offers."""
    location = call.route.location.lower().replace(" ", "")
    if location not in LOCATIONS:
        raise resource_errors.unknown_location(call.route.location, tuple(LOCATIONS))
    return answer_list(call, [_capabilities(location)])


def _capabilities(location: str) -> dict[str, Any]:
    versions = catalogue.versions()
    zones, geo = location not in WITHOUT_ZONES, location not in WITHOUT_GEO_BACKUP
    offered = {"GeoBackup": geo, "ZoneRedundantHa": zones, "ZoneRedundantHaAndGeoBackup": zones and geo}
    words = {name: "Enabled" if there else "Disabled" for name, there in offered.items()}
    return {
        "name": "FlexibleServerCapabilities",
        "supportedServerEditions": [_edition(name, zones=zones) for name in EDITIONS],
        "supportedServerVersions": [
            {"name": each, "supportedVersionsToUpgrade": [later for later in versions if int(later) > int(each)]}
            for each in versions
        ],
        "supportedFeatures": _features(FEATURES | words),
        "fastProvisioningSupported": "Enabled",
        "supportedFastProvisioningEditions": [],
        "geoBackupSupported": words["GeoBackup"],
        "zoneRedundantHaSupported": words["ZoneRedundantHa"],
        "zoneRedundantHaAndGeoBackupSupported": words["ZoneRedundantHaAndGeoBackup"],
        "storageAutoGrowthSupported": "Enabled",
        "onlineResizeSupported": "Enabled",
        "restricted": "Disabled",
    }


def _edition(name: str, *, zones: bool) -> dict[str, Any]:
    default, memory, sizes = EDITIONS[name]
    modes = [] if name == "Burstable" else ["SameZone", "ZoneRedundant"] if zones else ["SameZone"]
    return {
        "name": name,
        "defaultSkuName": default,
        "supportedStorageEditions": [
            {
                "name": "ManagedDisk",
                "defaultStorageSizeMb": (32 if name == "Burstable" else 64) * 1024,
                "supportedStorageMb": [_storage(*step) for step in LADDER],
            }
        ],
        "supportedServerSkus": [
            {
                "name": size,
                "vCores": cores,
                "supportedIops": 640 * cores if name == "Burstable" else 3200 * cores // 2,
                "supportedMemoryPerVcoreMb": memory,
                "supportedZones": list(ZONES) if zones else [],
                "supportedHaMode": list(modes),
                "supportedFeatures": [],
            }
            for size, cores in sizes
        ],
    }


def _storage(size_gb: int, tier: str, iops: int) -> dict[str, Any]:
    names = list(TIERS)
    above = [each for each in names[names.index(tier) :] if (each in LARGE) == (tier in LARGE)]
    return {
        "supportedIops": iops,
        "storageSizeMb": size_gb * 1024,
        "defaultIopsTier": tier,
        "supportedIopsTiers": [{"name": each, "iops": TIERS[each]} for each in above],
    }


def _features(features: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "status": status} for name, status in features.items()]
