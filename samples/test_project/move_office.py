"""Move the office to new addresses: let the new ones in, and only then shut the old ones out.

Usage: python move_office.py SUBSCRIPTION GROUP SERVER 198.51.100.0/28
"""

from __future__ import annotations

import sys

from flexsec import FlexSec, Leave, ServerHandle

RULE, NEW_RULE = "office", "office-new"


def move_office(server: ServerHandle, addresses: str) -> None:
    """Open a server to the new addresses, and close it to the old.

    Raises:
        RunIncomplete: a step failed, and none after it was taken: the old rule is removed only when the server shows
            the new one.
    """
    server.firewall.allow(NEW_RULE, addresses).raise_unless_complete()
    leave = Leave(closing=("firewall",), without_evidence="the office has moved")
    server.firewall.remove(RULE, leave=leave).raise_unless_complete()


def main() -> None:
    """Move one server of a real subscription."""
    from azure.identity import DefaultAzureCredential

    subscription, group, name, addresses = sys.argv[1:]
    move_office(FlexSec(DefaultAzureCredential(), subscription).server(group, name), addresses)


if __name__ == "__main__":
    main()
