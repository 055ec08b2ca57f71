"""The whole matrix on a real PostgreSQL: wherever a rotation breaks, the password called current logs in afterwards."""

from __future__ import annotations

import contextlib
import itertools
from dataclasses import dataclass, field

import pytest

from flexsec.errors import FlexSecError
from flexsec.model.secret_store import Stage
from flexsec.passwords.postgres_login import PostgresLogin
from flexsec.simulator import Fault
from flexsec.testing import simulated
from tests.engine.dying import Countdown, Death
from tests.engine.worlds import GROUP, NAME
from tests.passwords.crashing import DyingStore, current_works, dying, new_store, rotate, some_works
from tests.passwords.test_rotation_crashes import MOST, PLACES

LOST = {"before": "reset_before", "after": "reset_after"}
ORDERINGS = [order for length in (0, 1, 2, 3) for order in itertools.product(LOST, repeat=length)]
"""Every ordering of up to three lost answers; after three the engine stops sending."""
CUTS = [("", 0, False)] + [
    (place, number, after) for place in PLACES for number in range(1, MOST[place] + 1) for after in (False, True)
]
MATRIX = [(cut, order) for cut in CUTS for order in ORDERINGS]
SAMPLE = MATRIX[::61]


@dataclass
class Scene:
    """A simulated server with a real one behind it, and the store of its passwords."""

    simulation: object
    real: object
    store: object
    login: PostgresLogin
    seen: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        """The administrator login."""
        return self.simulation.world.server(NAME).administrator_login

    def remember(self) -> None:
        """Keep every stored password in mind, to look for them in the server's log."""
        self.seen |= {self.store.get(kept.version).reveal() for kept in self.store.versions()}


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """One real server for all cases: each leaves it with a settled store."""
    with simulated("insecure") as simulation, simulation.postgres(NAME) as real:
        store = new_store(tmp_path_factory.mktemp("store"))
        login = PostgresLogin(host=real.fqdn, port=real.port, address=real.host, ca_file=str(real.ca_file))
        made = Scene(simulation, real, store, login)
        assert rotate(simulation.client(), store, login).status == "complete"
        yield made
        made.remember()
        log = real.log_file.read_bytes()
        assert log
        assert made.seen
        for secret in made.seen:
            assert secret.encode() not in log, "the server's own log holds a password in clear"


def check(scene: Scene, cut: tuple[str, int, bool], order: tuple[str, ...]) -> None:
    """One case: the rotation dies at the cut while answers are lost in this order."""
    place, number, after = cut
    simulation, store, login = scene.simulation, scene.store, scene.login
    for lost in order:
        simulation.world.faults.add(Fault("X29", method="PATCH", times=1, arguments={"form": LOST[lost]}))
    counts = {each: Countdown(number if each == place else 0, after=after) for each in PLACES}
    client = dying(simulation, journal=counts["journal"], requests=counts["request"])
    with contextlib.suppress(Death, FlexSecError):
        rotate(client, DyingStore(store, counts["store"]), login)
    scene.remember()
    simulation.world.faults.clear()
    assert some_works(store, login, scene.name)
    recovery = simulation.client().server(GROUP, NAME).admin_password.recover(store, verify=login)
    assert recovery.settled, recovery
    assert current_works(store, login, scene.name), recovery
    assert not [kept for kept in store.versions() if kept.stage is Stage.PENDING]


@pytest.mark.parametrize(("cut", "order"), SAMPLE)
def test_a_rotation_cut_off_leaves_a_current_password_that_logs_in(scene, cut, order):
    """D13 on a real server, a sample of the matrix."""
    check(scene, cut, order)


@pytest.mark.long
@pytest.mark.parametrize(("cut", "order"), [case for case in MATRIX if case not in SAMPLE])
def test_every_other_cut_leaves_a_current_password_that_logs_in(scene, cut, order):
    """D13 on a real server, all that the sample leaves out."""
    check(scene, cut, order)
