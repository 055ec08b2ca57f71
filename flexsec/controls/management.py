"""Who may take a server over from Azure's side: by setting its password, or by making themselves an administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.observation import Unobserved
from ..model.pattern import fits
from .control import Argument, Arguments, Control, texts, whole_number
from .outcome import failed, passed, unread
from .references import REFERENCES
from .severities import RATINGS, THRESHOLDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..model.role_assignment import AssignedRole
    from ..model.server import ServerState
    from ..model.verdict import Check

TAKING_OVER = (
    "Microsoft.DBforPostgreSQL/flexibleServers/write",
    "Microsoft.DBforPostgreSQL/flexibleServers/administrators/write",
)
_SEVERAL = ("group", "foreigngroup")
_NOT_READ = "deny assignments, classic administrators and roles that can be activated are not read"


def few_may_take_over(state: ServerState, arguments: Arguments) -> Check:
    """Few principals may reset the administrator's password or make themselves administrators.

    What it checks: the role assignments at the server and those that it inherits from resource group, subscription and
    management groups. A principal counts whose role holds flexibleServers/write, which sets the password, or
    flexibleServers/administrators/write. There are at most `max_principals` of them, and where `allowed` is given, each
    is in it. A group counts as one: who is in it is not read.

    Why: whoever holds one of these actions has every row of every database, without an account in it. Owner and
    Contributor of the subscription hold them both.

    Remedy: left to you: az role assignment delete, and a narrower role in its place. flexsec permissions prints the
    least that each of its own commands needs.

    What it does not check: members of groups, deny assignments, classic administrators, roles that can be activated for
    a time (PIM), conditions of assignments, and who may assign roles and so give themselves these.

    Cost: one request per server, and one for each role that is assigned.
    """
    assigned = state.role_assignments
    if isinstance(assigned, Unobserved):
        return unread("the role assignments", assigned)
    holders: dict[str, list[AssignedRole]] = {}
    for role in assigned:
        if any(role.allows(action) for action in TAKING_OVER):
            holders.setdefault(role.principal_id.casefold(), []).append(role)
    allowed, most = texts(arguments, "allowed"), whole_number(arguments, "max_principals")
    strangers = [each for each in holders if allowed and not any(fits(each, item.casefold()) for item in allowed)]
    problems = []
    if strangers:
        problems.append(f"not in the list of those that may: {', '.join(_named(each, holders) for each in strangers)}")
    if len(holders) > most:
        problems.append(f"{_count(len(holders))} may, more than {most}")
    evidence = {_named(each, holders): _roles(roles) for each, roles in holders.items()} | _notes(holders)
    if problems:
        remedy = "az role assignment delete for those that need it no more, and narrower roles for the rest"
        return failed("; ".join(problems), evidence, remedy=remedy)
    return passed(f"{_count(len(holders))} may reset the password or add administrators", evidence)


def _count(number: int) -> str:
    return f"{number} principal{'' if number == 1 else 's'}"


def _named(principal: str, holders: Mapping[str, list[AssignedRole]]) -> str:
    first = holders[principal][0]
    return f"{first.principal_type or 'principal'} {first.principal_id}"


def _roles(roles: list[AssignedRole]) -> str:
    return ", ".join(sorted({f"{each.role} at {each.scope or 'an untold scope'}" for each in roles}))


def _notes(holders: Mapping[str, list[AssignedRole]]) -> dict[str, str]:
    groups = [each for each, roles in holders.items() if roles[0].principal_type.casefold() in _SEVERAL]
    told = {"groups": f"{len(groups)}, each counted as one; their members are not known"} if groups else {}
    return {**told, "not read": _NOT_READ}


CONTROLS = (
    Control(
        id="auth-mgmt-rbac-least-privilege",
        title="Few principals can reset the administrator's password or add administrators",
        family="management",
        rating=RATINGS["auth-mgmt-rbac-least-privilege"],
        check=few_may_take_over,
        reads=("role_assignments",),
        arguments=(
            Argument(
                name="max_principals",
                kind="integer",
                default=THRESHOLDS["auth-mgmt-rbac-least-privilege.max_principals"].value,
                description="How many principals may hold these actions; a group counts as one.",
                minimum=0,
                maximum=1000,
            ),
            Argument(
                name="allowed",
                kind="texts",
                default=THRESHOLDS["auth-mgmt-rbac-least-privilege.allowed"].value,
                description="The object ids that may hold them, in which * stands for any characters; none given means "
                "that only their number is judged.",
            ),
        ),
        references=REFERENCES["auth-mgmt-rbac-least-privilege"],
    ),
)
