"""`flexsec entra replace`."""

from __future__ import annotations

import click

from ...errors import UsageError
from ..confirm import require_answerable
from ..entra_options import principal_options, tell_doubts
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
from ..targets import split_id
from ..writing import carry_out


@click.command("replace", cls=Command)
@click.argument("words", nargs=-1, metavar="[ARM_ID] OLD_OBJECT_ID OBJECT_ID")
@principal_options
@target_options
@closing_options
@record_options
@yes_option
@output_options
@settings_options
@pass_given
def command(
    given: Given, words: tuple[str, ...], *, principal_type: str, principal_name: str, tenant: str, application_id: str
) -> int:
    """Put one administrator in another's place: the new one is added and read back before the old one is removed.

    The removal needs --allow-closing entra-administrators, and evidence of who still logs in as the old one, or a
    reason without it.
    """
    parts = split_id(words, given.target)
    if len(parts) != 2:
        raise UsageError("give the OLD_OBJECT_ID of an administrator and the OBJECT_ID of the principal in its place")
    check_files(given)
    require_answerable(given, "entra replace")
    leave, evidence, record = leave_of(given.leave), evidence_of(given.leave), record_of(given.record)
    with Session(given) as session:
        client, handle = session.server()
        plan = handle.entra.plan_replace_administrator(
            *parts, principal_name, principal_type,
            tenant_id=tenant, application_id=application_id, leave=leave, evidence=evidence, record=record,
        )  # fmt: skip
        tell_doubts(plan)
        return carry_out(plan, "entra replace", client, handle, given, question="Replace the administrator?")
