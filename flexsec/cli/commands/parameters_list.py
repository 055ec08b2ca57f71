"""`flexsec parameters list`."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import click

from ...errors import UnknownName
from ...model.parameter import same_value
from ...reporting.parameters import document
from ..given import Given, pass_given
from ..options import output_options, settings_options, target_options
from ..output import check_files, show
from ..sections import Command
from ..session import Session
from ..targets import split_id

if TYPE_CHECKING:
    from ...client import ServerHandle
    from ...model.parameter import Parameter


@click.command("list", cls=Command)
@click.argument("names", nargs=-1, metavar="[ARM_ID] [NAME|PATTERN]...")
@click.option("--changed", is_flag=True, help="Only those whose value is not the default.")
@click.option("--pending", is_flag=True, help="Only those that wait for a restart.")
@target_options
@output_options
@settings_options
@pass_given
def command(given: Given, names: tuple[str, ...], *, changed: bool, pending: bool) -> int:
    """List parameters with their values, defaults and what is allowed; all, or by name or pattern ('log_*')."""
    wanted = split_id(names, given.target)
    check_files(given)
    with Session(given) as session:
        _, handle = session.server()
        found = _named(handle, wanted)
    chosen = tuple(
        parameter
        for parameter in found
        if not (changed and same_value(parameter.value, parameter.default, parameter.data_type))
        and not (pending and not parameter.pending_restart)
    )
    show(document(handle.id.arm_id, chosen), given)
    return 0


def _named(handle: ServerHandle, names: tuple[str, ...]) -> tuple[Parameter, ...]:
    listed = handle.parameters.list()
    if not names:
        return listed
    for name in names:
        if not any(fnmatchcase(parameter.name, name) for parameter in listed):
            if any(mark in name for mark in "*?["):
                raise UnknownName(f"no parameter of this server matches {name!r}")
            handle.parameters.get(name)
    return tuple(p for p in listed if any(fnmatchcase(p.name, name) for name in names))
