"""A real PostgreSQL server behind a simulated one, kept where the simulated one is."""

from __future__ import annotations

import logging
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ..verifier import password_verifier
from . import layout
from .access import access_rules, loopback_of
from .cluster import Cluster
from .installations import choose
from .problem import PostgresError
from .relay import Relay
from .session import identifier
from .settings import KNOWN, Known, Wanted, known_parameters, wanted

if TYPE_CHECKING:
    from ..long_running import Operation
    from ..state import Server
    from ..world import World

NOT_RUNNING = frozenset({"Stopped", "Stopping", "Starting", "Provisioning", "Disabled", "Inaccessible", "Dropping"})
TLS = {"ssl": "on", "ssl_cert_file": "../server.crt", "ssl_key_file": "../server.key"}  # seen from its data
_log = logging.getLogger(__name__)


class Backing:
    """A real PostgreSQL that follows a server of a world, in the process that holds the world.

    Every write that takes effect in the world is taken over before its answer goes out: parameters in force, TLS,
    firewall rules and authentication switches, the administrator's password, databases, restarts, stop, start and
    deletion. Nothing that is done in the database goes back into the world. `access`, `settings` and `layout` tell
    what is left out.

    Attributes:
        host: 127.0.0.1.
        port: where the server listens; the same across restarts.
        fqdn: the simulated server's own name, which its certificate bears beside localhost and 127.0.0.1.
        ca_file: the certificate authority, for `sslrootcert`.
        log_file: the server's log.
        administrator: the administrator login; empty on a server that has none.
        password: the administrator's password at the start; None where the world remembers one that was set by a
            request. A reset by request replaces it.
        installation: the programs that run.
        not_enforced: parameters that the world has changed and this server cannot follow in.
        problem: set when a change could not be taken over; leaving the `with` block raises it.
    """

    host = "127.0.0.1"

    def __init__(
        self, world: World, server: str, *, where: str | Path = "auto", port: int = 0, password: str = ""
    ) -> None:
        """Prepare; `start` or the `with` block starts.

        Args:
            world: the simulated Azure, in this process.
            server: the server's resource id, or its name where only one has it.
            where: the directory of PostgreSQL's programs, or "auto" for the best version on this machine.
            port: to listen on; 0 for any that is free.
            password: the administrator's first password, where the world does not remember one; chosen when empty.

        Raises:
            KeyError: no such server.
            PostgresError: no PostgreSQL on this machine.
        """
        found = world.server(server)
        self._world = world
        self.server_id = next(each for each, candidate in world.servers() if candidate is found)
        self.fqdn = f"{found.name}.postgres.database.azure.com"
        self.installation = choose(int(found.version), where)
        self.problem: PostgresError | None = None
        self.not_enforced: tuple[str, ...] = ()
        self._port = port
        self._first_password = password or secrets.token_urlsafe(18)
        self._first_salt = secrets.token_hex(8)
        self._cluster: Cluster | None = None
        self._known: dict[str, Known] = {}
        self._libraries = Path()
        self._written: tuple[Wanted, tuple[str, ...]] | None = None
        self._role: tuple[str, str] = ("", "")
        self._databases: set[str] = set()

    @property
    def port(self) -> int:
        """Where the server listens on 127.0.0.1."""
        return self._running().port

    @property
    def ca_file(self) -> Path:
        """The certificate authority's certificate, which everyone may read."""
        return self._running().directory / "ca.crt"

    @property
    def log_file(self) -> Path:
        """What the server has written to its log."""
        return self._running().log

    @property
    def administrator(self) -> str:
        """The administrator login."""
        return self._server().administrator_login

    @property
    def password(self) -> str | None:
        """The administrator's first password; None where the world remembers another, of which it has no clear text."""
        return None if self._credentials().password.verifier else self._first_password

    @property
    def note(self) -> str:
        """What a reader should know: a major version other than the simulated server's. Empty otherwise."""
        simulated, real = self._server().version, self.installation
        if str(real.major) == simulated:
            return ""
        return f"PostgreSQL {real.version} stands in for version {simulated}"

    def connection(self) -> dict[str, Any]:
        """What a driver needs to connect, as libpq names it; the password only while it is the first one."""
        words: dict[str, Any] = {"host": self.host, "port": self.port, "dbname": "postgres", "user": self.administrator}
        if self.password is not None:
            words["password"] = self.password
        return words | {"sslrootcert": str(self.ca_file)}

    def client(self, address: str) -> Relay:
        """Lets connections appear as from a client's address, under the loopback address that stands for it.

        Args:
            address: such as 203.0.113.5.

        Returns:
            A relay; connect to its `port` instead of the server's, and close it.

        Raises:
            ValueError: no IPv4 address.
        """
        return Relay(loopback_of(address), self.port)

    def start(self) -> Self:
        """Makes the server, brings it to where the world is, and follows the world from then on.

        Raises:
            PostgresError: it cannot be made or started; nothing is left behind.
        """
        if self._cluster is not None:
            raise PostgresError("this PostgreSQL server is started already")
        self._cluster = Cluster(self.installation, port=self._port)
        try:
            self._found()
            with self._world.turn():
                self._follow()
                self._world.observers.append(self._observe)
        except BaseException:
            self._end()
            raise
        return self

    def catch_up(self) -> None:
        """Takes over what was changed in the world directly, not by a request.

        Raises:
            PostgresError: the real server cannot follow.
        """
        with self._world.turn():
            self._follow()

    def close(self) -> None:
        """Stops following, stops the server and removes all it had."""
        with self._world.turn():
            if self._observe in self._world.observers:
                self._world.observers.remove(self._observe)
        self._end()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.close()
        if self.problem is not None and kind is None:
            raise self.problem

    def _end(self) -> None:
        if self._cluster is not None:
            self._cluster.close()
            self._cluster = None

    def _running(self) -> Cluster:
        if self._cluster is None:
            raise PostgresError("this PostgreSQL server is not started")
        return self._cluster

    def _server(self) -> Server:
        return self._world.server(self.server_id)

    def _credentials(self) -> Server:
        """The server whose roles count: of a replica, its source."""
        server = self._server()
        source = self._world.find_server(server.source_server_id) if server.source_server_id else None
        return source or server

    def _found(self) -> None:
        """Gives a new cluster its certificates, roles and databases, unreachable from outside meanwhile."""
        from ..certificates import make_certificates

        cluster = self._running()
        made = make_certificates((self.fqdn, "localhost"), datetime.now(UTC))
        cluster.write("ca.crt", made.authority, private=False)
        cluster.write("server.crt", made.certificate)
        cluster.write("server.key", made.key)
        cluster.start()
        with cluster.session() as session:
            predefined = [str(name) for (name,) in session.run(layout.PREDEFINED)]
            for statement in (*layout.roles(predefined), *layout.databases(), layout.PUBLIC_SCHEMA):
                session.run(statement)
            session.run(layout.ROLES_AUTHTYPE)
            self._known = known_parameters(session.run(KNOWN))
            self._libraries = Path(
                str(session.run("SELECT setting FROM pg_catalog.pg_config() WHERE name = 'PKGLIBDIR'")[0][0])
            )
        with cluster.session("template1") as session:
            session.run(layout.PUBLIC_SCHEMA)

    def _observe(self, operation: Operation | None) -> None:
        own = operation is not None and operation.server_id.lower() == self.server_id.lower()
        try:
            self._follow(operation if own else None)
        except PostgresError as problem:
            self.problem = self.problem or problem
            _log.error("the PostgreSQL behind %s did not follow: %s", self.server_id, problem)

    def _follow(self, operation: Operation | None = None) -> None:
        """Brings the real server to where the simulated one is, after an operation of its own if there was one."""
        cluster = self._running()
        server = self._world.find_server(self.server_id)
        deleted = operation is not None and (operation.kind, operation.verb) == ("server", "delete")
        if server is None or deleted or server.state in NOT_RUNNING:
            if cluster.running:
                cluster.stop()
            return
        restart = operation is not None and (operation.kind == "restart" or bool(operation.effect.get("restarts")))
        before = self._written
        after = self._written = (wanted(server, self._known, self._libraries), access_rules(server))
        self.not_enforced = after[0].refused
        if before != after:
            cluster.configure({**TLS, **after[0].fixed, **after[0].reloadable}, after[1])
        if not cluster.running:
            cluster.start()
        elif restart or before is None or before[0].fixed != after[0].fixed:
            cluster.restart()
        elif before != after:
            cluster.reload()
        self._set_password(server)
        self._set_databases(server)

    def _set_password(self, server: Server) -> None:
        login = server.administrator_login
        if not login:
            return
        encryption = server.in_force("password_encryption") or ""
        verifier = self._credentials().password.verifier or (
            self._role[1] or password_verifier(self._first_password, login, encryption, self._first_salt)
        )
        if (login, verifier) == self._role:
            return
        with self._running().session() as session:
            for statement in layout.administrator(login, verifier, exists=bool(self._role[0])):
                session.run(statement)
        self._role = (login, verifier)

    def _set_databases(self, server: Server) -> None:
        """Makes and drops databases as the world did; those that somebody made by a statement stay."""
        made = set(server.databases)
        if made == self._databases:
            return
        with self._running().session() as session:
            there = {str(name) for (name,) in session.run("SELECT datname FROM pg_catalog.pg_database")}
            for name in sorted(made - there):
                session.run(layout.database(name, server.databases[name].charset))
            for name in sorted((self._databases - made) & there):
                session.run(f"DROP DATABASE {identifier(name)} WITH (FORCE)")
        self._databases = made
