"""The page that compares flexsec with other tools states what is computed, and nothing else."""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path

import pytest
import yaml

from tests.controls.truth import compare
from tests.controls.truth.peers.all import PEERS
from tests.controls.truth.written import FOLDER, states

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "compare_peers.py"


@pytest.fixture(scope="module")
def script():
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("compare_peers", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_states_what_is_computed(script):
    """Every figure of docs/comparison.md is the one that is computed now."""
    page = script.PAGE.read_text("utf-8")
    assert page == script.written(page), "run python scripts/compare_peers.py"


def test_the_page_tells_what_was_written_by_hand_from_what_is_inherited(script):
    """The verdicts that stand in the files are counted apart from those of a state that is like another."""
    entries = [entry for path in FOLDER.glob("*.yaml") for entry in yaml.safe_load(path.read_text("utf-8")).values()]
    by_hand = sum(len(controls) for entry in entries for controls in entry.get("expect", {}).values())
    inherited = sum(len(each.verdicts) for each in states().values()) - by_hand
    page = script.PAGE.read_text("utf-8")
    assert 0 < by_hand < inherited
    assert (
        f"{by_hand + inherited:,} expected verdicts: {by_hand:,} were written by hand, and the rest are inherited"
        in page
    )
    changes = " ".join((script.ROOT / "CHANGELOG.md").read_text("utf-8").split())
    assert f"({by_hand + inherited:,}, of which {by_hand:,} were written by hand" in changes


def test_a_page_without_its_marks_is_refused(script):
    """A part that cannot be put in its place is an error, not a page without figures."""
    with pytest.raises(ValueError, match="has no part"):
        script.written("# flexsec beside other tools\n")


def test_every_tool_is_asked_in_every_state():
    """Each tool has cases, and each of its checks some that count."""
    asked = Counter((case.peer, case.check) for case in compare.cases())
    assert asked.keys() == {(peer.key, check.id) for peer in PEERS for check in peer.checks}


def test_flexsec_raises_no_false_alarm():
    """Of all verdicts none is a failure that is none, and every miss is one that the page tells of."""
    found = compare.own_cases()
    assert found[compare.FALSE_ALARM] == 0
    told = {(control, state) for control, state, said, truth in compare.known_faults() if truth == "fail"}
    assert found[compare.MISS] == len(told)
