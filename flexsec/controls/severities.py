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
        "auth-connection-throttle": Rating(
            Severity.MEDIUM, "It slows password guessing; a strong password and a closed network matter more."
        ),
        "auth-entra-enabled": Rating(
            Severity.MEDIUM, "Without Microsoft Entra every login is a password that somebody must keep and rotate."
        ),
        "auth-entra-admin-exists": Rating(
            Severity.MEDIUM, "Without an administrator Entra authentication is on paper only."
        ),
        "net-public-access-disabled": Rating(
            Severity.HIGH, "The server answers on a public address; only its rules and passwords keep strangers out."
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
        "enc-at-rest-platform": Rating(
            Severity.INFORMATIONAL, "It cannot be off; the control is there to carry the evidence into the report."
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
        "defender-atp-per-server": Rating(
            Severity.MEDIUM, "Without it guessing, unusual logins and unusual places raise no alert."
        ),
        "config-no-pending-restart": Rating(
            Severity.MEDIUM, "What is configured is not what is in force, and every reader of settings is misled."
        ),
    }
)  # fmt: skip
"""By control id."""

THRESHOLDS: Mapping[str, Threshold] = MappingProxyType(
    {
        "tls-min-version.minimum": Threshold(
            "TLSv1.2", "TLS 1.3 is stronger, but shuts out drivers built on OpenSSL before 1.1.1: a choice to make."
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
        "log-retention-days.days": Threshold(
            4, "One more than the service's default: Friday can be read on Monday; benchmarks ask for 4 to 7."
        ),
    }
)  # fmt: skip
"""By control id and argument."""
