"""`flexsec scram`: the group of commands about going from md5 to SCRAM."""

from __future__ import annotations

from typing import ClassVar

import click

from ..lazy import LazyGroup
from ..options import settings_options


class Commands(LazyGroup):
    """The commands of the group."""

    lazy: ClassVar[dict[str, tuple[str, str]]] = {
        "status": ("Show how far a server is, and what comes next. Writes nothing.", "scram_status"),
        "migrate": ("Take the steps that are left, each a run of its own.", "scram_migrate"),
    }


@click.command("scram", cls=Commands)
@settings_options
def command() -> None:
    """Go from md5 to SCRAM in the only safe order.

    First new passwords are kept as SCRAM verifiers, then the administrator's password is set anew, and only then, when
    every other role is known to have one too, md5 is no longer accepted.
    """
