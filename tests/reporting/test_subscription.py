"""A plan and a run about a subscription say so, name every server that is billed, and tell the side effects.

`FLEXSEC_WRITE_GOLDEN=1 pytest tests/reporting/test_subscription.py` writes the files anew; read the difference.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from flexsec import Leave
from flexsec.reporting import plan as plan_report
from flexsec.reporting import run as run_report
from flexsec.reporting.formats import FORMATS, SUFFIXES, render
from flexsec.testing import simulated
from tests.engine.subscriptions import world

GOLDEN = Path(__file__).parent / "golden_subscription"
SUFFIX_OF = {name: suffix for suffix, name in SUFFIXES.items()}


@pytest.fixture(scope="module")
def documents():
    """A plan that lacks leave, and a run with side effects."""
    with simulated(world(plan={"switches_on": ["Scan"]})) as simulation:
        defender = simulation.client().defender
        held = defender.plan_enable()
        run = defender.enable_plan(leave=Leave(subscription_cost=True))
    run = replace(run, run_id="20260105T090000Z-0a1b2c3d")
    return {"plan": plan_report.document(held), "run": run_report.document(run)}


@pytest.mark.parametrize("kind", ["plan", "run"])
@pytest.mark.parametrize("format_name", FORMATS)
def test_report_is_as_read(kind, format_name, documents):
    """A report about a subscription renders exactly as the golden file that a person has read."""
    text = render(documents[kind], format_name, width=110)
    path = GOLDEN / f"{kind}{SUFFIX_OF[format_name]}"
    if os.environ.get("FLEXSEC_WRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_no_golden_file_is_forgotten(documents):
    """Every golden file belongs to a report that is still rendered."""
    assert {path.name for path in GOLDEN.iterdir()} == {f"{kind}{suffix}" for kind in documents for suffix in SUFFIXES}
