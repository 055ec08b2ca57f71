"""`flexsec simulate schema`."""

from __future__ import annotations

import json

import click

from ...errors import UsageError
from ...reporting.formats import of_file
from ..given import Given, pass_given
from ..options import output_options, settings_options
from ..output import check_files, print_out, say, write_file


@click.command("schema")
@click.option("--faults", is_flag=True, help="Of fault files (`simulate serve --faults`) instead.")
@output_options
@settings_options
@pass_given
def command(given: Given, *, faults: bool) -> int:
    """Print the JSON Schema of world files, for editors that complete and check them. It is always JSON."""
    from ...simulator.world_schema import fault_file_schema, world_schema

    check_files(given)
    if given.output.format not in ("", "json") or any(of_file(path) != "json" for path in given.output.files):
        raise UsageError("a JSON Schema is written as json alone")
    text = json.dumps(fault_file_schema() if faults else world_schema(), indent=2) + "\n"
    for path in given.output.files:
        write_file(path, text)
        say(f"wrote {path}")
    print_out(text)
    return 0
