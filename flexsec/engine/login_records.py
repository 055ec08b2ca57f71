"""What is remembered of logins on one server, beside the journals: a proved Entra login, and when SCRAM was seen on.

Neither is a secret. Without these files a proof is made again; nothing else is lost.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import FlexSecError
from ..model.encoding import from_data, to_data
from ..model.login_evidence import LoginRecord
from .whole_file import replace_file

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from ..model.login_evidence import EntraLoginProof
    from ..model.resource import ServerId


class LoginRecords:
    """One file a server, `logins/<digest of its id>.json`, mode 0600 in a directory of mode 0700.

    Args:
        directory: the state directory; made when something is kept.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory / "logins"

    def of(self, server: ServerId) -> LoginRecord:
        """What is remembered; a file that cannot be read tells nothing, so that what it told is proved again."""
        try:
            return from_data(LoginRecord, json.loads(self._path(server).read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return LoginRecord()

    def keep_entra_login(self, server: ServerId, proof: EntraLoginProof) -> None:
        """Remember a login that worked.

        Raises:
            FlexSecError: the state directory cannot be written; the message names it.
        """
        self._write(server, replace(self.of(server), entra_login=proof))

    def keep_scram_seen(self, server: ServerId, moment: datetime) -> None:
        """Remember that passwords are kept as SCRAM verifiers from this moment on, if not before.

        Raises:
            FlexSecError: the state directory cannot be written; the message names it.
        """
        self._write(server, replace(self.of(server), scram_seen_at=moment))

    def _write(self, server: ServerId, record: LoginRecord) -> None:
        path = self._path(server)
        try:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            replace_file(path, json.dumps(to_data(record)).encode())
        except OSError as error:
            raise FlexSecError(f"cannot write {path}: {error.strerror or error}") from None

    def _path(self, server: ServerId) -> Path:
        return self._directory / f"{hashlib.sha256(server.key.encode()).hexdigest()[:32]}.json"
