"""On a terminal: tables, questions and a live display. Real processes on a real pseudo-terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A flexsec process on a pseudo-terminal of 100 by 50."""

    def __init__(self, *words: str) -> None:
        self._leader, follower = pty.openpty()
        environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "50"}
        environment.pop("NO_COLOR", None)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "flexsec", *words],
            stdin=follower,
            stdout=follower,
            stderr=follower,
            env=environment,
            start_new_session=True,
        )
        os.close(follower)
        self.raw = ""

    @property
    def text(self) -> str:
        return ESCAPES.sub("", self.raw).replace("\r", "")

    def until(self, words: str, seconds: float = 30.0) -> None:
        """Read until these words were shown."""
        end = time.monotonic() + seconds
        while words not in self.text:
            assert time.monotonic() < end, f"{words!r} was not shown:\n{self.text}"
            assert self._read(), f"ended without showing {words!r}:\n{self.text}"

    def type(self, text: str) -> None:
        os.write(self._leader, text.encode())

    def end(self) -> int:
        """Read to the end; the exit code."""
        while self._read():
            pass
        os.close(self._leader)
        return self._process.wait(timeout=30)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._leader], [], [], 30)
        if not ready:
            return False
        try:
            data = os.read(self._leader, 65536)
        except OSError:
            return False
        self.raw += data.decode(errors="replace")
        return bool(data)


def test_harden_shows_the_plan_and_asks(flexsec, world):
    """The plan is shown with what is held back; the answer no writes nothing and ends with 6."""
    terminal = Terminal("harden", "--simulate", world)
    terminal.until("Harden the server so? [y/N]")
    assert "Set require_secure_transport to on (now off)." in terminal.text
    assert "--allow-closing firewall" in terminal.text
    terminal.type("n\n")
    assert terminal.end() == 6
    assert "not confirmed: nothing was written" in terminal.text
    assert flexsec("runs", "--simulate", world).data == []


def test_harden_writes_after_yes_and_shows_a_table(flexsec, world):
    """The answer yes writes, with a live display and a report in colour; the display leaves the terminal in order."""
    terminal = Terminal("harden", "--simulate", world)
    terminal.until("Harden the server so? [y/N]")
    terminal.type("y\n")
    assert terminal.end() == 6
    assert "Controls before and after" in terminal.text
    assert "\x1b[32m" in terminal.raw
    assert terminal.raw.rfind("\x1b[?25h") > terminal.raw.rfind("\x1b[?25l"), "the cursor is shown again"
    (run,) = flexsec("runs", "--simulate", world).data
    assert run["status"] == "complete"


def test_end_of_input_is_a_no(world):
    """Ctrl-D at the question is an answer: no."""
    terminal = Terminal("parameters", "set", "log_checkpoints", "on", "--simulate", world)
    terminal.until("[y/N]")
    terminal.type("\x04")
    assert terminal.end() == 6


def test_no_color_means_no_color():
    """--no-color shows a table without a single escape sequence."""
    terminal = Terminal("audit", "--simulate", "insecure", "--no-color", "--exit-zero")
    assert terminal.end() == 0
    assert "\x1b" not in terminal.raw
    assert "tls-require-secure-transport" in terminal.text
