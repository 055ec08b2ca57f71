"""Serves a world over HTTPS on loopback for as long as a context is open."""

from __future__ import annotations

import logging
import os
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..file_reading import WorldError
from ..sign_in import identity
from ..surroundings import Surroundings
from . import ready_file
from .application import Application
from .clock import ServedClock
from .limits import Limits
from .listener import Listener
from .pace import Pace
from .tls import tls_context

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..world import World

_LOG = logging.getLogger(__name__)


class PortUnavailable(OSError):
    """The port is in use, or this user may not use it."""


class Served:
    """A world that is being served.

    Attributes:
        world: its faults, its request log and its state; whoever changes it holds `world.turn()`.
        clock: the simulated time.
        endpoint: what the ready file holds.
    """

    def __init__(self, application: Application, listener: Listener, endpoint: Mapping[str, Any]) -> None:
        self.world = application.world
        self.clock = application.clock
        self.endpoint = dict(endpoint)
        self._application = application
        self._listener = listener

    @property
    def most_in_flight(self) -> int:
        """How many requests were being answered at once at most."""
        return self._application.most_in_flight

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return self._listener.connections

    def advance(self, seconds: float) -> None:
        """Moves the simulated time ahead, and carries out what comes due.

        Raises:
            ValueError: a negative number, or more than ten years.
        """
        self.clock.advance(seconds)
        self._application.pace.settle()
        self._application.pace.wake()


@contextmanager
def serve(
    world: World,
    *,
    port: int = 0,
    latency: float = 0.0,
    time_scale: float = 1.0,
    page_size: int = 0,
    ready: str | Path | None = None,
    postgres: Sequence[Mapping[str, object]] = (),
    limits: Limits = Limits(),  # noqa: B008 - a frozen value
) -> Iterator[Served]:
    """Serves a world over HTTPS on 127.0.0.1, in threads of this process, until the context ends.

    Simulated time begins at the world's own or the real time, whichever is later, so that tokens' ends make sense to
    clients. At the end a world that is attached to a file is saved, and the ready file is removed.

    Args:
        world: what is served.
        port: 0 for any that is free.
        latency: real seconds before every answer of the service.
        time_scale: simulated seconds per real second.
        page_size: how many entries of a list come at once; 0 for all of them.
        ready: a file that is written once connections are accepted; see `Served.endpoint` for what it holds.
        postgres: the real servers behind simulated ones, as `simulator.postgres.described` tells of them.
        limits: what clients may take.

    Raises:
        PortUnavailable: the port is in use, or this user may not use it.
        ValueError: a time scale that is not positive, or a `ready` that names somebody's file.
        OSError: a file cannot be written.
    """
    ready_path = None if ready is None else Path(ready)
    if ready_path is not None:
        ready_file.clear(ready_path)
    clock = ServedClock(max(world.clock, datetime.now(UTC)), time_scale, time.monotonic)
    pace = Pace(world, clock)
    application = Application(world, clock, pace, latency=latency)
    with tempfile.TemporaryDirectory(prefix="flexsec-serve-") as folder:
        ca_file = Path(folder, "ca.pem")
        listener = _listen(port, application, tls_context(datetime.now(UTC), ca_file), limits)
        endpoint = ready_file.endpoint(world, listener.port, ca_file, identity(world))
        if postgres:
            endpoint["postgres"] = [dict(each) for each in postgres]
        before, world.surroundings = world.surroundings, _surroundings(time_scale, page_size)
        listener.start()
        pace.start()
        try:
            if ready_path is not None:
                ready_file.write(ready_path, endpoint)
            yield Served(application, listener, endpoint)
        finally:
            if ready_path is not None:
                ready_file.remove(ready_path, endpoint)
            listener.stop()
            pace.stop()
            _save(world, pace)
            world.surroundings = before


def _surroundings(time_scale: float, page_size: int) -> Surroundings:
    """Clients sign in, and live in real time."""
    return Surroundings(
        issued_tokens_only=True,
        time_scale=time_scale,
        clients_clock=lambda: datetime.now(UTC),
        page_size=page_size,
    )


def _listen(port: int, application: Application, context: Any, limits: Limits) -> Listener:
    try:
        return Listener(port, context, application, limits)
    except OSError as problem:
        why = os.strerror(problem.errno) if problem.errno else problem
        raise PortUnavailable(f"port {port} of 127.0.0.1 cannot be used: {why}") from None


def _save(world: World, pace: Pace) -> None:
    """The last state, with what came due until now; only a world attached to a file is kept."""
    try:
        pace.settle()
        with world.turn():
            world.touch()
    except (WorldError, OSError) as problem:
        _LOG.error("the world could not be saved at the end: %s", problem)
