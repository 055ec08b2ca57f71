"""The `flexsec` command: finds the subcommand, runs it, and turns whatever happens into a message and an exit code."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import click

from .. import __version__
from ..errors import FlexSecError
from . import exit_codes, failures
from .given import Given
from .lazy import LazyGroup
from .options import settings_options

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMANDS = {
    "demo": ("Harden a simulated insecure server, step by step.", "demo"),
    "audit": ("Judge a server by a baseline. Writes nothing.", "audit"),
    "plan": ("Work out what hardening would write. Writes nothing.", "plan"),
    "approve": ("Consent to a saved plan as a second identity.", "approve"),
    "apply": ("Write a saved plan to the server it was made for.", "apply"),
    "harden": ("Audit, plan, write and verify in one go.", "harden"),
    "resume": ("Finish a run that was interrupted or applied in part.", "resume"),
    "rollback": ("Undo a run from its journal.", "rollback"),
    "runs": ("List the recorded runs, or show one.", "runs"),
    "parameters": ("List, set and reset server parameters.", "parameters"),
    "firewall": ("List, allow and remove firewall rules.", "firewall"),
    "settings": ("Show and set backups, autogrow, maintenance window and tags.", "settings"),
    "keys": ("Show and exchange the server's customer-managed key.", "keys"),
    "defender": ("Show and switch the subscription's Defender plan.", "defender"),
    "entra": ("Enable, administer and go over to Microsoft Entra authentication.", "entra"),
    "scram": ("Go from md5 to SCRAM in the only safe order.", "scram"),
    "password": ("Rotate the administrator's password without losing it.", "password"),
    "controls": ("List the controls, or show one.", "controls"),
    "baseline": ("Show, compare, capture and validate baselines.", "baseline"),
    "permissions": ("Print the least role for a command or a plan, or check the one in use.", "permissions"),
    "capture": ("Copy real servers into a simulated world. Reads only.", "capture"),
    "simulate": ("Serve a simulated Azure to any client.", "simulate"),
}


class Root(LazyGroup):
    """The group of all commands."""

    lazy = _COMMANDS

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command line; in standalone mode end the process with its exit code, else return the code."""
        given = extra.setdefault("obj", Given())
        try:
            result = super().main(args, prog_name or "flexsec", complete_var, standalone_mode=False, **extra)
            code = result if isinstance(result, int) else exit_codes.OK
        except FlexSecError as error:
            code = failures.expected(error)
        except click.ClickException as error:
            code = failures.usage(error)
        except (click.Abort, KeyboardInterrupt):
            code = failures.interrupted()
        except Exception as error:  # noqa: BLE001 - the last resort: a person gets a sentence, not a traceback
            code = failures.unexpected(error, verbosity=given.settings.verbosity)
        if standalone_mode:
            sys.exit(code)
        return code


def _epilog() -> str:
    lines = "\n".join(f"  {code:<4} {meaning}" for code, meaning in exit_codes.TABLE)
    return f"\b\nExit codes, the first that applies:\n{lines}"


@click.command(
    "flexsec",
    cls=Root,
    epilog=_epilog(),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="flexsec", message="%(prog)s %(version)s")
@settings_options
def root() -> None:
    """Secure Azure Database for PostgreSQL flexible servers.

    Start with `flexsec demo`. Then `flexsec audit` a server of yours: it only reads.
    """


def run() -> NoReturn:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    root.main()
    raise AssertionError  # standalone mode ends the process
