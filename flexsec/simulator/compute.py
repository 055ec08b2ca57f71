"""Which compute sizes belong to which tier.

Documented: Burstable servers run on the B series, general purpose ones on the D series, memory optimised ones on the E
series; the service calls another pairing ServerEditionIncompatibleWithSkuSize (recorded).
"""

from __future__ import annotations

SIZES = {"Burstable": "Standard_B1ms", "GeneralPurpose": "Standard_D2ds_v5", "MemoryOptimized": "Standard_E2ds_v5"}
_SERIES = {"B": "Burstable", "D": "GeneralPurpose", "E": "MemoryOptimized"}


def tier_of(sku: str) -> str | None:
    """The tier that a compute size such as Standard_D2ds_v5 belongs to; None when its series is not known."""
    series = sku.lower().removeprefix("standard_")[:1].upper()
    return _SERIES.get(series)


def fits(sku: str, tier: str) -> bool:
    """Whether a server of the tier can have the size; a series that is not known fits all."""
    return tier_of(sku) in {None, tier}
