"""What the writing commands share: carrying out a plan for named changes, and saying what can be done next."""

from __future__ import annotations

import shlex
from collections import Counter
from typing import TYPE_CHECKING

import click

from ..reporting import plan as plan_report
from ..reporting.neutral import plain
from ..reporting.ownership import fights_in_words
from ..reporting.run import RESUMABLE, document
from ..reporting.words import count
from .confirm import ask, require_answerable
from .exit_codes import of_run
from .interrupts import stoppable
from .output import say, show
from .progress import progress
from .refusals import laid_out, refuse
from .undoing import undo_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..client import FlexSec, ServerHandle
    from ..client.defender import Defender
    from ..model.change import Change
    from ..model.plan import Plan
    from ..model.run import Run
    from .given import Given


def carry_out(
    plan: Plan,
    kind: str,
    client: FlexSec,
    handle: ServerHandle | Defender,
    given: Given,
    *,
    question: str,
    always: bool = True,
) -> int:
    """Carry out a plan for changes that were asked for by name, and report it.

    Args:
        plan: made just now.
        kind: the command, which is also what the run is called in the journal.
        client: the client that the handle belongs to.
        handle: the server, or the subscription's Defender plan.
        given: the command line.
        question: asked first on a terminal; elsewhere --yes is needed.
        always: ask for any change, not only for one that takes access away or lowers security.

    Raises:
        LeaveRequired, GuardRefused: a change is held back, or the answer was no; nothing is written.
        UsageError: it must be asked, and nobody can be.
    """
    refuse(plan)
    if plan.changes and (always or needs_asking(plan.changes)):
        require_answerable(given, kind)
        ask(plan_report.document(plan), question, given)
    with stoppable(client.stop), progress(given) as shown:
        run = handle.carry_out(plan, kind, shown.listen)
    show(document(run), given)
    tell_next(run, given)
    return of_run(run)


def needs_asking(changes: Iterable[Change]) -> bool:
    """Whether one of the changes takes access away, lowers security, restarts the server or is about a subscription."""
    return any(
        change.closing or change.lowers_security or change.restarts or change.kind == "defender_plan"
        for change in changes
    )


def tell_held_back(plan: Plan | Run) -> None:
    """Say on standard error what a plan, or a run of it, does not do, and what would allow it."""
    if plan.withheld:
        say(f"held back: {count(len(plan.withheld), 'change')}")
        for text in laid_out(plan.withheld):
            click.echo(f"  {plain(text)}", err=True)
    for owner, number in Counter(item.owner for item in plan.handed_over).items():
        say(plain(f"handed over to {owner}: {count(number, 'change')}; the report has the patches"))
    for left in plan.left:
        say(plain(f"left alone: {left.control}: {left.reason}"))
    for sentence in fights_in_words(plan.fights):
        say(plain(sentence))


def tell_next(run: Run, given: Given) -> None:
    """Say on standard error how to go on with a run, or how to undo it."""
    if not run.run_id or thrown_away(given):
        return
    if run.status in RESUMABLE:
        say(f"go on with it: {command_line(f'resume {run.run_id}', given)}")
    elif run.changed and not run.rolls_back and any(outcome.change.reversible for outcome in run.outcomes):
        say(f"undo it: {command_line(undo_words(run), given)}")


def command_line(words: str, given: Given) -> str:
    """A command to type next, with the options that lead to the same journal."""
    parts = ["flexsec", words]
    if given.settings.simulate:
        parts.append(f"--simulate {shlex.quote(given.settings.simulate)}")
    if given.settings.endpoint:
        parts.append(f"--endpoint {shlex.quote(str(given.settings.endpoint))}")
    if given.settings.state_directory:
        parts.append(f"--state-dir {shlex.quote(str(given.settings.state_directory))}")
    return " ".join(parts)


def thrown_away(given: Given) -> bool:
    """Whether the server and its journal end with this command: a built-in world does."""
    world = given.settings.simulate
    return bool(world) and ":" not in world and "/" not in world and "." not in world
