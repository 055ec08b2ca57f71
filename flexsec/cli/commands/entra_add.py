"""`flexsec entra add`."""

from __future__ import annotations

import click

from ...errors import UsageError
from ..confirm import require_answerable
from ..entra_options import principal_options, tell_doubts
from ..given import Given, pass_given
from ..options import output_options, record_options, settings_options, target_options, yes_option
from ..output import check_files
from ..sections import Command
from ..session import Session, record_of
from ..targets import split_id
from ..writing import carry_out


@click.command("add", cls=Command)
@click.argument("words", nargs=-1, metavar="[ARM_ID] OBJECT_ID")
@principal_options
@target_options
@record_options
@yes_option
@output_options
@settings_options
@pass_given
def command(
    given: Given, words: tuple[str, ...], *, principal_type: str, principal_name: str, tenant: str, application_id: str
) -> int:
    """Add an administrator by the object id of the principal in the tenant, and read it back.

    Id, type and name are held against each other first; the service takes any. One that is there already is not
    written. An application id is not an object id.
    """
    parts = split_id(words, given.target)
    if len(parts) != 1:
        raise UsageError("give the OBJECT_ID of one principal")
    check_files(given)
    require_answerable(given, "entra add")
    record = record_of(given.record)
    with Session(given) as session:
        client, handle = session.server()
        plan = handle.entra.plan_add_administrator(
            parts[0], principal_name, principal_type, tenant_id=tenant, application_id=application_id, record=record
        )
        tell_doubts(plan)
        return carry_out(plan, "entra add", client, handle, given, question="Add the administrator?")
