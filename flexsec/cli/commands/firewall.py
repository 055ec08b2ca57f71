"""`flexsec firewall`: the group of commands about firewall rules."""

from __future__ import annotations

from typing import ClassVar

import click

from ..lazy import LazyGroup
from ..options import settings_options


class Commands(LazyGroup):
    """The commands of the group."""

    lazy: ClassVar[dict[str, tuple[str, str]]] = {
        "list": ("List the rules, and how many public addresses they admit.", "firewall_list"),
        "allow": ("Admit addresses by a rule.", "firewall_allow"),
        "remove": ("Remove a rule.", "firewall_remove"),
    }


@click.command("firewall", cls=Commands)
@settings_options
def command() -> None:
    """List, allow and remove firewall rules."""
