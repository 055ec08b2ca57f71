"""Which versions of PostgreSQL are maintained, and until when: one table with the date on which it was right.

From the PostgreSQL Global Development Group's versioning policy and release announcements. A newer flexsec has a newer
table; what came after the table's date is not in it, and is never held against a server.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLE_DATE = date(2026, 8, 28)
"""The day on which the table was right."""

YEARS_OF_SUPPORT = 5
"""For how many years after its first release a major version is maintained, at least (versioning policy)."""


@dataclass(frozen=True, slots=True)
class MajorVersion:
    """One major version.

    Attributes:
        end_of_life: the day of its last minor release; from then on nothing is mended.
        newest_minor: the newest minor version known on the table's date.
    """

    end_of_life: date
    newest_minor: int


MAJOR_VERSIONS: Mapping[int, MajorVersion] = MappingProxyType(
    {
        11: MajorVersion(date(2023, 11, 9), 22),
        12: MajorVersion(date(2024, 11, 21), 22),
        13: MajorVersion(date(2025, 11, 13), 23),
        14: MajorVersion(date(2026, 11, 12), 24),
        15: MajorVersion(date(2027, 11, 11), 19),
        16: MajorVersion(date(2028, 11, 9), 15),
        17: MajorVersion(date(2029, 11, 8), 11),
        18: MajorVersion(date(2030, 11, 14), 6),
    }
)
"""By major version."""
