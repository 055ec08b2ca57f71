"""The command-line reference is made from the commands and complete."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from flexsec.cli.exit_codes import TABLE
from flexsec.cli.main import root
from flexsec.cli.reference import reference

DOCS = Path(__file__).resolve().parents[2] / "docs" / "cli.md"


def commands(group: click.Group = root, path: tuple[str, ...] = ()):
    """All commands by path, groups included."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


def test_the_reference_is_up_to_date():
    """docs/cli.md is what `python -m flexsec.cli.reference` writes now."""
    assert DOCS.read_text(encoding="utf-8") == reference()


@pytest.mark.parametrize("path", [" ".join(path) for path, _ in commands()])
def test_every_command_has_help(path, flexsec):
    """Each command explains itself, and so does each of its options."""
    answer = flexsec(*path.split(), "--help")
    assert answer.code == 0
    assert answer.out.startswith(f"Usage: flexsec {path}")
    command = {" ".join(found): command for found, command in commands()}[path]
    assert command.help
    assert all(option.help for option in command.params if isinstance(option, click.Option))


def test_help_tells_the_exit_codes(flexsec):
    """The exit codes are documented where people look: in --help and in the reference."""
    told = flexsec("--help").out
    for code, meaning in TABLE:
        assert f"{code:<4} {meaning}"[:60] in told
        assert f"| {code} | {meaning} |" in reference()


def test_no_command_shows_help_and_exits_with_2(flexsec):
    """`flexsec` alone is a usage error that shows what there is."""
    answer = flexsec()
    assert answer.code == 2
    assert answer.out == ""
    assert "Commands:" in answer.err


def test_choices_are_those_of_the_library():
    """The kinds of credential and the clouds that options offer are those that the library knows."""
    from flexsec.azure.clouds import CLOUDS
    from flexsec.azure.credentials import KINDS
    from flexsec.cli import options

    assert options.CREDENTIALS == KINDS
    assert tuple(cloud.name for cloud in CLOUDS) == options.CLOUDS
