"""What controls want of the server resource is what the operation writes: one PATCH each, and the control passes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexsec.controls.catalogue import control
from flexsec.model.change import Change
from flexsec.model.verdict import Status
from flexsec.operations import server_setting
from tests.controls.states import state

texts = st.text(alphabet="abcXYZ 019=-", min_size=1, max_size=8).map(str.strip).filter(bool)
keys = st.text(alphabet="abcXYZ019-", min_size=1, max_size=8)
tags = st.dictionaries(keys.map(str.lower), texts, max_size=4)


def mended(before, control_id, given_arguments):
    """The state after every change that the control's desires make, and how many there were."""
    after, count = before, 0
    for desire in control(control_id).judge(before, given_arguments).desires:
        change = server_setting.diff(desire, before)
        assert isinstance(change, Change)
        after, count = server_setting.predict(change, after), count + 1
        assert server_setting.diff(desire, after) is None
    return after, count


@pytest.mark.parametrize(
    ("control_id", "server", "given_arguments"),
    [
        ("backup-retention-days", {"backup_retention_days": 7}, {"days": 21}),
        ("storage-autogrow", {"storage_auto_grow": "Disabled", "storage_type": "Premium_LRS"}, {}),
        ("maint-window-custom", {"maintenance_window": {"custom": "Disabled"}}, {"window": "Saturday 23:30"}),
        ("maint-window-custom", {"maintenance_window": {"custom": "Disabled"}, "role": "AsyncReplica"},
         {"window": "Monday 00:00"}),
    ],
)  # fmt: skip
def test_one_change_makes_the_control_pass(control_id, server, given_arguments):
    """The setting that is desired is one that the operation knows, in the form that it takes."""
    after, count = mended(state({"server": server}), control_id, given_arguments)
    assert count == 1
    assert control(control_id).judge(after, given_arguments).status is Status.PASS


@settings(max_examples=100, deadline=None)
@given(present=tags, wanted=tags)
def test_tags_with_values_are_brought_about_and_no_other_is_touched(present, wanted):
    """Every required value is there afterwards, and every tag that nobody asked for is as it was."""
    required = {"required": tuple(f"{key.swapcase()}={value}" for key, value in wanted.items())}
    before = state({"server": {"tags": present}})
    after, _ = mended(before, "gov-tags", required)
    expected = Status.PASS if wanted else Status.NOT_APPLICABLE
    assert control("gov-tags").judge(after, required).status is expected
    assert {key: after.server.tags.get(key) for key in present if key not in wanted} == {
        key: value for key, value in present.items() if key not in wanted
    }
