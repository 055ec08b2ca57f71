"""Just enough of PostgreSQL's wire protocol to give a server its roles: over its own socket, as its superuser.

A driver would be one more package for everyone who only wants a simulator.
"""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING, Self

from .problem import PostgresError

if TYPE_CHECKING:
    from pathlib import Path

PROTOCOL_3 = 196608
# What the service does to a server is not in its customer's log, least of all a verifier.
SILENT = " ".join(
    f"-c {setting}"
    for setting in (
        "log_statement=none",
        "log_duration=off",
        "log_min_duration_statement=-1",
        "log_min_duration_sample=-1",
        "log_transaction_sample_rate=0",
        "log_min_error_statement=panic",
        "log_min_messages=error",
        "debug_print_parse=off",
        "debug_print_rewritten=off",
        "debug_print_plan=off",
        "pg_stat_statements.track=none",
    )
)
Row = tuple[str | None, ...]


class Session:
    """A connection that a server trusts without a password; closes itself in a `with` block."""

    def __init__(self, path: Path, *, user: str, database: str, seconds: float = 30.0) -> None:
        """Connect.

        Args:
            path: the server's socket.
            user: the role to be.
            database: the database to be in.
            seconds: how long any one answer may take.

        Raises:
            PostgresError: nobody listens, or the server refuses.
        """
        self._socket = socket.socket(socket.AF_UNIX)
        self._buffer = b""
        try:
            self._socket.settimeout(seconds)
            self._socket.connect(str(path))
            words = {"user": user, "database": database, "application_name": "flexsec simulator", "options": SILENT}
            raw = "".join(f"{key}\0{value}\0" for key, value in words.items()).encode() + b"\0"
            self._socket.sendall(struct.pack("!ii", len(raw) + 8, PROTOCOL_3) + raw)
            self._rows()
        except OSError as problem:
            self.close()
            raise PostgresError(f"the server's socket {path} does not answer: {problem}") from None
        except PostgresError:
            self.close()
            raise

    def run(self, statement: str) -> list[Row]:
        """Runs statements and returns the rows of all of them, values as text.

        Raises:
            PostgresError: the server's own message. The statement is not part of it: it may hold a verifier.
        """
        raw = statement.encode() + b"\0"
        try:
            self._socket.sendall(b"Q" + struct.pack("!i", len(raw) + 4) + raw)
            return self._rows()
        except OSError as problem:
            raise PostgresError(f"the server stopped answering: {problem}") from None

    def close(self) -> None:
        """Ends the connection."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _rows(self) -> list[Row]:
        rows: list[Row] = []
        refusal: str | None = None
        while True:
            kind, body = self._message()
            if kind == b"D":
                rows.append(_row(body))
            elif kind == b"E":
                refusal = _refusal(body)
                if refusal.startswith(("FATAL", "PANIC")):
                    raise PostgresError(refusal)
            elif kind == b"R" and body[:4] != b"\0\0\0\0":
                raise PostgresError("the server asks its own superuser for a password on its private socket")
            elif kind == b"Z":
                if refusal is not None:
                    raise PostgresError(refusal)
                return rows

    def _message(self) -> tuple[bytes, bytes]:
        head = self._exactly(5)
        (length,) = struct.unpack("!i", head[1:])
        return head[:1], self._exactly(length - 4)

    def _exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            more = self._socket.recv(65536)
            if not more:
                raise PostgresError("the server closed the connection")
            self._buffer += more
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken


def identifier(name: str) -> str:
    """A name as it may stand in a statement."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as it may stand in a statement."""
    return "'" + text.replace("'", "''") + "'"


def _row(body: bytes) -> Row:
    (count,), at = struct.unpack_from("!h", body), 2
    values: list[str | None] = []
    for _ in range(count):
        (size,) = struct.unpack_from("!i", body, at)
        at += 4
        values.append(None if size < 0 else body[at : at + size].decode())
        at += max(size, 0)
    return tuple(values)


def _refusal(body: bytes) -> str:
    fields = {part[:1]: part[1:].decode(errors="replace") for part in body.split(b"\0") if part}
    return f"{fields.get(b'V', fields.get(b'S', 'ERROR'))}: {fields.get(b'M', '')} ({fields.get(b'C', '')})"
