"""`flexsec keys`: the group of commands about a server's customer-managed key."""

from __future__ import annotations

from typing import ClassVar

import click

from ..lazy import LazyGroup
from ..options import settings_options


class Commands(LazyGroup):
    """The commands of the group."""

    lazy: ClassVar[dict[str, tuple[str, str]]] = {
        "show": ("Show whose key encrypts the server, and how it fares in its vault.", "keys_show"),
        "set": ("Exchange the key or the identity that reads it.", "keys_set"),
    }


@click.command("keys", cls=Commands)
@settings_options
def command() -> None:
    """Show and exchange the customer-managed key of a server.

    A server that was created with Microsoft's key cannot get one of its own: that needs a new server.
    """
