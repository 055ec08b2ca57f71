"""Databases of a server: those that every server has, and those that were created.

Recorded: the body, whose character set is in capitals however it was sent; 202 for PUT and DELETE, beside whatever
else is running; the refusal of a missing one. Documented: the three databases of the service's own. Inferred: the
refusal to drop those, and 204 for deleting what is not there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from . import stale_reads, wire_errors
from .change import Change
from .paging import answer_list
from .server_states import refuse_by_state
from .state import Database, Server

if TYPE_CHECKING:
    from datetime import datetime

    from .call import Call
    from .long_running import Operation
    from .request import Response

KIND = "databases"
TYPE = f"Microsoft.DBforPostgreSQL/flexibleServers/{KIND}"
NAME = re.compile(r"[a-zA-Z_][\w-]{0,62}", re.ASCII)
OWN = ("azure_maintenance", "postgres", "azure_sys")  # the service's own, in every server
WORD = re.compile(r"[\w.@-]{1,63}", re.ASCII)


def read(call: Call) -> Response:
    """One database, or all of them."""
    server = stale_reads.seen(call, KIND)
    refuse_by_state(call, call.server())
    server_id, found = call.server_id(), _all(server)
    if call.route.name is None:
        return answer_list(call, [_entry(server_id, name, each) for name, each in found.items()])
    if call.route.name not in found:
        raise wire_errors.child_not_found(TYPE, call.route.name)
    return call.answer(200, _entry(server_id, call.route.name, found[call.route.name]))


def write(call: Call) -> Change:
    """A new database; one that is there stays as it is."""
    refuse_by_state(call, call.server())
    name = call.route.name or ""
    if not NAME.fullmatch(name):
        raise wire_errors.invalid_parameter_value("databaseName")
    properties = call.properties(frozenset({"charset", "collation"}), optional=True)
    charset, collation = properties.get("charset") or "UTF8", properties.get("collation") or "en_US.utf8"
    for key, value in (("charset", charset), ("collation", collation)):
        if not isinstance(value, str) or not WORD.fullmatch(value):
            raise wire_errors.invalid_parameter_value(key)
    return Change(KIND, "write", name, {"charset": charset.upper(), "collation": collation})


def delete(call: Call) -> Change | Response:
    """Drops a database; 204 when there is none."""
    server = call.server()
    refuse_by_state(call, server)
    name = call.route.name or ""
    if name in OWN:
        raise wire_errors.invalid_parameter_value("databaseName")
    return Change(KIND, "delete", name) if name in server.databases else call.raw(204, b"")


def apply(server: Server, operation: Operation, now: datetime) -> bool:
    """Creates or drops the database."""
    if operation.verb == "delete":
        return server.databases.pop(operation.name, None) is not None
    if operation.name in _all(server):
        return False
    server.databases[operation.name] = Database(operation.effect["charset"], operation.effect["collation"])
    return True


def _all(server: Server) -> dict[str, Database]:
    return dict.fromkeys(OWN, Database()) | server.databases


def _entry(server_id: str, name: str, database: Database) -> dict[str, Any]:
    return {
        "properties": {"charset": database.charset, "collation": database.collation},
        "id": f"{server_id}/{KIND}/{name}",
        "name": name,
        "type": TYPE,
    }
