"""`flexsec audit`: judge a server. Reads only."""

from __future__ import annotations

import click

from ...reporting.assessment import document
from ..exit_codes import of_assessment
from ..given import Given, pass_given
from ..options import baseline_option, judgement_options, output_options, settings_options, target_options
from ..output import check_files, show
from ..sections import Command
from ..session import Session
from ..targets import only_id


@click.command("audit", cls=Command)
@click.argument("server", nargs=-1, metavar="[ARM_ID]")
@target_options
@baseline_option
@judgement_options
@output_options
@settings_options
@pass_given
def command(given: Given, server: tuple[str, ...]) -> int:
    """Judge a server by a baseline. Writes nothing.

    Each control of the baseline passes, fails, does not apply, is waived, or is unknown because something could not
    be read. Findings end the command with 3, unknown controls with 4.
    """
    only_id(server, given.target)
    check_files(given)
    with Session(given) as session:
        _, handle = session.server()
        assessment = handle.audit(given.judgement.baseline)
    show(document(assessment), given)
    return of_assessment(assessment, fail_on=given.judgement.fail_on, exit_zero=given.judgement.exit_zero)
