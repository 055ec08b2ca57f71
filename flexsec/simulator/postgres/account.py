"""Who PostgreSQL runs as: it refuses to be root, so root lends it an unprivileged account."""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .problem import PostgresError

if TYPE_CHECKING:
    from pathlib import Path

CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """A user and a group by number; `switch` tells whether the caller must change to them."""

    uid: int
    gid: int
    switch: bool

    def give(self, path: Path) -> None:
        """Makes the account the owner of a file or directory."""
        if self.switch:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def own_or_unprivileged() -> Account:
    """The caller's own account; for root, `postgres` or `nobody`.

    Raises:
        PostgresError: started by root on a machine that has neither.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switch=False)
    for name in CANDIDATES:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        if found.pw_uid != 0:
            return Account(found.pw_uid, found.pw_gid, switch=True)
    raise PostgresError(
        "PostgreSQL refuses to run as root, and this machine has neither of the accounts postgres and nobody; "
        "start as another user"
    )
