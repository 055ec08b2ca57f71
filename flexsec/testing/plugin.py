"""Fixtures for tests of scripts and runbooks: a simulated Azure, in process or served, a real PostgreSQL, recordings.

pytest loads this module at every start, also for tests that use none of it, so what the fixtures need is imported when
one is first used.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ..simulator import World
    from ..simulator.postgres import Backing
    from .recordings import Recording
    from .replay import Replay
    from .service import ServedSimulation
    from .simulation import Simulation

PROPERTY = "PostgreSQL"
"""The property of a test's report that holds the version of a real server it used; one for each."""


@pytest.fixture
def flexsec_world() -> str | Path | Mapping[str, Any] | World:
    """What the simulated Azure holds; override it, or parametrize it, in a test, a module or a conftest.py.

    The name of a built-in world, the data of a world file, a `World`, or the path of a world file, from the folder of
    the test's module. The file is read and never written: each test has a copy.
    """
    return "insecure"


@pytest.fixture
def flexsec_postgres_server() -> str:
    """The server that gets a real PostgreSQL, by name or id; "" for the only one that is ready. To be overridden."""
    return ""


@pytest.fixture
def flexsec_azure(flexsec_world: str | Path | Mapping[str, Any] | World, request: pytest.FixtureRequest) -> World:
    """The simulated Azure itself, the one behind the fixtures below: its servers, faults, request log and effects."""
    from ..errors import UsageError
    from .simulation import open_world

    beside = request.path.parent / flexsec_world if isinstance(flexsec_world, str | Path) else Path()
    try:
        return open_world(beside if beside.is_file() else flexsec_world, kept=False)[0]
    except UsageError as error:
        pytest.fail(f"flexsec_world: {error}", pytrace=False)


@pytest.fixture
def flexsec_simulation(flexsec_azure: World) -> Iterator[Simulation]:
    """The simulated Azure in this process: no sockets, and a clock that nobody waits for."""
    from .simulation import simulated

    with simulated(flexsec_azure) as simulation:
        yield simulation


@pytest.fixture
def flexsec_served(flexsec_azure: World, request: pytest.FixtureRequest) -> Iterator[ServedSimulation]:
    """The simulated Azure over HTTPS on 127.0.0.1, for the clients of others."""
    from .service import served

    if "flexsec_simulation" in request.fixturenames:
        pytest.fail("use flexsec_simulation or flexsec_served: a served world lets in only who signs in", pytrace=False)
    with served(flexsec_azure) as azure:
        yield azure


@pytest.fixture
def flexsec_postgres(
    flexsec_azure: World, flexsec_postgres_server: str, request: pytest.FixtureRequest
) -> Iterator[Backing]:
    """A real PostgreSQL behind a server of the simulated Azure; fails where this machine has none."""
    from ..errors import UsageError
    from .simulation import postgres_behind

    try:
        backing = postgres_behind(flexsec_azure, flexsec_postgres_server, where="auto", password="")
    except UsageError as error:
        pytest.fail(str(error), pytrace=False)
    request.node.user_properties.append((PROPERTY, backing.installation.version))
    with backing:
        yield backing


@pytest.fixture
def flexsec_replay(request: pytest.FixtureRequest) -> Iterator[Callable[[Recording | str | Path], Replay]]:
    """Plays a recording to whatever goes through `requests`, from the call to the end of the test.

    Called with a recording, or with the path of one from the folder of the test's module. Another request than the
    recorded one fails, and so does an exchange that nobody asked for.
    """
    from .recordings import Recording
    from .replay import replayed

    with ExitStack() as stack:

        def play(recording: Recording | str | Path) -> Replay:
            found = recording if isinstance(recording, Recording) else request.path.parent / recording
            return stack.enter_context(replayed(found))

        yield play


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tells which real servers stood behind simulated ones, as that depends on the machine."""
    used = Counter(
        version
        for version, _ in {
            (value, report.nodeid)
            for reports in terminalreporter.stats.values()
            for report in reports
            if isinstance(report, pytest.TestReport)
            for name, value in report.user_properties
            if name == PROPERTY
        }
    )
    if used:
        listed = ", ".join(f"{version} in {used[version]}" for version in sorted(used, key=_in_order))
        terminalreporter.write_line(f"real PostgreSQL servers, and how many tests used them: {listed}")


def _in_order(version: object) -> list[int]:
    return [int(number) for number in str(version).split(".")]
