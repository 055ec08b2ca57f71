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
