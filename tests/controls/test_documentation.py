"""The page of the controls is the one that the catalogue makes."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from flexsec.controls.catalogue import CONTROLS

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "build_docs_controls.py"


@pytest.fixture(scope="module")
def script():
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("build_docs_controls", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(script):
    """docs/controls.md is what scripts/build_docs_controls.py writes."""
    assert script.PAGE.read_text("utf-8") == script.page(), "run python scripts/build_docs_controls.py"


def test_the_page_tells_every_control_and_argument(script):
    """Each control has its heading, and each argument its meaning and the reason for its default."""
    text = script.page()
    for entry in CONTROLS:
        assert f"\n### {entry.id}\n" in text
        assert entry.rating.reason in text
        for argument in entry.arguments:
            assert f"**Argument `{argument.name}`** ({argument.expected};" in text
