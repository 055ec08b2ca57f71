"""Move the office to new addresses: let the new ones in, and only then shut the old ones out.

Usage: python move_office.py SUBSCRIPTION GROUP SERVER 198.51.100.0/28
"""

from __future__ import annotations

import sys

from flexsec import FlexSec, Leave, Run, ServerHandle

RULE, NEW_RULE = "office", "office-new"


class NotMoved(Exception):
    """A step failed, and none after it was taken."""


def move_office(server: ServerHandle, addresses: str) -> None:
    """Open a server to the new addresses, and close it to the old.

    Raises:
        NotMoved: the old rule is removed only when the server shows the new one.
    """
    must_hold(server.firewall.allow(NEW_RULE, addresses))
    must_hold(server.firewall.remove(RULE, leave=Leave(closing=("firewall",), without_evidence="the office has moved")))


def must_hold(run: Run) -> None:
    """A run tells what became of each change; here all of them count."""
    if run.status != "complete":
        raise NotMoved("; ".join(outcome.message for outcome in run.outcomes))


def main() -> None:
    """Move one server of a real subscription."""
    from azure.identity import DefaultAzureCredential

    subscription, group, name, addresses = sys.argv[1:]
    move_office(FlexSec(DefaultAzureCredential(), subscription).server(group, name), addresses)


if __name__ == "__main__":
    main()
