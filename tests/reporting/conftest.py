"""Values that reports are made from: one of every kind of verdict, change, outcome and rule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pytest

from flexsec.baselines.baseline import Baseline, MappedRow, Scope, Selection
from flexsec.baselines.difference import Difference, difference
from flexsec.controls.catalogue import control
from flexsec.controls.control import Argument, Control
from flexsec.controls.references import Policy, References
from flexsec.controls.severities import Rating
from flexsec.model.change import Change, Phase
from flexsec.model.change_record import Approval, ChangeRecord
from flexsec.model.connections import Connection, Evidence
from flexsec.model.defender import DefenderPlan
from flexsec.model.desire import DesiredParameter
from flexsec.model.encryption import EncryptionFacts
from flexsec.model.firewall import FirewallRule
from flexsec.model.key_vault_key import CustomerKeys, VaultKey
from flexsec.model.leave import Leave
from flexsec.model.observation import Unobserved
from flexsec.model.parameter import Parameter
from flexsec.model.plan import Left, Plan, Withheld
from flexsec.model.role import Excess, ExcessKind, Need, PermissionCheck, Role, RoleScope, Unchecked
from flexsec.model.run import ChangeStatus, Hardening, Outcome, Run, RunStatus
from flexsec.model.server import CustomerKey, ThreatProtection
from flexsec.model.subscription import CoveredServer, SubscriptionState
from flexsec.model.verdict import Assessment, Check, Severity, Status, Verdict, Waiver
from flexsec.reporting.worlds import WorldFacts

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
def encryption() -> EncryptionFacts:
    """A pinned key in a vault that lacks a protection, and a second one that could not be read."""
    readers = "/subscriptions/1/resourceGroups/keys/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
    return EncryptionFacts(
        kind="AzureKeyVault",
        customer_key=CustomerKey(
            uri=f"https://near.vault.azure.net/keys/db/{'a' * 32}",
            identity=f"{readers}/near",
            status="Valid",
            geo_backup_uri="https://far.vault.azure.net/keys/db",
            geo_backup_identity=f"{readers}/far",
        ),
        vault_keys=CustomerKeys(
            primary=VaultKey(
                vault_id="/subscriptions/1/resourceGroups/keys/providers/Microsoft.KeyVault/vaults/near",
                name="db",
                kind="RSA",
                size=2048,
                current_version="b" * 32,
                used_version="a" * 32,
                enabled=True,
                not_before=None,
                expires_at=datetime(2026, 6, 3, tzinfo=UTC),
                soft_delete=True,
                purge_protection=False,
            ),
            geo_backup=Unobserved("this identity sees no vault far in the server's subscription"),
        ),
        geo_redundant_backup="Enabled",
        fips_mode="",
        identities=(f"{readers}/far", f"{readers}/near"),
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


@pytest.fixture
def role() -> Role:
    """A role with an action at each scope, and one that is optional."""
    return Role(
        purpose="rotate",
        needs=(
            Need(action="Microsoft.X/servers/write", scope=RoleScope.SERVER, reason="change the server | its password"),
            Need(action="Microsoft.X/locations/status/read", scope=RoleScope.SUBSCRIPTION, reason="follow a write"),
            Need(
                action="Microsoft.V/vaults/secrets/set/action",
                scope=RoleScope.VAULT,
                reason="store the new password",
                data=True,
            ),
        ),
        optional=(Need(action="Microsoft.L/log/read", scope=RoleScope.SUBSCRIPTION, reason="tell who it was"),),
    )


@pytest.fixture
def permission_check(role: Role) -> PermissionCheck:
    """Something missing, something not known, and something too much of each kind."""
    reasons = {
        ExcessKind.DANGEROUS: ("*", "it can delete the server"),
        ExcessKind.WRITES: ("Microsoft.X/*", "it can change what is not needed, and what Azure adds to that later"),
        ExcessKind.READS: ("*/read", "it can read what is not needed, and what Azure adds to that later"),
        ExcessKind.WIDER: ("Microsoft.X/servers/write", "it is needed at the server alone"),
    }
    return PermissionCheck(
        server_id=SERVER,
        identity="22222222-2222-2222-2222-222222222222",
        role=role,
        missing=(role.needs[0],),
        excess=tuple(
            Excess(pattern=pattern, scope=RoleScope.SUBSCRIPTION, kind=kind, reason=reason)
            for kind, (pattern, reason) in reasons.items()
        ),
        unchecked=(Unchecked(scope=RoleScope.VAULT, reason="no key vault is named", missing_action="a/read"),),
    )


RECORD = ChangeRecord(
    reference="CHG-2041", reason="Before the audit,\n=not a formula | and no markup: <b>*_`", ticket="OPS-7"
)


@dataclass(frozen=True)
class Told:
    """A plan and its run, of which somebody said why, and which others approved."""

    plan: Plan
    run: Run


@pytest.fixture
def told(plan: Plan, run: Run) -> Told:
    """With a record, a maker, and an approval with and one without a comment."""
    approvals = tuple(
        Approval(
            digest=plan.digest, approved_by=f"{digit * 8}-3333-3333-3333-333333333333", approved_at=AT, comment=said
        )
        for digit, said in (("3", "Checked with the shop team."), ("4", ""))
    )
    made = replace(plan, record=RECORD, made_by="22222222-2222-2222-2222-222222222222")
    return Told(made, replace(run, record=RECORD, approvals=approvals))


@pytest.fixture
def a_control() -> Control:
    """One that is no real one, so that its page stays as it is."""

    def check(state, arguments):
        """Says how long something | is kept.

        What it checks: the days of keeping.

        Why: what is gone cannot be looked at.

        What it does not check: who looks.
        """

    return Control(
        id="log-example",
        title="Something is kept",
        family="logging",
        rating=Rating(severity=Severity.LOW, reason="it helps afterwards"),
        check=check,
        reads=("server",),
        references=References(
            cis=("DB Services 2.0 1.1",), mcsb=("LT-6",), policy=(Policy(guid="0-0", name="Keep (Audit)"),)
        ),
        arguments=(
            Argument(name="days", kind="integer", default=4, description="how long", minimum=1, maximum=7),
            Argument(name="words", kind="texts", default=("a", "b"), description="which ones"),
        ),
        parameters=("logfiles.retention_days",),
    )


@pytest.fixture
def worlds() -> tuple[WorldFacts, ...]:
    """Two worlds."""
    return (
        WorldFacts(name="one", about="A server | alone.", subscriptions=1, servers=1, ready=1, versions=("16",)),
        WorldFacts(name="many", about="A fleet.", subscriptions=2, servers=40, ready=38, versions=("13", "18")),
    )


@pytest.fixture
def covered() -> SubscriptionState:
    """A plan that is off, and a server of each kind: switched on by itself, not switched on, not read."""
    group = SERVER.rpartition("/")[0]
    return SubscriptionState(
        server_id="/subscriptions/11111111-1111-1111-1111-111111111111",
        observed_at=AT,
        defender_plan=DefenderPlan(
            tier="Free",
            coverage="PartiallyCovered",
            inherited_from="/providers/Microsoft.Management/managementGroups/all",
            enforce="False",
            extensions={"one": True, "another": False},
        ),
        servers=(
            CoveredServer(server_id=SERVER, engine="PostgreSQL", protection=ThreatProtection(enabled=True)),
            CoveredServer(server_id=f"{group}/b-db", engine="PostgreSQL", protection=ThreatProtection(enabled=False)),
            CoveredServer(server_id=f"{group}/c-db", engine="MySQL", protection=Unobserved("not read for MySQL")),
        ),
    )
