"""`flexsec baseline schema`."""

from __future__ import annotations

import json

import click

from ..given import Given, pass_given
from ..options import settings_options
from ..output import print_out


@click.command("schema")
@settings_options
@pass_given
def command(_: Given) -> int:
    """Print the JSON Schema of baseline files, for editors that complete and check them."""
    from ...baselines.loader import schema

    print_out(json.dumps(schema(), indent=2) + "\n")
    return 0
