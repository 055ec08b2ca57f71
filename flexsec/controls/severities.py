"""How much each finding matters and where each threshold lies: our judgement, in one place, with its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..model.verdict import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Rating:
    """The severity of a control's failure and why it is that."""

    severity: Severity
    reason: str


@dataclass(frozen=True, slots=True)
class Threshold:
    """The default of a control's argument and why it is that."""

    value: bool | int | str | tuple[str, ...]
    reason: str


RATINGS: Mapping[str, Rating] = MappingProxyType(
    {
        "tls-require-secure-transport": Rating(
            Severity.HIGH, "Passwords and data cross the network readable by whoever stands between."
        ),
        "tls-min-version": Rating(
            Severity.MEDIUM, "Old TLS versions have known attacks, but the service refuses 1.0 and 1.1 anyway."
        ),
        "tls-max-version-not-capped": Rating(
            Severity.LOW, "TLS 1.2 is still sound; a cap below the minimum, however, shuts every client out."
        ),
        "auth-scram": Rating(
            Severity.HIGH, "An md5 hash is as good as the password to whoever obtains it, and is cheap to guess."
        ),
        "auth-accepted-method-no-md5": Rating(
            Severity.MEDIUM, "It matters for roles whose md5 hash was never replaced, and keeps new ones from coming."
        ),
        "auth-connection-throttle": Rating(
            Severity.MEDIUM, "It slows password guessing; a strong password and a closed network matter more."
        ),
        "auth-entra-enabled": Rating(
            Severity.MEDIUM, "Without Microsoft Entra every login is a password that somebody must keep and rotate."
        ),
        "auth-entra-only": Rating(
            Severity.MEDIUM, "Passwords beside Microsoft Entra bypass it; strong ones on a closed network still hold."
        ),
        "auth-no-local-admin-login": Rating(
            Severity.LOW, "Most servers have it for good, and a password that nobody keeps makes it worthless."
        ),
        "auth-entra-admin-exists": Rating(
            Severity.MEDIUM, "Without an administrator Entra authentication is on paper only."
        ),
        "auth-entra-admin-principal-type": Rating(
            Severity.LOW, "It works, but who takes the right away again, and when, is less certain than with a group."
        ),
        "auth-entra-admin-naming": Rating(
            Severity.LOW, "A name outside the rule is a hint that something is amiss, not yet a weakness."
        ),
        "auth-tenant-pinned": Rating(
            Severity.HIGH, "Who runs a foreign tenant decides who administers your server, and you do not hear of it."
        ),
        "auth-app-managed-identity": Rating(
            Severity.LOW, "A spare identity is of use only to someone who administers the database already."
        ),
        "auth-mgmt-rbac-least-privilege": Rating(
            Severity.MEDIUM, "Each of them may take the whole server over, and nobody inside the database would see it."
        ),
        "auth-admin-password-rotation": Rating(
            Severity.MEDIUM, "A password that leaked opens the server for as long as it stays; few of them ever leak."
        ),
        "net-public-access-disabled": Rating(
            Severity.HIGH, "The server answers on a public address; only its rules and passwords keep strangers out."
        ),
        "net-vnet-integrated": Rating(
            Severity.MEDIUM, "Without a private network, the way in is one that strangers can try as well."
        ),
        "net-private-endpoint-approved": Rating(
            Severity.LOW, "It is only the means: a server without one is as safe as its public endpoint is closed."
        ),
        "net-fw-no-azure-services": Rating(
            Severity.HIGH, "Every virtual machine of every Azure customer may knock, for the price of an account."
        ),
        "net-fw-no-allow-all": Rating(
            Severity.CRITICAL, "Anyone on the internet reaches the login; scanners find such a server within hours."
        ),
        "net-fw-range-bounded": Rating(
            Severity.MEDIUM, "Wide ranges admit strangers beside the clients they were meant for."
        ),
        "net-fw-rule-count": Rating(
            Severity.LOW, "A long list is not a hole, but holes in it are not seen."
        ),
        "enc-at-rest-platform": Rating(
            Severity.INFORMATIONAL, "It cannot be off; the control is there to carry the evidence into the report."
        ),
        "enc-fips-mode": Rating(
            Severity.LOW, "It matters where a rule asks for validated modules, and is no weakness elsewhere."
        ),
        "enc-infra-double": Rating(
            Severity.INFORMATIONAL, "No flexible server has it; the control is there to answer the benchmark's row."
        ),
        "enc-cmk": Rating(
            Severity.LOW, "The data is encrypted anyway; a key of your own adds the power to revoke it, and to lose it."
        ),
        "enc-cmk-auto-rotate": Rating(
            Severity.MEDIUM, "A pinned version that expires or is disabled stops the server when nobody thinks of it."
        ),
        "enc-geo-backup-cmk": Rating(
            Severity.MEDIUM, "When the region is lost, the copies in the other one cannot be read without a key there."
        ),
        "enc-key-health": Rating(
            Severity.HIGH, "A server that cannot use its key stops, and a key that is gone takes the data with it."
        ),
        "log-connections": Rating(
            Severity.MEDIUM, "Without it nobody can say afterwards who came in and from where."
        ),
        "log-disconnections": Rating(
            Severity.LOW, "It adds how long a session lasted to what log_connections already tells."
        ),
        "log-checkpoints": Rating(
            Severity.LOW, "It serves operation more than security, though most benchmarks ask for it."
        ),
        "log-retention-days": Rating(
            Severity.LOW, "Logs on the server are a short-lived copy; what must be kept belongs in a workspace."
        ),
        "log-error-verbosity": Rating(
            Severity.LOW, "Terse messages leave out the detail and context that explain an error."
        ),
        "log-statement-ddl": Rating(
            Severity.HIGH, "Passwords of roles stand in the log as they were typed, for every reader of the log."
        ),
        "log-duration": Rating(
            Severity.LOW, "Slow statements are a hint at most, and what logs them costs volume."
        ),
        "log-server-logs-enabled": Rating(
            Severity.LOW, "Files on the server are a short-lived copy; a workspace is the better place for logs."
        ),
        "log-line-prefix": Rating(
            Severity.LOW, "Other lines of a session still tell who it was, if connections are logged."
        ),
        "log-min-messages": Rating(
            Severity.LOW, "The service's defaults are right; who made the log quieter did it on purpose."
        ),
        "audit-pgaudit-preloaded": Rating(
            Severity.MEDIUM, "Without it nobody can say afterwards who changed which table, role or permission."
        ),
        "audit-pgaudit-classes": Rating(
            Severity.MEDIUM, "An audit that leaves out schema and role changes misses what an intruder does first."
        ),
        "defender-atp-per-server": Rating(
            Severity.MEDIUM, "Without it guessing, unusual logins and unusual places raise no alert."
        ),
        "defender-plan-oss-rdb": Rating(
            Severity.MEDIUM, "Servers are watched only where somebody thought of it, by a setting of their own."
        ),
        "backup-geo": Rating(
            Severity.MEDIUM, "The loss of a region is rare; without a copy elsewhere it is the loss of the data."
        ),
        "backup-retention-days": Rating(
            Severity.MEDIUM, "Damage that is noticed after the last backup from before it cannot be undone."
        ),
        "backup-immutable": Rating(
            Severity.LOW, "It takes an administrator's identity to delete backups; the protection is young and rare."
        ),
        "ha-enabled": Rating(
            Severity.MEDIUM, "The service stands still for as long as it takes to come up on another machine."
        ),
        "ha-zone-redundant": Rating(
            Severity.LOW, "A standby in the same zone covers the failures that are frequent; a zone's is not."
        ),
        "maint-window-custom": Rating(
            Severity.LOW, "Maintenance is short and announced; at a bad hour it is an outage nobody is there for."
        ),
        "storage-autogrow": Rating(
            Severity.MEDIUM, "A full disk stops every write, the audit's included, and anyone who may log can fill it."
        ),
        "version-supported": Rating(
            Severity.HIGH, "Holes that are found from then on are published and never mended."
        ),
        "minor-version-current": Rating(
            Severity.MEDIUM, "Known holes stay open, though the service brings the mended version by itself in time."
        ),
        "config-no-pending-restart": Rating(
            Severity.MEDIUM, "What is configured is not what is in force, and every reader of settings is misled."
        ),
        "gov-tags": Rating(
            Severity.INFORMATIONAL, "A missing tag weakens nothing by itself; rules that rest on tags miss the server."
        ),
        "ext-allowlist-minimal": Rating(
            Severity.MEDIUM, "An extension that is merely allowed takes one more step, and an administrator, to use."
        ),
    }
)  # fmt: skip
"""By control id."""

THRESHOLDS: Mapping[str, Threshold] = MappingProxyType(
    {
        "tls-min-version.minimum": Threshold(
            "TLSv1.2", "TLS 1.3 is stronger, but shuts out drivers built on OpenSSL before 1.1.1: a choice to make."
        ),
        "auth-entra-admin-principal-type.allowed": Threshold(
            ("Group",), "Membership of a group is granted, reviewed and ended in one place; allow other types by name."
        ),
        "auth-entra-admin-naming.patterns": Threshold(
            (), "Only you know your naming rule; without one there is nothing to judge."
        ),
        "auth-tenant-pinned.tenants": Threshold(
            (), "Only you know your tenants; without them the server's own is the one that is expected."
        ),
        "auth-app-managed-identity.others": Threshold(
            (), "What uses an identity from within the database is not told by the service; name it here."
        ),
        "auth-mgmt-rbac-least-privilege.max_principals": Threshold(
            5, "Three owners, as Microsoft advises for a subscription, one group of administrators and one pipeline."
        ),
        "auth-mgmt-rbac-least-privilege.allowed": Threshold(
            (), "Only you know who should; without a list their number alone is judged."
        ),
        "auth-admin-password-rotation.max_days": Threshold(
            90, "A quarter: what most rules ask for, and how long flexsec password rotate marks a password as good."
        ),
        "auth-admin-password-rotation.vault": Threshold(
            "", "Only you know where the password is kept; without it there is nothing to judge."
        ),
        "auth-admin-password-rotation.secret": Threshold(
            "{server}-admin-password", "The name that flexsec password rotate gives to a secret."
        ),
        "enc-key-health.days": Threshold(
            30, "A month is enough to rotate a key, also where that needs an approval; and it is no permanent alarm."
        ),
        "net-fw-no-azure-services.remove": Threshold(
            True, "No client can be named that needs the rule; those that do need one get a rule of their own."
        ),
        "net-fw-no-allow-all.remove": Threshold(
            True, "A rule for everybody is never the right rule; removal still needs leave and evidence."
        ),
        "net-fw-range-bounded.max_addresses": Threshold(
            1024, "Four blocks of 256: the offices and gateways of a company fit, a provider's network does not."
        ),
        "net-fw-range-bounded.max_rule_addresses": Threshold(
            256, "One /24 is the most that one site usually owns; what is wider is shared with strangers."
        ),
        "net-fw-rule-count.max_rules": Threshold(
            10, "As many as are read in one look; single servers were held to the same number."
        ),
        "log-retention-days.days": Threshold(
            4, "One more than the service's default: Friday can be read on Monday; benchmarks ask for 4 to 7."
        ),
        "log-duration.milliseconds": Threshold(
            1000,
            "A statement of a second is slow anywhere, and rare enough to be paid for. Below 100 ordinary statements "
            "are logged as they were typed, and passwords with them; a slow ALTER ROLE ... PASSWORD is, even so.",
        ),
        "log-min-messages.messages": Threshold(
            "warning", "PostgreSQL's own default: what is quieter hides warnings, what is louder is for developers."
        ),
        "log-min-messages.error_statements": Threshold(
            "error", "PostgreSQL's own default: an error without its statement cannot be explained."
        ),
        "audit-pgaudit-classes.classes": Threshold(
            ("ddl", "role"), "Rare and telling; read and write multiply the log and are a choice to make."
        ),
        "backup-immutable.vaulted": Threshold(
            False, "Only you know your vaults; what nobody declares is not taken for granted."
        ),
        "backup-retention-days.days": Threshold(
            14, "Twice the service's default: what happened before a week's holiday can still be undone after it."
        ),
        "maint-window-custom.window": Threshold(
            "", "Only you know when few are connected; without it flexsec sets nothing."
        ),
        "version-supported.allowed": Threshold(
            (), "Every maintained version gets its holes mended; fewer are a choice to make."
        ),
        "gov-tags.required": Threshold(
            (), "Only you know your tags; without any there is nothing to judge."
        ),
        "ext-allowlist-minimal.approved": Threshold(
            (), "Only you know what your databases need; without it the risky ones alone are judged."
        ),
        "ext-allowlist-minimal.risky": Threshold(
            (
                "azure_ai",
                "azure_storage",
                "dblink",
                "file_fdw",
                "http",
                "mysql_fdw",
                "oracle_fdw",
                "pg_net",
                "plperlu",
                "plpython2u",
                "plpython3u",
                "plpythonu",
                "pltclu",
                "postgres_fdw",
                "tds_fdw",
            ),
            "They reach other servers, storage or services from within, or run code that no permission bounds.",
        ),
    }
)  # fmt: skip
"""By control id and argument."""
