"""Journals in files below a state directory, and a lock per server that ends with its process."""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..errors import FlexSecError, InvalidTarget, RunInProgress, UnknownName
from ..model.resource import parse_target
from .whole_file import sync_directory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_RUN_ID = re.compile(r"^[0-9A-Za-z-]{1,80}$")


class JournalFiles:
    """One file a run, `runs/<run id>.jsonl`, mode 0600 in directories of mode 0700.

    Args:
        directory: the state directory; made when the first line is written.
    """

    def __init__(self, directory: Path) -> None:
        self._runs = directory / "runs"
        self._locks = directory / "locks"

    def append(self, run_id: str, line: bytes) -> None:
        """Add a line and wait until the disk has it.

        Raises:
            FlexSecError: the state directory cannot be written; the message names it.
        """
        path = self._path(run_id)
        try:
            self._runs.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh = not path.exists()
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            length = os.fstat(handle).st_size
            try:
                _write_all(handle, line + b"\n")
                os.fsync(handle)
            except OSError:
                os.ftruncate(handle, length)  # half a line in the middle would be damage
                raise
            finally:
                os.close(handle)
            if fresh:
                sync_directory(self._runs)
        except OSError as error:
            raise FlexSecError(
                f"cannot write the journal {path}: {error.strerror or error}; nothing is done without a journal"
            ) from None

    def read(self, run_id: str) -> bytes:
        """All bytes of a run.

        Raises:
            UnknownName: no such run.
        """
        path = self._path(run_id)
        try:
            return path.read_bytes()
        except FileNotFoundError:
            raise UnknownName(f"there is no run {run_id!r} in {self._runs}; `flexsec runs` lists them") from None
        except OSError as error:
            raise FlexSecError(f"cannot read the journal {path}: {error.strerror or error}") from None

    def head(self, run_id: str) -> bytes:
        """The first line of a run with its newline, or what there is of it.

        Raises:
            FlexSecError: it cannot be read.
        """
        path = self._path(run_id)
        try:
            with path.open("rb") as file:
                return file.readline()
        except OSError as error:
            raise FlexSecError(f"cannot read the journal {path}: {error.strerror or error}") from None

    def place(self, run_id: str) -> str:
        """The file that a run is kept in."""
        return str(self._path(run_id))

    def trim(self, run_id: str, length: int) -> None:
        """Drop what follows the first `length` bytes.

        Raises:
            FlexSecError: the file cannot be written.
        """
        path = self._path(run_id)
        try:
            with path.open("r+b") as file:
                file.truncate(length)
                os.fsync(file.fileno())
        except OSError as error:
            raise FlexSecError(f"cannot mend the journal {path}: {error.strerror or error}") from None

    def runs(self) -> list[str]:
        """All run ids; they begin with their time, so oldest first."""
        return sorted(path.stem for path in self._runs.glob("*.jsonl"))

    @contextmanager
    def lock(self, target_key: str, holder: str) -> Iterator[None]:
        """Hold the server or the subscription with this key for one run.

        Raises:
            RunInProgress: another run on this machine holds it.
            FlexSecError: the state directory cannot be written; the message names it.
        """
        from filelock import FileLock, Timeout

        name = hashlib.sha256(target_key.encode()).hexdigest()[:32]
        told = self._locks / f"{name}.holder"
        lock = FileLock(self._locks / f"{name}.lock", mode=0o600, thread_local=False)
        try:
            self._locks.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock.acquire(timeout=0)
            told.write_text(f"{holder}, process {os.getpid()}", encoding="utf-8")
        except Timeout:
            raise RunInProgress(
                f"another run holds this {_noun(target_key)}: {_told(told)}; wait for it to end, or stop it first"
            ) from None
        except OSError as error:
            lock.release()
            raise FlexSecError(
                f"cannot lock the {_noun(target_key)} in {self._locks}: {error.strerror or error}; "
                "no run goes on without its lock"
            ) from None
        try:
            yield
        finally:
            told.unlink(missing_ok=True)
            lock.release()

    def _path(self, run_id: str) -> Path:
        if not _RUN_ID.match(run_id):
            raise UnknownName(f"{run_id!r} is not the id of a run; `flexsec runs` lists them")
        return self._runs / f"{run_id}.jsonl"


def _write_all(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]


def _noun(target_key: str) -> str:
    try:
        return parse_target(target_key).noun
    except InvalidTarget:
        return "server"


def _told(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8") or "(unnamed)"
    except OSError:
        return "(unnamed)"
