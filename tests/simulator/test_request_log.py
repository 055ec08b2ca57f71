"""The request log: enough to count writes and effects, and nothing secret."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from flexsec.simulator.request_log import most_at_once

CANARY = "CANARY-4711-Secret"
START = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_log_tells_what_was_asked_and_what_became_of_it(azure):
    """Each request is a line with time, method, path, version, status and operation; a write turns applied when it took effect."""
    accepted = azure.set("log_checkpoints", "on")
    azure.poll(accepted)
    azure.get("/nowhere")
    write, poll, lost = azure.world.requests
    assert (write.method, write.status, write.api_version, write.mutating) == ("PUT", 202, "2025-08-01", True)
    assert write.path == f"{azure.db}/configurations/log_checkpoints"
    assert write.operation_id == poll.operation_id
    assert (poll.mutating, lost.status, lost.operation_id) == (False, 404, None)
    assert not write.effect_applied
    azure.wait(10)
    azure.get(azure.db)
    assert azure.world.requests[0].effect_applied
    assert not azure.world.requests[1].effect_applied


def test_nothing_secret_is_in_the_log_or_the_world(azure):
    """Tokens, passwords, header values, bodies and signed queries are in no line of the log and not in the world."""
    azure.token = CANARY
    accepted = azure.patch(azure.db, {"properties": {"administratorLoginPassword": CANARY + "a"}})
    azure.poll(accepted)
    azure.ask(
        "PATCH",
        azure.db,
        {"properties": {"administratorLoginPassword": CANARY}},
        headers={"Authorization": f"Bearer {CANARY}", "X-Secret": CANARY},
    )
    azure.ask("PATCH", azure.db, f'{{"broken {CANARY}'.encode())
    signature = accepted.headers["azure-asyncoperation"].split("&s=")[1].split("&")[0]
    text = repr(azure.world.requests) + repr(azure.world.to_dict()) + repr(azure.world.state)
    assert CANARY not in text
    assert signature not in text


def test_writes_that_follow_each_other_are_not_in_flight_together(azure):
    """A write sent at the moment at which the one before ended does not overlap it; one sent earlier does."""
    for _ in range(3):
        azure.finish(azure.set("log_checkpoints", "on"), 10)
    assert azure.world.max_writes_in_flight(azure.db) == 1
    azure.set("log_checkpoints", "off")
    azure.wait(9)
    azure.set("log_checkpoints", "off")
    assert azure.world.max_writes_in_flight(azure.db) == 2
    assert azure.world.max_writes_in_flight(azure.world.server_id("shop-archive")) == 0


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.one_of(st.none(), st.integers(0, 20)))))
def test_overlaps_are_counted_as_by_hand(spans):
    """The most spans over one moment is what counting at every moment gives."""
    times = [(START + timedelta(seconds=a), None if b is None else START + timedelta(seconds=a + b)) for a, b in spans]
    by_hand = max(
        (sum(a <= moment and (b is None or moment < a + b) for a, b in spans) for moment in range(42)),
        default=0,
    )
    assert most_at_once(times) == by_hand
