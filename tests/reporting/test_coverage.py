"""The report of what is covered, in every format, held against a file that a person has read.

`FLEXSEC_WRITE_GOLDEN=1 pytest tests/reporting/test_coverage.py` writes the files anew; read the difference.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flexsec.controls.coverage import Coverage, Property, Tool, coverage
from flexsec.reporting.coverage import document
from flexsec.reporting.formats import FORMATS, SUFFIXES, render

GOLDEN = Path(__file__).parent / "golden_coverage"
SUFFIX_OF = {name: suffix for suffix, name in SUFFIXES.items()}


def _property(name: str, group: str, *, covered: bool, plane: str = "control", **tools: tuple[str, ...]) -> Property:
    return Property(id=name, group=group, plane=plane, title=f"What {name} asks for", covered=covered, tools=tools)


FOUND = Coverage(
    tools=(Tool(key="alpha", name="Alpha", version="1.2"), Tool(key="beta", name="Beta | tester", version="3")),
    properties=(
        _property("net-one", "Network", covered=True, alpha=("A1", "A2")),
        _property("net-two", "Network", covered=True, alpha=("A3",), beta=("B1",)),
        _property("log-one", "Logging", covered=True),
        _property("log-two", "Logging", covered=False),
        _property("dp-one", "Data plane", covered=False, plane="data", beta=("B2",)),
    ),
)


@pytest.mark.parametrize("format_name", FORMATS)
def test_report_is_as_read(format_name):
    """The report renders exactly as the golden file that a person has read."""
    text = render(document(FOUND), format_name, width=110)
    path = GOLDEN / f"coverage{SUFFIX_OF[format_name]}"
    if os.environ.get("FLEXSEC_WRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_no_golden_file_is_forgotten():
    """There is a golden file for each format, and no other one."""
    assert {path.name for path in GOLDEN.iterdir()} == {f"coverage{suffix}" for suffix in SUFFIXES}


@pytest.mark.parametrize("width", [40, 72, 80, 200])
def test_a_table_keeps_to_the_width(width):
    """No line of the whole report is wider than the terminal."""
    lines = render(document(coverage()), "table", width=width).splitlines()
    assert max(map(len, lines)) <= width


def test_everything_covered_is_said():
    """Where nothing is missing the report says so."""
    whole = Coverage(tools=FOUND.tools, properties=FOUND.properties[:3])
    assert "Every property is covered." in render(document(whole), "table")
