"""Who asks and what they may do: a bearer token selects a principal, a principal has a list of allowed actions."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from . import tokens, wire_errors
from .world_file import DEFAULT_PRINCIPAL

if TYPE_CHECKING:
    from datetime import datetime

    from .request import Request
    from .state import Principal
    from .world import World


def authenticate(world: World, request: Request, origin: str, now: datetime) -> Principal:
    """The principal of a request: the one the world lists under the bearer text, or the holder of an issued token.

    Any other bearer text stands for the default principal, unless the world is reached by clients that sign in.

    Raises:
        WireError: 401 with a challenge when there is no bearer token or a wrong one.
    """
    scheme, _, token = (request.header("Authorization") or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise wire_errors.authentication_failed(tokens.tenant_id(world))
    token, listed = token.strip(), world.state.principals
    if token in listed:
        return listed[token]
    if world.surroundings.issued_tokens_only or tokens.looks_issued(token):
        return tokens.check(world, token, origin, now)
    return listed.get("default", DEFAULT_PRINCIPAL)


def allows(principal: Principal, action: str) -> bool:
    """Whether a principal may perform an action; actions ignore case and `*` stands for anything."""
    return any(covers(pattern, action) for pattern in principal.allowed_actions)


@cache
def covers(pattern: str, action: str) -> bool:
    """Whether a pattern of a role definition covers an action."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), action, re.IGNORECASE) is not None
