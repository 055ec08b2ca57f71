"""`flexsec baseline`: the group of commands about baselines."""

from __future__ import annotations

from typing import ClassVar

import click

from ..lazy import LazyGroup
from ..options import settings_options


class Commands(LazyGroup):
    """The commands of the group."""

    lazy: ClassVar[dict[str, tuple[str, str]]] = {
        "list": ("List the built-in baselines.", "baseline_list"),
        "show": ("Show what a baseline asks for, with everything it extends.", "baseline_show"),
        "diff": ("Hold one baseline against another.", "baseline_diff"),
        "capture": ("Write a baseline that a server meets as it is now.", "baseline_capture"),
        "validate": ("Check baseline files.", "baseline_validate"),
        "schema": ("Print the JSON Schema of baseline files.", "baseline_schema"),
    }


@click.command("baseline", cls=Commands)
@settings_options
def command() -> None:
    """Show, compare, capture and validate baselines."""
