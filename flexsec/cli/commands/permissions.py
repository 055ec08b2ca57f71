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
    from ...baselines.baseline import Baseline
    from ...model.plan import Plan
    from ...model.role import Role
    from ..given import TargetGiven

_ANY_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"


@click.command("permissions", cls=Command)
@click.argument("words", nargs=-1, metavar="[ARM_ID]")
@click.option(
    "--for",
    "purpose",
    metavar="COMMAND|PLAN|RUN",
    default="",
    help="What the role is for: a command (audit, apply, 'parameters set', ...), rotate, the file of a plan, or a run: "
    "'resume RUN', 'rollback RUN', or RUN for what it calls for.",
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
    """Print the least-privilege custom role for a command, a plan or a run, as `az role definition create` takes it.

    The role is JSON unless another --format is given; table and markdown tell what each action is for. The target
    says where the role may be assigned. Nothing is sent to Azure.

    With --check, the permissions of whoever is signed in are read (two requests) and compared: an action that is
    missing ends the command with 6, permissions that could not be read with 4; what is granted beyond the need is
    listed, the dangerous first, and does not change the exit code.
    """
    purpose = _purpose(purpose, words, given.target)
    if not purpose:
        raise UsageError("for what? give --for with a command, such as audit or apply, a plan's file or a run's id")
    path = _plan_file(purpose)
    check_files(given, *(of_plan(path) if path else ()))
    plan, role = _of_run(purpose, given) or _asked(purpose, path, given.judgement.baseline)
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


def _asked(purpose: str, path: Path | None, baseline: str) -> tuple[Plan | None, Role]:
    """The plan in the file, if there is one, and the role for it or for the command.

    Raises:
        PlanInvalid, UsageError: the file cannot be used.
    """
    from ...baselines.loader import load
    from ...engine import plan_file
    from ...engine.permissions import role_for, role_for_plan

    if path is None:
        return None, role_for(purpose, baseline=load(baseline))
    plan = plan_file.read(path)
    return plan, role_for_plan(plan, baseline=_baseline_of(plan))


def _of_run(purpose: str, given: Given) -> tuple[Plan, Role] | None:
    """The plan of the run that the purpose names, and the role for finishing or undoing it; None when it names none.

    Raises:
        UnknownName, JournalDamaged: no such run, or not to be trusted.
    """
    from ...engine.history import plan_of
    from ...engine.run_permissions import role_for_run, run_named

    named = run_named(purpose)
    if named is None:
        return None
    way, run_id = named
    with Session(given) as session:
        recorder = session.recorder()
        run, plan = recorder.run(run_id), plan_of(recorder.journals, run_id)
    role = role_for_run(run, plan, way=way, baseline=_baseline_of(plan))
    if way is None:
        say(f"run {run_id} is {run.status.value.replace('_', ' ')}: this is about `flexsec {role.purpose}`")
    return plan, role


def _baseline_of(plan: Plan) -> Baseline | None:
    """The plan's own baseline; None when its file has moved: the plan is carried out and not judged again."""
    from ...baselines.loader import load

    try:
        return load(plan.baseline_source) if plan.baseline_source else None
    except FlexSecError:
        return None


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
