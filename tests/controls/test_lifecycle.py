"""The table of PostgreSQL versions, and how verdicts change as days go by."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from flexsec.controls.catalogue import control
from flexsec.controls.postgresql_versions import MAJOR_VERSIONS, TABLE_DATE
from flexsec.model.verdict import Status
from flexsec.simulator import catalogue
from tests.controls.states import state


def on(day: date, version: str, minor: str = "1"):
    """A server of a version that is observed on a day."""
    moment = datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC)
    return replace(state({"version": version, "server": {"minor_version": minor}}), observed_at=moment)


@pytest.mark.parametrize("major", sorted(MAJOR_VERSIONS))
def test_support_ends_on_the_day_of_the_end_of_life(major):
    """The day before still passes, the day itself and all later ones fail."""
    judge, ended = control("version-supported").judge, MAJOR_VERSIONS[major].end_of_life
    assert judge(on(ended - timedelta(days=1), str(major))).status is Status.PASS
    assert judge(on(ended, str(major))).status is Status.FAIL
    assert judge(on(ended + timedelta(days=400), str(major))).status is Status.FAIL


def test_a_version_newer_than_the_table_is_unknown_once_the_table_is_too_old():
    """Every version is maintained for five years: after that the table cannot vouch for one that it does not know."""
    judge = control("version-supported").judge
    unlisted = str(max(MAJOR_VERSIONS) + 1)
    end = TABLE_DATE.replace(year=TABLE_DATE.year + 5)
    assert judge(on(end - timedelta(days=1), unlisted)).status is Status.PASS
    late = judge(on(end, unlisted))
    assert late.status is Status.UNKNOWN
    assert str(TABLE_DATE) in late.reason


def test_the_day_does_not_change_what_the_newest_minor_version_is():
    """The table's date is told; what came out later is not guessed."""
    judge, newest = control("minor-version-current").judge, MAJOR_VERSIONS[16].newest_minor
    for day in (date(2020, 1, 1), TABLE_DATE, date(2040, 1, 1)):
        assert judge(on(day, "16", str(newest))).status is Status.PASS
        assert judge(on(day, "16", str(newest - 1))).status is Status.FAIL
        assert str(TABLE_DATE) in judge(on(day, "16", str(newest))).evidence["table of versions"]


def test_the_table_holds_every_version_that_the_service_has():
    """Each version with a recorded parameter list, none left out in between, each ending after the one before."""
    assert list(MAJOR_VERSIONS) == list(range(min(MAJOR_VERSIONS), max(MAJOR_VERSIONS) + 1))
    assert {int(version) for version in catalogue.versions()} <= set(MAJOR_VERSIONS)
    ends = [version.end_of_life for version in MAJOR_VERSIONS.values()]
    assert ends == sorted(ends)
    assert all(end.weekday() == 3 for end in ends), "minor releases come on Thursdays"
    assert all(version.newest_minor > 0 for version in MAJOR_VERSIONS.values())
