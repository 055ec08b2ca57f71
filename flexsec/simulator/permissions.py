"""What whoever asks may do at a scope, as Resource Manager tells it.

Documented: the four lists of an entry, one entry for each role that is assigned at the scope or above it, and the
action that reading them needs. A principal of a world may do the same at every scope, so each scope answers alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .paging import answer_list

if TYPE_CHECKING:
    from .call import Call
    from .request import Response


def read(call: Call) -> Response:
    """The permissions of the principal at a scope that exists."""
    if call.route.server:
        call.server()
    elif call.route.group:
        call.group()
    entry = {
        "actions": list(call.principal.allowed_actions),
        "notActions": [],
        "dataActions": list(call.principal.data_actions),
        "notDataActions": [],
    }
    return answer_list(call, [entry])
