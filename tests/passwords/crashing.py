"""A rotation that is cut off at any boundary: a line of the journal, a call of the store, a request; before or after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flexsec import FlexSec
from flexsec.model.login import LoginAttempt
from flexsec.model.secret import Secret
from flexsec.model.secret_store import Stage
from flexsec.passwords.file_store import FileStore, new_key_file
from flexsec.testing import Simulation
from tests.engine.dying import Countdown, dying_client
from tests.engine.worlds import GROUP, NAME


@dataclass(frozen=True)
class WorldLogin:
    """Logs in to the simulated server by what it keeps of the password."""

    simulation: Simulation

    def __call__(self, login: str, secret: Secret) -> LoginAttempt:
        """Try a password."""
        server = self.simulation.world.server(NAME)
        works = login == server.administrator_login and server.password.matches(secret.reveal())
        return LoginAttempt(works=works, how="scram-sha-256" if works else "password authentication failed")


class DyingStore:
    """A store that dies at the n-th call, before or after it took effect."""

    def __init__(self, store: FileStore, countdown: Countdown) -> None:
        self._store = store
        self._countdown = countdown

    @property
    def place(self) -> str:
        """The file's place."""
        return self._store.place

    def _call(self, deed: Callable[[], Any]) -> Any:
        return self._countdown.around(deed)

    def put_pending(self, secret, **about):
        """Store, or die."""
        return self._call(lambda: self._store.put_pending(secret, **about))

    def get(self, version):
        """Get, or die."""
        return self._call(lambda: self._store.get(version))

    def versions(self):
        """List, or die."""
        return self._call(self._store.versions)

    def promote(self, version):
        """Promote, or die."""
        return self._call(lambda: self._store.promote(version))

    def abandon(self, version):
        """Abandon, or die."""
        return self._call(lambda: self._store.abandon(version))


def new_store(directory: Path) -> FileStore:
    """An encrypted file with a key of its own."""
    directory.mkdir(parents=True, exist_ok=True)
    key = directory / "key"
    if not key.exists():
        new_key_file(key)
    return FileStore(directory / "shop-db", key)


def first_rotation(simulation: Simulation, store: FileStore, login: Any = None) -> None:
    """The store and the server agree on a password, as after any earlier rotation."""
    handle = simulation.client().server(GROUP, NAME)
    run = handle.admin_password.rotate(store, verify=login or WorldLogin(simulation))
    assert run.status == "complete", run
    assert [kept.stage for kept in store.versions()] == [Stage.CURRENT]


def rotate(client: FlexSec, store: Any, login: Any) -> Any:
    """Rotate the shop's password."""
    return client.server(GROUP, NAME).admin_password.rotate(store, verify=login)


def dying(simulation: Simulation, *, journal: Countdown, requests: Countdown) -> FlexSec:
    """A client that dies at a line of the journal or at a request."""
    return dying_client(simulation, journal=journal, requests=requests)


def current_works(store: FileStore, login: Any, name: str) -> bool:
    """Whether what the store calls current logs in."""
    current = [kept for kept in store.versions() if kept.stage is Stage.CURRENT]
    return len(current) == 1 and bool(login(name, store.get(current[0].version)).works)


def some_works(store: FileStore, login: Any, name: str) -> bool:
    """Whether any stored password logs in."""
    return any(login(name, store.get(kept.version)).works for kept in store.versions())
