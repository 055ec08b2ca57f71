"""What of a server a private endpoint can lead to: the one group, postgresqlServer. Recorded.

Inferred: a VNet-integrated server has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import wire_errors
from .locations import private_dns_zone
from .paging import answer_list

if TYPE_CHECKING:
    from .call import Call
    from .request import Response

GROUP = "postgresqlServer"
TYPE = "Microsoft.DBforPostgreSQL/flexibleServers/privateLinkResources"


def read(call: Call) -> Response:
    """The group, alone or as a list of one."""
    server = call.server()
    entries = [] if server.in_virtual_network else [_entry(call.server_id(), server.location)]
    if call.route.name is None:
        return answer_list(call, entries)
    if not entries or call.route.name.lower() != GROUP.lower():
        raise wire_errors.child_not_found(TYPE, call.route.name)
    return call.answer(200, entries[0])


def _entry(server_id: str, location: str) -> dict[str, Any]:
    return {
        "properties": {
            "groupId": GROUP,
            "requiredMembers": [GROUP],
            "requiredZoneNames": [f"privatelink.{private_dns_zone(location)}"],
        },
        "id": f"{server_id}/privateLinkResources/{GROUP}",
        "name": GROUP,
        "type": TYPE,
    }
