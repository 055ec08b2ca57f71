"""`flexsec entra only`."""

from __future__ import annotations

import click

from ..confirm import require_answerable
from ..given import Given, pass_given
from ..options import (
    closing_options,
    output_options,
    record_options,
    settings_options,
    target_options,
    yes_option,
)
from ..output import check_files
from ..sections import Command
from ..session import Session, evidence_of, leave_of, record_of
from ..targets import only_id
from ..writing import carry_out


@click.command("only", cls=Command)
@click.argument("server", nargs=-1, metavar="[ARM_ID]")
@target_options
@closing_options
@record_options
@yes_option
@output_options
@settings_options
@pass_given
def command(given: Given, server: tuple[str, ...]) -> int:
    """Disable password authentication, so that Microsoft Entra is the only way in.

    Needs two administrators, one of whom is not a group; a login proved within a day (`flexsec entra prove-login`);
    --allow-closing password-authentication; and --connections with a column authentication, in which no client uses a
    password. --without-evidence REASON stands for a proof or for what is not known, never for what is.
    """
    only_id(server, given.target)
    check_files(given)
    require_answerable(given, "entra only")
    leave, evidence, record = leave_of(given.leave), evidence_of(given.leave), record_of(given.record)
    with Session(given) as session:
        client, handle = session.server()
        plan = handle.entra.plan_only(leave=leave, evidence=evidence, record=record)
        return carry_out(plan, "entra only", client, handle, given, question="Disable password authentication?")
