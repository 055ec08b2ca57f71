"""`flexsec controls coverage`: our coverage beside that of other tools."""

from __future__ import annotations

import csv
import io

from flexsec.controls.catalogue import controls
from tests.cli.test_startup import loaded


def test_coverage_counts_by_group_and_tool(flexsec):
    """JSON tells of each group how many properties there are, and how many flexsec and each tool cover."""
    answer = flexsec("controls", "coverage", "--format", "json")
    assert (answer.code, answer.err) == (0, "")
    found = answer.data
    assert found["schema"] == "flexsec.coverage/1"
    assert (found["total"], found["covered"]["flexsec"]) == (83, len(controls()))
    assert sum(group["total"] for group in found["groups"]) == 83
    for key, number in found["covered"].items():
        assert sum(group["covered"][key] for group in found["groups"]) == number, key
    assert {each["id"] for each in found["properties"] if each["covered"]} == {control.id for control in controls()}


def test_coverage_in_every_format(flexsec):
    """The table and Markdown name each tool and what is not covered yet; CSV has a row for every property."""
    for format_name in ("table", "markdown"):
        told = flexsec("controls", "coverage", "--format", format_name).out
        for words in ("Prowler", "Azure Policy", "By group", "Not covered by flexsec yet", "gov-resource-lock"):
            assert words in told
    rows = list(csv.DictReader(io.StringIO(flexsec("controls", "coverage", "--format", "csv").out)))
    assert len(rows) == 83
    (lock,) = (row for row in rows if row["id"] == "gov-resource-lock")
    assert (lock["flexsec"], lock["c7n"]) == ("no", "filter resource-lock")


def test_coverage_is_written_to_a_file(flexsec, tmp_path):
    """--output takes the format from the name of the file."""
    path = tmp_path / "coverage.csv"
    answer = flexsec("controls", "coverage", "--output", path)
    assert answer.code == 0
    assert path.read_text("utf-8").startswith("id,group,plane,title,flexsec,prowler")


def test_coverage_asks_nobody():
    """What needs no server loads nothing that speaks to one."""
    assert loaded("controls", "coverage", "--format", "json") <= {"pydantic"}
