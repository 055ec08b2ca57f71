"""Whatever breaks in a rotation, a stored password works, and after `recover` it is the one called current."""

from __future__ import annotations

import pytest

from flexsec.errors import FlexSecError
from flexsec.model.secret_store import Stage
from flexsec.simulator import Fault
from flexsec.testing import simulated
from tests.engine.dying import Countdown, Death
from tests.engine.worlds import GROUP, NAME
from tests.passwords.crashing import (
    DyingStore,
    WorldLogin,
    current_works,
    dying,
    first_rotation,
    new_store,
    rotate,
    some_works,
)

PLACES = ("journal", "store", "request")


def never() -> Countdown:
    """A countdown that counts and never ends."""
    return Countdown(0, after=False)


def undisturbed(directory) -> dict[str, int]:
    """How many lines, calls and requests a rotation takes."""
    with simulated("insecure") as simulation:
        store, login = new_store(directory), WorldLogin(simulation)
        first_rotation(simulation, store)
        counts = {place: never() for place in PLACES}
        client = dying(simulation, journal=counts["journal"], requests=counts["request"])
        assert rotate(client, DyingStore(store, counts["store"]), login).status == "complete"
        assert [kept.stage for kept in store.versions()] == [Stage.CURRENT, Stage.PREVIOUS]
        assert current_works(store, login, simulation.world.server(NAME).administrator_login)
        return {place: count.calls for place, count in counts.items()}


@pytest.fixture(scope="module")
def lengths(tmp_path_factory):
    """How many boundaries there are of each kind."""
    return undisturbed(tmp_path_factory.mktemp("undisturbed"))


def test_a_rotation_has_the_boundaries_that_the_matrix_covers(lengths):
    """If a rotation grows, the matrix below grows with it."""
    assert {place: count <= MOST[place] for place, count in lengths.items()} == dict.fromkeys(PLACES, True)


MOST = {"journal": 12, "store": 8, "request": 12}
BOUNDARIES = [
    (place, number, after) for place in PLACES for number in range(1, MOST[place] + 1) for after in (False, True)
]


@pytest.mark.parametrize(("place", "number", "after"), BOUNDARIES)
def test_a_rotation_cut_off_anywhere_loses_no_password(tmp_path, place, number, after):
    """D13: at each boundary a stored password works at once, and after `recover` the current one does."""
    with simulated("insecure") as simulation:
        store, login = new_store(tmp_path), WorldLogin(simulation)
        first_rotation(simulation, store)
        name = simulation.world.server(NAME).administrator_login
        counts = {each: Countdown(number if each == place else 0, after=after) for each in PLACES}
        client = dying(simulation, journal=counts["journal"], requests=counts["request"])
        try:
            rotate(client, DyingStore(store, counts["store"]), login)
        except Death:
            pass
        else:
            assert counts[place].calls < number, "the boundary was passed without dying"
        assert some_works(store, login, name)
        recovery = simulation.client().server(GROUP, NAME).admin_password.recover(store, verify=login)
        assert recovery.settled, recovery
        assert current_works(store, login, name), recovery
        assert not [kept for kept in store.versions() if kept.stage is Stage.PENDING]
        assert rotate(simulation.client(), store, login).status == "complete"
        assert current_works(store, login, name)


def patch(identity: str, **arguments) -> Fault:
    """A fault of the write that sets a password."""
    return Fault(identity, method="PATCH", times=arguments.pop("times", 1), arguments=arguments)


FAULTS = {
    "reset before": lambda: patch("X29", form="reset_before"),
    "reset after": lambda: patch("X29", form="reset_after"),
    "reset after, for ever": lambda: patch("X29", form="reset_after", times=50),
    "reset before, for ever": lambda: patch("X29", form="reset_before", times=50),
    "internal error at submit": lambda: patch("X7"),
    "internal error in the poll": lambda: patch("X7", form="poll"),
    "internal error in the poll, applied": lambda: patch("X7", form="poll", applied=True),
    "html, applied": lambda: patch("X29", form="html", applied=True),
    "truncated": lambda: patch("X29", form="truncated"),
    "busy": lambda: patch("X2", times=3),
    "never ends": lambda: patch("X23"),
    "never ends, applied": lambda: patch("X23", applied=True),
    "says done, changes nothing": lambda: patch("X12"),
    "status forbidden": lambda: Fault("X24", times=200),
    "status not found": lambda: Fault("X25", times=200),
    "poll without a body": lambda: Fault("X26", times=1),
    "done at once": lambda: patch("X27"),
    "throttled": lambda: patch("X22"),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("reachable", [True, False], ids=["login", "no login"])
def test_a_service_that_fails_loses_no_password(tmp_path, fault, reachable):
    """D13 with what the service can do: a stored password works; `recover` with a login makes it the current one."""
    with simulated("insecure") as simulation:
        store, login = new_store(tmp_path), WorldLogin(simulation)
        first_rotation(simulation, store)
        name = simulation.world.server(NAME).administrator_login
        simulation.world.faults.add(FAULTS[fault]())
        client = simulation.client(timeout=1800)
        try:
            run = rotate(client, store, login if reachable else None)
        except FlexSecError:
            run = None
        assert some_works(store, login, name)
        if run is not None and run.status == "complete" and reachable:
            assert current_works(store, login, name), "a run that says complete has the working password as current"
        simulation.world.faults.clear()
        simulation.clock.sleep(4000)
        recovery = simulation.client().server(GROUP, NAME).admin_password.recover(store, verify=login)
        assert recovery.settled or fault == "never ends", recovery  # the service still says that it is under way
        assert current_works(store, login, name), recovery


def test_without_a_login_the_run_says_unverified(tmp_path):
    """What only the service's word proves is not called verified, and the new password is current."""
    with simulated("insecure") as simulation:
        store = new_store(tmp_path)
        run = rotate(simulation.client(), store, None)
        assert [outcome.status for outcome in run.outcomes] == ["unverified"]
        assert current_works(store, WorldLogin(simulation), simulation.world.server(NAME).administrator_login)
