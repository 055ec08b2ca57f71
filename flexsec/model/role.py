"""What an identity needs, what it has, and how the two compare: RBAC actions with their scope and their reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class RoleScope(StrEnum):
    """Where an action is needed or granted."""

    SERVER = "server"
    SUBSCRIPTION = "subscription"
    VAULT = "vault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One action that is needed.

    Attributes:
        action: in the provider's own spelling.
        scope: where; an action needed at the server may be granted above it as well.
        reason: what it is for, as a clause ("read the firewall rules").
        data: a data action (what lies inside a resource), not one of Resource Manager.
    """

    action: str
    scope: RoleScope
    reason: str
    data: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """The least that a command, a library verb or a plan needs.

    Attributes:
        purpose: what it is for: "audit", "parameters set", "plan 0123456789ab for shop-db".
        needs: each action once, in alphabetical order.
        optional: what tells more where it is granted, and nothing fails without.
    """

    purpose: str
    needs: tuple[Need, ...]
    optional: tuple[Need, ...] = ()

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions of Resource Manager."""
        return tuple(need.action for need in self.needs if not need.data)

    @property
    def data_actions(self) -> tuple[str, ...]:
        """The actions on what lies inside resources."""
        return tuple(need.action for need in self.needs if need.data)

    def at(self, scope: RoleScope) -> Role:
        """The part that is needed at one scope."""
        return Role(
            purpose=self.purpose,
            needs=tuple(need for need in self.needs if need.scope is scope),
            optional=tuple(need for need in self.optional if need.scope is scope),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What one role assignment gives: its patterns, less those of the "not" lists."""

    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()


class ExcessKind(StrEnum):
    """How much an excess matters, the worst first."""

    DANGEROUS = "dangerous"
    WRITES = "writes"
    READS = "reads"
    WIDER = "wider"


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """A granted pattern that allows more than is needed.

    Attributes:
        pattern: as granted.
        scope: the widest scope at which it was seen to be granted.
        reason: what it allows beyond the need, as a clause.
    """

    pattern: str
    scope: RoleScope
    kind: ExcessKind
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchecked:
    """A scope at which the identity's permissions could not be read, with the reason and the action that allows it."""

    scope: RoleScope
    reason: str
    missing_action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionCheck:
    """What the signed-in identity has, held against what is needed.

    Deny assignments, role conditions and Azure Policy are not in what the service tells, so they are not in here.

    Attributes:
        server_id: the ARM id of the server, or of the subscription where nothing is needed at a server.
        identity: its object id, or "" when the token does not tell.
        missing: needs that nothing granted covers.
        excess: granted patterns that allow more than the needs, the worst first.
        unchecked: scopes whose permissions could not be read; needs there are neither met nor missing.
    """

    server_id: str
    identity: str
    role: Role
    missing: tuple[Need, ...]
    excess: tuple[Excess, ...]
    unchecked: tuple[Unchecked, ...]

    @property
    def sufficient(self) -> bool:
        """Whether everything needed was seen to be granted."""
        return not self.missing and not self.unchecked
