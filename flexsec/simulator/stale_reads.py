"""Reads that still show what was there before a write (fault X19)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .call import Call
    from .state import Server


def seen(call: Call, kind: str) -> Server:
    """The route's server as reads of a kind see it: for a few reads after a write, as it was before.

    Raises:
        WireError: 404 of the server, its group or its subscription.
    """
    server, server_id = call.server(), call.server_id()
    stale = call.world.state.stale
    for each in stale:
        if each.kind == kind and each.server_id.lower() == server_id.lower():
            each.remaining -= 1
            if each.remaining <= 0:
                stale.remove(each)
            call.world.touch()
            return each.server
    return server
