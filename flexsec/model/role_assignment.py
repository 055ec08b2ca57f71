"""Who was given which role at a server or above it, and what the role allows."""

from __future__ import annotations

from dataclasses import dataclass

from .action_pattern import covers
from .role import Grant


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedRole:
    """A role that is assigned to a principal.

    Attributes:
        principal_id: the object id of a user, group or service principal.
        principal_type: User, Group, ServicePrincipal, ForeignGroup, Device, or "" when not told.
        scope: where it is assigned: the server, its resource group, its subscription or a management group.
        role: the role's name.
        grants: what the role allows.
    """

    principal_id: str
    principal_type: str
    scope: str
    role: str
    grants: tuple[Grant, ...]

    def allows(self, action: str) -> bool:
        """Whether the role holds an action: one of its grants does, and does not take it out again."""
        return any(
            any(covers(pattern, action) for pattern in grant.actions)
            and not any(covers(pattern, action) for pattern in grant.not_actions)
            for grant in self.grants
        )
