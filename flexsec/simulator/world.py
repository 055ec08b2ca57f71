"""One simulated Azure: all its state in one place, changed under one lock, and kept in a file if wanted."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import builtin_worlds, conditions_file, world_file
from .durability import FileLock, Stamp, replace_file, stamp
from .long_running import Operation, new_id
from .request_log import RequestRecord, most_at_once
from .surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from .fault_plan import FaultPlan
    from .state import ResourceGroup, Server, Subscription
    from .world_file import State

OPERATIONS_REMEMBERED = 1000
REQUESTS_REMEMBERED = 100_000

# Told, while the world is held, of every operation that has taken effect; of None when another process changed the
# world's file. Never raises.
Observer = Callable[["Operation | None"], None]


@dataclass(slots=True)
class _Store:
    path: Path
    lock: FileLock
    seen: Stamp | None


class World:
    """Azure subscriptions in memory.

    All requests go through `answer`; tests that play someone else change `server(...)` directly. Safe to share between
    threads. Attached to a file, every change of state is in the file before the answer goes out, and processes on one
    file take turns.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._guard = threading.RLock()
        self._records: deque[RequestRecord] = deque(maxlen=REQUESTS_REMEMBERED)
        self._recorded = 0
        self._operations_seen: dict[str, Operation] = dict(state.operations)
        self._store: _Store | None = None
        self._origin: Path | None = None
        self.changed = False
        self.observers: list[Observer] = []
        self.surroundings = Surroundings()

    # Making and keeping worlds

    @classmethod
    def load(cls, path: str | Path) -> World:
        """The world in a file.

        Raises:
            WorldError: not JSON, an unknown key or value, or an impossible combination; the message says where.
            OSError: the file cannot be read.
        """
        path = Path(path)
        world = cls(world_file.parse(path.read_bytes(), path.name))
        world._origin = path.resolve()
        return world

    @classmethod
    def builtin(cls, name: str) -> World:
        """A fresh copy of a world that comes with the package.

        Raises:
            WorldError: no such world; the message lists those there are.
        """
        return cls.from_dict(builtin_worlds.document(name))

    @staticmethod
    def builtin_names() -> tuple[str, ...]:
        """The names of the worlds that come with the package."""
        return builtin_worlds.names()

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> World:
        """The world that a parsed world file describes.

        Raises:
            WorldError: as for `load`.
        """
        return cls(world_file.read(document))

    def to_dict(self) -> dict[str, Any]:
        """The world as plain data that `from_dict` reads back to an equal world. The request log is not part of it."""
        with self._guard:
            return world_file.write(self._state)

    def save(self, path: str | Path) -> None:
        """Writes the world to a file by atomic replace, down to the disk."""
        with self._guard:
            replace_file(Path(path), json.dumps(self.to_dict(), indent=2) + "\n")

    def attach(self, path: str | Path) -> None:
        """From now on every change of state is saved to a file before the answer goes out.

        A world that was loaded from that very file takes over what another process wrote there since; any other world
        replaces the file.

        Raises:
            WorldError: the file was changed to something that is no world.
        """
        path = Path(path).resolve()
        with self._guard:
            lock = FileLock(path)
            with lock.held():
                if path == self._origin and path.exists():
                    self._adopt(path)
                else:
                    self.save(path)
                self._store = _Store(path, lock, stamp(path))

    def _adopt(self, path: Path) -> None:
        before, found = self._state, world_file.parse(path.read_bytes(), path.name)
        found.clock = max(before.clock, found.clock)
        if before.throttle is not None and found.throttle is not None:
            found.throttle.buckets = before.throttle.buckets
        self._state = found
        self._operations_seen.update(self._state.operations)
        self.announce(None)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Holds the world for one request.

        Nobody else changes it meanwhile, and what changed is saved at the end, also on an error.
        """
        with self._guard:
            if self._store is None:
                yield
                self.changed = False
                return
            with self._store.lock.held():
                if stamp(self._store.path) not in {self._store.seen, None}:
                    self._adopt(self._store.path)
                try:
                    yield
                finally:
                    if self.changed:
                        self.save(self._store.path)
                    self._store.seen = stamp(self._store.path)
                    self.changed = False

    def impose(self, path: str | Path) -> None:
        """Lays a fault file over the world: each member that it has replaces the world's own.

        Raises:
            WorldError: a mistake in the file; the message says where, and what was probably meant.
            OSError: the file cannot be read.
        """
        found = conditions_file.load(Path(path))
        with self.turn():
            conditions_file.impose(found, self._state)
            self.touch()

    # What is in it

    @property
    def state(self) -> State:
        """The state as it stands; whoever changes it calls `touch`."""
        return self._state

    @property
    def clock(self) -> datetime:
        """The latest time at which anything was asked."""
        return self._state.clock

    @property
    def faults(self) -> FaultPlan:
        """The faults that are switched on."""
        return self._state.faults

    def touch(self) -> None:
        """Notes that the state has changed."""
        self.changed = True

    def subscription(self, subscription_id: str) -> Subscription | None:
        """A subscription by id, whatever its case."""
        return self._state.subscriptions.get(subscription_id.lower())

    def group(self, subscription_id: str, name: str) -> ResourceGroup | None:
        """A resource group by name, whatever its case."""
        subscription = self.subscription(subscription_id)
        return None if subscription is None else subscription.groups.get(name.lower())

    def server(self, name_or_id: str) -> Server:
        """A server by its resource id, or by its name where only one has it. Tests change it to play someone else.

        Raises:
            KeyError: no such server; the message names those there are.
        """
        found = self.find_server(name_or_id)
        if found is None:
            names = ", ".join(server.name for _, server in self.servers()) or "no server"
            raise KeyError(f"no server {name_or_id!r} in this world; it has {names}")
        return found

    def find_server(self, name_or_id: str) -> Server | None:
        """A server as for `server`; None when there is none."""
        wanted = name_or_id.lower()
        for server_id, server in self.servers():
            if wanted in {server_id.lower(), server.name.lower()}:
                return server
        return None

    def servers(self) -> Iterator[tuple[str, Server]]:
        """All servers with their resource ids."""
        return self._state.servers()

    def server_id(self, name: str) -> str:
        """The resource id of the server with this name.

        Raises:
            KeyError: no such server.
        """
        for server_id, server in self.servers():
            if server.name.lower() == name.lower():
                return server_id
        raise KeyError(name)

    # What happened in it

    def next_due(self) -> datetime | None:
        """When the next running operation ends; None when none will."""
        with self._guard:
            return min(
                (each.due for each in self._state.operations.values() if not each.done and each.due), default=None
            )

    def effects(self, server_id: str) -> tuple[str, ...]:
        """What has taken effect on a server, in order, across processes.

        Lines such as 'write configurations/log_checkpoints'.
        """
        with self._guard:
            return tuple(self._state.effects.get(server_id.lower(), ()))

    @property
    def requests(self) -> tuple[RequestRecord, ...]:
        """Every request this process has made of the world, in order; of very many, the last REQUESTS_REMEMBERED."""
        with self._guard:
            operations = self._operations_seen
            return tuple(
                replace(each, effect_applied=True)
                if each.mutating and each.operation_id in operations and operations[each.operation_id].applied
                else each
                for each in self._records
            )

    def max_writes_in_flight(self, server_id: str) -> int:
        """How many operations were running on a server at once at most.

        One that ended is over at the moment it was due.
        """
        with self._guard:
            own = [each for each in self._operations_seen.values() if each.server_id.lower() == server_id.lower()]
            return most_at_once((each.started, each.due) for each in own)

    @property
    def requests_made(self) -> int:
        """How many requests this process has made of the world."""
        with self._guard:
            return self._recorded

    def record(self, record: RequestRecord) -> None:
        """Adds a line to the request log."""
        self._records.append(record)
        self._recorded += 1

    def new_id(self) -> str:
        """The next identifier: looks random, the same for the same seed and history."""
        self._state.sequence += 1
        return new_id(self._state.seed, self._state.sequence)

    def request_id(self) -> str:
        """An identifier for the answer being made, the same for the same request of the same history."""
        return new_id(self._state.seed, -1 - self._recorded)

    def add_operation(self, operation: Operation) -> None:
        """Adds an accepted operation, and forgets the oldest ended ones when there are very many."""
        operations = self._state.operations
        operations[operation.id] = self._operations_seen[operation.id] = operation
        if len(operations) > OPERATIONS_REMEMBERED:
            oldest = next((key for key, each in operations.items() if each.done), None)
            if oldest is not None:
                del operations[oldest]
        self.touch()

    def announce(self, operation: Operation | None) -> None:
        """Tells the observers that an operation took effect, or that another process changed the world."""
        for observer in tuple(self.observers):
            observer(operation)
