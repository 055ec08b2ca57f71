"""Harden one flexible server in one go: observe, plan, ask, apply, report.

A thin use of the library, to be copied and changed; `flexsec harden` does the same with more options. The report goes
to standard output or to --report FILE (.json, .csv, .md or .txt); everything else is said on standard error. The exit
codes are those of the command line:

    0 done; 1 flexsec failed; 2 usage; 3 findings are left; 4 something could not be observed; 5 applied in part,
    `flexsec resume` goes on; 6 something was held back by a guard or for want of leave; 7 rolled back; 130 ended at
    once by a second Ctrl-C (the first finishes the write in flight and ends with 5)

Try it:  python scripts/harden.py --simulate insecure --allow-restart --yes
"""

from __future__ import annotations

import argparse
import shlex
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from click import BadParameter

from flexsec import Evidence, FlexSec, FlexSecError, Leave
from flexsec.azure.clouds import cloud
from flexsec.azure.credentials import credential
from flexsec.cli import exit_codes, targets
from flexsec.cli.given import TargetGiven
from flexsec.cli.interrupts import stoppable
from flexsec.cli.undoing import undo_words
from flexsec.cli.value_types import Duration
from flexsec.engine import evidence_file
from flexsec.errors import UsageError
from flexsec.model.change import CLOSING_CLASSES
from flexsec.model.leave import DailyWindow
from flexsec.model.verdict import Severity
from flexsec.reporting import formats
from flexsec.reporting import hardening as hardening_report
from flexsec.reporting import plan as plan_report
from flexsec.reporting.run import RESUMABLE
from flexsec.testing import World, simulated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flexsec import Plan, ServerHandle, ServerId
    from flexsec.model.event import Event
    from flexsec.model.run import Hardening


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script; returns the exit code."""
    given = _parser().parse_args(arguments)
    try:
        with ExitStack() as stack:
            client, target = _client(given, stack)
            return _harden(client, client.server(target.resource_group, target.name), given, stack)
    except FlexSecError as error:
        print(f"harden.py: error: {error}", file=sys.stderr)
        return error.exit_code
    except OSError as error:
        print(f"harden.py: error: {error}", file=sys.stderr)
        return exit_codes.FAILED
    except KeyboardInterrupt:
        print(f"harden.py: ended at once; a run that was under way goes on with: {_resume(given)}", file=sys.stderr)
        return exit_codes.INTERRUPTED


def _harden(client: FlexSec, server: ServerHandle, given: argparse.Namespace, stack: ExitStack) -> int:
    if given.report:
        formats.of_file(given.report)  # an unknown suffix is told before anything is done

    def approve(plan: Plan) -> bool:
        print(formats.render(plan_report.document(plan), "table"), file=sys.stderr)
        agreed = given.yes or _agreed(plan)
        stack.enter_context(stoppable(client.stop))  # from here on the first Ctrl-C ends the run in good order
        return agreed

    hardening = server.harden(
        given.baseline,
        leave=_leave(given),
        evidence=_evidence(given),
        approve=approve,
        rollback_on_failure=given.rollback_on_failure,
        on_event=_say,
    )
    _report(formats.render(hardening_report.document(hardening), _format(given.report)), given.report)
    _tell_next(hardening, given)
    return exit_codes.of_hardening(hardening, fail_on=Severity(given.fail_on), exit_zero=False)


def _client(given: argparse.Namespace, stack: ExitStack) -> tuple[FlexSec, ServerId]:
    """A client, and the server that is named; in a simulated world the only (ready) one need not be."""
    named = TargetGiven(given.id, given.subscription, given.resource_group, given.name)
    if given.simulate:
        simulation = stack.enter_context(simulated(given.simulate))
        target = targets.resolve(named, simulated=targets.of_world(simulation.world))
        client = simulation.client(
            subscription_id=target.subscription_id,
            state_directory=given.state_dir,
            poll=given.poll,
            timeout=given.timeout,
        )
    else:
        target = targets.resolve(named, simulated=None)
        client = FlexSec(
            credential(given.credential, cloud=cloud(given.cloud)),
            target.subscription_id,
            cloud=given.cloud,
            state_directory=given.state_dir,
            poll=given.poll,
            timeout=given.timeout,
        )
    return client, target


def _leave(given: argparse.Namespace) -> Leave:
    return Leave(
        restart=given.allow_restart,
        restart_window=DailyWindow.parse(given.restart_window) if given.restart_window else None,
        closing=tuple(given.allow_closing),
        without_evidence=given.without_evidence,
        lower_security=given.allow_lowering,
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


def _tell_next(hardening: Hardening, given: argparse.Namespace) -> None:
    """The command that goes on with the run, or that undoes it, where the journal outlives this script."""
    if hardening.not_rolled_back:
        print(f"Not rolled back: {hardening.not_rolled_back}", file=sys.stderr)
    run = hardening.rolled_back or hardening.run
    if run is None or not run.run_id or given.simulate in World.builtin_names():
        return
    if run.status in RESUMABLE:
        print(f"To go on with it: {_resume(given, run.run_id)}", file=sys.stderr)
    elif run.changed and not run.rolls_back:
        print(f"To undo it: flexsec {undo_words(run)}{_place(given)}", file=sys.stderr)


def _resume(given: argparse.Namespace, run_id: str = "") -> str:
    return f"flexsec resume{' ' * bool(run_id)}{run_id}{_place(given)}"


def _place(given: argparse.Namespace) -> str:
    """The options that lead another command to the same server and journal."""
    world = f" --simulate {shlex.quote(given.simulate)}" if given.simulate else ""
    return world + (f" --state-dir {shlex.quote(str(given.state_dir))}" if given.state_dir else "")


def _seconds(text: str) -> float:
    try:
        return Duration().convert(text, None, None)
    except BadParameter as error:
        raise argparse.ArgumentTypeError(error.message) from None


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
    leave.add_argument("--allow-lowering", action="store_true", help="make a control fail that passes now")
    parser.add_argument("--baseline", default="recommended", help="a built-in baseline or a file")
    parser.add_argument("--fail-on", choices=[s.value for s in Severity], default="low", help="exit 3 from here on")
    parser.add_argument("--rollback-on-failure", action="store_true", help="undo everything when a change fails")
    parser.add_argument("--poll", choices=("header", "eager"), default="header", help="how operations are waited for")
    parser.add_argument("--timeout", type=_seconds, default=3600.0, metavar="DURATION", help="90s, 45m, 1h30m; 1h")
    parser.add_argument("--state-dir", type=Path, metavar="DIR", help="where journals and locks are kept")
    parser.add_argument("--report", type=Path, metavar="FILE", help="where the report goes (default: standard output)")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    return parser


if __name__ == "__main__":
    sys.exit(main())
