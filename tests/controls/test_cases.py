"""Every control against its case files: tests/controls/cases/<control id>/<case>.json."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flexsec.controls.catalogue import CONTROLS, control
from flexsec.model.encoding import to_data
from flexsec.model.verdict import Status
from tests.controls.states import state

CASES = Path(__file__).parent / "cases"
FILES = sorted(CASES.glob("*/*.json"))


def read(path: Path) -> dict:
    """A case file."""
    return json.loads(path.read_text("utf-8"))


def arguments(case: dict) -> dict:
    """The arguments that a case gives, lists as the tuples that controls take."""
    given = case.get("arguments", {})
    return {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_control_says_of_its_case_what_the_case_expects(path):
    """A control's status, reason, desires and remedy are those that its case file states."""
    case = read(path)
    assert case.keys() <= {"about", "version", "server", "parameters", "firewall", "administrators",
                           "threat_protection", "defender_plan", "region", "customer_keys", "role_assignments",
                           "admin_secret", "arguments", "expected"}  # fmt: skip
    expected = case["expected"]
    assert expected.keys() <= {"status", "reason", "desires", "remedy", "missing_action", "evidence"}
    check = control(path.parent.name).judge(state(case), arguments(case))
    assert check.status == expected["status"], check.reason
    assert [to_data(desire) for desire in check.desires] == expected.get("desires", [])
    assert check.missing_action == expected.get("missing_action", "")
    for words in expected.get("reason", []):
        assert words in check.reason
    for words in expected.get("remedy", []):
        assert words in check.remedy
    assert check.evidence.items() >= expected.get("evidence", {}).items()
    if check.status == Status.FAIL:
        assert check.evidence
        assert check.desires or check.remedy


CANNOT_PASS = ("enc-infra-double",)
CANNOT_FAIL = ("enc-at-rest-platform", "enc-infra-double")


@pytest.mark.parametrize("entry", CONTROLS, ids=lambda entry: entry.id)
def test_every_control_has_a_case_of_each_kind(entry):
    """Each control is shown to pass, to fail (unless it cannot), and to be not applicable or unknown."""
    statuses = {read(path)["expected"]["status"] for path in FILES if path.parent.name == entry.id}
    assert ("pass" in statuses) is (entry.id not in CANNOT_PASS)
    assert statuses & {"not_applicable", "unknown"}
    assert ("fail" in statuses) is (entry.id not in CANNOT_FAIL)


def test_every_case_belongs_to_a_control():
    """No folder of cases is left over from a control that was renamed."""
    assert {path.parent.name for path in FILES} == {entry.id for entry in CONTROLS}
