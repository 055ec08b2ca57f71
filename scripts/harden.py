"""Harden one flexible server in one go: observe, plan, ask, apply, report.

A thin use of the library, to be copied and changed; `flexsec harden` does the same with more options. The report goes
to standard output or to --report FILE (.json, .csv, .md or .txt); everything else is said on standard error. The exit
codes are those of the command line:

    0 done; 1 flexsec failed; 2 usage; 3 findings are left; 4 something could not be observed; 5 applied in part,
    `flexsec resume` goes on; 6 something was held back by a guard or for want of leave; 7 rolled back

Try it:  python scripts/harden.py --simulate insecure -g rg-shop -n shop-db --allow-restart --yes
"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from flexsec import Evidence, FlexSec, FlexSecError, Leave, ServerId
from flexsec.azure.clouds import cloud
from flexsec.azure.credentials import credential
from flexsec.cli import exit_codes
from flexsec.engine import evidence_file
from flexsec.errors import UsageError
from flexsec.model.change import CLOSING_CLASSES
from flexsec.model.leave import DailyWindow
from flexsec.model.verdict import Severity
from flexsec.reporting import formats
from flexsec.reporting import hardening as hardening_report
from flexsec.reporting import plan as plan_report
from flexsec.testing import simulated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flexsec import Plan, ServerHandle
    from flexsec.model.event import Event


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script; returns the exit code."""
    given = _parser().parse_args(arguments)
    try:
        with ExitStack() as stack:
            return _harden(_server(given, stack), given)
    except FlexSecError as error:
        print(f"harden.py: error: {error}", file=sys.stderr)
        return error.exit_code
    except OSError as error:
        print(f"harden.py: error: {error}", file=sys.stderr)
        return exit_codes.FAILED


def _harden(server: ServerHandle, given: argparse.Namespace) -> int:
    if given.report:
        formats.of_file(given.report)  # an unknown suffix is told before anything is done

    def approve(plan: Plan) -> bool:
        print(formats.render(plan_report.document(plan), "table"), file=sys.stderr)
        return given.yes or _agreed(plan)

    hardening = server.harden(
        given.baseline,
        leave=_leave(given),
        evidence=_evidence(given),
        approve=approve,
        rollback_on_failure=given.rollback_on_failure,
        on_event=_say,
    )
    _report(formats.render(hardening_report.document(hardening), _format(given.report)), given.report)
    return exit_codes.of_hardening(hardening, fail_on=Severity(given.fail_on), exit_zero=False)


def _server(given: argparse.Namespace, stack: ExitStack) -> ServerHandle:
    if given.id and (given.subscription or given.resource_group or given.name):
        raise UsageError("name the server by --id or by --subscription, -g and -n, not by both")
    if not given.id and not (given.resource_group and given.name):
        raise UsageError("which server? Give --id, or --subscription with -g and -n")
    target = ServerId.parse(given.id) if given.id else None
    subscription = target.subscription_id if target else given.subscription
    group, name = (target.resource_group, target.name) if target else (given.resource_group, given.name)
    if given.simulate:
        simulation = stack.enter_context(simulated(given.simulate))
        return simulation.client(subscription_id=subscription, poll=given.poll).server(group, name)
    if not subscription:
        raise UsageError("which subscription? Give --subscription or --id")
    signed_in = credential(given.credential, cloud=cloud(given.cloud))
    return FlexSec(signed_in, subscription, cloud=given.cloud, poll=given.poll).server(group, name)


def _leave(given: argparse.Namespace) -> Leave:
    return Leave(
        restart=given.allow_restart,
        restart_window=DailyWindow.parse(given.restart_window) if given.restart_window else None,
        closing=tuple(given.allow_closing),
        without_evidence=given.without_evidence,
    )


def _evidence(given: argparse.Namespace) -> Evidence:
    if not given.connections:
        return Evidence(caller_address=given.caller_address)
    return Evidence(
        connections=evidence_file.read(given.connections),
        source=f"file {given.connections.name}",
        caller_address=given.caller_address,
    )


def _agreed(plan: Plan) -> bool:
    if not sys.stdin.isatty():
        raise UsageError("nobody can be asked here; give --yes to apply the plan")
    print(f"Apply {len(plan.changes)} changes? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _say(event: Event) -> None:
    if event.stage == "waiting":
        return
    count = f"[{event.number}/{event.total}] " if event.total else ""
    usual = f" (usually {event.typical_seconds} s)" if event.stage == "writing" and event.typical_seconds else ""
    print(f"{count}{event.stage}: {event.message}{usual}", file=sys.stderr)


def _format(report: Path | None) -> str:
    if report:
        return formats.of_file(report)
    return "table" if sys.stdout.isatty() else "json"


def _report(text: str, file: Path | None) -> None:
    if file:
        file.write_text(text, encoding="utf-8")
        print(f"The report is in {file}.", file=sys.stderr)
    else:
        print(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Harden one flexible server: plan, ask, apply, report.")
    server = parser.add_argument_group("which server")
    server.add_argument("--id", default="", help="its ARM id")
    server.add_argument("--subscription", default="", help="its subscription id")
    server.add_argument("-g", "--resource-group", default="", help="its resource group")
    server.add_argument("-n", "--name", default="", help="its name")
    server.add_argument("--simulate", default="", metavar="WORLD", help="a simulated subscription instead of Azure")
    server.add_argument("--credential", default="default", help="how to sign in")
    server.add_argument("--cloud", default="public", help="public, us-government or china")
    leave = parser.add_argument_group("what it may do")
    leave.add_argument("--allow-restart", action="store_true", help="restart the server, once")
    leave.add_argument("--restart-window", default="", metavar="02:00-04:00", help="only at this time of day (UTC)")
    leave.add_argument("--allow-closing", action="append", default=[], choices=tuple(CLOSING_CLASSES))
    leave.add_argument("--connections", type=Path, metavar="FILE", help="evidence of who still connects")
    leave.add_argument("--caller-address", default="", metavar="IP", help="your own public IPv4 address")
    leave.add_argument("--without-evidence", default="", metavar="REASON", help="close without evidence")
    parser.add_argument("--baseline", default="recommended", help="a built-in baseline or a file")
    parser.add_argument("--fail-on", choices=[s.value for s in Severity], default="low", help="exit 3 from here on")
    parser.add_argument("--rollback-on-failure", action="store_true", help="undo everything when a change fails")
    parser.add_argument("--poll", choices=("header", "eager"), default="header", help="how operations are waited for")
    parser.add_argument("--report", type=Path, metavar="FILE", help="where the report goes (default: standard output)")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    return parser


if __name__ == "__main__":
    sys.exit(main())
