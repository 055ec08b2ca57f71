"""Where a password that somebody has comes from: a file, standard input or the terminal, never an argument."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..errors import UsageError
from ..model.secret import Secret
from .confirm import can_ask

_LARGEST = 4096
PASSWORD_FILE = click.option(
    "--password-file", metavar="FILE",
    help="Read the password from this file, or from standard input (-). Default: ask on the terminal.",
)  # fmt: skip
"""The option that says where the password is."""


def read_secret(source: str | None) -> Secret:
    """The password from where it is kept; one line end after it is not part of it.

    Raises:
        UsageError: there is none, or it cannot be read.
    """
    if source is None:
        if not can_ask():
            raise UsageError("which password? give --password-file FILE, or - for standard input")
        return Secret(click.prompt("New password", hide_input=True, confirmation_prompt=True, err=True))
    try:
        if source == "-":
            content = sys.stdin.buffer.read(_LARGEST + 1)
        else:
            with Path(source).open("rb") as file:
                content = file.read(_LARGEST + 1)
        text = content.decode()
    except OSError as error:
        raise UsageError(f"cannot read the password from {source}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise UsageError(f"the password in {source} is not UTF-8 text") from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text or len(content) > _LARGEST:
        raise UsageError(f"{source} holds no password" if not text else f"{source} is too large to be a password")
    return Secret(text)
