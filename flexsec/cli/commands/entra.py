"""`flexsec entra`: the group of commands about Microsoft Entra authentication and administrators."""

from __future__ import annotations

from typing import ClassVar

import click

from ..lazy import LazyGroup
from ..options import settings_options


class Commands(LazyGroup):
    """The commands of the group."""

    lazy: ClassVar[dict[str, tuple[str, str]]] = {
        "show": ("Show the ways of signing in, the administrators, and what is lacking. Writes nothing.", "entra_show"),
        "enable": ("Enable Microsoft Entra authentication, which restarts the server.", "entra_enable"),
        "add": ("Add an administrator.", "entra_add"),
        "replace": ("Put one administrator in another's place, the new one first.", "entra_replace"),
        "remove": ("Remove an administrator.", "entra_remove"),
        "prove-login": (
            "Log in with a token, and remember that it works.",
            "entra_prove_login",
        ),
        "only": ("Disable password authentication.", "entra_only"),
        "allow-passwords": ("Enable password authentication again, with a new password.", "entra_allow_passwords"),
    }


@click.command("entra", cls=Commands)
@settings_options
def command() -> None:
    """Enable Microsoft Entra authentication, administer it, and go over to it alone.

    The safe order: enable, add two administrators, prove-login, move every application over, and then only. No command
    leaves the server without a way in.
    """
