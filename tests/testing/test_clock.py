import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.testing.clock import VirtualClock

START = datetime(2027, 3, 1, 9, tzinfo=UTC)


def test_single_thread_sleeps_at_once():
    """In a program of one thread a sleep returns at once, with the time moved by exactly that much."""
    clock = VirtualClock(START)
    clock.sleep(3600)
    assert clock.monotonic() == 3600
    assert clock.now() == START + timedelta(hours=1)


def test_time_stands_still_without_sleep():
    """Reading the clock does not move it."""
    clock = VirtualClock(START)
    assert [clock.monotonic(), clock.monotonic()] == [0, 0]
    assert clock.now() == START


@given(st.lists(st.floats(min_value=0, max_value=90), max_size=20))
def test_never_wakes_early(naps):
    """A sleeper never wakes before its time and never more than a microsecond late, whatever the fractions."""
    clock = VirtualClock(START)
    for nap in naps:
        before = clock.now()
        clock.sleep(nap)
        assert timedelta(seconds=nap) <= clock.now() - before <= timedelta(seconds=nap, microseconds=1)


def test_start_keeps_its_zone():
    """The clock answers in the zone it was started in, and a start without a zone is refused."""
    zone = timezone(timedelta(hours=2))
    assert VirtualClock(START.astimezone(zone)).now().utcoffset() == timedelta(hours=2)
    with pytest.raises(ValueError, match="time zone"):
        VirtualClock(datetime(2027, 3, 1))


def test_negative_sleep_is_refused():
    """Time does not run backwards."""
    with pytest.raises(ValueError, match="-1"):
        VirtualClock(START).sleep(-1)


def test_unregistered_thread_is_told_what_to_do():
    """A thread that the clock does not know gets an error that names the remedy, and no hang."""
    clock, said = VirtualClock(START), []

    def stranger():
        try:
            clock.sleep(1)
        except RuntimeError as error:
            said.append(str(error))

    worker = threading.Thread(target=stranger)
    worker.start()
    worker.join(5)
    assert "clock.thread()" in said[0]


def _run_together(clock, naps_by_name):
    log, lock = [], threading.Lock()
    ready = threading.Barrier(len(naps_by_name))

    def work(name, naps):
        with clock.thread():
            ready.wait()
            for nap in naps:
                clock.sleep(nap)
                with lock:
                    log.append((clock.monotonic(), name))

    workers = [threading.Thread(target=work, args=item) for item in naps_by_name.items()]
    with clock.away():
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(20)
    assert not any(worker.is_alive() for worker in workers)
    return sorted(log)


def test_threads_wake_in_the_order_of_their_time():
    """Two threads that sleep different lengths interleave as they would on a real clock."""
    log = _run_together(VirtualClock(START), {"short": [10, 10, 10], "long": [25]})
    assert log == [(10, "short"), (20, "short"), (25, "long"), (30, "short")]


@given(st.lists(st.lists(st.integers(1, 50), min_size=1, max_size=6), min_size=1, max_size=4))
def test_threads_see_their_own_sums(naps):
    """However many threads sleep side by side, each wakes at the sum of its own sleeps, and time ends at the longest."""
    clock = VirtualClock(START)
    log = _run_together(clock, {str(number): own for number, own in enumerate(naps)})
    expected = sorted((float(sum(own[: n + 1])), str(i)) for i, own in enumerate(naps) for n in range(len(own)))
    assert log == expected
    assert clock.monotonic() == max(map(sum, naps))
    clock.sleep(1)  # the thread that stepped aside is registered again
    assert clock.monotonic() == max(map(sum, naps)) + 1
