"""`flexsec password new-key`."""

from __future__ import annotations

from pathlib import Path

import click

from ..given import Given, pass_given
from ..options import settings_options
from ..output import say
from ..sections import Command


@click.command("new-key", cls=Command)
@click.argument("key_file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@settings_options
@pass_given
def command(given: Given, key_file: Path) -> int:
    """Make the key of an encrypted file of passwords. Needs no server.

    Keep it apart from the file that it opens: whoever has both has the passwords.
    """
    from ...passwords.file_store import new_key_file

    new_key_file(key_file)
    say(f"wrote {key_file}, readable by you alone")
    return 0
