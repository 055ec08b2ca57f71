"""What an identity has, held against what it needs: what is missing, and what is more than that. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.action_pattern import covers, some_action
from ..model.observation import Unobserved
from ..model.role import Excess, ExcessKind, Grant, Need, PermissionCheck, Role, RoleScope, Unchecked
from ..observers.permissions import ACTIONS as READING_PERMISSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..model.resource import Target

Granted = tuple[Grant, ...] | Unobserved

DANGERS = (
    ("Microsoft.Authorization/roleAssignments/write", "give any role to anyone, itself included"),
    ("Microsoft.Authorization/elevateAccess/action", "take over every subscription of the tenant"),
    ("Microsoft.Authorization/*/write", "change roles, policies and locks"),
    ("Microsoft.DBforPostgreSQL/flexibleServers/delete", "delete the server"),
    ("Microsoft.DBforPostgreSQL/flexibleServers/administrators/write", "make itself administrator of the databases"),
    ("Microsoft.DBforPostgreSQL/flexibleServers/write", "reset the administrator's password"),
    ("*/delete", "delete resources"),
)
"""What an identity without need for it must not be able to do: a pattern, and the deed in words."""

_ORDER = list(ExcessKind)


def check(
    role: Role, *, target: Target, identity: str, at_server: Granted, at_subscription: Granted
) -> PermissionCheck:
    """Hold what was granted against a role.

    Args:
        at_server, at_subscription: what the service tells for each scope; what is granted above a scope is in it.
    """
    told = {RoleScope.SERVER: at_server, RoleScope.SUBSCRIPTION: at_subscription}
    return PermissionCheck(
        server_id=target.arm_id,
        identity=identity,
        role=role,
        missing=tuple(need for need in role.needs if _is_missing(need, told.get(need.scope))),
        excess=_excess(role, told),
        unchecked=tuple(_unchecked(role, told)),
    )


def allows(grants: Iterable[Grant], action: str, *, data: bool = False) -> bool:
    """Whether one of the grants covers an action that its own "not" list does not take back.

    Role assignments add up: what one takes back, another may still give (documented by Microsoft).
    """
    for grant in grants:
        given, less = (grant.data_actions, grant.not_data_actions) if data else (grant.actions, grant.not_actions)
        if any(covers(pattern, action) for pattern in given) and not any(covers(pattern, action) for pattern in less):
            return True
    return False


def notes(found: PermissionCheck) -> tuple[str, ...]:
    """The finding in a few sentences, for the notes of a plan."""
    told = [
        f"permissions: {need.action} is missing at the {need.scope.value} (to {need.reason})" for need in found.missing
    ]
    told += [f"permissions: those at the {each.scope.value} are not known: {each.reason}" for each in found.unchecked]
    if found.excess:
        listed = "; ".join(f"{each.pattern} at the {each.scope.value}: {each.reason}" for each in found.excess[:3])
        more = f"; and {len(found.excess) - 3} more" if len(found.excess) > 3 else ""
        told.append(f"permissions: this identity may do more than the plan needs: {listed}{more}")
    return tuple(told or ["permissions: this identity may do what the plan needs, and no more"])


def _is_missing(need: Need, granted: Granted | None) -> bool:
    return isinstance(granted, tuple) and not allows(granted, need.action, data=need.data)


def _unchecked(role: Role, told: dict[RoleScope, Granted]) -> Iterator[Unchecked]:
    """The scopes at which something is needed and nothing is known."""
    for scope in RoleScope:
        if not role.at(scope).needs:
            continue
        granted = told.get(scope, Unobserved("no key vault is named here, so its permissions are not read"))
        if isinstance(granted, Unobserved):
            yield Unchecked(scope=scope, reason=granted.reason, missing_action=granted.missing_action)


def _excess(role: Role, told: dict[RoleScope, Granted]) -> tuple[Excess, ...]:
    """Every granted pattern that is too much, once for each scope, the worst first."""
    found: dict[tuple[str, RoleScope], Excess] = {}
    above: set[tuple[bool, str, frozenset[str]]] = set()  # granted at the subscription, so seen at the server as well
    for scope in (RoleScope.SUBSCRIPTION, RoleScope.SERVER):
        granted = told[scope]
        for data, pattern, less in _patterns(granted if isinstance(granted, tuple) else ()):
            key = (data, pattern.casefold(), frozenset(each.casefold() for each in less))
            if key in above:
                continue
            above.add(key)
            excess = _beyond(role, pattern, less, scope, data=data)
            earlier = found.get((pattern.casefold(), scope))
            if excess and (earlier is None or _rank(excess) < _rank(earlier)):
                found[pattern.casefold(), scope] = excess
    return tuple(sorted(found.values(), key=_rank))


def _patterns(grants: Iterable[Grant]) -> Iterator[tuple[bool, str, tuple[str, ...]]]:
    """Each pattern: whether it is for data actions, itself, and what is taken back from it."""
    for grant in grants:
        yield from ((False, pattern, grant.not_actions) for pattern in grant.actions)
        yield from ((True, pattern, grant.not_data_actions) for pattern in grant.data_actions)


def _beyond(role: Role, pattern: str, less: tuple[str, ...], scope: RoleScope, *, data: bool) -> Excess | None:
    """What a pattern allows beyond a role, or None when that is nothing."""
    known = (*role.actions, *(need.action for need in role.optional), *READING_PERMISSIONS)
    needed = role.data_actions if data else known
    without = (*less, *needed)
    if not some_action((pattern,), without):
        return _wider(role, pattern, less, scope)
    danger = "" if data else _danger(pattern, without)
    if danger:
        return Excess(pattern=pattern, scope=scope, kind=ExcessKind.DANGEROUS, reason=danger)
    writes = data or some_action((pattern,), (*without, "*/read"))
    verb = "use" if data else "change" if writes else "read"
    later = ", and what Azure adds to that later" if "*" in pattern else ""
    return Excess(
        pattern=pattern,
        scope=scope,
        kind=ExcessKind.WRITES if writes else ExcessKind.READS,
        reason=f"it can {verb} what is not needed{later}",
    )


def _danger(pattern: str, without: tuple[str, ...]) -> str:
    """The dangerous things that a pattern allows, as a clause, or "". What cannot be told counts as dangerous."""
    told = {deed: some_action((pattern, danger), without) for danger, deed in DANGERS}
    can = ", ".join(deed for deed, answer in told.items() if answer)
    unknown = ", ".join(deed for deed, answer in told.items() if answer is None)
    clauses = [f"it can {can}"] if can else []
    clauses += [f"it has too many wildcards to tell whether it can {unknown}"] if unknown else []
    return "; ".join(clauses)


def _wider(role: Role, pattern: str, less: tuple[str, ...], scope: RoleScope) -> Excess | None:
    """An action that is needed at the server alone, and granted for every server of the subscription."""
    own = {need.action.casefold() for need in role.at(RoleScope.SERVER).needs}
    taken_back = any(covers(each, pattern) for each in less)
    if scope is not RoleScope.SUBSCRIPTION or taken_back or pattern.casefold() not in own:
        return None
    reason = "it is needed at the server alone, and holds for every server of the subscription"
    return Excess(pattern=pattern, scope=scope, kind=ExcessKind.WIDER, reason=reason)


def _rank(excess: Excess) -> tuple[int, str, str]:
    return _ORDER.index(excess.kind), excess.scope.value, excess.pattern.casefold()
