"""`flexsec entra prove-login`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from ...errors import UsageError
from ...reporting.entra import proof_document
from ..given import Given, pass_given
from ..options import login_options, output_options, settings_options, target_options
from ..output import check_files, show
from ..password_store import login_of
from ..sections import Command
from ..session import Session
from ..targets import only_id

if TYPE_CHECKING:
    from ...model.login import TokenLogin


@click.command("prove-login", cls=Command)
@click.argument("server", nargs=-1, metavar="[ARM_ID]")
@click.option(
    "--as", "principal", default="", metavar="NAME",
    help="The administrator to log in as, such as a group that you are in. Default: the one who you are.",
)  # fmt: skip
@login_options
@target_options
@output_options
@settings_options
@pass_given
def command(given: Given, server: tuple[str, ...], *, principal: str) -> int:
    """Log in with a token of whoever is signed in, over TLS with certificate and name checked, and remember it.

    For a day it counts as the proof that `flexsec entra only` asks for. Nothing is written to Azure or the server.
    Ends with 4 where the server cannot be reached.
    """
    only_id(server, given.target)
    check_files(given)
    if given.login.skipped:
        raise UsageError("--no-login leaves nothing to do: a proof is a login")
    with Session(given) as session:
        _, handle = session.server()
        login = login_of(given, session, handle)
        if login is None:
            raise UsageError("there is no way to log in from here, so nothing is proved")
        proof = handle.entra.prove_login(cast("TokenLogin", login), principal=principal)
    show(proof_document(proof), given)
    return 0
