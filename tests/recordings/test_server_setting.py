import pytest

from flexsec.errors import Busy, Forbidden
from flexsec.model.acceptance import EndingKind
from flexsec.model.server import MaintenanceWindow
from flexsec.observers import server

REMOVED = "<removed>"  # what a recording holds instead of a tag's value


@pytest.mark.parametrize(
    ("case", "name", "value", "shown"),
    [
        ("set_retention", "backup_retention_days", "14", lambda found: found.backup_retention_days == 14),
        (
            "set_window",
            "maintenance_window",
            "Sunday 02:30",
            lambda found: (
                found.maintenance_window
                == MaintenanceWindow(custom="Enabled", day_of_week=0, start_hour=2, start_minute=30)
            ),
        ),
        ("set_tag", "tag:env", REMOVED, lambda found: found.tags == {"env": REMOVED}),
    ],
)
def test_a_setting_is_one_patch_and_read_back(play, change, case, name, value, shown):
    """A setting is one PATCH with the one property, followed every minute to its end, and shown when read."""
    setting = change("server_setting", name, {"value": value})
    done = play.write(f"server_setting/{case}", setting, then=server, over=server)
    assert done.ending.kind == EndingKind.SUCCEEDED
    assert done.acceptance.operation == "UpsertServerManagementOperationV2"
    assert done.waits == [60]
    assert shown(done.read)


def test_a_busy_server_fails_in_the_poll(play, change):
    """A setting that meets another operation is accepted and fails with an empty code and the words "is busy"."""
    setting = change("server_setting", "storage_auto_grow", {"value": "Enabled"})
    ending = play.write("server_setting/set_busy_in_poll", setting, over=server).ending
    assert ending.kind == EndingKind.FAILED
    assert isinstance(ending.error, Busy)
    assert ending.error.code == ""


def test_missing_right_is_named(play, change):
    """A forbidden setting names the one coarse action that is missing."""
    setting = change("server_setting", "storage_auto_grow", {"value": "Enabled"})
    with pytest.raises(Forbidden) as caught:
        play.write("server_setting/set_forbidden", setting, over=server)
    assert caught.value.missing_action == "Microsoft.DBforPostgreSQL/flexibleServers/write"
