from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from flexsec import ServerId
from flexsec.azure.connection import Connection
from flexsec.model.change import Change, Phase
from flexsec.model.clock import Deadline
from flexsec.observers import server
from flexsec.operations.registry import OPERATIONS
from flexsec.testing import VirtualClock, replayed
from flexsec.testing.simulation import SimulatedCredential

FOLDER = Path(__file__).parent
SERVER = ServerId("00000000-0000-0000-0000-000000000001", "group-1", "server-1")


@pytest.fixture
def play():
    """Plays a recording to an observer or an operation, under the real client and a clock that nobody waits for."""

    class Player:
        clock = VirtualClock(datetime(2026, 1, 5, 9, tzinfo=UTC))

        def _run(self, case, act):
            credential = SimulatedCredential()
            connection = Connection(credential, SERVER.subscription_id, clock=self.clock)
            with replayed(FOLDER / f"{case}.json"):
                return act(connection, Deadline(self.clock, 900))

        def read(self, case, observer, server=SERVER):
            """What the observer makes of the recorded answers."""
            return self._run(case, lambda connection, deadline: observer.observe(connection, server, deadline=deadline))

        def write(self, case, change, *, then=None, of=SERVER, over=None):
            """Sends a change over what an observer reads first, follows it to its end, and reads with an observer."""

            def act(connection, deadline):
                operation = next(each for each in OPERATIONS if each.kind == change.kind)
                found = over.observe(connection, of, deadline=deadline) if over else None
                state = SimpleNamespace(server=found)
                acceptance = operation.write(connection, of, change, state)
                waits = []
                ending = connection.finish(acceptance, what=change.sentence, deadline=deadline, on_wait=waits.append)
                read = then.observe(connection, of, deadline=deadline) if then else None
                return SimpleNamespace(acceptance=acceptance, ending=ending, waits=waits, read=read)

            return self._run(case, act)

        def write_all(self, case, changes, *, then=None):
            """Sends changes one after the other, each followed to its end; a switch is written over the server as read."""

            def act(connection, deadline):
                done = []
                for change in changes:
                    operation = next(each for each in OPERATIONS if each.kind == change.kind)
                    switch = change.kind == "authentication"
                    state = SimpleNamespace(
                        server=server.observe(connection, SERVER, deadline=deadline) if switch else None
                    )
                    acceptance, waits = operation.write(connection, SERVER, change, state), []
                    ending = connection.finish(
                        acceptance, what=change.sentence, deadline=deadline, on_wait=waits.append
                    )
                    done.append(SimpleNamespace(acceptance=acceptance, ending=ending, waits=waits, read=None))
                done[-1].read = then.observe(connection, SERVER, deadline=deadline) if then else None
                return done

            return self._run(case, act)

    return Player()


@pytest.fixture
def change():
    """Makes a change of a kind from what it shall become."""

    def make(kind, name, after, before=None):
        return Change(kind=kind, name=name, before=before, after=after, sentence=f"Write {name}.", phase=Phase.ADD)

    return make
