"""`flexsec controls`: the group of commands about controls."""

from __future__ import annotations

from typing import ClassVar

import click

from ..lazy import LazyGroup
from ..options import settings_options


class Commands(LazyGroup):
    """The commands of the group."""

    lazy: ClassVar[dict[str, tuple[str, str]]] = {
        "coverage": ("Show what is covered here and by other tools.", "controls_coverage"),
        "list": ("List the controls.", "controls_list"),
        "show": ("Show what a control checks, why, and what to do.", "controls_show"),
    }


@click.command("controls", cls=Commands)
@settings_options
def command() -> None:
    """List the controls, show one, or see what is covered."""
