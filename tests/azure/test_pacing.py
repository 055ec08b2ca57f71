"""The read budget: how fast reads may follow each other."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexsec.azure.pacing import ReadBudget
from flexsec.errors import DeadlineExceeded
from flexsec.model.clock import Deadline


class Clock:
    def __init__(self):
        self.time = 0.0

    def now(self):
        raise AssertionError("pacing needs no calendar")

    def monotonic(self):
        return self.time

    def sleep(self, seconds):
        self.time += seconds


def spend(budget, clock, reads, seconds=10_000):
    """Take so many reads."""
    deadline = Deadline(clock, seconds)
    for _ in range(reads):
        budget.take(deadline, what="read it")


def test_the_first_250_reads_do_not_wait():
    """The bucket holds what Azure Resource Manager grants at once."""
    clock = Clock()
    spend(ReadBudget(clock), clock, 250)
    assert clock.time == 0


def test_after_that_25_a_second():
    """G1: 800 reads take the 22 s that the service's own bucket allows, and not less."""
    clock = Clock()
    spend(ReadBudget(clock), clock, 800)
    assert clock.time == pytest.approx((800 - 250) / 25)


@given(st.lists(st.tuples(st.integers(1, 60), st.floats(0, 20)), max_size=15))
def test_the_service_never_sees_more_than_it_grants(bursts):
    """Whatever the rhythm, a bucket of 250 with 25 a second on the other side never runs dry."""
    clock = Clock()
    budget, deadline = ReadBudget(clock), Deadline(clock, 1e9)
    service, at = 250.0, 0.0
    for reads, pause in bursts:
        for _ in range(reads):
            budget.take(deadline, what="read it")
            service, at = min(250.0, service + (clock.time - at) * 25) - 1, clock.time
            assert service >= -1e-6
        clock.sleep(pause)


def test_scarce_reads_are_slowed():
    """G1: with under a tenth left by the service's own count, reads come at half the rate."""
    clock = Clock()
    budget = ReadBudget(clock)
    budget.told(10)
    spend(budget, clock, 35)
    assert clock.time == pytest.approx(25 / 12.5)


def test_a_bigger_bucket_is_believed():
    """The counter is measured against the most that was seen: 1,000 of 16,499 is scarce, 100 of 249 is not."""
    clock = Clock()
    budget = ReadBudget(clock)
    budget.told(100)
    spend(budget, clock, 250)
    assert clock.time == 0
    budget.told(16_499)
    budget.told(1_000)
    spend(budget, clock, 25)
    assert clock.time == pytest.approx(2.0)


def test_plenty_ends_the_slowness():
    """When the counter has recovered, the rate is the full one again."""
    clock = Clock()
    budget = ReadBudget(clock)
    budget.told(0)
    budget.told(240)
    spend(budget, clock, 25)
    assert clock.time == pytest.approx(1.0)


def test_a_throttled_read_holds_the_others():
    """G1: after a 429 no thread reads until the time that the service asked for is over."""
    clock = Clock()
    budget = ReadBudget(clock)
    budget.close(17)
    spend(budget, clock, 1)
    assert clock.time == 17


def test_a_wait_past_the_deadline_is_refused_at_once():
    """A budget that opens after the deadline is an error now, not a sleep; the read is given back."""
    clock = Clock()
    budget = ReadBudget(clock)
    budget.close(372)
    with pytest.raises(DeadlineExceeded, match="372"):
        budget.take(Deadline(clock, 60), what="read it")
    assert clock.time == 0
    clock.time = 372
    spend(budget, clock, 250)
    assert clock.time == 372


def test_reads_that_are_refused_cost_nothing():
    """A read that was refused for want of time leaves its token for the next."""
    clock = Clock()
    budget = ReadBudget(clock)
    spend(budget, clock, 250)
    for _ in range(100):
        with pytest.raises(DeadlineExceeded):
            budget.take(Deadline(clock, 0), what="read it")
    spend(budget, clock, 1)
    assert clock.time == pytest.approx(1 / 25)


def test_an_absent_counter_changes_nothing():
    """Most answers carry no counter."""
    clock = Clock()
    budget = ReadBudget(clock)
    budget.told(None)
    spend(budget, clock, 250)
    assert clock.time == 0


def test_threads_share_the_budget():
    """G1: eight threads together get no more than one."""
    clock, lock = Clock(), threading.Lock()
    slept = []

    def sleep(seconds):
        with lock:
            slept.append(seconds)

    clock.sleep = sleep
    budget = ReadBudget(clock)
    threads = [threading.Thread(target=spend, args=(budget, clock, 50)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(slept) == 150
    assert max(slept) == pytest.approx(150 / 25)
