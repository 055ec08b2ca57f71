"""Keeps one PostgreSQL server for as long as somebody holds the other end of standard input, and no longer.

Run as a program of its own (`supervisor.py DIRECTORY BIN UID GID`), which imports nothing but the standard library: a
simulator that is killed cannot clean up after itself, but its pipe closes. DIRECTORY holds `data`, and `lock`, whose
lock the caller took and handed on as a file descriptor: a directory whose lock is free belongs to nobody.

Each line on standard input is one of start, stop, restart and reload; each is answered by one line of JSON,
{"ok": true} or {"ok": false, "says": "..."}.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

START_SECONDS = 60.0
STOP_SECONDS = ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
POLL_SECONDS = 0.01
PR_SET_PDEATHSIG = 1


class Supervisor:
    """The server in one directory."""

    def __init__(self, directory: Path, programs: Path, uid: int, gid: int) -> None:
        self._directory = directory
        self._programs = programs
        self._uid, self._gid = uid, gid
        self._server: subprocess.Popen[bytes] | None = None
        self._die_with_parent = _death_wish()

    def start(self) -> str | None:
        """Starts the server and waits until it accepts connections; tells what went wrong."""
        log = self._directory / "log"
        size = log.stat().st_size if log.exists() else 0
        other = os.geteuid() != self._uid
        with log.open("ab") as file:
            self._server = subprocess.Popen(  # noqa: S603
                [str(self._programs / "postgres"), "-D", str(self._directory / "data")],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                cwd=self._directory,
                env={"LC_ALL": "C", "PATH": os.environ.get("PATH", "")},
                user=self._uid if other else None,
                group=self._gid if other else None,
                extra_groups=[] if other else None,
                preexec_fn=self._die_with_parent,  # noqa: PLW1509 - this program has one thread
            )
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self._server.poll() is not None:
                return _tail(log, size) or f"postgres ended with status {self._server.returncode}"
            if self._ready():
                return None
            time.sleep(POLL_SECONDS)
        self.stop()
        return f"postgres was not ready after {START_SECONDS:g} seconds: {_tail(log, size)}"

    def stop(self) -> str | None:
        """Stops the server, by force if it must be."""
        server = self._server
        if server is None:
            return None
        for number, seconds in STOP_SECONDS:
            server.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(seconds)
                self._server = None
                return None
        return "postgres does not end"

    def restart(self) -> str | None:
        """Stops and starts the server."""
        return self.stop() or self.start()

    def reload(self) -> str | None:
        """Has the server read its configuration again."""
        if self._server is None or self._server.poll() is not None:
            return f"postgres is not running: {_tail(self._directory / 'log', 0)}"
        self._server.send_signal(signal.SIGHUP)
        return None

    def _ready(self) -> bool:
        # The eighth line of postmaster.pid is the server's own word on its state.
        try:
            lines = (self._directory / "data" / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[7].strip() == "ready"


def _death_wish() -> Callable[[], None] | None:
    """On Linux: has the kernel end the server when even this program is killed."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGQUIT, 0, 0, 0)


def _tail(log: Path, start: int) -> str:
    with log.open("rb") as file:
        file.seek(start)
        lines = file.read().decode(errors="replace").strip().splitlines()
    return " / ".join(lines[-5:])


def main() -> None:
    """Obeys until standard input ends or a signal asks to end; then leaves nothing behind."""
    directory = Path(sys.argv[1])
    supervisor = Supervisor(directory, Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    words = {each: getattr(supervisor, each) for each in ("start", "stop", "restart", "reload")}
    try:
        for line in iter(sys.stdin.readline, ""):
            try:
                says = words[line.strip()]()
            except OSError as problem:
                says = str(problem)
            sys.stdout.write(json.dumps({"ok": says is None, "says": says}) + "\n")
            sys.stdout.flush()
    except BrokenPipeError:
        pass
    finally:
        supervisor.stop()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
