"""`flexsec settings`: the group of commands about settings of the server itself."""

from __future__ import annotations

from typing import ClassVar

import click

from ..lazy import LazyGroup
from ..options import settings_options


class Commands(LazyGroup):
    """The commands of the group."""

    lazy: ClassVar[dict[str, tuple[str, str]]] = {
        "show": ("Show backup retention, autogrow, maintenance window and tags.", "settings_show"),
        "set": ("Set them and read them back.", "settings_set"),
    }


@click.command("settings", cls=Commands)
@settings_options
def command() -> None:
    """Show and set backup retention, storage autogrow, the maintenance window and tags."""
