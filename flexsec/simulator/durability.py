"""A world kept in a file: atomic replace under a lock, so that processes take turns and none sees half a world."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Stamp = tuple[int, int, int]


def replace_file(path: Path, text: str) -> None:
    """Writes a file so that it holds either the old or the new text, whatever happens, power cuts included."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def stamp(path: Path) -> Stamp | None:
    """What tells one version of a file from another; None when there is no file. A replaced file is another inode."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


class FileLock:
    """An exclusive lock between processes, on `<file>.lock` beside the file, because the file itself is replaced."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(path.name + ".lock")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Waits for the lock and holds it; a process that dies lets go of it.

        Raises:
            NotImplementedError: the system has no such locks; a world in memory needs none.
        """
        try:
            import fcntl
        except ImportError:
            raise NotImplementedError("keeping a simulated world in a file needs a system with flock") from None
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
