"""Server settings as texts: what is understood, what is refused, what counts as less."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.errors import InvalidTarget, InvalidValue, UnknownName
from flexsec.model.resource import ServerId, SubscriptionId, parse_target
from flexsec.model.server import MaintenanceWindow
from flexsec.model.server_setting import checked, checked_name, lowers, parse_window, window_text
from tests.controls.states import SERVER_ID

windows = st.builds(
    MaintenanceWindow,
    custom=st.just("Enabled"),
    day_of_week=st.integers(0, 6),
    start_hour=st.integers(0, 23),
    start_minute=st.integers(0, 59),
)


@given(windows)
def test_a_window_survives_its_text(window):
    """Whatever day and time a window has, its text is read as the same window."""
    assert parse_window(window_text(window)) == window
    assert checked("maintenance_window", window_text(window).upper()) == window_text(window)


@pytest.mark.parametrize(
    ("text", "day", "hour", "minute"),
    [("Sunday 02:00", 0, 2, 0), ("sat 23:59", 6, 23, 59), ("  Wed   4:05 ", 3, 4, 5)],
)
def test_windows_are_understood(text, day, hour, minute):
    """Days by name or by three letters, times of day with one or two digits for the hour."""
    window = parse_window(text)
    assert (window.custom, window.day_of_week, window.start_hour, window.start_minute) == ("Enabled", day, hour, minute)


def test_a_system_managed_window_is_all_zeros():
    """F12: handing the window back to the service must send the zeros."""
    assert parse_window("System-Managed") == MaintenanceWindow(custom="Disabled")
    assert window_text(MaintenanceWindow(custom="Disabled", day_of_week=3, start_hour=5)) == "system-managed"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("backup_retention_days", "6"),
        ("backup_retention_days", "36"),
        ("backup_retention_days", "7.5"),
        ("backup_retention_days", "-7"),
        ("backup_retention_days", "١٤"),
        ("backup_retention_days", "9" * 5000),
        ("backup_retention_days", ""),
        ("storage_auto_grow", "maybe"),
        ("maintenance_window", "Sunday"),
        ("maintenance_window", "Someday 02:00"),
        ("maintenance_window", "Sunday 24:00"),
        ("maintenance_window", "Sunday 02:60"),
        ("maintenance_window", "Sunday 2"),
        ("maintenance_window", "Su 02:00"),
        ("maintenance_window", ""),
        ("tag:", "x"),
        ("tag: env", "x"),
        ("tag:a<b", "x"),
        ("tag:a/b", "x"),
        ("tag:100%", "x"),
        ("tag:" + "k" * 513, "x"),
        ("tag:a\nb", "x"),
        ("tag:env", "v" * 257),
        ("tag:env", "a\x1bb"),
    ],
)
def test_what_the_service_would_refuse_is_refused(name, value):
    """A value that is out of bounds, or a tag that Azure Resource Manager does not take, is refused in one sentence."""
    with pytest.raises(InvalidValue) as caught:
        checked(name, value)
    assert len(caught.value.message) < 400
    assert "\x1b" not in caught.value.message


def test_tags_at_their_limits_are_taken():
    """512 characters of key and 256 of value, an empty value, and any letters are fine."""
    assert checked("tag:" + "k" * 512, "v" * 256) == "v" * 256
    assert checked("tag:kostenstelle=ä", "") == ""


def test_an_unknown_name_is_told_with_a_close_one():
    """A setting that does not exist is refused, and the one that was probably meant is named."""
    with pytest.raises(UnknownName, match="backup_retention_days"):
        checked_name("backup_retention")
    with pytest.raises(UnknownName, match="tag:KEY"):
        checked_name("colour")


@given(st.integers(7, 35), st.integers(7, 35))
def test_fewer_days_are_less(one, other):
    """Retention is lowered exactly when the number of days falls."""
    assert lowers("backup_retention_days", str(one), str(other)) is (other < one)


def test_switching_autogrow_off_is_less():
    """Autogrow off after on is less; on after off, windows and tags are not."""
    assert lowers("storage_auto_grow", "Enabled", "Disabled")
    assert not lowers("storage_auto_grow", "Disabled", "Enabled")
    assert not lowers("maintenance_window", "Sunday 02:00", "system-managed")
    assert not lowers("tag:env", "prod", None)


def test_an_id_is_a_server_or_a_subscription():
    """One function tells the ids of servers from those of subscriptions, in any case, and refuses all others."""
    guid = "11111111-2222-3333-4444-55555555aaaa"
    assert parse_target(SERVER_ID) == ServerId.parse(SERVER_ID)
    found = parse_target(f"/SUBSCRIPTIONS/{guid.upper()}/")
    assert isinstance(found, SubscriptionId)
    assert (found.key, found.noun) == (f"/subscriptions/{guid}", "subscription")
    for wrong in ("", "/subscriptions/", "/subscriptions/x", f"/subscriptions/{guid}/resourceGroups/rg"):
        with pytest.raises(InvalidTarget):
            parse_target(wrong)
