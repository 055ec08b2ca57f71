"""Evidence of how roles' passwords are kept, from a file: CSV with a header.

Made in the database postgres with `SELECT rolename, authtype FROM azure_roles_authtype()`, whose words are understood.
It tells NOLOGIN also of roles that log in without a password.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..model.login_evidence import HASHES, MD5, NO_PASSWORD, SCRAM, UNKNOWN, RoleHash

if TYPE_CHECKING:
    from pathlib import Path

_ROLE, _HASH = ("role", "rolename"), ("hash", "authtype")
_WORDS = {"scram-256": SCRAM, "scram": SCRAM, "nologin": NO_PASSWORD, "": UNKNOWN} | {each: each for each in HASHES}
_VERIFIER = re.compile(r"md5[0-9a-f]{32}|scram-sha-256\$.*", re.IGNORECASE | re.DOTALL)


def read(path: Path) -> tuple[RoleHash, ...]:
    """Read how the password of every role is kept, one row a role.

    Args:
        path: CSV with the columns role and hash (or rolename and authtype); others are ignored. A hash is
            scram-sha-256, md5, none (no password), or unknown; an empty one is unknown.

    Raises:
        UsageError: naming the file, the line and what was expected; never what stands in the place of a hash.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"cannot read role hashes from {path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not a text file; expected CSV with the columns role and hash") from None
    reader = csv.DictReader(io.StringIO(text))
    try:
        role, kept = (_column(reader.fieldnames, names, path) for names in (_ROLE, _HASH))
        found = [_row(row, role, kept, f"{path}:{reader.line_num}") for row in reader]
    except csv.Error as error:
        raise UsageError(f"{path}:{reader.line_num}: not CSV: {error}") from None
    if not found:
        raise UsageError(f"{path} holds no role; leave the file out when nothing is known about roles")
    _refuse_twice([each.role for each in found], path)
    return tuple(found)


def _column(names: object, wanted: tuple[str, ...], path: Path) -> str:
    there = [name for name in names if name in wanted] if isinstance(names, list) else []
    if len(there) != 1:
        raise UsageError(f"{path}:1: expected a header with the columns role and hash (or rolename and authtype)")
    return str(there[0])


def _row(row: dict[str, object], role: str, kept: str, place: str) -> RoleHash:
    name, word = (str(row.get(column) or "").strip() for column in (role, kept))
    if not name:
        raise UsageError(f"{place}: the role is missing")
    if _VERIFIER.fullmatch(word):
        raise UsageError(f"{place}: that is the hash itself, which belongs in no file; give its kind, {MD5} or {SCRAM}")
    found = _WORDS.get(word.casefold())
    if found is None:
        raise UsageError(f"{place}: the hash is none of {', '.join(HASHES)}")
    return RoleHash(role=name, hash=found)


def _refuse_twice(roles: list[str], path: Path) -> None:
    twice = sorted({role for role in roles if roles.count(role) > 1})
    if twice:
        raise UsageError(f"{path} tells of {', '.join(twice)} twice")
