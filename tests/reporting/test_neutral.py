"""What comes from outside is shown and never obeyed, in every format."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.errors import UnknownName
from flexsec.model.firewall import FirewallRule
from flexsec.reporting import firewall as firewall_report
from flexsec.reporting.formats import FORMATS, of_file, render
from flexsec.reporting.neutral import csv_cell, markdown, plain

HOSTILE = "\x1b[2J\u202e[bold]=cmd|'/c calc'!A1</td><script>alert(1)</script>|`x`\n# heading\x07@all"
SERVER = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg/providers/Microsoft.DBforPostgreSQL/flexibleServers/db"


@given(st.text())
def test_plain_text_holds_no_control_character(text):
    """Whatever goes in, one printable line comes out, and printable text comes out unchanged."""
    shown = plain(text)
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in shown)
    assert not re.search("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", shown)
    if text.isascii() and text.isprintable():
        assert shown == text


@given(st.text())
def test_csv_cell_is_never_a_formula(text):
    """No cell begins like a formula unless it is a plain number; the text survives reading the file."""
    cell = csv_cell(text)
    assert re.match(r"^[+-]?\d+(\.\d+)?$", cell) or not cell.lstrip().startswith(("=", "+", "-", "@"))
    written = io.StringIO()
    csv.writer(written).writerow([cell, "end"])
    assert next(csv.reader(io.StringIO(written.getvalue()))) == [cell, "end"]


@pytest.mark.parametrize(
    ("text", "cell"),
    [("=1+1", "'=1+1"), ("-1", "-1"), ("-1+cmd", "'-1+cmd"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "' =1"), ("on", "on")],
)
def test_csv_cell_examples(text, cell):
    """Formulas get an apostrophe; negative numbers and words are left alone."""
    assert csv_cell(text) == cell


@given(st.text(alphabet=st.characters(codec="ascii")))
def test_markdown_text_opens_no_markup(text):
    """No HTML tag, table border, code span, link or mention comes out of a text."""
    shown = markdown(text)
    assert "<" not in shown
    assert ">" not in shown
    assert "@" not in shown
    assert not re.search(r"(?<!\\)(?:\\\\)*[|`*\[\]]", shown)
    assert plain(text) == html.unescape(re.sub(r"\\([\\`*\[\]~|#!_])", r"\1", shown))


@given(st.text())
def test_json_text_is_the_same_data(text):
    """Escaping unsafe characters in JSON changes how it prints, never what it says."""
    document = firewall_report.document(SERVER, (FirewallRule(text, "1.2.3.4", "1.2.3.4"),))
    rendered = render(document, "json")
    assert json.loads(rendered)[0]["name"] == text
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ud800-\udfff]", rendered)


@pytest.mark.parametrize("format_name", FORMATS)
def test_hostile_rule_name_is_harmless(format_name):
    """A rule name with escape sequences, markup, formulas and HTML is neutral in every format."""
    document = firewall_report.document(SERVER, (FirewallRule(HOSTILE, "1.2.3.4", "1.2.3.4"),))
    text = render(document, format_name, width=300)
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "\u202e" not in text
    if format_name == "markdown":
        assert "<script>" not in text
        assert "\n# heading" not in text
    if format_name == "table":
        assert "[bold]" in text, "markup is shown, not obeyed"


def test_schema_comes_first_in_an_object_and_a_list_stays_a_list(assessment, rules):
    """An object says which schema it follows; a list of rules is a list."""
    from flexsec.reporting.assessment import document

    data = json.loads(render(document(assessment), "json"))
    assert next(iter(data.items())) == ("schema", "flexsec.assessment/1")
    assert data["server_id"] == assessment.server_id
    assert isinstance(json.loads(render(firewall_report.document(SERVER, rules), "json")), list)


def test_unknown_formats_are_refused(tmp_path):
    """An unknown format or suffix is named, with those that exist."""
    document = firewall_report.document(SERVER, ())
    with pytest.raises(UnknownName, match="table, json, csv, markdown"):
        render(document, "xml")
    with pytest.raises(UnknownName, match=r"\.json, \.csv, \.md, \.txt"):
        of_file(tmp_path / "report.pdf")
    assert of_file(tmp_path / "REPORT.JSON") == "json"
