"""Where others ask for the same as our controls: benchmarks and policies, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Policy:
    """A built-in Azure Policy definition: its GUID and display name."""

    guid: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """Where others ask for the same.

    Attributes:
        cis: recommendations of CIS benchmarks, numbered as public sources cite them.
        mcsb: controls of the Microsoft cloud security benchmark v1; "(ours)" where no Microsoft artefact maps them.
        policy: built-in Azure Policy definitions.
    """

    cis: tuple[str, ...] = ()
    mcsb: tuple[str, ...] = ()
    policy: tuple[Policy, ...] = ()


REFERENCES: Mapping[str, References] = MappingProxyType(
    {
        "tls-require-secure-transport": References(
            cis=(
                "Azure Foundations 3.0 5.2.1",
                "Azure Database Services 2.0 6.10",
            ),
            mcsb=("DP-3",),
            policy=(
                Policy(
                    "c29c38cb-74a7-4505-9a06-e588ab86620a",
                    "Enforce SSL connection should be enabled for PostgreSQL flexible servers",
                ),
            ),
        ),
        "tls-min-version": References(
            cis=("Azure Database Services 2.0 6.11",),
            mcsb=("DP-3",),
            policy=(
                Policy(
                    "a43d5475-c569-45ce-a268-28fa79f4e87a",
                    "PostgreSQL flexible servers should be running TLS version 1.2 or newer",
                ),
            ),
        ),
        "tls-max-version-not-capped": References(mcsb=("DP-3 (ours)",)),
        "auth-scram": References(
            mcsb=(
                "IM-1 (ours)",
                "DP-3 (ours)",
            )
        ),
        "auth-connection-throttle": References(
            cis=(
                "Azure Foundations 3.0 5.2.3",
                "Azure Database Services 2.0 6.5",
            ),
            mcsb=("LT-1 (ours)",),
            policy=(
                Policy(
                    "dacf07fa-0eea-4486-80bc-b93fae88ac40",
                    "[Deprecated]: Connection throttling should be enabled for PostgreSQL flexible servers",
                ),
            ),
        ),
        "auth-entra-enabled": References(mcsb=("IM-1",)),
        "auth-entra-admin-exists": References(
            mcsb=("IM-1",),
            policy=(
                Policy(
                    "ce39a96d-bf09-4b60-8c32-e85d52abea0f",
                    "A Microsoft Entra administrator should be provisioned for PostgreSQL flexible servers",
                ),
            ),
        ),
        "net-public-access-disabled": References(
            cis=("Azure Database Services 2.0 6.3",),
            mcsb=("NS-2",),
            policy=(
                Policy(
                    "5e1de0e3-42cb-4ebc-a86d-61d0c619ca48",
                    "Public network access should be disabled for PostgreSQL flexible servers",
                ),
            ),
        ),
        "net-fw-no-azure-services": References(cis=("Azure Foundations 3.0 5.2.5",), mcsb=("NS-2",)),
        "net-fw-no-allow-all": References(mcsb=("NS-2 (ours)",)),
        "net-fw-range-bounded": References(mcsb=("NS-2 (ours)",)),
        "enc-at-rest-platform": References(mcsb=("DP-4",)),
        "log-connections": References(
            cis=("Azure Database Services 2.0 6.9",),
            mcsb=("LT-3 (ours)",),
            policy=(
                Policy(
                    "086709ac-11b5-478d-a893-9567a16d2ae3",
                    "Log connections should be enabled for PostgreSQL flexible servers",
                ),
            ),
        ),
        "log-disconnections": References(
            cis=("Azure Database Services 2.0 6.8",),
            mcsb=("LT-3 (ours)",),
            policy=(
                Policy(
                    "1d14b021-1bae-4f93-b36b-69695e14984a",
                    "Disconnections should be logged for PostgreSQL flexible servers",
                ),
            ),
        ),
        "log-checkpoints": References(
            cis=(
                "Azure Foundations 3.0 5.2.2",
                "Azure Database Services 2.0 6.7",
            ),
            mcsb=("LT-3 (ours)",),
            policy=(
                Policy(
                    "70be9e12-c935-49ac-9bd8-fd64b85c1f87",
                    "Log checkpoints should be enabled for PostgreSQL flexible servers",
                ),
            ),
        ),
        "log-retention-days": References(
            cis=(
                "Azure Foundations 3.0 5.2.4",
                "Azure Database Services 2.0 6.6",
            ),
            mcsb=("LT-6 (ours)",),
            policy=(
                Policy(
                    "f5ed3f7a-cf5d-4ee6-9ede-b5d5192ccf81",
                    "Configure logfiles.retention_days to at least 7 days for PostgreSQL flexible servers",
                ),
            ),
        ),
        "log-error-verbosity": References(mcsb=("LT-3 (ours)",)),
        "log-statement-ddl": References(mcsb=("LT-3 (ours)",)),
        "defender-atp-per-server": References(
            mcsb=(
                "LT-1",
                "LT-2",
                "IR-3",
                "IR-5",
            ),
            policy=(
                Policy(
                    "d38668f5-d155-42c7-ab3d-9b57b50f8fbf",
                    "Azure Defender for SQL should be enabled for unprotected PostgreSQL flexible servers",
                ),
            ),
        ),
        "config-no-pending-restart": References(mcsb=("PV-1 (ours)",)),
    }
)
"""By control id."""
