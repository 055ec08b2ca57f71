"""`flexsec password`: the group of commands about the administrator's password."""

from __future__ import annotations

from typing import ClassVar

import click

from ..lazy import LazyGroup
from ..options import settings_options


class Commands(LazyGroup):
    """The commands of the group."""

    lazy: ClassVar[dict[str, tuple[str, str]]] = {
        "rotate": ("Make, store, set and try a new password.", "password_rotate"),
        "status": ("Show which passwords are stored. Writes nothing.", "password_status"),
        "recover": ("Find out which stored password works.", "password_recover"),
        "reset": ("Set a password that you have.", "password_reset"),
        "new-key": ("Make the key of an encrypted file of passwords.", "password_new_key"),
    }


@click.command("password", cls=Commands)
@settings_options
def command() -> None:
    """Rotate the administrator's password so that no crash can lose it.

    A new password is stored before the server is told, tried by logging in, and only then made the current one. No
    command takes a password as an argument or prints one.
    """
