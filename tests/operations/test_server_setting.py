"""Server settings: the smallest PATCH, what is refused here, what undoing brings back, and what else changed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.model.change import Change, Phase
from flexsec.model.desire import DesiredRestart, DesiredServerSetting, DesiredTagAbsent
from flexsec.operations import server_setting
from flexsec.operations.operation import Obstacle
from tests.controls.states import state

WINDOW = {"custom": "Enabled", "day_of_week": 3, "start_hour": 4, "start_minute": 30}


def having(**server):
    """A server with these settings; what is not given is as on a fresh server."""
    usual = {"backup_retention_days": 7, "storage_auto_grow": "Disabled", "maintenance_window": {"custom": "Disabled"}}
    return state({"server": usual | server})


def diff(name, value, before):
    """The change, or the obstacle; None as value stands for a tag that shall be gone."""
    if value is None:
        return server_setting.diff(DesiredTagAbsent(key=name.removeprefix("tag:")), before)
    return server_setting.diff(DesiredServerSetting(name=name, value=value), before)


@pytest.mark.parametrize(
    ("name", "value", "before", "body"),
    [
        ("backup_retention_days", "14", having(), {"properties": {"backup": {"backupRetentionDays": 14}}}),
        ("storage_auto_grow", "on", having(), {"properties": {"storage": {"autoGrow": "Enabled"}}}),
        (
            "maintenance_window",
            "Sunday 02:30",
            having(),
            {"properties": {"maintenanceWindow": {
                "customWindow": "Enabled", "dayOfWeek": 0, "startHour": 2, "startMinute": 30}}},
        ),
        (
            "maintenance_window",
            "system-managed",
            having(maintenance_window=WINDOW),
            {"properties": {"maintenanceWindow": {
                "customWindow": "Disabled", "dayOfWeek": 0, "startHour": 0, "startMinute": 0}}},
        ),
        ("tag:env", "prod", having(tags={"owner": "shop"}), {"tags": {"owner": "shop", "env": "prod"}}),
        ("tag:ENV", "prod", having(tags={"Env": "test", "a": "b"}), {"tags": {"a": "b", "Env": "prod"}}),
        ("tag:env", None, having(tags={"Env": "test", "a": "b"}), {"tags": {"a": "b"}}),
    ],
)  # fmt: skip
def test_the_body_holds_the_one_property(name, value, before, body):
    """F8, F12: a PATCH holds the property concerned and nothing else; of tags, all that the server has."""
    change = diff(name, value, before)
    assert server_setting._body(change, before.server) == body


def test_tags_are_sent_as_read_right_before():
    """A tag that somebody added after the plan was made is in the body: it comes from the state before the request."""
    change = diff("tag:env", "prod", having(tags={"owner": "shop"}))
    now = having(tags={"owner": "shop", "ticket": "OPS-7"})
    assert server_setting._body(change, now.server)["tags"] == {"owner": "shop", "ticket": "OPS-7", "env": "prod"}


@pytest.mark.parametrize(
    ("name", "value", "before", "said"),
    [
        ("backup_retention_days", "5", having(), "7 to 35"),
        ("backup_retention_days", "14", having(role="AsyncReplica"), "read replica"),
        ("backup_retention_days", "14", having(backup_retention_days=None), "does not tell"),
        ("storage_auto_grow", "on", having(storage_type="PremiumV2_LRS"), "Premium SSD v2"),
        ("storage_auto_grow", "on", having(storage_type="UltraSSD_LRS"), "Ultra Disk"),
        ("maintenance_window", "whenever", having(), "Sunday 02:00"),
        ("maintenance_window", "Sunday 02:00", having(maintenance_window=None), "does not tell"),
        ("tag:env", "x", having(tags={f"t{n}": "" for n in range(50)}), "50 tags"),
        ("tag:a?b", "x", having(), "?"),
        ("tag:a?b", None, having(), "?"),
        ("colour", "red", having(), "no setting"),
        ("tag:env", "x", state({"server": {"unobserved": "403"}}), "not read"),
    ],
)
def test_what_cannot_be_is_an_obstacle(name, value, before, said):
    """What the service would refuse on this server is refused here, with the reason."""
    found = diff(name, value, before)
    assert isinstance(found, Obstacle)
    assert said in found.reason


def test_what_is_there_is_not_written():
    """The same value in another spelling is no change; a tag's value counts by its case."""
    before = having(storage_auto_grow="Enabled", maintenance_window=WINDOW, tags={"Env": "prod"})
    assert diff("backup_retention_days", " 07 ", before) is None
    assert diff("storage_auto_grow", "ON", before) is None
    assert diff("maintenance_window", "wed 4:30", before) is None
    assert diff("tag:env", "prod", before) is None
    assert diff("tag:gone", None, before) is None
    assert isinstance(diff("tag:env", "Prod", before), Change)


def test_what_protects_less_says_so():
    """Fewer days of backups and autogrow off lower security, undoing included; more of them, windows and tags do not."""
    longer = diff("backup_retention_days", "14", having())
    assert not longer.lowers_security
    assert server_setting.undo(longer).lowers_security
    shorter = diff("backup_retention_days", "7", having(backup_retention_days=30))
    assert shorter.lowers_security
    assert "deleted" in shorter.sentence
    assert diff("storage_auto_grow", "off", having(storage_auto_grow="Enabled")).lowers_security
    assert not diff("tag:env", None, having(tags={"env": "x"})).lowers_security
    assert shorter.phase is Phase.TIGHTEN


texts = st.text(st.characters(exclude_categories=("C",)), max_size=20)
keys = st.text("abcXYZ-_. 1", min_size=1, max_size=8).filter(lambda key: key == key.strip())
tags = st.dictionaries(keys, texts, max_size=5).filter(
    lambda found: len({key.casefold() for key in found}) == len(found)
)
servers = st.builds(
    having,
    backup_retention_days=st.integers(7, 35),
    storage_auto_grow=st.sampled_from(["Enabled", "Disabled"]),
    maintenance_window=st.sampled_from([{"custom": "Disabled"}, WINDOW]),
    tags=tags,
)
wishes = st.one_of(
    st.tuples(st.just("backup_retention_days"), st.integers(7, 35).map(str)),
    st.tuples(st.just("storage_auto_grow"), st.sampled_from(["on", "off"])),
    st.tuples(st.just("maintenance_window"), st.sampled_from(["Sunday 02:00", "system-managed", "Wednesday 04:30"])),
    st.tuples(keys.map("tag:{}".format), st.one_of(st.none(), texts)),
)


@given(servers, wishes)
def test_every_change_is_shown_and_undone(before, wish):
    """After any change the server shows it and nothing else differs; its undo brings back exactly what was there."""
    change = diff(*wish, before)
    if change is None:
        return
    assert isinstance(change, Change)
    assert server_setting.untouched(change, before)
    assert not server_setting.holds(change, before)
    after = server_setting.predict(change, before)
    assert server_setting.holds(change, after)
    assert diff(*wish, after) is None
    assert server_setting.side_effects(change, before, after) == ()
    undone = server_setting.undo(change)
    assert server_setting.untouched(undone, after)
    assert server_setting.predict(undone, after) == before


def test_what_else_changed_is_told():
    """Whatever else differs after the write is named with both values; what moves by itself is not."""
    before = having(tags={"owner": "shop", "a": "1"})
    change = diff("backup_retention_days", "14", before)
    after = server_setting.predict(change, before)
    moved = replace(
        after.server,
        tags={"owner": "other", "b": "2"},
        storage_auto_grow="Enabled",
        state="Updating",
        minor_version="9",
    )
    assert server_setting.side_effects(change, before, replace(after, server=moved)) == (
        "storage_auto_grow was 'Disabled' and is now 'Enabled'",
        "tag:a was '1' and is now absent",
        "tag:b was absent and is now '2'",
        "tag:owner was 'shop' and is now 'other'",
    )


def test_another_desire_is_a_mistake_of_the_caller():
    """An operation refuses a desire that is not its own."""
    with pytest.raises(TypeError):
        server_setting.diff(DesiredRestart(parameters=()), having())
