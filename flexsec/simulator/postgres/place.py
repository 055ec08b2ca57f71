"""The temporary directory of one server: made, marked as in use, and swept up when nobody is left to do it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .account import Account

PREFIX = "flexsec-postgres-"
LONGEST = 60  # bytes of the directory above, so that the path of a socket in it stays within what systems allow


def new_directory(account: Account) -> Path:
    """A directory that belongs to the account; everybody may look into it, but not into `run`."""
    directory = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_top()))
    directory.chmod(0o755)
    (directory / "run").mkdir(0o700)
    for each in (directory / "run", directory):
        account.give(each)
    return directory


def locked(directory: Path) -> int:
    """Marks a new directory as in use, for as long as the file descriptor, or a copy of it, is open somewhere."""
    handle = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def sweep(account: Account) -> None:
    """Removes the account's directories that nobody uses: their supervisor was killed before it could."""
    for directory in _abandoned(account):
        shutil.rmtree(directory, ignore_errors=True)


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _top() -> str:
    usual = tempfile.gettempdir()
    return usual if len(os.fsencode(usual)) <= LONGEST else "/tmp"  # noqa: S108 - a directory of its own is made in it


def _abandoned(account: Account) -> Iterator[Path]:
    for lock in Path(_top()).glob(f"{PREFIX}*/lock"):
        with contextlib.suppress(OSError):  # somebody else's, in use, or just gone
            if lock.parent.is_symlink() or lock.parent.stat().st_uid != account.uid:
                continue
            handle = os.open(lock, os.O_RDWR | os.O_NOFOLLOW)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                yield lock.parent
            finally:
                os.close(handle)
