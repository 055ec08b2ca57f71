"""Where the command line says that passwords are kept, and how it says that they are tried."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

from ..errors import UsageError
from .output import say

if TYPE_CHECKING:
    from ..client import ServerHandle
    from ..model.login import Login
    from ..model.secret_store import SecretStore
    from .given import Given
    from .session import Session


def store_of(given: Given, session: Session, server: str) -> SecretStore:
    """The store that the command line names.

    Args:
        server: the server's name, which the secret is named after.

    Raises:
        UsageError: none, or two.
        SecretStoreFailure: it cannot be used.
    """
    told = given.store
    if told.vault and told.file:
        raise UsageError("--vault and --store-file are two places; give one")
    if told.file:
        if told.key_file is None:
            raise UsageError("--store-file needs --key-file; `flexsec password new-key FILE` makes one")
        from ..passwords.file_store import FileStore

        return FileStore(told.file, told.key_file, now=session.now)
    if told.key_file:
        raise UsageError("--key-file is the key of --store-file, which is missing")
    if not told.vault:
        raise UsageError("where are the passwords kept? give --vault URL, or --store-file FILE with --key-file FILE")
    return session.vault(told.vault, told.secret or f"{server}-admin-password")


def login_of(given: Given, session: Session, handle: ServerHandle) -> Login | None:
    """How passwords are tried; None, and a line on standard error, where they are not."""
    told = given.login
    if told.skipped:
        return None
    simulated = session.simulated_login(handle.id)
    if simulated is not None:
        return simulated
    if given.settings.endpoint and not told.address:
        say("logins are not tried on a served simulation; give --address, --port and --ca-file of the server behind it")
        return None
    if importlib.util.find_spec("psycopg") is None:
        say("no PostgreSQL driver is installed, so the password is not tried: pip install 'flexsec[login]'")
        return None
    return handle.admin_password.login(address=told.address, port=told.port, ca_file=told.ca_file)
