"""`flexsec runs`: what is recorded on this machine."""

from __future__ import annotations

import click

from ...errors import UsageError
from ...reporting.run import document, runs_document
from ..given import Given, pass_given
from ..options import output_options, settings_options
from ..output import check_files, say, show
from ..sections import Command
from ..session import Session


@click.command("runs", cls=Command)
@click.argument("words", nargs=-1, metavar="[[show] RUN]")
@click.option("--run", "run_id", metavar="RUN", default="", help="Show this run.")
@output_options
@settings_options
@pass_given
def command(given: Given, words: tuple[str, ...], run_id: str) -> int:
    """List the recorded runs, newest first, or show one (`flexsec runs show RUN`). Signs in nowhere."""
    chosen = _chosen(words, run_id)
    check_files(given)
    with Session(given) as session:
        recorder = session.recorder()
        runs = recorder.runs()
        report = document(recorder.run(chosen)) if chosen else runs_document(runs)
        damaged = sorted(set(recorder.journals.runs()) - {run.run_id for run in runs})
    show(report, given)
    if damaged and not chosen:
        say(f"left out, because their journals are damaged: {', '.join(damaged)}")
    return 0


def _chosen(words: tuple[str, ...], run_id: str) -> str:
    named = [*(words[1:] if words[:1] == ("show",) else words), *((run_id,) if run_id else ())]
    if words == ("show",) and not run_id:
        raise UsageError("which run? `flexsec runs` lists them")
    if len(named) > 1:
        raise UsageError(f"one run at a time: {', '.join(named)}")
    return named[0] if named else ""
