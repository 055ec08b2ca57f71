"""Logging in with an ordinary PostgreSQL driver, over TLS with the server's certificate and name checked.

SCRAM is asked for first: it keeps the password from a server that is not the right one, and channel binding ties it to
the encrypted connection. A server that still holds an md5 hash is tried with md5 allowed, inside the same verified TLS.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import InvalidValue
from ..model.login import LoginAttempt

if TYPE_CHECKING:
    from ..model.secret import Secret

_REFUSED = ("password authentication failed",)
_NO_SCRAM = ("authentication method requirement", "channel binding required", "channel binding is required")
_SCRAM: dict[str, str] = {"require_auth": "scram-sha-256", "channel_binding": "require"}
_MD5: dict[str, str] = {"require_auth": "scram-sha-256,md5", "channel_binding": "prefer"}
_TOKEN: dict[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresLogin:
    """Logs in to one server.

    Attributes:
        host: the server's full name, which its certificate bears.
        address: an IP address to connect to instead of the one that the name resolves to, or "".
        database: where every administrator may connect.
        ca_file: the certificate authorities to trust; "" for those that Mozilla trusts, among them Azure's.
        seconds: how long connecting may take.
    """

    host: str
    port: int = 5432
    address: str = ""
    database: str = "postgres"
    ca_file: str = ""
    seconds: int = 10

    def __post_init__(self) -> None:
        """Refuse to be made without a driver.

        Raises:
            InvalidValue: psycopg is not installed.
        """
        if importlib.util.find_spec("psycopg") is None:
            raise InvalidValue("logging in needs a PostgreSQL driver; install it with: pip install 'flexsec[login]'")

    def __call__(self, login: str, secret: Secret) -> LoginAttempt:
        """Log in, ask for one row, and log out."""
        attempt = self._try(login, secret, _SCRAM)
        if attempt.works is None and any(words in attempt.how for words in _NO_SCRAM):
            return self._try(login, secret, _MD5)
        return attempt

    def with_token(self, login: str, token: Secret) -> LoginAttempt:
        """Log in with a Microsoft Entra token, which is sent as a password inside the verified TLS.

        No method is asked for: the server asks for the token in clear, which `require_auth` would refuse.
        """
        return self._try(login, token, _TOKEN)

    def _try(self, login: str, secret: Secret, method: dict[str, str]) -> LoginAttempt:
        import psycopg

        try:
            connection = psycopg.connect(**self._settings(login, method), password=secret.reveal(), autocommit=True)
        except psycopg.Error as error:
            return _failed(str(error), secret)
        except Exception as error:  # noqa: BLE001 - whatever a resolver or a TLS library raises, it was not a login
            return LoginAttempt(works=None, how=f"could not connect: {type(error).__name__}")
        with connection:
            how = "a Microsoft Entra token" if method is _TOKEN else "a password hash that may be md5"
            how = "scram-sha-256" if method is _SCRAM else how
            return LoginAttempt(works=True, how=f"{how}, {_tls_version(connection)}")

    def _settings(self, login: str, method: dict[str, str]) -> dict[str, Any]:
        import certifi

        return {
            "host": self.host,
            "port": self.port,
            "dbname": self.database,
            "user": login,
            "sslmode": "verify-full",
            "sslrootcert": self.ca_file or certifi.where(),
            "ssl_min_protocol_version": "TLSv1.2",
            "gssencmode": "disable",
            "connect_timeout": self.seconds,
            "application_name": "flexsec",
            **({"hostaddr": self.address} if self.address else {}),
            **method,
        }


def _failed(words: str, secret: Secret) -> LoginAttempt:
    told = " ".join(words.replace(secret.reveal(), "...").split())
    if any(refused in told for refused in _REFUSED):
        return LoginAttempt(works=False, how="password authentication failed")
    return LoginAttempt(works=None, how=told[:300])


def _tls_version(connection: Any) -> str:
    try:
        row = connection.execute("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone()
    except Exception:  # noqa: BLE001 - the login itself has succeeded
        return "TLS"
    return row[0] if row and row[0] else "TLS"
