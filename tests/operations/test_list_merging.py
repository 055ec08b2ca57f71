"""List parameters that a control adds to: nothing is lost, nothing is weakened, and the write can be undone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexsec import Leave
from flexsec.controls.catalogue import control
from flexsec.model.audit_classes import covered
from flexsec.model.change import Change
from flexsec.model.desire import DesiredParameter
from flexsec.model.parameter import members, same_value
from flexsec.model.verdict import Status
from flexsec.operations import parameters
from flexsec.simulator import catalogue
from flexsec.testing import simulated
from tests.acceptance.scene import shop, writes
from tests.acceptance.scene import world as a_world
from tests.controls.states import state

LISTS = {
    "audit-pgaudit-preloaded": ("shared_preload_libraries", "azure.extensions"),
    "audit-pgaudit-classes": ("pgaudit.log",),
    "log-connections": ("log_connections",),
}
BASELINE = """\
name: audited
description: pgaudit is loaded and records what matters
controls:
  audit-pgaudit-preloaded:
  audit-pgaudit-classes:
    classes: [ddl, role, write]
  config-no-pending-restart:
"""


@st.composite
def spelt(draw, name):
    """A value of a list parameter of PostgreSQL 18, in any order and spelling."""
    allowed = [choice for choice in catalogue.parameters("18")[name].allowed_values.split(",") if choice]
    chosen = draw(st.lists(st.sampled_from(allowed), unique=True, min_size=0 if "azure" in name else 1, max_size=5))
    spell = draw(st.sampled_from((str, str.upper, str.title)))
    return draw(st.sampled_from((",", ", "))).join(spell(word) for word in chosen)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), control_id=st.sampled_from(sorted(LISTS)))
def test_what_a_control_wants_of_a_list_keeps_what_is_in_it(data, control_id):
    """B8: members and their order stay, the audit is never narrowed, one write is enough and undoing brings it back."""
    values = {name: data.draw(spelt(name)) for name in LISTS[control_id]}
    before = state({"version": "18", "parameters": values})
    after = before
    for desire in control(control_id).judge(before).desires:
        assert isinstance(desire, DesiredParameter)
        change = parameters.diff(desire, before)
        assert isinstance(change, Change)
        held, written = values[desire.name], change.after["value"]
        assert members(written) >= members(held) - {"none", "off"}
        assert covered(written) >= covered(held)
        folded = [part.strip().casefold() for part in held.split(",") if part.strip()]
        kept = [part.casefold() for part in written.split(",") if part.casefold() in folded]
        assert kept == [part for part in folded if part in kept]
        after = parameters.predict(change, after)
        assert parameters.diff(desire, after) is None
        undone = parameters.predict(parameters.undo(change), after)
        assert same_value(undone.parameter(desire.name).value, held, "Set")
    wanting = {desire.kind for desire in control(control_id).judge(after).desires}
    assert wanting <= {"restart"}


@pytest.fixture
def baseline(tmp_path):
    """A baseline file that asks for the audit."""
    path = tmp_path / "audited.yaml"
    path.write_text(BASELINE, "utf-8")
    return path


HELD = {"shared_preload_libraries": "pg_cron,pg_stat_statements", "azure.extensions": "hstore", "pgaudit.log": "read"}


def held(server) -> dict[str, str]:
    """What the service shows of the lists."""
    return {name: server.parameters.get(name).value for name in HELD}


def test_the_audit_is_set_up_with_one_restart_and_nothing_lost(baseline):
    """B7, B8: both lists and the classes are added to, one restart loads the library, and a second run writes nothing."""
    with simulated(a_world(parameters=HELD)) as azure:
        server = shop(azure)
        hardening = server.harden(baseline, leave=Leave(restart=True))
        assert held(server) == {
            "shared_preload_libraries": "pg_cron,pg_stat_statements,pgaudit",
            "azure.extensions": "hstore,pgaudit",
            "pgaudit.log": "read,ddl,role,write",
        }
        assert len(writes(azure, "/restart$")) == 1
        assert not hardening.after.with_status(Status.FAIL)
        assert server.harden(baseline, leave=Leave(restart=True)).run is None


def test_without_leave_the_library_waits_and_the_audit_says_so(baseline):
    """B1, B7: what is set and not loaded fails, and says what is left to do; the restart is held back, not the rest."""
    with simulated(a_world(parameters=HELD)) as azure:
        server = shop(azure)
        hardening = server.harden(baseline)
        assert [one.needs for one in hardening.plan.withheld] == ["--allow-restart"]
        assert not writes(azure, "/restart$")
        failing = {one.control: one.check for one in hardening.after.with_status(Status.FAIL)}
        assert set(failing) == {"audit-pgaudit-preloaded", "config-no-pending-restart"}
        assert "not in force until the server restarts" in failing["audit-pgaudit-preloaded"].reason
        assert "CREATE EXTENSION pgaudit in each database" in failing["audit-pgaudit-preloaded"].remedy
        classes = next(one for one in hardening.after.verdicts if one.control == "audit-pgaudit-classes")
        assert classes.status is Status.PASS
        assert "it counts only while pgaudit is loaded" in classes.check.reason


def test_an_audit_of_everything_is_left_alone(baseline):
    """An audit of all classes is compliant: it is not replaced by a shorter list, as a built-in policy does."""
    with simulated(a_world(parameters={**HELD, "pgaudit.log": "ALL"})) as azure:
        server = shop(azure)
        server.harden(baseline, leave=Leave(restart=True))
        assert server.parameters.get("pgaudit.log").value == "ALL"
        assert not writes(azure, "pgaudit.log")


def test_undoing_brings_the_lists_back(baseline):
    """B10: rolling back restores each list as it was."""
    with simulated(a_world(parameters=HELD)) as azure:
        server = shop(azure)
        run = server.harden(baseline, leave=Leave(restart=True)).run
        azure.client().rollback(run.run_id, leave=Leave(restart=True, lower_security=True))
        assert held(server) == HELD
