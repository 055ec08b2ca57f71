"""Harden one server from a script: audit, plan, apply, and a parameter of your own.

It runs against a simulated subscription, so it can be tried as it is. For a real server replace the first line of
`main` by::

    from azure.identity import DefaultAzureCredential
    server = FlexSec(DefaultAzureCredential(), "<subscription id>").server("<resource group>", "<server>")
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flexsec import ChangeRecord, Leave
from flexsec.testing import simulated

if TYPE_CHECKING:
    from flexsec import ServerHandle
    from flexsec.model.event import Event

BASELINE = str(Path(__file__).with_name("baseline.yaml"))


def main() -> None:
    """Harden the server of the built-in insecure world."""
    with simulated("insecure") as simulation:
        harden(simulation.server("rg-shop", "shop-db"))


def harden(server: ServerHandle) -> None:
    """Bring a server to the sample baseline, within the leave given here."""
    before = server.audit(BASELINE)
    print(f"{server.id.name}: {len(before.findings())} findings before")

    # Without this leave flexsec adds and tightens, but neither restarts the server nor takes anybody's access away.
    leave = Leave(restart=True, closing=("firewall",), without_evidence="nobody works on this server yet")
    record = ChangeRecord(reason="A server that is new to us is brought to our baseline.")
    plan = server.plan(BASELINE, leave=leave, record=record)
    for held in plan.withheld:
        print(f"  held back: {held.change.sentence} {held.reason}")

    run = server.apply(plan, on_event=report)
    print(f"run {run.run_id}: {run.status}")

    # Single settings go the same way: journalled, one at a time, read back. A change that fails is told in the run, not
    # raised; a script that does not look there has it raised.
    server.parameters.set("log_lock_waits", "on", record=record).raise_unless_complete()
    server.firewall.allow("build-farm", "203.0.113.64/29", record=record).raise_unless_complete()

    for verdict in server.audit(BASELINE).findings():
        print(f"  left for a person: {verdict.title}. {verdict.check.remedy}")


def report(event: Event) -> None:
    """One line for each change."""
    if event.stage == "writing":
        print(f"  [{event.number}/{event.total}] {event.message}")


if __name__ == "__main__":
    main()
