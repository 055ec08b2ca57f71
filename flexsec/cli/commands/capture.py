"""`flexsec capture`: real servers written down as a simulated world."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...errors import UsageError
from ...reporting.words import count
from ..exit_codes import OK, UNOBSERVED
from ..given import Given, TargetGiven, pass_given
from ..inputs import of_options, refuse_overwriting
from ..options import settings_options, target_options
from ..output import print_out, say, write_file
from ..session import Session
from ..targets import SUBSCRIPTION_VARIABLE

if TYPE_CHECKING:
    from ...azure.connection import Connection
    from ...testing.capture import Scope


@click.command("capture")
@click.argument("scopes", nargs=-1, metavar="[ARM_ID]...")
@target_options
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the world to this file. Default: standard output.",
)
@click.option(
    "--mask",
    is_flag=True,
    help="Replace what identifies somebody: ids, names, addresses, logins, the values of tags.",
)
@settings_options
@pass_given
def command(given: Given, scopes: tuple[str, ...], output: Path | None, *, mask: bool) -> int:
    """Copy real servers into a simulated world, to rehearse on with --simulate. Reads only, and copies no secret.

    Give the ids of servers, resource groups or subscriptions, or the options; without --name all servers of the
    group, without --resource-group all of the subscription. What could not be copied is told, and ends the command
    with 4.
    """
    if output is not None and not output.parent.is_dir():
        raise UsageError(f"cannot write {output}: there is no directory {output.parent}")
    refuse_overwriting((output,) if output else (), of_options(given))
    from ...testing.capture import capture

    with Session(given) as session:

        @cache
        def connect(subscription_id: str) -> Connection:
            return session.client(subscription_id).connection

        found = capture(
            _scopes(scopes, given.target, session),
            connect,
            timeout=given.settings.timeout,
            masked=mask,
            on_server=lambda name: say(f"reading {name}"),
        )
    text = json.dumps(found.world, indent=2) + "\n"
    if output is None:
        print_out(text)
    else:
        write_file(output, text)
        say(f"wrote {count(found.servers, 'server')} to {output}; go on with --simulate {output}")
    for sentence in found.lacks:
        say(f"not copied: {sentence}")
    return UNOBSERVED if found.lacks else OK


def _scopes(given: tuple[str, ...], target: TargetGiven, session: Session) -> list[Scope]:
    """What the command line names; the whole of a simulated Azure when it names nothing."""
    from ...testing.capture import Scope

    named = [*given, *([target.arm_id] if target.arm_id else [])]
    if named:
        if target.group or target.name:
            raise UsageError("give either ids or --resource-group and --name, not both")
        return [Scope.parse(each) for each in named]
    if target.name and not target.group:
        raise UsageError("which resource group is the server in? give --resource-group too")
    known = sorted({each.subscription_id for each in session.servers() or ()})
    subscription = target.subscription or ("" if known else os.environ.get(SUBSCRIPTION_VARIABLE, ""))
    if not subscription and target.group and len(known) != 1:
        raise UsageError("which subscription? give --subscription")
    if subscription or (target.group and known):
        return [Scope(subscription_id=subscription or known[0], group=target.group, server=target.name)]
    if not known:
        raise UsageError(
            f"what to capture? give ids, or --subscription (or {SUBSCRIPTION_VARIABLE}) and --resource-group, --name"
        )
    return [Scope(subscription_id=each) for each in known]
