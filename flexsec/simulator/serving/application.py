"""What the served simulator does with a request: the world's answer at this moment, after the latency asked for."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..answering import MUTATING, answer
from ..file_reading import WorldError
from ..request import ConnectionDropped, Request, Response
from ..routes import split_url
from . import control
from .client_time import in_client_time
from .writing import refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..world import World
    from .clock import ServedClock
    from .pace import Pace

_LOG = logging.getLogger(__name__)


class Application:
    """Answers the requests of all connections, each in its own thread.

    Args:
        world: what is served.
        clock: the simulated time.
        pace: told when an operation may have begun.
        latency: real seconds before every answer of the service.
        sleep: waits that long.
    """

    def __init__(
        self,
        world: World,
        clock: ServedClock,
        pace: Pace,
        *,
        latency: float = 0.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.world = world
        self.clock = clock
        self.pace = pace
        self.latency = latency
        self._sleep = sleep
        self._guard = threading.Lock()
        self._in_flight = 0
        self.most_in_flight = 0

    def __call__(self, request: Request) -> Response:
        """The answer to a request; never an exception but the reset that a fault asks for.

        Raises:
            ConnectionDropped: a fault resets the connection.
        """
        begun = time.perf_counter()
        path = request.url.partition("?")[0]
        outcome = "reset"
        try:
            response = self._answered(request, path)
            outcome = str(response.status)
        finally:
            _LOG.debug("%s %s: %s in %.1f ms", request.method, path, outcome, (time.perf_counter() - begun) * 1e3)
        return response

    def _answered(self, request: Request, path: str) -> Response:
        try:
            if control.concerns(path):
                return control.answer(self, request)
            with self._counted():
                if self.latency:
                    self._sleep(self.latency)
                return self._service(request)
        except ConnectionDropped:
            raise
        except (WorldError, OSError) as problem:
            _LOG.error("the world cannot be read or saved: %s", problem)
            return refusal(503, "WorldUnavailable", f"The simulated world cannot be read or saved: {problem}")
        except Exception as problem:  # noqa: BLE001 - a defect must not take the other clients down
            _LOG.error("a defect of the simulator (%s) at %s", type(problem).__name__, _place(problem))
            return refusal(500, "InternalServerError", "A defect of the simulator; please report what was asked.")

    def _service(self, request: Request) -> Response:
        now = self.clock.now()
        response = answer(self.world, request, now)
        if request.method.upper() in MUTATING:
            self.pace.wake()
        if response.delay:
            self._sleep(response.delay)
        if response.status in {400, 404}:
            _tell_unmodelled(request, response)
        return in_client_time(response, self.clock)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._guard:
            self._in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self._in_flight)
        try:
            yield
        finally:
            with self._guard:
                self._in_flight -= 1


def _tell_unmodelled(request: Request, response: Response) -> None:
    """A line for whoever wonders why a client does not work here."""
    if b'"InvalidResourceType"' in response.body or b'"InvalidApiVersionParameter"' in response.body:
        _, path, query = split_url(request.url)
        _LOG.warning("not modelled: %s %s api-version=%s", request.method, path, query.get("api-version", ""))


def _place(problem: BaseException) -> str:
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
