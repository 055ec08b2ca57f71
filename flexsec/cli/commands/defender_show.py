"""`flexsec defender show`."""

from __future__ import annotations

import click

from ...model.observation import Unobserved
from ...reporting.defender import document
from ..exit_codes import OK, UNOBSERVED
from ..given import Given, pass_given
from ..options import output_options, settings_options, subscription_option
from ..output import check_files, show
from ..sections import Command
from ..session import Session


@click.command("show", cls=Command)
@subscription_option
@output_options
@settings_options
@pass_given
def command(given: Given) -> int:
    """Show the plan and, in the same view, every flexible server with its own setting. Writes nothing.

    Exits with 4 when the plan or the list of servers could not be read.
    """
    check_files(given)
    with Session(given) as session:
        state = session.subscription().defender.show()
    show(document(state), given)
    unread = isinstance(state.defender_plan, Unobserved) or isinstance(state.servers, Unobserved)
    return UNOBSERVED if unread else OK
