"""Writing a password where its owner asked for it: a new file that nobody else can read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Self

from ..errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from ..model.secret import Secret


class Revealing:
    """Holds a new empty file, mode 0600, from before anything is done; removed again when nothing was written to it.

    Args:
        path: the file, or None for none.

    Raises:
        UsageError: on entering: the file exists or cannot be made, so that this is known before a password is changed.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._handle = -1
        self._written = False

    def __enter__(self) -> Self:
        if self._path is not None:
            try:
                self._handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                raise UsageError(f"{self._path} exists; a password is only written to a new file") from None
            except OSError as error:
                raise UsageError(f"cannot write {self._path}: {error.strerror or error}") from None
        return self

    def write(self, secret: Secret) -> None:
        """Write the password, without a line end, and make it durable."""
        os.write(self._handle, secret.reveal().encode())
        os.fsync(self._handle)
        self._written = True

    def __exit__(self, *_: object) -> None:
        if self._path is None or self._handle < 0:
            return
        os.close(self._handle)
        if not self._written:
            self._path.unlink(missing_ok=True)
