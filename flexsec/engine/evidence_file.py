"""Evidence of who still connects, from a file: CSV with a header, or a JSON list of objects."""

from __future__ import annotations

import csv
import io
import ipaddress
import json
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..model.connections import AUTHENTICATION_WORDS, TLS_WORDS, Connection

if TYPE_CHECKING:
    from pathlib import Path

_COLUMNS = ("address", "role", "tls_version", "authentication")


def read(path: Path) -> tuple[Connection, ...]:
    """Read connections; an empty file is refused, since nobody seen is not nobody connecting.

    Args:
        path: `.json` for a list of objects, anything else for CSV with a header. Columns: address (IPv4, required),
            role, tls_version ("none" without TLS), authentication; others are ignored, and so are rows without an IPv4
            address, unless they tell an authentication: then who that is must be told too.

    Raises:
        UsageError: naming the file, the line and what was expected.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"cannot read connections from {path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not a text file; expected CSV or JSON with a column 'address'") from None
    rows = _from_json(text, path) if path.suffix.casefold() == ".json" else _from_csv(text, path)
    if not rows:
        raise UsageError(f"{path} holds no connection; leave the file out when nothing is known about clients")
    read = tuple(_connection(row, place) for place, row in rows if not _outside_the_firewall(row, place))
    if not read:
        raise UsageError(f"{path} holds no connection from an IPv4 address; leave it out when nothing is known")
    return read


def _from_csv(text: str, path: Path) -> list[tuple[str, dict[str, object]]]:
    reader = csv.DictReader(io.StringIO(text))
    if "address" not in (reader.fieldnames or []):
        raise UsageError(
            f"{path}:1: expected a header with the column 'address' (and optionally role, tls_version, authentication)"
        )
    try:
        return [(f"{path}:{reader.line_num}", dict(row)) for row in reader]
    except csv.Error as error:
        raise UsageError(f"{path}:{reader.line_num}: not CSV: {error}") from None


def _from_json(text: str, path: Path) -> list[tuple[str, dict[str, object]]]:
    try:
        data = json.loads(text)
    except ValueError as error:
        raise UsageError(f"{path}: not JSON: {error}") from None
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        raise UsageError(f'{path}: expected a list of objects such as {{"address": "203.0.113.7"}}')
    return [(f"{path}: entry {number}", row) for number, row in enumerate(data, 1)]


def _outside_the_firewall(row: dict[str, object], place: str) -> bool:
    """A local or IPv6 session (pg_stat_activity shows both): the firewall, which is IPv4 only, does not admit it."""
    address = str(row.get("address") or "").strip()
    try:
        outside = not address or ipaddress.ip_address(address).version == 6
    except ValueError:
        return False
    if outside and str(row.get("authentication") or "").strip():
        raise UsageError(
            f"{place}: it tells how a client logs in and not its IPv4 address; add that, or leave the row out when it "
            "is a session of the service's own"
        )
    return outside


def _connection(row: dict[str, object], place: str) -> Connection:
    values = {column: str(row.get(column) or "").strip() for column in _COLUMNS}
    try:
        ipaddress.IPv4Address(values["address"])
    except ValueError:
        raise UsageError(f"{place}: {values['address']!r} is not an IPv4 address") from None
    if values["tls_version"] and values["tls_version"].casefold() not in {word.casefold() for word in TLS_WORDS}:
        raise UsageError(
            f"{place}: {values['tls_version']!r} is no TLS version; expected one of {', '.join(TLS_WORDS)}"
        )
    values["authentication"] = values["authentication"].casefold()
    if values["authentication"] and values["authentication"] not in AUTHENTICATION_WORDS:
        raise UsageError(
            f"{place}: {values['authentication']!r} is no authentication; expected one of "
            f"{', '.join(AUTHENTICATION_WORDS)}, or nothing when it is not known"
        )
    return Connection(**values)
