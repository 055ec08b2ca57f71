"""What a control says about a server: a status with evidence, and on failure the values it desires."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from .desire import Desire

WAIVER_ENDS_SOON_DAYS = 14
"""From how many days before its end on a waiver is announced to end."""


class Severity(StrEnum):
    """How much a failing control matters, in ascending order of `rank`."""

    INFORMATIONAL = "informational"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for informational up to 4 for critical."""
        return list(Severity).index(self)


class Status(StrEnum):
    """The five answers. Only `fail` is a finding; `unknown` is never printed as one."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The outcome of one control's check.

    Attributes:
        status: pass, fail, not_applicable or unknown; a waiver is applied later, by the engine.
        reason: one sentence that says what was found, or why it does not apply or is unknown.
        evidence: the values the judgement rests on, by name ("require_secure_transport": "off").
        desires: on failure, the values that would make it pass; empty when flexsec cannot make it pass.
        remedy: on failure without desires, why flexsec does not change it and what a person does.
        missing_action: on unknown, the RBAC action that would allow the read.
    """

    status: Status
    reason: str
    evidence: dict[str, str] = field(default_factory=dict)
    desires: tuple[Desire, ...] = ()
    remedy: str = ""
    missing_action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """An accepted failure: who accepted it, why, under which ticket and until when (the day itself included).

    Attributes:
        servers: which servers, by a pattern of their names.
        tags: which servers, by a pattern of each tag's value; all of them have to fit.
    """

    control: str
    owner: str
    reason: str
    ticket: str
    expires: date
    servers: str = "*"
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A control's check, with what a report needs to show it.

    Attributes:
        waiver: the waiver that applies, also when it has expired.
        waiver_expired: the waiver no longer holds: itself a finding, the status stays `fail`.
        waiver_days_left: days after the day of judging on which the waiver still holds, 0 on its last day, negative
            when it has expired; None without a waiver.
    """

    control: str
    title: str
    severity: Severity
    check: Check
    status: Status
    waiver: Waiver | None = None
    waiver_expired: bool = False
    waiver_days_left: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """All verdicts on one server under one baseline.

    Attributes:
        server_state: the service's word for the server's state, or "unobserved".
        notes: what is worth saying and is no verdict (unmanaged firewall rules that are kept, expired waivers).
    """

    server_id: str
    baseline: str
    observed_at: datetime
    server_state: str
    verdicts: tuple[Verdict, ...]
    notes: tuple[str, ...] = ()

    def with_status(self, status: Status) -> tuple[Verdict, ...]:
        """The verdicts of one status, in the catalogue's order."""
        return tuple(verdict for verdict in self.verdicts if verdict.status == status)

    def findings(self, at_least: Severity = Severity.INFORMATIONAL) -> tuple[Verdict, ...]:
        """The failures of at least this severity."""
        return tuple(v for v in self.with_status(Status.FAIL) if v.severity.rank >= at_least.rank)
