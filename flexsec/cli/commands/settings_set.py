"""`flexsec settings set`."""

from __future__ import annotations

import click

from ...errors import UsageError
from ..confirm import require_answerable
from ..given import Given, pass_given
from ..options import (
    leave_options,
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


@click.command("set", cls=Command)
@click.argument("values", nargs=-1, metavar="[ARM_ID] [NAME=VALUE]...")
@click.option("--remove-tag", multiple=True, metavar="KEY", help="Remove this tag; others are kept. Repeatable.")
@target_options
@leave_options
@record_options
@yes_option
@output_options
@settings_options
@pass_given
def command(given: Given, values: tuple[str, ...], *, remove_tag: tuple[str, ...]) -> int:
    """Set settings of the server as NAME=VALUE, one write each, and read them back.

    Names: backup_retention_days (7 to 35), storage_auto_grow (on or off), maintenance_window ("Sunday 02:00", in UTC,
    or system-managed), fips_mode (on or off) and tag:KEY; other tags are kept.

    Refused before anything is sent: a value that no server takes, and what this server, as it was read, excludes
    (retention on a replica, autogrow on Premium SSD v2 or Ultra Disk, a tag too many). What depends on other servers
    the service decides: autogrow goes on at every replica first, then at the primary.

    A value that is there already is not written. Fewer days of backups, storage that no longer grows, and FIPS mode off
    need --allow-lowering. FIPS mode needs --allow-restart, and to go on --allow-closing md5 with evidence of how roles'
    passwords are kept.
    """
    wanted = _values(split_id(values, given.target), remove_tag)
    check_files(given)
    require_answerable(given, "settings set")
    leave, evidence, record = leave_of(given.leave), evidence_of(given.leave), record_of(given.record)
    with Session(given) as session:
        client, handle = session.server()
        plan = handle.settings.plan_set(wanted, leave=leave, evidence=evidence, record=record)
        return carry_out(plan, "settings set", client, handle, given, question="Set the settings so?")


def _values(words: tuple[str, ...], removed: tuple[str, ...]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise UsageError(f"{word!r} is not of the form NAME=VALUE")
        if name in found:
            raise UsageError(f"setting {name!r} is given twice")
        found[name] = value
    for key in removed:
        name = f"tag:{key}"
        if name in found:
            raise UsageError(f"tag {key!r} is both set and removed, or removed twice")
        found[name] = None
    if not found:
        raise UsageError("which setting, and to what? give NAME=VALUE, or --remove-tag KEY")
    return found
