"""`flexsec defender`: the group of commands about the subscription's Defender plan."""

from __future__ import annotations

from typing import ClassVar

import click

from ..lazy import LazyGroup
from ..options import settings_options


class Commands(LazyGroup):
    """The commands of the group."""

    lazy: ClassVar[dict[str, tuple[str, str]]] = {
        "show": ("Show the plan, and each server's own setting beside it.", "defender_show"),
        "enable-plan": ("Switch the plan on: it bills every flexible server.", "defender_enable_plan"),
        "disable-plan": ("Switch the plan off.", "defender_disable_plan"),
    }


@click.command("defender", cls=Commands)
@settings_options
def command() -> None:
    """Microsoft Defender for open-source relational databases: the subscription's plan, and what it covers.

    Hardening a server switches the server's own setting and never the plan, which bills every flexible server of the
    subscription, PostgreSQL and MySQL.
    """
