"""Worlds of one or a few servers, as data."""

from __future__ import annotations

from typing import Any

import pytest

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
TENANT = "33333333-3333-3333-3333-333333333333"


def server_id(name: str) -> str:
    """The id of a server of the group rg-shop."""
    return (
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-shop"
        f"/providers/Microsoft.DBforPostgreSQL/flexibleServers/{name}"
    )


@pytest.fixture(scope="session")
def world_of():
    """The data of a world with these servers in one group; a plain text names a fresh server."""

    def make(*servers: dict[str, Any] | str, **members: Any) -> dict[str, Any]:
        entries = [{"name": each} if isinstance(each, str) else each for each in servers]
        group = {"name": "rg-shop", "servers": entries}
        subscription = {"id": SUBSCRIPTION, "name": "Contoso", "tenant_id": TENANT, "resource_groups": [group]}
        return {"format": 1, "subscriptions": [subscription], **members}

    return make


@pytest.fixture(scope="session")
def replica_of():
    """The data of a replica of a server of that world."""

    def make(name: str, source: str, **members: Any) -> dict[str, Any]:
        return {"name": name, "replication_role": "AsyncReplica", "source_server_id": server_id(source), **members}

    return make
