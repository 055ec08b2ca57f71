"""The api-versions that each family of paths accepts; any other is refused with the list.

PostgreSQL: recorded (2023-06-01-preview, 2024-08-01, 2024-11-01-preview, 2025-08-01, 2026-01-01-preview), the SDK's
own (2026-10-01) or published by Microsoft. The others: those that clients were seen to send, and their neighbours as
Microsoft publishes them.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

POSTGRESQL = (
    "2023-06-01-preview", "2023-12-01-preview", "2024-03-01-preview", "2024-08-01", "2024-11-01-preview",
    "2025-01-01-preview", "2025-06-01-preview", "2025-08-01", "2026-01-01-preview", "2026-04-01-preview",
    "2026-10-01",
)  # fmt: skip
RESOURCES = (
    "2016-06-01", "2018-05-01", "2019-05-01", "2019-05-10", "2019-08-01", "2019-10-01", "2019-11-01", "2020-01-01",
    "2020-06-01", "2020-10-01", "2021-01-01", "2021-04-01", "2022-09-01", "2022-12-01", "2023-07-01", "2024-03-01",
    "2024-07-01", "2024-11-01", "2025-03-01", "2025-04-01",
)  # fmt: skip
PERMISSIONS = (
    "2014-07-01-preview",
    "2015-07-01",
    "2018-01-01-preview",
    "2018-07-01",
    "2022-04-01",
    "2022-05-01-preview",
)
ROLES = (
    "2014-10-01-preview",
    "2015-07-01",
    "2018-01-01-preview",
    "2020-04-01-preview",
    "2020-08-01-preview",
    "2020-10-01-preview",
    "2022-04-01",
    "2022-05-01-preview",
)
LOCKS = ("2015-01-01", "2016-09-01", "2017-04-01", "2020-05-01")
SECURITY = ("2022-03-01", "2023-01-01", "2024-01-01")
THREAT_PROTECTION = ("2019-01-01",)
INSIGHTS = ("2015-04-01",)
KEY_VAULT = (
    "2019-09-01", "2021-10-01", "2022-07-01", "2022-11-01", "2023-02-01", "2023-07-01", "2024-04-01-preview",
    "2024-11-01", "2024-12-01-preview", "2025-05-01",
)  # fmt: skip
MANAGED_IDENTITY = ("2018-11-30", "2022-01-31-preview", "2023-01-31", "2023-07-31-preview", "2024-11-30")
MIGRATE_NETWORK = tuple(each for each in POSTGRESQL if each >= "2026-01-01-preview")

ACCEPTED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "resources": RESOURCES,
        "locks": LOCKS,
        "permissions": PERMISSIONS,
        "roleAssignments": ROLES,
        "roleDefinitions": ROLES,
        "security": SECURITY,
        "genericThreatProtection": THREAT_PROTECTION,
        "insights": INSIGHTS,
        "keyvault": KEY_VAULT,
        "managedidentity": MANAGED_IDENTITY,
        "postgresql": POSTGRESQL,
        "migrateNetwork": MIGRATE_NETWORK,
    }
)
