"""A process that hardens or resumes on a kept world, and kills itself with SIGKILL where it is told to.

python -m tests.engine.victim WORLD harden|resume journal|requests before|after NUMBER
"""

from __future__ import annotations

import sys

from flexsec.testing import simulated

from .dying import Countdown, dying_client, harden, kill


def main(world: str, verb: str, what: str, when: str, number: str) -> None:
    """Do it; prints the run's status when it lives to the end."""
    simulation = simulated(world)
    countdown = Countdown(int(number), after=when == "after", die=kill)
    client = dying_client(simulation, **{what: countdown})
    if verb == "harden":
        harden(client)
    else:
        client.resume(client.runs()[0].run_id)
    sys.stdout.write(client.runs()[0].status.value + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
