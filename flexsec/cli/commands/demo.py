"""`flexsec demo`: the five verbs on a simulated server, for someone who has never seen them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ...errors import UsageError
from ...model.leave import Leave
from ...model.observation import Unobserved
from ...reporting import hardening as hardening_report
from ...reporting import plan as plan_report
from ...reporting.assessment import summary, verdicts_table
from ...reporting.run import outcomes_table
from ...reporting.words import count, duration
from ..exit_codes import OK, of_run
from ..given import Given, pass_given
from ..interrupts import stoppable
from ..options import output_options, settings_options
from ..output import check_files, show, write_report_files
from ..sections import Command
from ..session import Session
from ..story import Story
from ..undoing import undo_words
from ..writing import command_line, thrown_away

if TYPE_CHECKING:
    from pathlib import Path

    from ...client import FlexSec, ServerHandle
    from ...model.event import Event
    from ...model.run import Hardening

_LEAVE = Leave(restart=True, closing=("firewall",), without_evidence="demonstration on a simulated server")
_KEPT = "insecure:shop.json"


@click.command("demo", cls=Command)
@output_options
@settings_options
@pass_given
def command(given: Given) -> int:
    """Harden a simulated insecure server, step by step. Touches nothing real and needs no account.

    The story is told on standard output; with --format the report alone is there and the story on standard error.
    `--simulate insecure:shop.json` keeps the simulated world in a file, to go on with.
    """
    check_files(given)
    if given.settings.endpoint:
        raise UsageError("the demonstration has a simulated world of its own; leave --endpoint out")
    given.settings.simulate = given.settings.simulate or "insecure"
    story = Story(given, chapters=5)
    with Session(given) as session:
        client, handle = session.server()
        story.tell(f"This is a simulated Azure (world {given.settings.simulate!r}): nothing real is touched.")
        _observe(story, handle)
        _evaluate(story, handle)
        _plan(story, handle)
        hardening = _harden(story, client, handle)
        _verify(story, handle, hardening)
        _what_next(story, given, session.state_directory, hardening)
    report = hardening_report.document(hardening)
    if given.output.format:
        show(report, given)
    else:
        write_report_files(report, given)
    return of_run(hardening.run) if hardening.run else OK


def _observe(story: Story, handle: ServerHandle) -> None:
    story.chapter("Observe: read what matters, and remember what could not be read")
    state = handle.observe()
    story.tell(f"Server {handle.id.name} in resource group {handle.id.resource_group}.")
    if not isinstance(state.server, Unobserved):
        server = state.server
        story.tell(f"PostgreSQL {server.version}, {server.tier} {server.sku}, {server.location}, {server.state}.")
    for part, noun in ((state.parameters, "parameter"), (state.firewall, "firewall rule")):
        if isinstance(part, Unobserved):
            story.tell(f"{noun.capitalize()}s could not be read: {part.reason}.")
        else:
            story.tell(f"Read {count(len(part), noun)}.")


def _evaluate(story: Story, handle: ServerHandle) -> None:
    story.chapter("Evaluate: judge each control of the baseline `recommended`")
    assessment = handle.audit()
    story.show(verdicts_table(assessment), summary=summary(assessment))


def _plan(story: Story, handle: ServerHandle) -> None:
    story.chapter("Plan: what would be written, and what not without your leave")
    plan = handle.plan()
    story.show(
        plan_report.changes_table(plan),
        plan_report.withheld_table(plan.withheld),
        plan_report.left_table(plan.left),
        summary=plan_report.summary(plan),
    )


def _harden(story: Story, client: FlexSec, handle: ServerHandle) -> Hardening:
    story.chapter("Apply: one write at a time, journalled first and read back afterwards")
    story.tell(f"This time with leave: {plan_report.leave_in_words(_LEAVE)}.")
    began = client.clock.monotonic()
    with stoppable(client.stop), story.progress() as shown:

        def listen(event: Event) -> None:
            shown.listen(event)
            story.pace(event)

        hardening = handle.harden(leave=_LEAVE, on_event=listen)
    if hardening.run is None:
        story.tell("There is nothing to write: the server was hardened before.")
        return hardening
    took = duration(client.clock.monotonic() - began)
    story.show(outcomes_table(hardening.run), summary=f"On Azure this would have taken about {took}.")
    return hardening


def _verify(story: Story, handle: ServerHandle, hardening: Hardening) -> None:
    story.chapter("Verify: everything is read and judged again")
    story.show(
        hardening_report.comparison_table(hardening),
        plan_report.left_table(hardening.plan.left),
        summary=hardening_report.summary(hardening),
    )
    again = handle.plan(leave=_LEAVE)
    story.tell(f"Planning once more: {plan_report.summary(again)}")


def _what_next(story: Story, given: Given, journal: Path | None, hardening: Hardening) -> None:
    story.tell()
    run = hardening.run
    if thrown_away(given):
        story.tell(f"The journal was kept in {journal} and goes with the simulated world.")
        story.tell("Try next:")
        commands = [
            f"flexsec demo --simulate {_KEPT}",
            f"flexsec audit --simulate {_KEPT}",
            "flexsec controls list",
            "flexsec audit --subscription ID -g GROUP -n SERVER",
        ]
    else:
        story.tell(f"The journal is kept in {journal}.")
        story.tell("Try next:")
        commands = [command_line("runs", given), command_line("audit", given)]
        if run is not None:
            commands.insert(1, command_line(undo_words(run), given))
    for line in commands:
        story.tell(f"  {line}")
