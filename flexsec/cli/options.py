"""The options that several commands share, one decorator per group."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..model.change import CLOSING_CLASSES
from ..model.verdict import Severity
from ..reporting.formats import FORMATS, SUFFIXES
from .given import Decorated, added, kept
from .sections import SharedOption
from .value_types import Duration

CREDENTIALS = (
    "default",
    "environment",
    "workload-identity",
    "managed-identity",
    "cli",
    "powershell",
    "developer-cli",
)
CLOUDS = ("public", "us-government", "china")

_YES = "Do not ask; needed where nobody can be asked."
_FILE = click.Path(path_type=Path, dir_okay=False)


def _stack(function: Decorated, options: tuple[Any, ...]) -> Decorated:
    for option in reversed(options):
        function = option(function)
    return function


def settings_options(function: Decorated) -> Decorated:
    """Options that every command takes, before or after its name."""
    return _stack(
        function,
        (
            _kept("--simulate", "settings", "simulate", metavar="WORLD",
                  text="Work on a simulated Azure: a built-in world (such as insecure; thrown away afterwards), a "
                       "world file (kept), or NAME:FILE, a file begun as a copy of a built-in world."),
            _kept("--endpoint", "settings", "endpoint", metavar="FILE", kind=_FILE,
                  text="Work on the Azure that a ready file describes, as `flexsec simulate serve --ready` writes it."),
            _kept("--credential", "settings", "credential", kind=click.Choice(CREDENTIALS), metavar="KIND",
                  text=f"How to sign in: {', '.join(CREDENTIALS)}. Default: what DefaultAzureCredential finds."),
            _kept("--tenant-id", "settings", "tenant_id", metavar="ID", text="Sign in to this Microsoft Entra tenant."),
            _kept("--client-id", "settings", "client_id", metavar="ID",
                  text="Sign in as this user-assigned managed identity or application; with --simulate as one of the "
                       "world's sign_in."),
            _kept("--cloud", "settings", "cloud", kind=click.Choice(CLOUDS), text="Which Azure. Default: public."),
            _kept("--state-dir", "settings", "state_directory", metavar="DIR",
                  kind=click.Path(path_type=Path, file_okay=False),
                  text="Where journals and locks are kept. Default: the user's state directory; beside the file of "
                       "a simulated world or of --endpoint, one for each serving."),
            _kept("--poll", "settings", "poll", kind=click.Choice(["header", "eager"]),
                  text="Ask about a running operation when the service says (header), or sooner (eager)."),
            _kept("--timeout", "settings", "timeout", kind=Duration(), metavar="DURATION",
                  text="Time for the whole run, such as 90s, 45m or 1h30m. Default: 1h."),
            click.option("-v", "--verbose", count=True, expose_value=False, callback=added("settings", "verbosity"),
                         cls=SharedOption,
                         help="Log to standard error what is read and written; -vv every request, -vvv everything. "
                              "Never a secret."),
            _flag("--no-color", "settings", "no_color", text="No colours (as with NO_COLOR set)."),
        ),
    )  # fmt: skip


def target_options(function: Decorated) -> Decorated:
    """Which server."""
    return _stack(
        function,
        (
            _kept("--id", "target", "arm_id", metavar="ARM_ID", text="The server's ARM id."),
            _kept("--subscription", "target", "subscription", short="-s", metavar="ID",
                  text="The server's subscription. Default: AZURE_SUBSCRIPTION_ID."),
            _kept("--resource-group", "target", "group", short="-g", metavar="GROUP",
                  text="The server's resource group."),
            _kept("--name", "target", "name", short="-n", metavar="SERVER", text="The server's name."),
        ),
    )  # fmt: skip


def output_options(function: Decorated) -> Decorated:
    """Where the report goes, and in which format."""
    suffixes = ", ".join(SUFFIXES)
    return _stack(
        function,
        (
            _kept("--format", "output", "format", kind=click.Choice(FORMATS),
                  text="Format of standard output. Default: table on a terminal, json otherwise."),
            click.option("-o", "--output", multiple=True, type=_FILE, metavar="FILE", expose_value=False,
                         callback=kept("output", "files"),
                         help=f"Write the report to a file too, in the format of its suffix ({suffixes}). Repeatable."),
        ),
    )  # fmt: skip


def restart_options(function: Decorated) -> Decorated:
    """Whether and when the server may be restarted."""
    return _stack(
        function,
        (
            _flag("--allow-restart", "leave", "restart", text="Restart the server, once, if a change needs it."),
            _kept("--restart-window", "leave", "window", metavar="HH:MM-HH:MM",
                  text="Restart only at this time of day (UTC), such as 02:00-04:00."),
        ),
    )  # fmt: skip


def closing_options(function: Decorated) -> Decorated:
    """What may take access away or lower security, and what is known about clients."""
    classes = "; ".join(f"{name}: {meaning}" for name, meaning in CLOSING_CLASSES.items())
    return _stack(
        function,
        (
            click.option("--allow-closing", multiple=True, type=click.Choice(tuple(CLOSING_CLASSES)),
                         expose_value=False, callback=kept("leave", "closing"),
                         help=f"Take access away, by class. Repeatable. {classes}."),
            _kept("--connections", "leave", "connections", metavar="FILE", kind=_FILE,
                  text="Evidence of who still connects: CSV with a header, or a JSON list (.json). Columns: address "
                       "(IPv4), role, tls_version (none, TLSv1, TLSv1.1, TLSv1.2, TLSv1.3 or empty), authentication "
                       "(password, md5, scram-sha-256, entra or empty)."),
            _role_hashes(),
            click.option("--allow-lockout", multiple=True, metavar="ROLE", expose_value=False,
                         callback=kept("leave", "lockout"),
                         help="Take md5 away although this role's password is kept so, or may be. Repeatable."),
            _kept("--caller-address", "leave", "caller_address", metavar="IP",
                  text="The public IPv4 address you connect from; the rule that admits it is guarded."),
            _kept("--without-evidence", "leave", "without_evidence", metavar="REASON",
                  text="Take access away without evidence of who connects; the reason is journalled."),
            _lowering(),
        ),
    )  # fmt: skip


def _role_hashes() -> Any:
    return _kept("--role-hashes", "leave", "role_hashes", metavar="FILE", kind=_FILE,
                 text="Evidence of how roles' passwords are kept: CSV with the columns role and hash (scram-sha-256, "
                      "md5, none or unknown), never with the hashes themselves.")  # fmt: skip


def role_hashes_option(function: Decorated) -> Decorated:
    """How roles' passwords are kept, where nothing needs leave."""
    return _stack(function, (_role_hashes(),))


def _lowering() -> Any:
    return _flag("--allow-lowering", "leave", "lowering",
                 text="Make a control fail that passes now, or take protection away (a rollback, something set by "
                      "hand).")  # fmt: skip


def lowering_option(function: Decorated) -> Decorated:
    """Whether security may be lowered, where nothing else needs leave."""
    return _stack(function, (_lowering(),))


def cost_option(function: Decorated) -> Decorated:
    """Whether every server of the subscription may be billed."""
    return _stack(function, (
        _flag("--allow-subscription-cost", "leave", "subscription_cost",
              text="Switch on what bills every flexible server of the subscription (the Defender plan)."),
    ))  # fmt: skip


def subscription_option(function: Decorated) -> Decorated:
    """Which subscription, for what is about no single server."""
    return _stack(function, (
        _kept("--subscription", "target", "subscription", short="-s", metavar="ID",
              text="The subscription. Default: AZURE_SUBSCRIPTION_ID."),
    ))  # fmt: skip


def leave_options(function: Decorated) -> Decorated:
    """What may be done beyond adding and tightening."""
    return restart_options(closing_options(function))


def record_options(function: Decorated) -> Decorated:
    """Why the change is made: for every command that writes. `session.record_of` makes the library's value of it."""
    return _stack(
        function,
        (
            _kept("--change-reference", "record", "reference", metavar="TEXT",
                  text="The change's number in your change management; journalled and shown, in the clear."),
            _kept("--reason", "record", "reason", metavar="TEXT", text="Why the change is made; likewise."),
            _kept("--ticket", "record", "ticket", metavar="TEXT", text="An issue or incident; likewise."),
        ),
    )  # fmt: skip


def store_options(function: Decorated) -> Decorated:
    """Where passwords are kept."""
    return _stack(
        function,
        (
            _kept("--vault", "store", "vault", metavar="URL|NAME",
                  text="Keep passwords in this Key Vault, such as https://kv-shop.vault.azure.net or kv-shop."),
            _kept("--secret", "store", "secret", metavar="NAME",
                  text="The secret's name in the vault. Default: SERVER-admin-password."),
            _kept("--store-file", "store", "file", metavar="FILE", kind=_FILE,
                  text="Keep passwords in this encrypted file instead; one file a server."),
            _kept("--key-file", "store", "key_file", metavar="FILE", kind=_FILE,
                  text="The key of --store-file, as `flexsec password new-key` makes it."),
        ),
    )  # fmt: skip


def login_options(function: Decorated) -> Decorated:
    """How a password is tried."""
    return _stack(
        function,
        (
            _flag("--no-login", "login", "skipped", text="Do not try the password by logging in."),
            _kept("--address", "login", "address", metavar="IP",
                  text="Log in at this address instead of the one that the server's name resolves to."),
            _kept("--port", "login", "port", metavar="PORT", kind=click.IntRange(1, 65535),
                  text="Log in at this port. Default: 5432."),
            _kept("--ca-file", "login", "ca_file", metavar="FILE",
                  kind=click.Path(exists=True, dir_okay=False),
                  text="Trust these certificate authorities when logging in. Default: those that Mozilla trusts."),
        ),
    )  # fmt: skip


def baseline_option(function: Decorated) -> Decorated:
    """By which baseline."""
    return _stack(function, (
        _kept("--baseline", "judgement", "baseline", short="-b", metavar="NAME|FILE",
                 text="A built-in baseline or a file. Default: recommended."),
    ))  # fmt: skip


def judgement_options(function: Decorated) -> Decorated:
    """From which severity on a finding fails the command."""
    return _stack(
        function,
        (
            click.option("--fail-on", type=click.Choice([s.value for s in Severity]), expose_value=False,
                         callback=_severity,
                         help="Exit with 3 for a finding of at least this severity. Default: low."),
            _flag("--exit-zero", "judgement", "exit_zero",
                  text="Exit with 0 in spite of findings or of what could not be observed."),
        ),
    )  # fmt: skip


def yes_option(function: Decorated) -> Decorated:
    """Whether to ask first."""
    return _stack(function, (_flag("--yes", "", "yes", short="-y", text=_YES),))


def _kept(
    name: str, group: str, field: str, *, text: str, short: str = "", metavar: str | None = None, kind: Any = str
) -> Any:
    names = (short, name) if short else (name,)
    return click.option(
        *names,
        cls=_class(group),
        type=kind,
        metavar=metavar,
        default=None,
        expose_value=False,
        callback=kept(group, field),
        help=text,
    )


def _flag(name: str, group: str, field: str, *, text: str, short: str = "") -> Any:
    names = (short, name) if short else (name,)
    return click.option(
        *names, cls=_class(group), is_flag=True, expose_value=False, callback=kept(group, field), help=text
    )


def _class(group: str) -> type[click.Option]:
    return SharedOption if group == "settings" else click.Option


def _severity(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    kept("judgement", "fail_on")(context, parameter, Severity(value) if value else None)
