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


_SWITCHES_ON = Policy(
    "a8f89ff4-3d6e-4d7b-8c5a-2e9b1f4c8d3a", "Configure PostgreSQL flexible server to enable specified configuration"
)
_SETS = Policy(
    "a7d3e5b1-8c4f-4a2b-9d6e-1f3c5a8b2e7d", "Configure PostgreSQL flexible server configuration to specified value"
)

REFERENCES: Mapping[str, References] = MappingProxyType(
    {
        "tls-require-secure-transport": References(
            cis=("Azure Foundations 3.0 5.2.1", "Azure Database Services 2.0 6.10"),
            mcsb=("DP-3",),
            policy=(
                Policy(
                    "c29c38cb-74a7-4505-9a06-e588ab86620a",
                    "Enforce SSL connection should be enabled for PostgreSQL flexible servers",
                ),
                _SWITCHES_ON,
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
                _SETS,
            ),
        ),
        "tls-max-version-not-capped": References(mcsb=("DP-3 (ours)",)),
        "auth-scram": References(mcsb=("IM-1 (ours)", "DP-3 (ours)")),
        "auth-accepted-method-no-md5": References(mcsb=("IM-1 (ours)",)),
        "auth-connection-throttle": References(
            cis=("Azure Foundations 3.0 5.2.3", "Azure Database Services 2.0 6.5"),
            mcsb=("LT-1 (ours)",),
            policy=(
                Policy(
                    "dacf07fa-0eea-4486-80bc-b93fae88ac40",
                    "[Deprecated]: Connection throttling should be enabled for PostgreSQL flexible servers",
                ),
                _SWITCHES_ON,
            ),
        ),
        "auth-entra-enabled": References(mcsb=("IM-1",)),
        "auth-entra-only": References(
            cis=("Azure Database Services 2.0 6.2",),
            mcsb=("IM-1",),
            policy=(
                Policy(
                    "fa498b91-8a7e-4710-9578-da944c68d1fe",
                    "[Preview]: Azure PostgreSQL flexible server should have Microsoft Entra Only Authentication "
                    "enabled",
                ),
            ),
        ),
        "auth-no-local-admin-login": References(mcsb=("PA-1",)),
        "auth-entra-admin-exists": References(
            mcsb=("IM-1",),
            policy=(
                Policy(
                    "ce39a96d-bf09-4b60-8c32-e85d52abea0f",
                    "A Microsoft Entra administrator should be provisioned for PostgreSQL flexible servers",
                ),
            ),
        ),
        "auth-entra-admin-principal-type": References(mcsb=("PA-1 (ours)",)),
        "auth-entra-admin-naming": References(mcsb=("PA-1 (ours)",)),
        "auth-tenant-pinned": References(mcsb=("IM-1 (ours)",)),
        "auth-app-managed-identity": References(mcsb=("IM-3",)),
        "auth-mgmt-rbac-least-privilege": References(mcsb=("PA-7",)),
        "auth-admin-password-rotation": References(mcsb=("IM-8", "PA-1")),
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
        "net-vnet-integrated": References(mcsb=("NS-1",)),
        "net-private-endpoint-approved": References(
            cis=(
                "Azure Foundations 4.0 2.2.2.1 (private endpoints of any service)",
                "Azure Database Services 2.0 6.4",
            ),
            mcsb=("NS-2 (ours)",),
            policy=(
                Policy(
                    "5375a5bb-22c6-46d7-8a43-83417cfb4460",
                    "Private endpoint should be enabled for PostgreSQL flexible servers",
                ),
            ),
        ),
        "net-fw-no-azure-services": References(cis=("Azure Foundations 3.0 5.2.5",), mcsb=("NS-2",)),
        "net-fw-no-allow-all": References(mcsb=("NS-2 (ours)",)),
        "net-fw-range-bounded": References(mcsb=("NS-2 (ours)",)),
        "net-fw-rule-count": References(),
        "enc-at-rest-platform": References(mcsb=("DP-4",)),
        "enc-fips-mode": References(mcsb=("DP-3 (ours)",)),
        "enc-infra-double": References(
            cis=("Azure Foundations 2.x 4.3.8 (single server)", "Azure Foundations 3.0 5.2.8 (single server)"),
        ),
        "enc-cmk": References(
            cis=("Azure Database Services 2.0 6.1",),
            mcsb=("DP-5",),
            policy=(
                Policy(
                    "12c74c95-0efd-48da-b8d9-2a7d68470c92",
                    "PostgreSQL flexible servers should use customer-managed keys to encrypt data at rest",
                ),
            ),
        ),
        "enc-cmk-auto-rotate": References(mcsb=("DP-6",)),
        "enc-geo-backup-cmk": References(mcsb=("DP-5 (ours)",)),
        "enc-key-health": References(mcsb=("DP-6", "DP-8 (ours)")),
        "log-connections": References(
            cis=("Azure Database Services 2.0 6.9",),
            mcsb=("LT-3 (ours)",),
            policy=(
                Policy(
                    "086709ac-11b5-478d-a893-9567a16d2ae3",
                    "Log connections should be enabled for PostgreSQL flexible servers",
                ),
                _SWITCHES_ON,
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
                _SWITCHES_ON,
            ),
        ),
        "log-checkpoints": References(
            cis=("Azure Foundations 3.0 5.2.2", "Azure Database Services 2.0 6.7"),
            mcsb=("LT-3 (ours)",),
            policy=(
                Policy(
                    "70be9e12-c935-49ac-9bd8-fd64b85c1f87",
                    "Log checkpoints should be enabled for PostgreSQL flexible servers",
                ),
                _SWITCHES_ON,
            ),
        ),
        "log-retention-days": References(
            cis=("Azure Foundations 3.0 5.2.4", "Azure Database Services 2.0 6.6"),
            mcsb=("LT-6 (ours)",),
            policy=(
                Policy(
                    "f5ed3f7a-cf5d-4ee6-9ede-b5d5192ccf81",
                    "Configure logfiles.retention_days to at least 7 days for PostgreSQL flexible servers",
                ),
                _SETS,
            ),
        ),
        "log-error-verbosity": References(mcsb=("LT-3 (ours)",)),
        "log-statement-ddl": References(mcsb=("LT-3 (ours)",)),
        "log-duration": References(mcsb=("LT-3 (ours)",)),
        "log-server-logs-enabled": References(mcsb=("LT-3 (ours)",)),
        "log-line-prefix": References(
            mcsb=("LT-3 (ours)",),
            policy=(
                Policy(
                    "3bf854e8-b34a-47fe-9f81-bc558c82b3bd",
                    "Configure log_line_prefix with key identifiers for PostgreSQL flexible servers",
                ),
            ),
        ),
        "log-min-messages": References(mcsb=("LT-3 (ours)",)),
        "audit-pgaudit-preloaded": References(
            mcsb=("LT-3 (ours)",),
            policy=(
                Policy(
                    "dd626066-39f5-4f72-aba8-06a99fabf278",
                    "Configure shared_preload_libraries to include pgaudit for PostgreSQL flexible servers",
                ),
            ),
        ),
        "audit-pgaudit-classes": References(
            mcsb=("LT-3 (ours)",),
            policy=(
                Policy(
                    "4eb5e667-e871-4292-9c5d-8bbb94e0c908",
                    "Auditing with PgAudit should be enabled for PostgreSQL flexible servers",
                ),
                Policy(
                    "eadbb524-8644-4a87-8af6-549e1d125982",
                    "Configure pgaudit.log to include role, ddl, and misc for PostgreSQL flexible servers",
                ),
            ),
        ),
        "defender-atp-per-server": References(
            mcsb=("LT-1", "LT-2", "IR-3", "IR-5"),
            policy=(
                Policy(
                    "d38668f5-d155-42c7-ab3d-9b57b50f8fbf",
                    "Azure Defender for SQL should be enabled for unprotected PostgreSQL flexible servers",
                ),
                Policy(
                    "2a6ae02f-7590-40d7-88ba-b18e205a32fd",
                    "Configure Advanced Threat Protection to be enabled on Azure database for PostgreSQL flexible "
                    "servers",
                ),
            ),
        ),
        "defender-plan-oss-rdb": References(
            cis=(
                "Azure Foundations 2.0 2.1.6",
                "Azure Foundations 2.1 2.1.5",
                "Azure Foundations 3.0 3.1.7.2",
                "Azure Foundations 4.0 9.1.7.2",
                "Azure Foundations 5.0 and 6.0 8.1.7.2",
            ),
            mcsb=("DP-2", "LT-1", "LT-2", "IR-3", "IR-5"),
            policy=(
                Policy(
                    "0a9fbe0d-c5c4-4da8-87d8-f4fd77338835",
                    "Azure Defender for open-source relational databases should be enabled",
                ),
                Policy(
                    "44433aa3-7ec2-4002-93ea-65c65ff0310a",
                    "Configure Azure Defender for open-source relational databases to be enabled",
                ),
            ),
        ),
        "backup-geo": References(
            mcsb=("BR-1",),
            policy=(
                Policy(
                    "cee2f9fd-3968-44be-a863-bd62c9884423",
                    "Geo-redundant backup should be enabled for Azure Database for PostgreSQL flexible servers",
                ),
            ),
        ),
        "backup-retention-days": References(mcsb=("BR-1 (ours)",)),
        "backup-immutable": References(mcsb=("BR-2 (ours)",)),
        "ha-enabled": References(mcsb=("BR-1 (ours)",)),
        "ha-zone-redundant": References(
            mcsb=("BR-1 (ours)",),
            policy=(
                Policy(
                    "493c215d-2553-4976-bc81-57d2c04fc8c1",
                    "[Preview]: Azure Database for PostgreSQL Flexible Server should be Zone Resilient",
                ),
            ),
        ),
        "maint-window-custom": References(),
        "storage-autogrow": References(),
        "version-supported": References(mcsb=("PV-6 (ours)",)),
        "minor-version-current": References(mcsb=("PV-6 (ours)",)),
        "config-no-pending-restart": References(mcsb=("PV-1 (ours)",)),
        "gov-tags": References(),
        "ext-allowlist-minimal": References(mcsb=("PV-1 (ours)",)),
    }
)
"""By control id."""
