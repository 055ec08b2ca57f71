"""The page of the permissions is the one that the table makes."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from flexsec.engine.permissions import NEVER, ROWS, role_for

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "build_docs_permissions.py"


@pytest.fixture(scope="module")
def script():
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("build_docs_permissions", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(script):
    """docs/permissions.md is what scripts/build_docs_permissions.py writes."""
    assert script.PAGE.read_text("utf-8") == script.page(), "run python scripts/build_docs_permissions.py"


def test_the_page_tells_every_command_action_and_ban(script):
    """Each command stands on the page, each action with its scope and reason, and what is never to be granted."""
    text = script.page()
    for name, row in ROWS.items():
        assert f"\n### {name}\n" in text or (f"`{name}`" in text and not row.actions)
        for need in role_for(name).needs:
            assert f" | {need.scope.value} | {need.reason} |" in text
    for pattern, reason in NEVER:
        assert f"| `{pattern}` | {reason} |" in text


def test_the_page_says_which_role_nothing_exercises(script):
    """The role `rotate` is of no command that the tests run, and its section says so."""
    section = script.PAGE.read_text("utf-8").partition("### rotate\n")[2].partition("###")[0]
    assert "Made for the password rotation; not exercised by the tests yet." in section


def test_the_page_tells_what_each_kind_of_run_needs(script):
    """For each kind of run there is a row for finishing and one for undoing it, with the actions that are its own."""
    rows = [line for line in script.page().splitlines() if "| `resume` |" in line or "| `rollback` |" in line]
    assert len(rows) == 2 * len(script.KINDS)
    own = {"settings set": "flexibleServers/write`", "defender enable-plan": "Microsoft.Security/pricings/write`"}
    for kind, action in own.items():
        assert [action in row for row in rows if f"`{kind}`" in row] == [True, True]
        assert not any(action in row for row in rows if f"`{kind}`" not in row)
