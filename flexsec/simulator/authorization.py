"""Who asks and what they may do: a bearer token selects a principal, a principal has a list of allowed actions."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from . import wire_errors
from .world_file import DEFAULT_PRINCIPAL

if TYPE_CHECKING:
    from .request import Request
    from .state import Principal
    from .world import World

SIGN_IN_TENANT = "33333333-3333-3333-3333-333333333333"


def authenticate(world: World, request: Request) -> Principal:
    """The principal of a request; a token that the world does not list stands for one who may do everything.

    Raises:
        WireError: 401 with a challenge when there is no bearer token.
    """
    scheme, _, token = (request.header("Authorization") or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        tenant = next((each.tenant_id for each in world.state.subscriptions.values()), SIGN_IN_TENANT)
        raise wire_errors.authentication_failed(tenant)
    return world.state.principals.get(token.strip()) or world.state.principals.get("default", DEFAULT_PRINCIPAL)


def allows(principal: Principal, action: str) -> bool:
    """Whether a principal may perform an action; actions ignore case and `*` stands for anything."""
    return any(covers(pattern, action) for pattern in principal.allowed_actions)


@cache
def covers(pattern: str, action: str) -> bool:
    """Whether a pattern of a role definition covers an action."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), action, re.IGNORECASE) is not None
