"""Values with a unit, as configuration files of PostgreSQL write them: the service takes the bare number alone."""

from __future__ import annotations

import re
from decimal import Decimal

_WITH_UNIT = re.compile(r"^\s*([0-9]{1,15}(?:\.[0-9]{1,6})?)\s*([A-Za-z]+)\s*$")
# The service's words for units (recorded in parameter lists), with the size of one in bytes or microseconds.
_BYTES = {"bytes": 1, "KB": 1024, "8KB": 8192, "megabytes": 1024**2}
_MICROSECONDS = {"microseconds": 1, "milliseconds": 1000, "seconds": 10**6, "minutes": 60 * 10**6}
# PostgreSQL's own suffixes (PostgreSQL documentation, "Parameter Names and Values").
_BYTE_SUFFIXES = {"b": 1, "kb": 1024, "mb": 1024**2, "gb": 1024**3, "tb": 1024**4}
_TIME_SUFFIXES = {"us": 1, "ms": 1000, "s": 10**6, "min": 60 * 10**6, "h": 3600 * 10**6, "d": 86400 * 10**6}


def in_unit(value: str, unit: str) -> str:
    """The bare number for a value such as "64MB" in the parameter's unit; "" when it is no whole one."""
    found = _WITH_UNIT.match(value)
    if not found:
        return ""
    for units, suffixes in ((_BYTES, _BYTE_SUFFIXES), (_MICROSECONDS, _TIME_SUFFIXES)):
        size = suffixes.get(found[2].casefold())
        if size is not None and unit in units:
            number = Decimal(found[1]) * size / units[unit]
            return str(int(number)) if number == number.to_integral_value() else ""
    return ""
