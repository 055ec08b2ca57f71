"""Who is handed what: each owner its language, every kind of change some words, and what to mind."""

from __future__ import annotations

from pathlib import Path

import pytest

from flexsec.controls.catalogue import CONTROLS
from flexsec.handover.registry import hand_over
from tests.handover.changes import OPERATIONS, STATE, one_of_each

CASES = Path(__file__).resolve().parent.parent / "controls" / "cases"


def languages(kind, owner):
    """The languages of what an owner is handed."""
    return [patch.language for patch in hand_over(one_of_each()[kind], owner, STATE).patches]


@pytest.mark.parametrize("owner", ["terraform", "bicep", "policy", "the DBA team"])
@pytest.mark.parametrize("kind", list(one_of_each()))
def test_everyone_is_handed_something(kind, owner):
    """Whatever changes and whoever owns it, there is a patch that is not empty."""
    handed = hand_over(one_of_each()[kind], owner, STATE)
    assert handed.patches
    assert all(patch.text.strip() for patch in handed.patches)
    assert (handed.owner, handed.change) == (owner, one_of_each()[kind])


def test_no_kind_of_change_is_forgotten():
    """Every operation that a baseline's controls can ask for has a change among those that these tests hand over."""
    by_name_alone = {"admin_password", "encryption_key"}  # no control desires them, so no owner is handed them
    assert {change.kind for change in one_of_each().values()} == set(OPERATIONS) - by_name_alone
    for control in CONTROLS:
        for path in (CASES / control.id).glob("*.json"):
            assert not any(f'"{kind}"' in path.read_text("utf-8") for kind in by_name_alone)


def test_each_owner_gets_its_language():
    """Terraform gets HCL and a command; Bicep gets Bicep, and a command where it cannot; others get a command."""
    assert languages("parameter", "terraform") == ["terraform", "az"]
    assert languages("parameter", "Terraform") == ["terraform", "az"]
    assert languages("restart", "terraform") == ["az"]
    assert languages("parameter", "bicep") == ["bicep"]
    assert languages("rule gone", "bicep") == ["bicep", "az"]
    assert languages("restart", "bicep") == ["az"]
    assert languages("parameter", "policy") == ["az"]
    assert languages("parameter", "dba") == ["az"]


def test_a_policy_would_set_it_back():
    """What a policy owns comes with where its parameter is: the assignments that reach the server."""
    note = hand_over(one_of_each()["parameter"], "policy", STATE).note
    assert "would set it back" in note
    assert f"az policy assignment list --scope {STATE.server_id}" in note


def test_a_static_parameter_tells_of_its_restart():
    """A value that waits for a restart says so, and that azurerm restarts by itself."""
    assert (
        "azurerm restarts the server by itself" in hand_over(one_of_each()["static parameter"], "terraform", STATE).note
    )
    assert "into force with a restart" in hand_over(one_of_each()["static parameter"], "bicep", STATE).note
    assert "into force with a restart" in hand_over(one_of_each()["static parameter"], "dba", STATE).note


def test_a_caution_is_passed_on():
    """What flexsec's guards say against a change reaches its owner."""
    note = hand_over(one_of_each()["rule gone"], "dba", STATE, caution="it is the last way in").note
    assert note == "flexsec would not make this change as things are: it is the last way in."


def test_a_change_without_a_command_says_so():
    """A value that az would misread is told instead of written down wrongly."""
    from tests.handover.changes import parameter

    handed = hand_over(parameter("@secrets.txt"), "dba", STATE)
    assert handed.patches == ()
    assert "There is no command for this that would be read as it is meant" in handed.note
