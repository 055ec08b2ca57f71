"""`flexsec parameters`: the group of commands about server parameters."""

from __future__ import annotations

from typing import ClassVar

import click

from ..lazy import LazyGroup
from ..options import settings_options


class Commands(LazyGroup):
    """The commands of the group."""

    lazy: ClassVar[dict[str, tuple[str, str]]] = {
        "list": ("List parameters with their values, defaults and what is allowed.", "parameters_list"),
        "set": ("Set parameters and read them back.", "parameters_set"),
        "reset": ("Write the defaults of parameters back.", "parameters_reset"),
    }


@click.command("parameters", cls=Commands)
@settings_options
def command() -> None:
    """List, set and reset server parameters."""
