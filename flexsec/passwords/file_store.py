"""A secret in one encrypted file, for servers out of reach of a vault and for tests.

The whole file is one Fernet token (AES-128 in CBC mode with HMAC-SHA-256), so neither a password nor what is said
about it can be read or altered without the key. The key stands in a file of its own: whoever has both has everything,
so they belong in different places.
"""

from __future__ import annotations

import json
import os
import secrets as randomness
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..engine.whole_file import replace_file
from ..errors import SecretStoreFailure
from ..model.encoding import from_data, to_data
from ..model.secret import Secret
from ..model.secret_store import Stage, StoredVersion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_FORMAT = 1


def new_key_file(path: Path) -> None:
    """Write a new key, mode 0600; an existing file is left alone.

    Raises:
        SecretStoreFailure: the file exists, or cannot be written.
    """
    from cryptography.fernet import Fernet

    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise SecretStoreFailure(f"the key file {path} exists; a new key would lose what the old one opens") from None
    except OSError as error:
        raise SecretStoreFailure(f"cannot write the key file {path}: {error.strerror or error}") from None
    with os.fdopen(handle, "wb") as out:
        out.write(Fernet.generate_key() + b"\n")
        out.flush()
        os.fsync(out.fileno())


class FileStore:
    """The versions of one secret in an encrypted file.

    Args:
        path: the file; made by the first `put_pending`.
        key_file: made by `new_key_file`; readable by its owner alone.
        now: tells the time, in UTC.
    """

    def __init__(self, path: Path, key_file: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._path = path
        self._key_file = key_file
        self._now = now

    @property
    def place(self) -> str:
        """The file."""
        return f"file {self._path}"

    def put_pending(
        self, secret: Secret, *, run_id: str, server_id: str, login: str, expires_at: datetime | None
    ) -> StoredVersion:
        """Add a pending version.

        Raises:
            SecretStoreFailure: the file or its key cannot be used.
        """
        kept = StoredVersion(
            version=randomness.token_hex(8),
            stage=Stage.PENDING,
            created_at=self._now(),
            expires_at=expires_at,
            run_id=run_id,
            server_id=server_id,
            login=login,
        )
        with self._held():
            self._write([(kept, secret.reveal()), *self._read()])
        return kept

    def get(self, version: str) -> Secret:
        """One password.

        Raises:
            SecretStoreFailure: there is no such version, or the file cannot be read.
        """
        for kept, text in self._read():
            if kept.version == version:
                return Secret(text)
        raise SecretStoreFailure(f"{self.place} holds no version {version}")

    def versions(self) -> tuple[StoredVersion, ...]:
        """All versions, newest first."""
        return tuple(kept for kept, _ in self._read())

    def promote(self, version: str) -> StoredVersion:
        """Make a version the current one, in one replacement of the file.

        Raises:
            SecretStoreFailure: there is no such version, or the file cannot be written.
        """

        def stage(kept: StoredVersion) -> Stage:
            if kept.version == version:
                return Stage.CURRENT
            return Stage.PREVIOUS if kept.stage is Stage.CURRENT else kept.stage

        return self._restaged(version, stage)

    def abandon(self, version: str) -> None:
        """Mark a pending version as never taken; another one is left as it is.

        Raises:
            SecretStoreFailure: there is no such version, or the file cannot be written.
        """

        def stage(kept: StoredVersion) -> Stage:
            dropped = kept.version == version and kept.stage is Stage.PENDING
            return Stage.ABANDONED if dropped else kept.stage

        self._restaged(version, stage)

    def _restaged(self, version: str, stage: Callable[[StoredVersion], Stage]) -> StoredVersion:
        with self._held():
            before = self._read()
            after = [(replace(kept, stage=stage(kept)), text) for kept, text in before]
            found = next((kept for kept, _ in after if kept.version == version), None)
            if found is None:
                raise SecretStoreFailure(f"{self.place} holds no version {version}")
            if after != before:
                self._write(after)
        return found

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Nobody else changes the file meanwhile."""
        from filelock import FileLock, Timeout

        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with FileLock(f"{self._path}.lock", timeout=30, mode=0o600):
                yield
        except Timeout:
            raise SecretStoreFailure(f"{self.place} is in use by another process") from None
        except OSError as error:
            raise SecretStoreFailure(f"{self.place} cannot be used: {error.strerror or error}") from None

    def _cipher(self) -> Any:
        from cryptography.fernet import Fernet

        try:
            mode = self._key_file.stat().st_mode
            key = self._key_file.read_bytes().strip()
        except FileNotFoundError:
            raise SecretStoreFailure(
                f"there is no key file {self._key_file}; make one with `flexsec password new-key {self._key_file}`"
            ) from None
        except OSError as error:
            raise SecretStoreFailure(f"cannot read the key file {self._key_file}: {error.strerror or error}") from None
        if os.name == "posix" and mode & 0o077:
            raise SecretStoreFailure(
                f"the key file {self._key_file} can be read by others; run chmod 600 {self._key_file}"
            )
        try:
            return Fernet(key)
        except ValueError:
            raise SecretStoreFailure(f"{self._key_file} is not a key file of flexsec") from None

    def _read(self) -> list[tuple[StoredVersion, str]]:
        from cryptography.fernet import InvalidToken

        cipher = self._cipher()
        try:
            sealed = self._path.read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise SecretStoreFailure(f"{self.place} cannot be read: {error.strerror or error}") from None
        try:
            data = json.loads(cipher.decrypt(sealed))
        except InvalidToken:
            raise SecretStoreFailure(f"{self.place} was made with another key, or was altered") from None
        if data.get("format") != _FORMAT:
            raise SecretStoreFailure(f"{self.place} has format {data.get('format')!r}, which is not known here")
        return [(from_data(StoredVersion, item["about"]), item["secret"]) for item in data["versions"]]

    def _write(self, versions: list[tuple[StoredVersion, str]]) -> None:
        """Replace the file by one that is on the disk."""
        items = [{"about": to_data(kept), "secret": text} for kept, text in versions]
        sealed = self._cipher().encrypt(json.dumps({"format": _FORMAT, "versions": items}).encode())
        replace_file(self._path, sealed)
