"""Names: whether a server's is free, and how its private DNS zone ends.

Recorded: the answer for a free name, the zone suffix as a bare JSON string. Documented: the reasons AlreadyExists and
Invalid. Inferred: the sentences of the two.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from . import wire_errors
from .locations import private_dns_zone

if TYPE_CHECKING:
    from .call import Call
    from .request import Response

SERVER_NAME = re.compile(r"(?=.{3,63}\Z)[a-z0-9]+(-[a-z0-9]+)*", re.IGNORECASE | re.ASCII)
TYPES = ("Microsoft.DBforPostgreSQL/flexibleServers", "Microsoft.DBforPostgreSQL/flexibleServers/virtualendpoints")


def check(call: Call) -> Response:
    """Whether a server can have a name; names are unique in the whole cloud, which here is the world."""
    content = call.content()
    name, kind = content.get("name"), content.get("type", TYPES[0])
    if not isinstance(name, str):
        raise wire_errors.invalid_parameter_value("name")
    if not isinstance(kind, str) or kind.lower() not in {each.lower() for each in TYPES}:
        raise wire_errors.invalid_parameter_value("type")
    body = {"name": name, "type": kind, "nameAvailable": True, "message": ""}
    if not SERVER_NAME.fullmatch(name):
        sentence = f"The server name '{name}' is invalid. It can hold 3 to 63 letters, digits and single hyphens."
        body |= {"nameAvailable": False, "reason": "Invalid", "message": sentence}
    elif call.world.find_server(name) is not None:
        body |= {"nameAvailable": False, "reason": "AlreadyExists", "message": "Specified server name is already used."}
    return call.answer(200, body)


def dns_suffix(call: Call) -> Response:
    """The end of the names of private DNS zones for servers in virtual networks."""
    call.counters = {"x-ms-ratelimit-remaining-tenant-writes": "799"}
    location = next((server.location for _, server in call.world.servers()), "westeurope")
    return call.raw(200, json.dumps(private_dns_zone(location)).encode())
