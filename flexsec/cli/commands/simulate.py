"""`flexsec simulate`: the group of commands about simulated worlds."""

from __future__ import annotations

from typing import ClassVar

import click

from ..lazy import LazyGroup
from ..options import settings_options


class Commands(LazyGroup):
    """The commands of the group."""

    lazy: ClassVar[dict[str, tuple[str, str]]] = {
        "serve": ("Serve a simulated Azure over HTTPS on this machine.", "simulate_serve"),
        "worlds": ("List the built-in worlds.", "simulate_worlds"),
        "schema": ("Print the JSON Schema of world files.", "simulate_schema"),
    }


@click.command("simulate", cls=Commands)
@settings_options
def command() -> None:
    """Serve a simulated Azure to any client."""
