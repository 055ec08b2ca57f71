"""The table of rights: which RBAC actions each command, library verb and plan needs, at which scope, and why.

Made of the constants of the observers and operations that ask for them, so that it cannot lag behind. The tests run
every command with its row alone, and with each action of its row taken away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..baselines.loader import load
from ..controls.control import texts
from ..errors import UnknownName
from ..model.ownership import FLEXSEC
from ..model.resource import ServerId, parse_target
from ..model.role import Need, Role, RoleScope
from ..observers import (
    activity_log,
    admin_secret,
    administrators,
    covered_servers,
    customer_keys,
    defender_plan,
    firewall,
    parameters,
    permissions,
    region,
    role_assignments,
    server,
    threat_protection,
)
from ..operations import administrators as entra_administrators
from ..operations import encryption_key
from ..operations import firewall as firewall_rules
from ..operations.registry import OPERATIONS
from .evaluate import parts_of
from .observe import PARTS, SHARED_PARTS
from .reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..baselines.baseline import Baseline, Selection
    from ..model.plan import Plan

READS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "server": server.ACTIONS,
        "parameters": parameters.ACTIONS,
        "firewall": firewall.ACTIONS,
        "administrators": administrators.ACTIONS,
        "threat_protection": threat_protection.ACTIONS,
        "defender_plan": defender_plan.ACTIONS,
        "region": region.ACTIONS,
        "customer_keys": customer_keys.ACTIONS,
        "role_assignments": role_assignments.ACTIONS,
        "admin_secret": (),
    }
)
"""The actions that reading each part of a server's state needs."""

DATA_READS: Mapping[str, tuple[str, ...]] = MappingProxyType({"admin_secret": admin_secret.DATA_ACTIONS})
"""The data actions that reading a part needs."""

WHERE_IT_APPLIES = frozenset({"customer_keys"})
"""The parts that not every server has: what reads them is granted where a server has them."""

_WRITES = {operation.kind: operation.actions for operation in OPERATIONS}
_ALL_READS = tuple(action for part in PARTS for action in READS[part])

SETTING_CONTROLS: Mapping[str, str] = MappingProxyType(
    {
        "backup-retention-days": "server_setting/backup_retention_days",
        "gov-tags": "server_setting/tag:*",
        "maint-window-custom": "server_setting/maintenance_window",
        "storage-autogrow": "server_setting/storage_auto_grow",
    }
)
"""The controls that are mended by changing the server itself, for which there is one coarse action, and the targets of
those changes; * stands for each tag that the control is told to set. Which settings a control asks for only its check
knows, from a server's state, so they are told here and held to the controls' cases by the tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one command or verb needs.

    Attributes:
        actions: of Resource Manager.
        data_actions: on what lies inside a resource.
        optional: what tells more where it is granted.
        judges: it judges by a baseline, which may ask for more parts than `PARTS`.
        mends: it writes what the controls of a baseline ask for, which may be settings of the server itself.
        wide: it is about the servers of a subscription, so that what is needed at a server is needed there.
    """

    actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    judges: bool = False
    mends: bool = False
    wide: bool = False


_NOTHING = Row()
# Documented by Microsoft: Key Vault's data actions for reading a secret's value, its properties, and setting it.
_SECRETS = tuple(
    f"Microsoft.KeyVault/vaults/secrets/{name}/action" for name in ("getSecret", "readMetadata", "setSecret")
)
_ADMINISTRATORS = (*server.ACTIONS, *administrators.ACTIONS)
COVERAGE = (*defender_plan.ACTIONS, *covered_servers.ACTIONS)
"""What telling the Defender plan of a subscription and the servers that it covers needs."""
_COPYING = (
    *_ALL_READS,
    *defender_plan.ACTIONS,
    "Microsoft.DBforPostgreSQL/flexibleServers/databases/read",
    "Microsoft.Resources/subscriptions/read",
    "Microsoft.Resources/subscriptions/resourceGroups/read",
)
_SWITCHING = Row(actions=(*COVERAGE, *_WRITES["defender_plan"]), optional=threat_protection.ACTIONS, wide=True)
_ROTATING = Row(actions=_WRITES["admin_password"], data_actions=_SECRETS)
_HARDENING = Row(
    actions=(
        *_ALL_READS,
        *(action for kind in ("parameters", "firewall", "threat_protection", "restart") for action in _WRITES[kind]),
    ),
    judges=True,
    mends=True,
)

ROWS: Mapping[str, Row] = MappingProxyType(
    {
        "audit": Row(actions=_ALL_READS, judges=True),
        "plan": Row(actions=_ALL_READS, optional=activity_log.ACTIONS, judges=True),
        "plan --check-permissions": Row(
            actions=(*_ALL_READS, *permissions.ACTIONS), optional=activity_log.ACTIONS, judges=True
        ),
        "approve": _NOTHING,
        "apply": _HARDENING,
        "harden": replace(_HARDENING, optional=activity_log.ACTIONS),
        "resume": _HARDENING,
        "rollback": replace(
            _HARDENING,
            actions=tuple(action for action in _HARDENING.actions if action not in administrators.ACTIONS),
            optional=administrators.ACTIONS,
            judges=False,
        ),
        "rotate": _ROTATING,
        "password rotate": _ROTATING,
        "password reset": Row(actions=_WRITES["admin_password"]),
        "password recover": Row(actions=server.ACTIONS, data_actions=_SECRETS),
        "password status": Row(data_actions=_SECRETS[1:2]),
        "password new-key": _NOTHING,
        "parameters list": Row(actions=parameters.ACTIONS, optional=server.ACTIONS),
        "parameters set": Row(actions=(*server.ACTIONS, *_WRITES["parameters"])),
        "parameters reset": Row(actions=(*server.ACTIONS, *_WRITES["parameters"])),
        "firewall list": Row(actions=firewall.ACTIONS, optional=server.ACTIONS),
        "firewall allow": Row(actions=(*server.ACTIONS, *firewall_rules.PUT_ACTIONS)),
        "firewall remove": Row(actions=(*server.ACTIONS, *firewall_rules.DELETE_ACTIONS)),
        "firewall reconcile": Row(actions=(*server.ACTIONS, *_WRITES["firewall"])),
        "threat-protection get": Row(actions=threat_protection.ACTIONS, optional=server.ACTIONS),
        "threat-protection enable": Row(actions=(*server.ACTIONS, *_WRITES["threat_protection"])),
        "entra show": Row(actions=_ADMINISTRATORS),
        "entra enable": Row(actions=(*_WRITES["authentication"], *parameters.ACTIONS)),
        "entra add": Row(actions=entra_administrators.PUT_ACTIONS),
        "entra replace": Row(actions=_WRITES["administrators"]),
        "entra remove": Row(actions=(*entra_administrators.DELETE_ACTIONS, *parameters.ACTIONS)),
        "entra prove-login": Row(actions=_ADMINISTRATORS),
        "entra only": Row(actions=_WRITES["authentication"]),
        "entra allow-passwords": Row(actions=_WRITES["authentication"]),
        "scram status": Row(actions=(*server.ACTIONS, *parameters.ACTIONS)),
        "scram migrate": Row(
            actions=(*server.ACTIONS, *_WRITES["parameters"], *_WRITES["admin_password"]),
            optional=administrators.ACTIONS,
        ),
        "settings show": Row(actions=server.ACTIONS),
        "settings set": Row(actions=_WRITES["server_setting"]),
        "keys show": Row(actions=server.ACTIONS, optional=customer_keys.ACTIONS),
        "keys set": Row(
            actions=(*_WRITES["encryption_key"], *customer_keys.ACTIONS[:2]),
            optional=(customer_keys.ACTIONS[2], encryption_key.ASSIGN),
        ),
        "defender show": Row(actions=(*COVERAGE, *threat_protection.ACTIONS), wide=True),
        "defender enable-plan": _SWITCHING,
        "defender disable-plan": _SWITCHING,
        "capture": Row(actions=_COPYING, wide=True),
        "permissions": _NOTHING,
        "permissions --check": Row(actions=permissions.ACTIONS),
        "runs": _NOTHING,
        "controls list": _NOTHING,
        "controls show": _NOTHING,
        "controls coverage": _NOTHING,
        "baseline list": _NOTHING,
        "baseline show": _NOTHING,
        "baseline diff": _NOTHING,
        "baseline capture": Row(
            actions=tuple(action for part in (*PARTS, *SHARED_PARTS, "role_assignments") for action in READS[part]),
            optional=customer_keys.ACTIONS,
        ),
        "baseline validate": _NOTHING,
        "baseline schema": _NOTHING,
        "simulate serve": _NOTHING,
        "simulate worlds": _NOTHING,
        "simulate schema": _NOTHING,
        "demo": _NOTHING,
    }
)
"""What each command needs, by its path; the verbs of the library have the names of their commands."""

VERBS: Mapping[str, str] = MappingProxyType(
    {
        "observe": "audit",
        "capture-baseline": "baseline capture",
        "parameters get": "parameters list",
        "parameters set-many": "parameters set",
        "settings get": "settings show",
    }
)
"""The verbs of the library that are called otherwise than their commands."""

NEVER = (
    ("Microsoft.DBforPostgreSQL/flexibleServers/delete", "flexsec deletes no server"),
    ("Microsoft.DBforPostgreSQL/flexibleServers/databases/write", "flexsec makes no database"),
    ("Microsoft.DBforPostgreSQL/flexibleServers/databases/delete", "flexsec drops no database"),
    ("Microsoft.DBforPostgreSQL/flexibleServers/backups/*", "flexsec neither makes nor restores backups"),
    ("Microsoft.Resources/deployments/*", "flexsec deploys no template"),
    ("Microsoft.Authorization/*/write", "whoever may write role assignments may do everything"),
    ("Microsoft.Authorization/*/delete", "flexsec removes no lock, assignment or policy"),
)
"""What nothing here ever needs, as patterns with the reason; not to be granted to an identity that runs flexsec."""


def role_for(purpose: str, *, baseline: Baseline | None = None) -> Role:
    """The least that a command or a library verb needs.

    Args:
        purpose: a command's path ("parameters set"), or "rotate"; "parameters.set" is the same, as is "_" for "-".
        baseline: by which a command judges and mends; None means `recommended`.

    Raises:
        UnknownName: no such command; close ones are suggested.
    """
    name = " ".join(purpose.replace(".", " ").replace("_", "-").split()).removeprefix("flexsec ")
    name = VERBS.get(name, name)
    row = ROWS.get(name)
    if row is None:
        raise UnknownName(f"there is no command {name!r} to need permissions; {_hint(name)}")
    actions, inside, optional = list(row.actions), list(row.data_actions), list(row.optional)
    if row.judges or row.mends:
        chosen = baseline or load("recommended")
        parts = parts_of(chosen) if row.judges else ()
        actions += _read_actions(parts)
        inside += [action for part in parts for action in DATA_READS.get(part, ())]
        optional += [action for part in parts if part in WHERE_IT_APPLIES for action in READS[part]]
        actions += _WRITES["server_setting"] if row.mends and _changes_settings(chosen) else []
    return Role(
        purpose=name,
        needs=needs_of(actions, inside, wide=row.wide),
        optional=needs_of(optional, (), wide=row.wide),
    )


def _read_actions(parts: Iterable[str]) -> list[str]:
    """What reading these parts of any server needs."""
    return [action for part in parts if part not in WHERE_IT_APPLIES for action in READS[part]]


def _changes_settings(baseline: Baseline) -> bool:
    """Whether mending by the baseline may change the server itself, and that is not left to another owner."""
    targets = [target for each in baseline.controls for target in _setting_targets(each)]
    return any(baseline.owner(target) == FLEXSEC for target in targets)


def _setting_targets(selection: Selection) -> tuple[str, ...]:
    """The targets of the changes of the server itself that a control asks for: of tags, each whose value is told."""
    target = SETTING_CONTROLS.get(selection.control.id)
    if target is None:
        return ()
    if not target.endswith("*"):
        return (target,)
    required = texts(selection.control.settled(selection.arguments), "required")
    told = [entry.partition("=") for entry in required]
    return tuple(f"{target[:-1]}{key.strip()}" for key, named, _ in told if named)


def role_for_plan(plan: Plan, *, baseline: Baseline | None = None) -> Role:
    """The least that applying a plan needs: what its changes write, and what is read before and after them.

    Args:
        baseline: the plan's own, by which the server is judged again; without one, what every baseline reads.
    """
    target = parse_target(plan.server_id)
    server = isinstance(target, ServerId)
    purpose = f"plan {plan.digest[:12]} for {target.name if isinstance(target, ServerId) else target.subscription_id}"
    if not plan.changes:
        return Role(purpose=purpose, needs=())  # applying it sends nothing
    parts = (parts_of(baseline) if baseline else PARTS) if server else ()
    reads = _read_actions(parts) if server else list(COVERAGE)
    inside = [action for part in parts for action in DATA_READS.get(part, ())]
    optional = [action for part in parts if part in WHERE_IT_APPLIES for action in READS[part]]
    writes = [action for change in plan.changes for action in change.permissions]
    return Role(
        purpose=purpose,
        needs=needs_of((*reads, *writes), inside, wide=not server),
        optional=needs_of(optional, (), wide=not server),
    )


def needs_of(actions: Iterable[str], data_actions: Iterable[str] = (), *, wide: bool) -> tuple[Need, ...]:
    """Actions as needs: each once, in alphabetical order, with its scope and its reason."""
    plain = [
        Need(action=action, scope=_scope(action, wide=wide), reason=REASONS[action])
        for action in sorted(set(actions), key=str.casefold)
    ]
    inside = [
        Need(action=action, scope=RoleScope.VAULT, reason=REASONS[action], data=True)
        for action in sorted(set(data_actions), key=str.casefold)
    ]
    return (*plain, *inside)


def _scope(action: str, *, wide: bool) -> RoleScope:
    """A server's own actions are needed at the server; operations, plans and regions lie below the subscription."""
    own = action.startswith("Microsoft.DBforPostgreSQL/flexibleServers/") or action in role_assignments.ACTIONS
    return RoleScope.SERVER if own and not wide else RoleScope.SUBSCRIPTION


def _hint(name: str) -> str:
    below = [each for each in ROWS if name and each.startswith(f"{name} ")]
    close = below or get_close_matches(name, ROWS, n=3, cutoff=0.5)
    return f"did you mean {' or '.join(close)}?" if close else f"there are {', '.join(ROWS)}, or the file of a plan"
