"""What the command line said, by group of options.

Most options mean the same before and after the command's name. Each stores what it was given here, the later one
winning, so that `flexsec --simulate insecure audit` and `flexsec audit --simulate insecure` are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..model.verdict import Severity

if TYPE_CHECKING:
    from pathlib import Path

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


@dataclass(slots=True)
class Settings:
    """How Azure is reached, or which simulated one, and how much is said."""

    simulate: str = ""
    endpoint: Path | None = None
    credential: str = "default"
    tenant_id: str = ""
    client_id: str = ""
    cloud: str = "public"
    state_directory: Path | None = None
    poll: str = "header"
    timeout: float = 3600.0
    verbosity: int = 0
    no_color: bool = False


@dataclass(slots=True)
class TargetGiven:
    """Which server, by id or by parts."""

    arm_id: str = ""
    subscription: str = ""
    group: str = ""
    name: str = ""


@dataclass(slots=True)
class OutputGiven:
    """Which format for standard output, and which files besides."""

    format: str = ""
    files: tuple[Path, ...] = ()


@dataclass(slots=True)
class LeaveGiven:
    """What may be done beyond adding and tightening, and what is known about clients."""

    restart: bool = False
    window: str = ""
    closing: tuple[str, ...] = ()
    connections: Path | None = None
    role_hashes: Path | None = None
    lockout: tuple[str, ...] = ()
    caller_address: str = ""
    without_evidence: str = ""
    lowering: bool = False
    subscription_cost: bool = False


@dataclass(slots=True)
class RecordGiven:
    """Why the change is made."""

    reference: str = ""
    reason: str = ""
    ticket: str = ""


@dataclass(slots=True)
class StoreGiven:
    """Where passwords are kept: a vault's secret, or an encrypted file."""

    vault: str = ""
    secret: str = ""
    file: Path | None = None
    key_file: Path | None = None


@dataclass(slots=True)
class LoginGiven:
    """How a password is tried."""

    skipped: bool = False
    address: str = ""
    port: int = 5432
    ca_file: str = ""


@dataclass(slots=True)
class JudgementGiven:
    """By which baseline a server is judged, and from which severity on a finding fails the command."""

    baseline: str = "recommended"
    fail_on: Severity = Severity.LOW
    exit_zero: bool = False


@dataclass(slots=True)
class Given:
    """All groups; `yes` answers the question that writing commands ask."""

    settings: Settings = field(default_factory=Settings)
    target: TargetGiven = field(default_factory=TargetGiven)
    output: OutputGiven = field(default_factory=OutputGiven)
    leave: LeaveGiven = field(default_factory=LeaveGiven)
    record: RecordGiven = field(default_factory=RecordGiven)
    store: StoreGiven = field(default_factory=StoreGiven)
    login: LoginGiven = field(default_factory=LoginGiven)
    judgement: JudgementGiven = field(default_factory=JudgementGiven)
    yes: bool = False


pass_given = click.make_pass_decorator(Given, ensure=True)
"""Gives a command what the command line said, as its first argument."""


def kept(group: str, name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    """An option callback that stores the value in a group, when one was given."""

    def keep(context: click.Context, _: click.Parameter, value: Any) -> None:
        found = context.ensure_object(Given)
        if value is None or value is False or value == ():
            return
        holder = getattr(found, group) if group else found
        setattr(holder, name, value)

    return keep


def added(group: str, name: str) -> Callable[[click.Context, click.Parameter, int], None]:
    """An option callback that adds the value to what was given before: -v twice is -vv."""

    def add(context: click.Context, _: click.Parameter, value: int) -> None:
        holder = getattr(context.ensure_object(Given), group)
        setattr(holder, name, getattr(holder, name) + value)

    return add
