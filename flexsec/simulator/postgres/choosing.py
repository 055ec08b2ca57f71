"""Which servers of a world get a real PostgreSQL, as said on a command line: [SERVER=]auto|DIR."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from .backing import Backing
from .problem import PostgresError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..world import World

EXPECTED = "expected [SERVER=]auto or [SERVER=]DIRECTORY"


def choices(world: World, words: Sequence[str]) -> dict[str, str]:
    """The resource ids of the servers meant, each with "auto" or the directory of PostgreSQL's programs.

    Without SERVER, the world's only server is meant, or the only one that is ready.

    Raises:
        PostgresError: no such server, a server named twice, or none named where there are several.
    """
    found: dict[str, str] = {}
    for word in words:
        name, equals, where = word.rpartition("=")
        if not where or (equals and not name):
            raise PostgresError(f"{word!r} names no PostgreSQL; {EXPECTED}")
        server_id = _named(world, name) if equals else _only(world)
        if server_id in found:
            raise PostgresError(f"{word!r}: {server_id.rpartition('/')[2]} has a PostgreSQL already")
        found[server_id] = where
    return found


@contextmanager
def backed(world: World, words: Sequence[str]) -> Iterator[tuple[Backing, ...]]:
    """Runs a real PostgreSQL behind each server meant, as in `choices`.

    Raises:
        PostgresError: as for `choices` and `Backing`.
    """
    with ExitStack() as stack:
        chosen = choices(world, words)
        yield tuple(stack.enter_context(Backing(world, each, where=where)) for each, where in chosen.items())


def described(backing: Backing) -> dict[str, object]:
    """What another process needs to connect, as data for a file.

    `note` tells of a PostgreSQL version other than the simulated server's.
    """
    return {
        "server": backing.server_id,
        "host": backing.host,
        "port": backing.port,
        "ca_file": str(backing.ca_file),
        "administrator": backing.administrator,
        "password": backing.password,
        "version": backing.installation.version,
        "note": backing.note,
    }


def _named(world: World, name: str) -> str:
    servers = list(world.servers())
    found = [each for each, server in servers if name.lower() in {each.lower(), server.name.lower()}]
    if len(found) == 1:
        return found[0]
    if found:
        raise PostgresError(f"the world has {len(found)} servers {name!r}; write the resource id of one")
    raise PostgresError(f"the world has no server {name!r}; {_listed([server.name for _, server in servers])}")


def _only(world: World) -> str:
    servers = list(world.servers())
    ready = [each for each, server in servers if server.state == "Ready"]
    for candidates in ([each for each, _ in servers], ready):
        if len(candidates) == 1:
            return candidates[0]
    raise PostgresError(f"say which server gets a PostgreSQL, as SERVER=auto; {_listed([s.name for _, s in servers])}")


def _listed(names: list[str]) -> str:
    if not names:
        return "it has none"
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return f"it has: {', '.join(names[:10])}{more}"
