"""What whoever is signed in may do, held against what a command, a verb or a plan needs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..engine.basis import check_seal, sealed
from ..engine.own_permissions import check_own
from ..engine.permissions import role_for, role_for_plan
from ..engine.role_check import notes
from ..errors import InvalidValue
from ..model.clock import Deadline
from ..model.event import silent
from ..model.plan import Plan
from ..model.resource import ServerId, SubscriptionId, parse_target
from ..model.role import Role, RoleScope

if TYPE_CHECKING:
    from pathlib import Path

    from ..baselines.baseline import Baseline
    from ..model.role import PermissionCheck
    from .flexsec import FlexSec
    from .server import ServerHandle


def compare_permissions(
    server: ServerHandle, purpose: str | Plan | Role, baseline: str | Path | Baseline
) -> PermissionCheck:
    """Hold the identity's permissions against a purpose; see `ServerHandle.permissions`."""
    role = _role(server, purpose, baseline)
    means = server.means(silent, None)
    return check_own(means.connection, server.id, role, deadline=means.deadline)


def compare_subscription_permissions(flexsec: FlexSec, purpose: str | Plan | Role) -> PermissionCheck:
    """Hold the identity's permissions at a subscription against a purpose; see `FlexSec.permissions`."""
    role = _subscription_role(flexsec, purpose)
    if role.at(RoleScope.SERVER).needs:
        raise InvalidValue(f"{role.purpose} needs permissions at a server; ask that server's `permissions`")
    deadline = Deadline(flexsec.clock, flexsec.timeout)
    return check_own(flexsec.connection, SubscriptionId(flexsec.subscription_id), role, deadline=deadline)


def with_permission_notes(server: ServerHandle, plan: Plan, baseline: Baseline) -> Plan:
    """The plan, sealed anew, with what the identity's permissions are to it among its notes."""
    found = compare_permissions(server, role_for_plan(plan, baseline=baseline), baseline)
    return sealed(replace(plan, notes=(*plan.notes, *notes(found))))


def _role(server: ServerHandle, purpose: str | Plan | Role, baseline: str | Path | Baseline) -> Role:
    if isinstance(purpose, Role):
        return purpose
    if isinstance(purpose, Plan):
        check_seal(purpose)
        own = server.own(purpose)
        return role_for_plan(own, baseline=server.baseline_or_recommended(own.baseline_source))
    if isinstance(purpose, str):
        return role_for(purpose, baseline=server.baseline(baseline))
    raise _no_purpose(purpose)


def _subscription_role(flexsec: FlexSec, purpose: str | Plan | Role) -> Role:
    if isinstance(purpose, Role):
        return purpose
    if isinstance(purpose, Plan):
        check_seal(purpose)
        if isinstance(parse_target(purpose.server_id), ServerId):
            raise InvalidValue("the plan needs permissions at a server; ask that server's `permissions`")
        return role_for_plan(flexsec.defender.own(purpose))
    if isinstance(purpose, str):
        return role_for(purpose)
    raise _no_purpose(purpose)


def _no_purpose(purpose: object) -> InvalidValue:
    return InvalidValue(f"{purpose!r} needs no permissions; give a command's name, a plan or a Role")
