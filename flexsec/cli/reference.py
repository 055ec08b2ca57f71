"""The command-line reference, docs/cli.md, made from the commands themselves so that it cannot lag behind.

`python -m flexsec.cli.reference > docs/cli.md` writes it; a test holds the file against the code.
"""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING

import click

from .exit_codes import TABLE
from .main import root

if TYPE_CHECKING:
    from collections.abc import Iterator

_INTRODUCTION = """\
# Command line

Made from the commands by `python -m flexsec.cli.reference`; do not edit.

Reports go to standard output: as a table on a terminal, as JSON elsewhere, or in the `--format` given; `-o FILE`
writes them to files too, each whole or not at all. Everything else (progress, questions, errors, logs) goes to
standard error. Commands that write show their plan and ask on a terminal; elsewhere they need `--yes`.

A server is named by its ARM id (`ARM_ID` or `--id`), or by `--subscription`, `--resource-group` and `--name`. In a
simulated world what is not given is told by what the world holds.
"""


def reference() -> str:
    """The whole page."""
    shared = [option for option in root.params if isinstance(option, click.Option) and option.name != "version"]
    names: set[str | None] = {option.name for option in shared}
    parts = [_INTRODUCTION, _exit_codes(), "## Options of every command\n\n" + _options(shared)]
    parts += [_section(path, command, names) for path, command in _commands("flexsec", root)]
    return "\n".join(parts)


def _commands(path: str, group: click.Group) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _commands(f"{path} {name}", command)
        elif command is not None:
            yield f"{path} {name}", command


def _exit_codes() -> str:
    rows = "\n".join(f"| {code} | {meaning} |" for code, meaning in TABLE)
    return f"## Exit codes\n\nThe first that applies, from the top:\n\n| code | meaning |\n|---|---|\n{rows}\n"


def _section(path: str, command: click.Command, shared: set[str | None]) -> str:
    own = [p for p in command.params if isinstance(p, click.Option) and p.name not in shared]
    arguments = " ".join(
        p.make_metavar(click.Context(command)) for p in command.params if isinstance(p, click.Argument)
    )
    usage = f"{path} {arguments}".strip()
    text = inspect.cleandoc(command.help or "")
    return f"## {path}\n\n```text\n{usage}\n```\n\n{text}\n" + (f"\n{_options(own)}" if own else "")


def _options(options: list[click.Option]) -> str:
    rows = "\n".join(f"| `{_spelling(option)}` | {_cell(option.help or '')} |" for option in options)
    return f"| option | meaning |\n|---|---|\n{rows}\n"


def _spelling(option: click.Option) -> str:
    names = ", ".join(option.opts)
    if option.is_flag or option.count:
        return names
    if option.metavar:
        return f"{names} {_cell(option.metavar)}"
    if isinstance(option.type, click.Choice):
        return f"{names} {_cell('|'.join(option.type.choices))}"
    return f"{names} {(option.name or '').upper()}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(reference())
