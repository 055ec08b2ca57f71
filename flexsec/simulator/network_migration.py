"""Migration of a server from VNet integration to public access with private endpoints, the only way between the two.

Published by Microsoft in the SDK: the path, the body of the answer. Documented: only from VNet integration; public
access is off afterwards; about twenty minutes. Nothing of it was recorded: the operation's name, the refusal of other
servers and the answer's status are inferred.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import wire_errors
from .change import Change
from .server_states import refuse_by_state

if TYPE_CHECKING:
    from datetime import datetime

    from .call import Call
    from .long_running import Operation
    from .state import Server


def write(call: Call) -> Change:
    """Starts the migration."""
    server = call.server()
    refuse_by_state(call, server)
    if not server.in_virtual_network:
        raise wire_errors.invalid_parameter_value("networkMode")
    return Change("migrateNetwork", "write", "")


def apply(server: Server, operation: Operation, now: datetime) -> bool:
    """Leaves the virtual network."""
    server.delegated_subnet_id = server.private_dns_zone_id = None
    server.public_network_access = "Disabled"
    return True
