"""Simulated time at a rate, and what clients are told of it in their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.simulator import Response
from flexsec.simulator.serving.client_time import in_client_time
from flexsec.simulator.serving.clock import ServedClock

START = datetime(2026, 1, 5, 9, tzinfo=UTC)


class Seconds:
    """Real seconds that a test moves."""

    def __init__(self):
        self.value = 100.0

    def __call__(self):
        return self.value


def test_the_clock_runs_at_its_scale_and_can_be_moved():
    """Ten real seconds at scale 60 are ten minutes; moving the clock adds to that."""
    seconds = Seconds()
    clock = ServedClock(START, 60, seconds)
    assert clock.now() == START
    seconds.value += 10
    assert clock.now() == START + timedelta(minutes=10)
    clock.advance(5)
    assert clock.now() == START + timedelta(minutes=10, seconds=5)
    assert clock.real(120) == 2


def test_the_clock_ends_before_the_last_date_there_is():
    """At the year 9000 a clock stands still, and is not moved further: what is reckoned from it must be a date."""
    passed = Seconds()
    clock = ServedClock(datetime(8999, 12, 31, tzinfo=UTC), 1e6, passed)
    with pytest.raises(ValueError, match="ends with the year 8999"):
        clock.advance(2 * 86400)
    assert clock.now() == datetime(8999, 12, 31, tzinfo=UTC)
    for seconds in (1, 1e12):
        passed.value += seconds
        assert clock.now() == datetime(9000, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("scale", [0, -1, float("nan"), float("inf")])
def test_a_scale_that_is_none_is_refused(scale):
    """Time runs forward, at a finite rate."""
    with pytest.raises(ValueError, match="time scale"):
        ServedClock(START, scale, Seconds())


@given(wait=st.integers(0, 10**9), scale=st.floats(0.01, 10_000))
def test_a_wait_is_never_told_too_short(wait, scale):
    """Who waits as told finds at least the simulated time gone, and at most a real second more; a wait never becomes none."""
    clock = ServedClock(START, scale, Seconds())
    told = in_client_time(Response(202, {"Retry-After": str(wait)}), clock).headers["Retry-After"]
    assert int(told) * scale >= wait * (1 - 1e-9)
    assert (int(told) - 1) * scale < wait * (1 + 1e-9) or wait == 0
    assert (int(told) == 0) == (wait == 0)


def test_a_date_is_told_in_the_clients_time():
    """A Retry-After that is a date becomes the real date at which the simulated one is reached."""
    clock = ServedClock(START, 60, Seconds())
    said = format_datetime(START + timedelta(hours=1), usegmt=True)
    told = in_client_time(Response(429, {"retry-after": said}), clock).headers["Retry-After"]
    assert abs((parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds() - 60) < 5


@pytest.mark.parametrize("said", ["", "soon", "-5", "1.5", "٣", "9" * 30, "Mon, 99 Jan 2026 00:00:00 GMT"])
def test_what_is_no_wait_is_left_as_it_is(said):
    """A Retry-After that a fault garbled reaches the client garbled."""
    clock = ServedClock(START, 60, Seconds())
    assert in_client_time(Response(429, {"Retry-After": said}), clock).headers["Retry-After"] == said


def test_at_real_speed_nothing_is_touched():
    """At scale 1 the answer is passed on as it is, whatever the spelling of its headers."""
    response = Response(202, {"retry-after": "15"})
    assert in_client_time(response, ServedClock(START, 1, Seconds())) is response
