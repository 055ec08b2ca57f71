"""What is handed over is printed whole in every format, by owner, and harmless whatever stands in it.

`FLEXSEC_WRITE_GOLDEN=1 pytest tests/reporting/test_ownership.py` writes the files anew; read the difference.
"""

from __future__ import annotations

import csv
import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from flexsec.model.change import Change, Phase
from flexsec.model.connections import Evidence
from flexsec.model.leave import Leave
from flexsec.model.ownership import Fight, HandOver, Patch
from flexsec.model.plan import Plan
from flexsec.model.run import ChangeStatus, Hardening, Outcome, Run, RunStatus
from flexsec.model.verdict import Assessment, Check, Severity, Status, Verdict
from flexsec.reporting import hardening as hardening_report
from flexsec.reporting import plan as plan_report
from flexsec.reporting import run as run_report
from flexsec.reporting.formats import FORMATS, SUFFIXES, render
from flexsec.reporting.ownership import fight_in_words

GOLDEN = Path(__file__).parent / "golden_ownership"
SUFFIX_OF = {name: suffix for suffix, name in SUFFIXES.items()}


def a_change(name, kind="parameters", after="on", control="log-connections"):
    """A change."""
    return Change(
        kind=kind,
        name=name,
        before={"value": "off"},
        after={"value": after},
        sentence=f"Set {name} to {after} (now off).",
        phase=Phase.TIGHTEN,
        controls=(control,),
    )


HCL = 'resource "azurerm_postgresql_flexible_server_configuration" "{0}" {{\n  name = "{0}"\n}}\n'
HANDED = (
    HandOver(
        change=a_change("log_connections"),
        owner="terraform",
        patches=(
            Patch(language="terraform", text=HCL.format("log_connections")),
            Patch(language="az", text="az postgres flexible-server parameter set --name log_connections --value on"),
        ),
        note="What the code says wins.",
    ),
    HandOver(
        change=a_change("log_checkpoints"),
        owner="terraform",
        patches=(
            Patch(language="terraform", text=HCL.format("log_checkpoints")),
            Patch(language="az", text="az postgres flexible-server parameter set --name log_checkpoints --value on"),
        ),
        note="What the code says wins.",
    ),
    HandOver(
        change=a_change("work_mem", after="64MB"),
        owner="the DBA team",
        patches=(Patch(language="az", text="az postgres flexible-server parameter set --name work_mem --value 64MB"),),
    ),
)
FIGHTS = (
    Fight(
        target="parameters/require_secure_transport",
        wanted="on",
        comes_back_as="off",
        times=2,
        runs=("20260105T090000Z-0a1b2c3d", "20260106T090000Z-0a1b2c3d"),
        set_by="dba@contoso.com",
        set_at=datetime(2026, 1, 6, 17, 30, tzinfo=UTC),
    ),
)


AT = datetime(2026, 1, 7, 9, tzinfo=UTC)
OWN = a_change("require_secure_transport", control="tls-require-secure-transport")
ASSESSMENT = Assessment(
    server_id=f"/subscriptions/{'1' * 8}-1111-1111-1111-{'1' * 12}/resourceGroups/rg-shop"
    "/providers/Microsoft.DBforPostgreSQL/flexibleServers/shop-db",
    baseline="shop",
    observed_at=AT,
    server_state="Ready",
    verdicts=tuple(
        Verdict(
            control=control,
            title=f"Title of {control}",
            severity=Severity.MEDIUM,
            check=Check(status=Status.FAIL, reason=f"{control} fails"),
            status=Status.FAIL,
        )
        for control in ("tls-require-secure-transport", "log-connections")
    ),
)


@pytest.fixture
def plan():
    """A plan that writes its own share, hands others theirs, and meets somebody who sets it back."""
    return Plan(
        format=2,
        server_id=ASSESSMENT.server_id,
        baseline="shop",
        baseline_source="shop.yaml",
        made_at=AT,
        basis={},
        changes=(OWN,),
        withheld=(),
        left=(),
        notes=("Something else.",),
        leave=Leave(),
        evidence=Evidence(),
        assessment=ASSESSMENT,
        handed_over=HANDED,
        fights=FIGHTS,
    )


@pytest.fixture
def documents(plan):
    """The reports that tell of owners."""
    run = Run(
        run_id="20260107T090000Z-0a1b2c3d",
        kind="harden",
        server_id=ASSESSMENT.server_id,
        baseline="shop",
        status=RunStatus.COMPLETE,
        started_at=AT,
        ended_at=AT,
        identity="22222222-2222-2222-2222-222222222222",
        outcomes=(Outcome(change=OWN, status=ChangeStatus.APPLIED, attempts=1, proof="read back"),),
        handed_over=HANDED,
        fights=FIGHTS,
    )
    hardening = Hardening(before=ASSESSMENT, plan=plan, run=run, after=ASSESSMENT)
    return {
        "plan": plan_report.document(plan),
        "run": run_report.document(run),
        "hardening": hardening_report.document(hardening),
    }


@pytest.mark.parametrize("kind", ["plan", "run", "hardening"])
@pytest.mark.parametrize("format_name", FORMATS)
def test_report_is_as_read(kind, format_name, documents):
    """A report with owners and fights renders exactly as the golden file that a person has read."""
    text = render(documents[kind], format_name, width=110)
    path = GOLDEN / f"{kind}{SUFFIX_OF[format_name]}"
    if os.environ.get("FLEXSEC_WRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["plan", "run", "hardening"])
@pytest.mark.parametrize("format_name", ["table", "markdown"])
def test_patches_are_whole(kind, format_name, documents):
    """Every line of every patch stands in the table and in Markdown as it is, however narrow the terminal."""
    lines = render(documents[kind], format_name, width=40).splitlines()
    for item in HANDED:
        for patch in item.patches:
            for line in patch.text.splitlines():
                assert line in lines


def test_json_holds_the_patches(documents):
    """JSON holds every patch with its language, and the fights, as the model has them."""
    data = json.loads(render(documents["plan"], "json"))
    assert [patch["language"] for patch in data["handed_over"][0]["patches"]] == ["terraform", "az"]
    assert data["handed_over"][0]["patches"][0]["text"] == HANDED[0].patches[0].text
    assert data["fights"][0]["set_by"] == "dba@contoso.com"


def test_csv_has_a_record_for_each(documents):
    """A program finds what is handed over by its disposition and its owner, and fights by theirs."""
    rows = list(csv.DictReader(StringIO(render(documents["plan"], "csv"))))
    handed = [row for row in rows if row["disposition"] == "handed_over"]
    assert [(row["name"], row["owner"]) for row in handed] == [
        ("log_connections", "terraform"), ("log_checkpoints", "terraform"), ("work_mem", "the DBA team"),
    ]  # fmt: skip
    (fight,) = [row for row in rows if row["disposition"] == "fight"]
    assert (fight["name"], fight["before"], fight["after"]) == ("require_secure_transport", "off", "on")
    assert all(row["owner"] == "" for row in rows if row["disposition"] == "change")


def test_a_patch_cannot_break_out(plan):
    """Escape sequences are shown, not obeyed, and no patch ends its own fence in Markdown."""
    nasty = "before\x1b[31m red\n```\n# heading\n````\n<b>"
    item = replace(HANDED[2], patches=(Patch(language="az", text=nasty),))
    document = plan_report.document(replace(plan, handed_over=(item,)))
    assert "\x1b" not in render(document, "table")
    told = render(document, "markdown")
    assert "\x1b" not in told
    assert "`````sh\nbefore\\x1b[31m red\n```\n# heading\n````\n<b>\n`````" in told


@pytest.mark.parametrize(
    ("times", "spoken"), [(2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (21, "21st"), (113, "113th")]
)
def test_a_fight_is_a_sentence(times, spoken):
    """The sentence says what came back as what, how often, in which runs, who and when, and what ends it."""
    told = fight_in_words(replace(FIGHTS[0], times=times))
    assert told == (
        f"require_secure_transport came back as off for the {spoken} time (runs 20260105T090000Z-0a1b2c3d, "
        "20260106T090000Z-0a1b2c3d); last set by dba@contoso.com at 2026-01-06 17:30:00 UTC: give it an owner in the "
        "baseline, or change it there."
    )


def test_a_fight_without_a_name_says_why():
    """Who it was is not guessed: the reason stands there instead."""
    told = fight_in_words(replace(FIGHTS[0], set_by="", set_at=None, not_known="the log could not be read."))
    assert "; who set it last is not known: the log could not be read: give it an owner" in told
    assert "is not known: give it" in fight_in_words(replace(FIGHTS[0], set_by="", set_at=None))
