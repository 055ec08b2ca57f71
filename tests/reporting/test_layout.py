"""Tables on narrow terminals: names stay whole, and nothing is lost or wider than the terminal."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.reporting import assessment as assessment_report
from flexsec.reporting import plan as plan_report
from flexsec.reporting.formats import render
from flexsec.reporting.layout import broken, column_widths

texts = st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"]), max_size=60)


@pytest.mark.parametrize("width", [60, 80, 100])
def test_names_are_not_broken(width, assessment, plan):
    """Every parameter, rule and control stands in one piece, however narrow the terminal."""
    for document in (assessment_report.document(assessment), plan_report.document(plan)):
        shown = render(document, "table", width=width)
        words = {
            word
            for table in document.tables
            for row in table.rows
            for cell in row
            for word in re.findall(r"[a-zA-Z_.]+_[a-zA-Z_.]+", cell.text)
            if len(word) < width - 20
        }
        assert words
        for word in words:
            assert word in shown
        assert max(map(len, shown.splitlines())) <= width


def test_a_wide_terminal_shows_a_table_and_a_narrow_one_blocks(assessment):
    """Where the columns do not fit beside each other each row is a block: its heading, and the text below it."""
    document = assessment_report.document(assessment)
    wide, narrow = (render(document, "table", width=width) for width in (120, 50))
    assert "What was found" in wide
    assert "What was found" not in narrow
    for table in document.tables:
        for row in table.rows:
            assert all(word in narrow for cell in row for word in cell.text.split() if len(word) < 30)


@given(texts, st.integers(1, 40))
def test_breaking_loses_nothing(text, width):
    """Only line breaks are added, and only inside words that are too long."""
    shown = broken(text, width, measure=len)
    assert shown.replace("\n", "") == text
    if all(len(word) <= width for word in text.split()):
        assert shown == text


def test_breaks_come_after_a_mark():
    """A path is broken after a slash, a name after an underscore, and a word without marks not here."""
    assert broken("/one/two-three/four", 11, measure=len) == "/one/\ntwo-three/\nfour"
    assert broken("log_statement_sample", 14, measure=len) == "log_statement_\nsample"
    assert broken("abcdefghij", 4, measure=len) == "abcdefghij"


@given(
    st.integers(1, 4).flatmap(
        lambda n: st.tuples(
            st.lists(st.lists(texts, min_size=n, max_size=n), min_size=1, max_size=4),
            st.lists(st.booleans(), min_size=n, max_size=n),
        )
    ),
    st.integers(10, 200),
)
def test_widths_fit_and_hold_every_word(table, available):
    """The columns fit the terminal, each holds its longest word, and a whole one its longest text."""
    rows, whole = table
    widths = column_widths(rows, whole, available, measure=len)
    if widths is None:
        return
    assert sum(widths) <= available
    for number, width in enumerate(widths):
        for row in rows:
            assert all(len(part) <= width for part in row[number].replace("/", "/ ").split())
            assert not whole[number] or len(row[number]) <= width
