"""What a simulated server's parameters come to in a real PostgreSQL's configuration file.

Taken over: what the world says of TLS, password storage, logging, connections and preloaded libraries, and every other
parameter that differs from a fresh server, as far as the real server knows it. Left to the real server: where it
keeps its files, how much memory it takes, and what this machine may not have (locales, tablespaces).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ..catalogue import ParameterFacts
    from ..state import Server

ALWAYS = frozenset(
    {
        "max_connections", "password_encryption", "shared_preload_libraries", "ssl_max_protocol_version",
        "ssl_min_protocol_version",
    }
)  # fmt: skip
LEFT_OUT = re.compile(
    r"archive_.*|cluster_name|config_file|data_directory|default_tablespace|event_source|external_pid_file|fsync"
    r"|full_page_writes|hba_file|huge_page.*|ident_file|lc_.*|listen_addresses|log_destination|log_directory"
    r"|log_file_mode|log_filename|log_rotation_.*|log_timezone|log_truncate_on_rotation|logging_collector"
    r"|max_wal_size|min_wal_size|port|primary_.*|restore_command|shared_buffers|shared_memory_.*|ssl(_.*_file)?"
    r"|syslog_.*|temp_tablespaces|unix_socket_.*|wal_buffers"
)
CUSTOM = re.compile(r"[A-Za-z_]\w*\.[A-Za-z_]\w*", re.ASCII)
LIBRARIES = "shared_preload_libraries"

KNOWN = (
    "SELECT name, context, vartype, min_val, max_val, array_to_string(enumvals, ',') FROM pg_catalog.pg_settings "
    "WHERE context <> 'internal'"
)


@dataclass(frozen=True, slots=True)
class Known:
    """What a real server knows of one of its parameters."""

    needs_restart: bool
    kind: str
    low: float | None
    high: float | None
    words: tuple[str, ...]

    def admits(self, value: str) -> bool:
        """Whether the real server would take the value."""
        if self.kind == "enum":
            return value.strip().lower() in self.words
        if self.kind in {"integer", "real"}:
            try:
                number = float(value)
            except ValueError:
                return False
            return (self.low is None or number >= self.low) and (self.high is None or number <= self.high)
        return True


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the configuration file is to say.

    Attributes:
        reloadable: what a running server takes over.
        fixed: what waits for a restart.
        refused: parameters that the world has changed and the real server cannot follow in.
    """

    reloadable: Mapping[str, str]
    fixed: Mapping[str, str]
    refused: tuple[str, ...]


def known_parameters(rows: list[tuple[str | None, ...]]) -> dict[str, Known]:
    """The real server's parameters, from the rows that `KNOWN` brings."""
    return {
        str(name): Known(
            context == "postmaster",
            str(kind),
            None if low is None else float(low),
            None if high is None else float(high),
            tuple((words or "").lower().split(",")),
        )
        for name, context, kind, low, high, words in rows
    }


def wanted(server: Server, known: Mapping[str, Known], libraries: Path) -> Wanted:
    """What the values in force on a simulated server come to; a pending one is not in force yet.

    Args:
        known: the real server's own parameters.
        libraries: the directory in which it looks for libraries to preload.
    """
    reloadable: dict[str, str] = {}
    fixed: dict[str, str] = {}
    refused: list[str] = []
    for name in server.parameter_names():
        facts, value = server.facts(name), server.in_force(name)
        if facts is None or value is None or not _concerned(name, facts, server):
            continue
        if name == LIBRARIES:
            value = _present(value, libraries)
        real = known.get(name)
        if real is None and not CUSTOM.fullmatch(name):
            if name in server.parameters and name != "require_secure_transport":
                refused.append(name)
        elif real is not None and not real.admits(value):
            refused.append(name)
        elif real is not None and real.needs_restart:
            fixed[name] = value
        else:
            reloadable[name] = value
    return Wanted(reloadable, fixed, tuple(refused))


def _concerned(name: str, facts: ParameterFacts, server: Server) -> bool:
    if LEFT_OUT.fullmatch(name):
        return False
    return name in ALWAYS or name.startswith("log_") or (name in server.parameters and not facts.is_read_only)


def _present(value: str, libraries: Path) -> str:
    names = [each.strip() for each in value.split(",")]
    return ",".join(each for each in names if each and any(libraries.glob(f"{each}.*")))


def configuration(*parts: Mapping[str, str]) -> str:
    """The text of postgresql.conf; later parts win."""
    return "".join(f"{name} = {_quoted(value)}\n" for part in parts for name, value in part.items())


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "''").replace("\n", "\\n").replace("\r", "\\r")
    return f"'{escaped}'"
