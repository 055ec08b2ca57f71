"""`flexsec keys set`."""

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
from ..session import Session, leave_of, record_of
from ..targets import only_id
from ..writing import carry_out


@click.command("set", cls=Command)
@click.argument("server", nargs=-1, metavar="[ARM_ID]")
@click.option(
    "--key", default="", metavar="URL", help="The key, without a version: https://VAULT.vault.azure.net/keys/NAME."
)
@click.option("--identity", default="", metavar="ARM_ID", help="The user-assigned identity that reads the key.")
@click.option("--geo-key", default="", metavar="URL", help="The key of geo-redundant backups, in the paired region.")
@click.option("--geo-identity", default="", metavar="ARM_ID", help="The identity that reads that key; another one.")
@target_options
@closing_options
@record_options
@yes_option
@output_options
@settings_options
@pass_given
def command(given: Given, server: tuple[str, ...], *, key: str, identity: str, geo_key: str, geo_identity: str) -> int:
    """Exchange the key of a server that has one of its own, and read it back. It needs --allow-closing encryption-key.

    What is not named stays; with geo-redundant backups all four are named, since the service wants them together. The
    new key is read in its vault first: it must be enabled and in its time. Keep the former key enabled until the
    exchange has taken effect: `flexsec rollback` needs it.
    """
    only_id(server, given.target)
    check_files(given)
    require_answerable(given, "keys set")
    leave, record = leave_of(given.leave), record_of(given.record)
    with Session(given) as session:
        client, handle = session.server()
        plan = handle.encryption.plan_set(
            key=key,
            identity=identity,
            geo_backup_key=geo_key,
            geo_backup_identity=geo_identity,
            leave=leave,
            record=record,
        )
        return carry_out(plan, "keys set", client, handle, given, question="Exchange the server's key?")
