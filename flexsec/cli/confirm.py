"""Asking before something is written."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ..errors import LeaveRequired, UsageError
from .output import render_for_reader

if TYPE_CHECKING:
    from ..reporting.document import Document
    from .given import Given


def can_ask() -> bool:
    """Whether a person is at both ends: standard input to answer, standard error to read the question."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def require_answerable(given: Given, command: str, *, what: str = "writes to the server") -> None:
    """Refuse, before anything is done, a command that nobody can be asked about.

    Args:
        what: what the command does that has to be agreed to.

    Raises:
        UsageError: neither --yes nor a terminal.
    """
    if not given.yes and not can_ask():
        raise UsageError(f"`flexsec {command}` {what} and nobody can be asked here: give --yes")


def ask(document: Document, question: str, given: Given, *, otherwise: str = "nothing was written") -> None:
    """Show what would be done and ask, unless --yes was given.

    Args:
        otherwise: what is so after a no.

    Raises:
        LeaveRequired: the answer was no.
    """
    if given.yes:
        return
    click.echo(render_for_reader(document, given), err=True)
    try:
        agreed = click.confirm(question, default=False, err=True)
    except click.Abort:
        click.echo(err=True)
        agreed = False
    if not agreed:
        raise LeaveRequired(f"not confirmed: {otherwise}")
