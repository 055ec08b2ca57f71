"""`flexsec controls coverage`."""

from __future__ import annotations

import click

from ...reporting.coverage import document
from ..given import Given, pass_given
from ..options import output_options, settings_options
from ..output import check_files, show
from ..sections import Command


@click.command("coverage", cls=Command)
@output_options
@settings_options
@pass_given
def command(given: Given) -> int:
    """Show which security properties flexsec judges, beside what other tools check. Needs no server.

    CSV and JSON tell for every property which checks of which tool are about it.
    """
    from ...controls.coverage import coverage

    check_files(given)
    show(document(coverage()), given)
    return 0
