"""Run as a program: sets a parameter on a kept world and is killed (SIGKILL) at the given moment.

Arguments: the world's file, and `answer` (the 202 has come and nothing of it is recorded) or `poll` (it is recorded
and the operation is about to be asked about for the first time).
"""

import os
import signal
import sys
from pathlib import Path

from flexsec.testing import simulated
from tests.acceptance.odd import shop_through


def main():
    """Write, and die."""
    world, moment = Path(sys.argv[1]), sys.argv[2]

    def handler(method, url, headers, body, service):
        if moment == "poll" and "/azureAsyncOperation/" in url:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = service()
        if moment == "answer" and method == "PUT":
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    with simulated(world) as azure:
        shop_through(azure, handler).parameters.set("log_checkpoints", "on")


if __name__ == "__main__":
    main()
