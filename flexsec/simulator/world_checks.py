"""What servers of a world must be to one another: refused with the path to the key when it cannot be.

Documented: the names of a server and of a vault are taken for all of Azure; a replica has its source's major version, a
source is not Burstable and has at most five replicas (recorded as replicaCapacity).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from .file_reading import WorldError
from .state import server_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .state import Server
    from .world_file import State

REPLICAS_AT_MOST = 5


def refuse_the_impossible(state: State) -> None:
    """Refuses two of one name, replicas that cannot be, and operations on servers that are not in the world.

    Raises:
        WorldError: with the path to the key.
    """
    placed = list(_placed(state))
    by_id = {key: server for key, _, server in placed}
    names: set[str] = set()
    replicas: Counter[str] = Counter()
    for key, where, server in placed:
        if server.name.lower() in names:
            raise WorldError(f"{where}.name", repr(server.name), "a name that no other server of the world has")
        names.add(server.name.lower())
        if server.source_server_id is not None:
            replicas[server.source_server_id.lower()] += 1
            _refuse_replica(key, where, server, by_id, replicas[server.source_server_id.lower()])
    _refuse_vaults_of_one_name(state)
    for number, operation in enumerate(state.operations.values()):
        if not operation.done and operation.server_id.lower() not in by_id:
            where = f"$.operations[{number}].server_id"
            raise WorldError(where, repr(operation.server_id), "the id of a server in this world")


def _refuse_vaults_of_one_name(state: State) -> None:
    names: set[str] = set()
    for first, subscription in enumerate(state.subscriptions.values()):
        for second, group in enumerate(subscription.groups.values()):
            for third, vault in enumerate(group.vaults.values()):
                if vault.name.lower() in names:
                    where = f"$.subscriptions[{first}].resource_groups[{second}].vaults[{third}].name"
                    raise WorldError(where, repr(vault.name), "a name that no other vault of the world has")
                names.add(vault.name.lower())


def _placed(state: State) -> Iterator[tuple[str, str, Server]]:
    """All servers with id in lower case and path: the state keeps the order of the file."""
    for first, subscription in enumerate(state.subscriptions.values()):
        for second, group in enumerate(subscription.groups.values()):
            for third, server in enumerate(group.servers.values()):
                where = f"$.subscriptions[{first}].resource_groups[{second}].servers[{third}]"
                yield server_id(subscription, group, server).lower(), where, server


def _refuse_replica(key: str, where: str, server: Server, by_id: Mapping[str, Server], siblings: int) -> None:
    source = by_id.get((server.source_server_id or "").lower())
    at = f"{where}.source_server_id"
    if source is None:
        raise WorldError(at, repr(server.source_server_id), "the id of a server in this world as source_server_id")
    if _circular(key, by_id):
        raise WorldError(at, repr(server.source_server_id), "a source that is not, over others, its own replica")
    if source.sku_tier == "Burstable":
        raise WorldError(at, f"the Burstable server {source.name!r}", "a source of another tier: it has no replicas")
    if siblings > REPLICAS_AT_MOST:
        raise WorldError(at, f"replica number {siblings} of {source.name!r}", f"at most {REPLICAS_AT_MOST} of a source")
    if server.version != source.version:
        raise WorldError(f"{where}.version", repr(server.version), f"{source.version!r}, as its source has")
    if server.replication_role == "GeoAsyncReplica" and server.location == source.location:
        found = f"'GeoAsyncReplica' in its source's location {server.location!r}"
        raise WorldError(f"{where}.replication_role", found, "'AsyncReplica', or another location")


def _circular(key: str, by_id: Mapping[str, Server]) -> bool:
    seen: set[str] = set()
    at: str | None = key
    while at is not None and at in by_id and at not in seen:
        seen.add(at)
        source = by_id[at].source_server_id
        at = source.lower() if source is not None else None
    return at in seen
