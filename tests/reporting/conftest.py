"""Values that reports are made from: one of every kind of verdict, change, outcome and rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from flexsec.baselines.baseline import Baseline, MappedRow, Scope, Selection
from flexsec.baselines.difference import Difference, difference
from flexsec.controls.catalogue import control
from flexsec.model.change import Change, Phase
from flexsec.model.connections import Connection, Evidence
from flexsec.model.desire import DesiredParameter
from flexsec.model.firewall import FirewallRule
from flexsec.model.leave import Leave
from flexsec.model.parameter import Parameter
from flexsec.model.plan import Left, Plan, Withheld
from flexsec.model.run import ChangeStatus, Hardening, Outcome, Run, RunStatus
from flexsec.model.verdict import Assessment, Check, Severity, Status, Verdict, Waiver

SERVER = (
    "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-shop"
    "/providers/Microsoft.DBforPostgreSQL/flexibleServers/shop-db"
)
AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def verdict(control: str, status: Status, severity: Severity, reason: str, *, waiver=None, expired=False, **more):
    """A verdict."""
    judged = Status.FAIL if status == Status.WAIVED else status
    return Verdict(
        control=control,
        title=f"Title of {control}",
        severity=severity,
        check=Check(status=judged, reason=reason, **more),
        status=status,
        waiver=waiver,
        waiver_expired=expired,
        waiver_days_left=(waiver.expires - AT.date()).days if waiver else None,
    )


def a_waiver(control: str, expires: date) -> Waiver:
    """A waiver until this day."""
    return Waiver(control=control, owner="dba", reason="old client | until May", ticket="OPS-7", expires=expires)


@pytest.fixture
def assessment() -> Assessment:
    """One verdict of each kind."""
    return Assessment(
        server_id=SERVER,
        baseline="recommended",
        observed_at=AT,
        server_state="Ready",
        verdicts=(
            verdict("log-checkpoints", Status.PASS, Severity.LOW, "log_checkpoints is on"),
            verdict(
                "tls-require-secure-transport",
                Status.FAIL,
                Severity.HIGH,
                "require_secure_transport is off",
                evidence={"require_secure_transport": "off"},
                desires=(DesiredParameter(name="require_secure_transport", value="on"),),
            ),
            verdict(
                "net-public-access-disabled",
                Status.FAIL,
                Severity.HIGH,
                "public access is Enabled",
                remedy="Approve a private endpoint first.",
            ),
            verdict(
                "defender-atp-per-server",
                Status.UNKNOWN,
                Severity.MEDIUM,
                "threat protection could not be read: 403",
                missing_action="Microsoft.DBforPostgreSQL/flexibleServers/advancedThreatProtectionSettings/read",
            ),
            verdict(
                "auth-scram",
                Status.WAIVED,
                Severity.HIGH,
                "password_encryption is md5",
                waiver=a_waiver("auth-scram", date(2026, 5, 31)),
            ),
            verdict(
                "log-connections",
                Status.FAIL,
                Severity.MEDIUM,
                "log_connections is off",
                waiver=a_waiver("log-connections", date(2025, 12, 31)),
                expired=True,
            ),
            verdict("auth-connection-throttle", Status.NOT_APPLICABLE, Severity.MEDIUM, "version 18 has none"),
        ),
        notes=("1 firewall rule is kept: office (203.0.113.0-203.0.113.15)",),
    )


@pytest.fixture
def changes() -> tuple[Change, ...]:
    """A tightening, a restart and a closing change."""
    return (
        Change(
            kind="parameters",
            name="require_secure_transport",
            before={"value": "off"},
            after={"value": "on"},
            sentence="Set require_secure_transport to on (now off).",
            phase=Phase.TIGHTEN,
            controls=("tls-require-secure-transport",),
            permissions=("Microsoft.DBforPostgreSQL/flexibleServers/configurations/write",),
            typical_seconds=10,
        ),
        Change(
            kind="restart",
            name="shop-db",
            before=None,
            after=None,
            sentence="Restart the server.",
            phase=Phase.RESTART,
            restarts=True,
            reversible=False,
            typical_seconds=62,
        ),
        Change(
            kind="firewall",
            name="temp-debug",
            before={"start": "0.0.0.0", "end": "255.255.255.255"},
            after=None,
            sentence="Remove firewall rule temp-debug (0.0.0.0-255.255.255.255).",
            phase=Phase.CLOSE,
            closing="firewall",
            lowers_security=True,
            typical_seconds=60,
        ),
    )


@pytest.fixture
def plan(assessment: Assessment, changes: tuple[Change, ...]) -> Plan:
    """Changes made, held back and left."""
    return Plan(
        format=1,
        server_id=SERVER,
        baseline="recommended",
        baseline_source="recommended",
        made_at=AT,
        basis={"parameter require_secure_transport": "off"},
        changes=changes[:2],
        withheld=(
            Withheld(change=changes[2], by="leave", reason="it takes access away", needs="--allow-closing firewall"),
        ),
        left=(Left(control="net-public-access-disabled", reason="Approve a private endpoint first."),),
        notes=("The restart also brings max_connections into force.",),
        leave=Leave(restart=True),
        evidence=Evidence(connections=(Connection(address="203.0.113.7"),), source="file seen.csv"),
        assessment=assessment,
        digest="d" * 64,
    )


@pytest.fixture
def run(assessment: Assessment, changes: tuple[Change, ...]) -> Run:
    """A change applied, one failed, one not started."""
    return Run(
        run_id="20260105T090000Z-0a1b2c3d",
        kind="apply",
        server_id=SERVER,
        baseline="recommended",
        status=RunStatus.PARTIAL,
        started_at=AT,
        ended_at=datetime(2026, 1, 5, 9, 3, 5, tzinfo=UTC),
        identity="22222222-2222-2222-2222-222222222222",
        outcomes=(
            Outcome(change=changes[0], status=ChangeStatus.APPLIED, attempts=2, proof="read back", request_id="r-1"),
            Outcome(
                change=changes[1],
                status=ChangeStatus.FAILED,
                message="the service failed (500)",
                attempts=1,
                code="InternalServerError",
                request_id="r-2",
                tracking_id="t-2",
                warnings=("the status could not be read",),
            ),
            Outcome(change=changes[2], status=ChangeStatus.NOT_STARTED),
        ),
        verified=assessment,
    )


@pytest.fixture
def hardening(assessment: Assessment, plan: Plan, run: Run) -> Hardening:
    """One finding mended."""
    mended = verdict("tls-require-secure-transport", Status.PASS, Severity.HIGH, "require_secure_transport is on")
    after = Assessment(
        server_id=SERVER,
        baseline="recommended",
        observed_at=AT,
        server_state="Ready",
        verdicts=tuple(mended if v.control == mended.control else v for v in assessment.verdicts),
        notes=assessment.notes,
    )
    return Hardening(before=assessment, plan=plan, run=run, after=after)


@pytest.fixture
def parameters() -> tuple[Parameter, ...]:
    """An ordinary, a pending and a read-only parameter."""
    return (
        Parameter(
            name="log_checkpoints",
            value="off",
            default="on",
            data_type="Boolean",
            allowed_values="on,off",
            dynamic=True,
            read_only=False,
            pending_restart=False,
            source="user-override",
        ),
        Parameter(
            name="max_connections",
            value="1000",
            default="859",
            data_type="Integer",
            allowed_values="25-5000",
            dynamic=False,
            read_only=False,
            pending_restart=True,
            source="user-override",
        ),
        Parameter(
            name="wal_segment_size",
            value="16777216",
            default="16777216",
            data_type="Integer",
            allowed_values="1048576-1073741824",
            dynamic=True,
            read_only=True,
            pending_restart=False,
            source="system-default",
            unit="B",
        ),
    )


@pytest.fixture
def rules() -> tuple[FirewallRule, ...]:
    """One rule of each class."""
    return (
        FirewallRule("AllowAzure", "0.0.0.0", "0.0.0.0"),
        FirewallRule("inner", "10.0.0.0", "10.0.0.255"),
        FirewallRule("odd", "9.9.9.9", "1.1.1.1"),
        FirewallRule("office", "203.0.113.0", "203.0.113.15"),
        FirewallRule("temp-debug", "0.0.0.0", "255.255.255.255"),
    )


@pytest.fixture
def baseline() -> Baseline:
    """A baseline that says everything a baseline can say."""
    standard = {"standard": "House rules 3", "check": "a licensed copy"}
    return Baseline(
        name="shop",
        description="The shop's servers.",
        controls=(
            Selection(control("auth-scram")),
            Selection(control("log-retention-days"), {"days": 7}),
            Selection(control("gov-tags"), {"required": ("environment=prod", "owner")}),
        ),
        waivers=(
            a_waiver("auth-scram", date(2026, 5, 31)),
            replace(a_waiver("gov-tags", date(2026, 12, 31)), servers="shop-*", tags={"client": "legacy"}),
        ),
        sources=("shop.yaml", "recommended"),
        scope=Scope(names=("prod-*", "shop-db"), tags={"environment": "prod"}),
        owners={"parameters/log_*": "terraform", "firewall/*": "network team"},
        notes=("Check every row.",),
        mapping=(
            MappedRow(row="7.1", controls=("auth-scram", "log-checkpoints"), basis="ours", level="2", **standard),
            MappedRow(row="7.2", controls=("log-retention-days",), basis="official", **standard),
            MappedRow(row="7.3", controls=(), basis="public", note="kept elsewhere | not judged", **standard),
        ),
    )


@pytest.fixture
def baseline_difference(baseline: Baseline) -> Difference:
    """The baseline against one that asks for more here and for less there."""
    other = Baseline(
        name="crm",
        description="",
        controls=(
            Selection(control("log-checkpoints")),
            Selection(control("log-retention-days"), {"days": 4}),
            Selection(control("gov-tags"), {"required": ("environment=prod", "owner", "team")}),
        ),
        waivers=(a_waiver("log-checkpoints", date(2026, 6, 30)),),
        owners={"parameters/log_*": "flexsec"},
    )
    return difference(baseline, other)
