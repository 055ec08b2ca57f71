"""`flexsec permissions`: the least that a command or a plan needs, and whether whoever is signed in has that."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...errors import FlexSecError, UsageError
from ...model.resource import ServerId, check_subscription_id, parse_target
from ...model.role import RoleScope
from ...reporting import permissions as check_report
from ...reporting.role import advice, document
from ..exit_codes import OK, of_permissions
from ..given import Given, pass_given
from ..inputs import of_plan
from ..options import baseline_option, output_options, settings_options, target_options
from ..output import check_files, say, show
from ..sections import Command
from ..session import Session
from ..targets import SUBSCRIPTION_VARIABLE, only_id

if TYPE_CHECKING:
    from ...model.plan import Plan
    from ...model.role import Role
    from ..given import TargetGiven

_ANY_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"


@click.command("permissions", cls=Command)
@click.argument("words", nargs=-1, metavar="[ARM_ID]")
@click.option(
    "--for",
    "purpose",
    metavar="COMMAND|PLAN",
    default="",
    help="What the role is for: a command (audit, apply, 'parameters set', ...), rotate, or the file of a plan.",
)
@click.option(
    "--at",
    type=click.Choice([scope.value for scope in RoleScope]),
    help="Only what is needed at this scope: a role for each scope is narrower than one for all.",
)
@click.option("--check", is_flag=True, help="Hold what whoever is signed in may do on a server against it instead.")
@target_options
@baseline_option
@output_options
@settings_options
@pass_given
def command(given: Given, words: tuple[str, ...], *, purpose: str, at: str | None, check: bool) -> int:
    """Print the least-privilege custom role for a command or a plan, as `az role definition create` takes it.

    The role is JSON unless another --format is given; table and markdown tell what each action is for. The target
    says where the role may be assigned. Nothing is sent to Azure.

    With --check, the permissions of whoever is signed in are read (two requests) and compared: an action that is
    missing ends the command with 6, permissions that could not be read with 4; what is granted beyond the need is
    listed, the dangerous first, and does not change the exit code.
    """
    purpose = _purpose(purpose, words, given.target)
    if not purpose:
        raise UsageError("for what? give --for with a command, such as audit or apply, or with the file of a plan")
    path = _plan_file(purpose)
    check_files(given, *(of_plan(path) if path else ()))
    plan = _plan(path)
    role = _role(purpose, plan, given.judgement.baseline)
    if check:
        if at:
            raise UsageError("--at is about the role that is printed; --check looks at every scope")
        return _check(given, role, plan)
    role = role.at(RoleScope(at)) if at else role
    given.output.format = given.output.format or "json"
    show(document(role, _assignable_scope(given.target, role, plan)), given)
    if given.output.format in ("json", "csv"):
        for sentence in advice(role):
            say(sentence)
    return OK


def _purpose(purpose: str, words: tuple[str, ...], target: TargetGiven) -> str:
    """`--for parameters set` comes as an option and a word; an id among the words is the server's."""
    ids = tuple(word for word in words if word.lstrip().startswith("/"))
    only_id(ids, target)
    return " ".join((purpose, *(word for word in words if word not in ids))).strip()


def _plan_file(purpose: str) -> Path | None:
    """The file of a plan; None when the purpose is a command."""
    from ...engine.permissions import ROWS

    path = Path(purpose)
    return path if purpose not in ROWS and (path.is_file() or path.suffix.lower() == ".json") else None


def _plan(path: Path | None) -> Plan | None:
    """The plan in the file, if there is one.

    Raises:
        PlanInvalid, UsageError: the file cannot be used.
    """
    from ...engine import plan_file

    return None if path is None else plan_file.read(path)


def _role(purpose: str, plan: Plan | None, baseline: str) -> Role:
    from ...baselines.loader import load
    from ...engine.permissions import role_for, role_for_plan

    if plan is None:
        return role_for(purpose, baseline=load(baseline))
    try:
        return role_for_plan(plan, baseline=load(plan.baseline_source))
    except FlexSecError:
        return role_for_plan(plan)  # the baseline's file has moved: the plan is carried out and not judged again


def _check(given: Given, role: Role, plan: Plan | None) -> int:
    """Compare at the server that is named, the plan's own otherwise; at a subscription where no server is needed."""
    asked = given.target
    own = parse_target(plan.server_id) if plan else None
    with Session(given) as session:
        if not (asked.arm_id or asked.name) and not role.at(RoleScope.SERVER).needs:
            client = session.client(own.subscription_id) if own else session.subscription()
            found = client.permissions(role)
        else:
            named = asked.arm_id or asked.subscription or asked.group or asked.name
            target = own if isinstance(own, ServerId) and not named else session.target()
            _, handle = session.server_of(target)
            if plan is not None:
                handle.own(plan)
            found = handle.permissions(role)
    show(check_report.document(found), given)
    return of_permissions(found)


def _assignable_scope(target: TargetGiven, role: Role, plan: Plan | None) -> str:
    """Where the role may be assigned: the resource group if that is enough and known, else the subscription."""
    subscription, group = _place(target, plan)
    if not subscription:
        if target.group or target.name:
            raise UsageError("which subscription? give --subscription")
        subscription = _ANY_SUBSCRIPTION
        say("AssignableScopes holds a placeholder: put your subscription there, or give --subscription")
    check_subscription_id(subscription)
    narrow = group and all(need.scope is RoleScope.SERVER for need in role.needs)
    return f"/subscriptions/{subscription}" + (f"/resourceGroups/{group}" if narrow else "")


def _place(target: TargetGiven, plan: Plan | None) -> tuple[str, str]:
    """Subscription and resource group, each "" when it is not known."""
    arm_id = target.arm_id or (plan.server_id if plan else "")
    if arm_id:
        found = parse_target(arm_id)
        return found.subscription_id, found.resource_group if isinstance(found, ServerId) else ""
    return target.subscription or os.environ.get(SUBSCRIPTION_VARIABLE, ""), target.group
