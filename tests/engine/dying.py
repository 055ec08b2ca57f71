"""Runs that die: at the n-th line of the journal or at the n-th request, before or after it took effect."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flexsec import FlexSec
from flexsec.engine.journal_files import JournalFiles
from flexsec.testing import Simulation

from .worlds import EVERYTHING, GROUP, NAME


class Death(BaseException):
    """What no part of flexsec catches, as a killed process would not."""


def perish() -> None:
    """Die inside this process."""
    raise Death


def kill() -> None:
    """Die as a process: nothing is cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)


class Countdown:
    """Dies when it has been asked so many times; counts how often it was asked.

    Args:
        at: the number of the call at which it dies, from 1; 0 never.
        after: die after the call had its effect instead of before.
    """

    def __init__(self, at: int, *, after: bool, die: Callable[[], None] = perish) -> None:
        self.at, self.after, self.die, self.calls = at, after, die, 0

    def around(self, deed: Callable[[], Any]) -> Any:
        """Do it, and die before or after when it is time."""
        self.calls += 1
        due = self.calls == self.at
        if due and not self.after:
            self.die()
        done = deed()
        if due and self.after:
            self.die()
        return done


class DyingJournal(JournalFiles):
    """Journals in files, until the countdown ends."""

    def __init__(self, directory: Path, countdown: Countdown) -> None:
        super().__init__(directory)
        self._countdown = countdown

    def append(self, run_id: str, line: bytes) -> None:
        """Append, or die."""
        self._countdown.around(lambda: super(DyingJournal, self).append(run_id, line))


def dying_client(
    simulation: Simulation, *, journal: Countdown | None = None, requests: Countdown | None = None
) -> FlexSec:
    """A client of the simulation that dies at a line of the journal or at a request."""
    if requests is not None:
        answer = simulation._answer
        simulation._answer = lambda *request: requests.around(lambda: answer(*request))  # type: ignore[method-assign]
    client = simulation.client()
    if requests is not None:
        _ = client.connection  # the transport is bound now, so that later clients live
        simulation._answer = answer  # type: ignore[method-assign]
    if journal is not None:
        client.journals = DyingJournal(simulation.state_directory, journal)
    return client


def harden(client: FlexSec) -> None:
    """Harden the shop's server with every leave."""
    client.server(GROUP, NAME).harden(leave=EVERYTHING)
