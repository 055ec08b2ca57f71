"""Every report in every format, held against a file that a person has read.

`FLEXSEC_WRITE_GOLDEN=1 pytest tests/reporting/test_golden.py` writes the files anew; read the difference.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flexsec import reporting
from flexsec.model.secret_store import Recovery, Stage, StoredVersion, Tried
from flexsec.model.server_setting import ServerSettings
from flexsec.reporting import approval as approval_report
from flexsec.reporting import assessment as assessment_report
from flexsec.reporting import baseline as baseline_report
from flexsec.reporting import baseline_difference as difference_report
from flexsec.reporting import controls as controls_report
from flexsec.reporting import defender as defender_report
from flexsec.reporting import firewall as firewall_report
from flexsec.reporting import hardening as hardening_report
from flexsec.reporting import keys as keys_report
from flexsec.reporting import parameters as parameters_report
from flexsec.reporting import password as password_report
from flexsec.reporting import permissions as permissions_report
from flexsec.reporting import plan as plan_report
from flexsec.reporting import role as role_report
from flexsec.reporting import run as run_report
from flexsec.reporting import settings as settings_report
from flexsec.reporting import worlds as worlds_report
from flexsec.reporting.formats import FORMATS, SUFFIXES, render

GOLDEN = Path(__file__).parent / "golden"
SUFFIX_OF = {name: suffix for suffix, name in SUFFIXES.items()}
SERVER = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-shop/providers/Microsoft.DBforPostgreSQL/flexibleServers/shop-db"

SETTINGS = ServerSettings(
    backup_retention_days=None,
    storage_auto_grow="Disabled",
    maintenance_window="Sunday 02:00",
    tags={"owner": "=not a formula", "Cost centre": "42", "empty": ""},
    fips_mode="Enabled",
)


@pytest.fixture
def documents(
    assessment,
    told,
    run,
    hardening,
    a_control,
    worlds,
    parameters,
    rules,
    baseline,
    baseline_difference,
    role,
    permission_check,
    covered,
    encryption,
):
    """Every report."""
    return {
        "assessment": assessment_report.document(assessment),
        "plan": plan_report.document(told.plan),
        "run": run_report.document(told.run),
        "runs": run_report.runs_document((told.run, replace(run, run_id="20260104T090000Z-0a1b2c3d"))),
        "hardening": hardening_report.document(replace(hardening, plan=told.plan, run=told.run)),
        "approval": approval_report.document(told.plan, told.run.approvals),
        "control": controls_report.document(a_control),
        "controls": controls_report.list_document((a_control, replace(a_control, id="log-another", arguments=()))),
        "worlds": worlds_report.document(worlds),
        "parameters": parameters_report.document(SERVER, parameters),
        "firewall": firewall_report.document(SERVER, rules),
        "baseline": baseline_report.document(baseline),
        "baselines": baseline_report.list_document((baseline, replace(baseline, name="crm", controls=()))),
        "baseline_difference": difference_report.document(baseline_difference),
        "role": role_report.document(role, "/subscriptions/11111111-1111-1111-1111-111111111111"),
        "permissions": permissions_report.document(permission_check),
        "settings": settings_report.document(SERVER, SETTINGS),
        "defender": defender_report.document(covered),
        "keys": keys_report.document(SERVER, encryption),
        "passwords": password_report.status_document(SERVER, STORE, STORED, now=datetime(2026, 5, 4, tzinfo=UTC)),
        "recovery": password_report.recovery_document(SERVER, RECOVERY),
    }


STORE = "vault https://kv-shop.vault.azure.net secret shop-db-admin-password"
STORED = tuple(
    StoredVersion(
        version=version,
        stage=stage,
        created_at=datetime(2026, month, 1, 9, 30, tzinfo=UTC),
        expires_at=datetime(2026, month + 3, 1, tzinfo=UTC) if stage is not Stage.PREVIOUS else None,
        run_id=run_id,
        server_id=SERVER,
        login="shopadmin",
    )
    for version, stage, month, run_id in (
        ("c3", Stage.PENDING, 5, "20260501T093000Z-00c3c3c3"),
        ("b2", Stage.CURRENT, 3, "20260301T093000Z-00b2b2b2"),
        ("a1", Stage.PREVIOUS, 1, ""),
    )
)
RECOVERY = Recovery(
    place=STORE,
    tried=(
        Tried(version=STORED[0], works=None, how="could not connect: the name is not known"),
        Tried(version=STORED[1], works=True, how="scram-sha-256, TLSv1.3"),
        Tried(version=STORED[2], works=False, how="password authentication failed"),
    ),
    works=STORED[1],
    done=("version b2 logs in and is now the current one",),
    settled=False,
    advice="A pending version may still come into force; run this again in an hour, or where it can be tried.",
)

KINDS = ("assessment", "plan", "run", "runs", "hardening", "approval", "control", "controls", "worlds", "parameters", "firewall",
         "baseline", "baselines", "baseline_difference", "role", "permissions", "settings", "defender", "keys", "passwords", "recovery")  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("format_name", FORMATS)
def test_report_is_as_read(kind, format_name, documents):
    """A report renders exactly as the golden file that a person has read."""
    text = render(documents[kind], format_name, width=110)
    path = GOLDEN / f"{kind}{SUFFIX_OF[format_name]}"
    if os.environ.get("FLEXSEC_WRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_every_kind_of_report_has_its_golden_files(documents):
    """Each schema that a module of reports names is that of one of the reports held against files."""
    named = set()
    for module in pkgutil.iter_modules(reporting.__path__):
        found = vars(importlib.import_module(f"flexsec.reporting.{module.name}"))
        named |= {value for name, value in found.items() if name.endswith("SCHEMA") and isinstance(value, str)}
    assert named
    elsewhere = {
        found[1]
        for path in GOLDEN.parent.glob("golden_*/*.json")
        if (found := re.search(r'^  "schema": "(.+)"', path.read_text(encoding="utf-8"), re.MULTILINE))
    }
    assert named == {document.schema for document in documents.values()} - {""} | elsewhere


def test_no_golden_file_is_forgotten(documents):
    """Every golden file belongs to a report that is still rendered."""
    expected = {f"{kind}{suffix}" for kind in documents for suffix in SUFFIXES}
    assert {path.name for path in GOLDEN.iterdir()} == expected


@pytest.mark.parametrize("width", [40, 72, 80, 200])
def test_a_table_keeps_to_the_width(width, documents):
    """No line of a table is wider than the terminal, however narrow, unless a single value cannot be broken."""
    for document in documents.values():
        lines = render(document, "table", width=width).splitlines()
        assert max(map(len, lines)) <= width


def test_a_plain_table_has_no_escape_sequences(documents):
    """Without colour a table is plain text; with colour it is coloured; ASCII only means what it says."""
    document = documents["assessment"]
    assert "\x1b" not in render(document, "table")
    assert "\x1b[" in render(document, "table", colour=True)
    assert render(document, "table", ascii_only=True).isascii()


def test_control_and_baseline_reports():
    """A control's page shows its sections and arguments; a baseline's shows every control with its arguments."""
    from flexsec.baselines.loader import load
    from flexsec.controls.catalogue import controls

    retention = next(control for control in controls() if control.id == "log-retention-days")
    page = render(controls_report.document(retention), "markdown")
    assert "log-retention-days" in page
    assert "| days |" in page
    assert "What it does not check" in page
    listed = render(controls_report.list_document(controls()), "csv").splitlines()
    assert len(listed) == len(controls()) + 1
    shown = render(baseline_report.document(load("recommended")), "table")
    assert all(selection.control.id in shown for selection in load("recommended").controls)
