"""`flexsec simulate serve`: a simulated Azure over HTTPS on this machine, until it is told to stop."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...errors import UsageError
from .. import logs
from ..exit_codes import OK
from ..given import Given, pass_given
from ..inputs import of_world, refuse_overwriting
from ..options import settings_options
from ..output import say
from ..session import simulation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from ...simulator import World
    from ...simulator.serving import Served


@click.command("serve")
@click.option(
    "--world",
    default="insecure",
    metavar="NAME|FILE",
    help="A built-in world (thrown away at the end), a world file (kept), or NAME:FILE, a file begun as a "
    "copy of a built-in world. Default: insecure.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="N",
    help="Port of 127.0.0.1. Default: any that is free.",
)
@click.option(
    "--ready",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write where it answers and how to sign in to this file, once it accepts connections.",
)
@click.option(
    "--latency-ms",
    type=click.IntRange(0, 600_000),
    default=0,
    metavar="N",
    help="Wait this many milliseconds before every answer.",
)
@click.option(
    "--time-scale", type=float, default=1.0, metavar="N", help="Simulated seconds per real second. Default: 1."
)
@click.option(
    "--postgres",
    multiple=True,
    metavar="[SERVER=]auto|DIR",
    help="Put a real PostgreSQL behind a server: the best on this machine, or the one whose programs are in DIR. "
    "Without SERVER, the only one that is ready. Can be given for several servers.",
)
@click.option(
    "--page-size",
    type=click.IntRange(0, 100_000),
    default=0,
    metavar="N",
    help="How many entries of a list come at once. Default: all.",
)
@click.option(
    "--faults",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Lay the faults, throttling, rights and durations of this file over the world.",
)
@settings_options
@pass_given
def command(
    given: Given,
    *,
    world: str,
    port: int,
    ready: Path | None,
    latency_ms: int,
    time_scale: float,
    postgres: tuple[str, ...],
    page_size: int,
    faults: Path | None,
) -> int:
    """Serve a simulated Azure over HTTPS on this machine, until Ctrl-C or SIGTERM.

    Any client of Azure Resource Manager works on it: this one with `--endpoint FILE`, the official SDKs, azure-cli.
    Faults, time and the request log are at /_simulator/ on the same port.
    """
    logs.configure(given.settings.verbosity)
    if given.settings.simulate or given.settings.endpoint:
        raise UsageError("--world says what is served; leave --simulate and --endpoint out")
    asked = _Asked(world, port, ready, latency_ms, time_scale, postgres, page_size, faults)
    _check(asked)
    from ...simulator.serving import PortUnavailable

    with simulation(asked.world, option="--world") as simulated, _ended() as ended:
        _lay_over(simulated.world, asked.faults)
        try:
            with _served(simulated.world, asked) as served:
                _tell(asked.world, served, asked.ready)
                ended.wait()
        except PortUnavailable as error:
            raise UsageError(f"{error}; give another --port, or none for any that is free") from None
        except (OSError, ValueError) as error:
            raise UsageError(f"cannot serve world {asked.world!r}: {error}") from None
    say("ended")
    return OK


@dataclass(frozen=True, slots=True)
class _Asked:
    """The options."""

    world: str
    port: int
    ready: Path | None
    latency_ms: int
    time_scale: float
    postgres: tuple[str, ...]
    page_size: int
    faults: Path | None


def _check(asked: _Asked) -> None:
    if not 0 < asked.time_scale <= 1e6:
        raise UsageError(f"--time-scale {asked.time_scale}: expected a number above 0, 1000000 at most")
    if asked.ready is not None and not asked.ready.parent.is_dir():
        raise UsageError(f"cannot write {asked.ready}: there is no directory {asked.ready.parent}")
    if asked.ready is not None:
        refuse_overwriting((asked.ready,), (*of_world(asked.world), *((asked.faults,) if asked.faults else ())))


def _lay_over(world: World, faults: Path | None) -> None:
    if faults is None:
        return
    from ...simulator import WorldError

    try:
        world.impose(faults)
    except OSError as error:
        raise UsageError(f"--faults {faults} cannot be read: {error.strerror or error}") from None
    except WorldError as error:
        raise UsageError(f"--faults {faults} is wrong: {error}") from None


@contextmanager
def _served(world: World, asked: _Asked) -> Iterator[Served]:
    from ...simulator.serving import serve

    with (
        _real_servers(world, asked.postgres) as real,
        serve(
            world,
            port=asked.port,
            latency=asked.latency_ms / 1e3,
            time_scale=asked.time_scale,
            page_size=asked.page_size,
            ready=asked.ready,
            postgres=real,
        ) as served,
    ):
        yield served


def _tell(world: str, served: Served, ready: Path | None) -> None:
    click.echo(f"world {world!r} answers at {served.endpoint['arm_endpoint']}")
    click.echo(f"certificate authority: {served.endpoint['ca_file']}")
    for real in served.endpoint.get("postgres", ()):
        click.echo("PostgreSQL {version} behind {server}: {host}:{port}, {administrator}".format_map(real))
        if real["note"]:
            click.echo(real["note"])
    if ready is not None:
        click.echo(f"how to sign in: {ready}")


@contextmanager
def _real_servers(world: World, words: tuple[str, ...]) -> Iterator[list[dict[str, object]]]:
    """The real PostgreSQL servers that were asked for, described; gone at the end."""
    if not words:
        yield []
        return
    from ...simulator.postgres import PostgresError, backed, described

    try:
        with backed(world, words) as backings:
            yield [described(each) for each in backings]
    except PostgresError as error:
        raise UsageError(f"--postgres: {error}") from None


@contextmanager
def _ended() -> Iterator[threading.Event]:
    """An event that the first signal sets; the second ends the process at once."""
    event = threading.Event()

    def handle(number: int, _: FrameType | None) -> None:
        if event.is_set():
            raise KeyboardInterrupt
        event.set()

    kinds = (signal.SIGINT, signal.SIGTERM)
    earlier = {kind: signal.signal(kind, handle) for kind in kinds}
    try:
        yield event
    finally:
        for kind, handler in earlier.items():
            signal.signal(kind, handler)
