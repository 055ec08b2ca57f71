"""A small client of the simulated service: what a test asks, and what came back, without any of the library."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from flexsec.simulator import Request, World, answer

VERSION = "2025-08-01"


@dataclass(frozen=True)
class Answer:
    """A response, with header names in lower case and the body parsed."""

    status: int
    headers: dict[str, str]
    json: Any
    raw: bytes

    @property
    def code(self):
        """The error code of a refusal."""
        return self.json["error"]["code"]

    @property
    def message(self):
        """The message of a refusal."""
        return self.json["error"]["message"]


class Client:
    """Asks one world; its clock moves only when told to."""

    def __init__(self, world: World, *, token: str = "some-token", version: str = VERSION) -> None:
        self.world = world
        self.now = world.clock
        self.token = token
        self.version = version

    @property
    def db(self) -> str:
        return self.world.server_id("shop-db")

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def ask(self, method, url, body=None, *, version=None, headers=None):
        if "?" not in url:
            url += f"?api-version={version or self.version}"
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        head = {"Authorization": f"Bearer {self.token}"} if headers is None else headers
        response = answer(self.world, Request(method, url, head, raw), self.now)
        try:
            parsed = json.loads(response.body) if response.body else None
        except ValueError:
            parsed = None
        return Answer(response.status, {k.lower(): v for k, v in response.headers.items()}, parsed, response.body)

    def get(self, url, **options):
        return self.ask("GET", url, **options)

    def put(self, url, properties, **options):
        return self.ask("PUT", url, {"properties": properties}, **options)

    def patch(self, url, body, **options):
        return self.ask("PATCH", url, body, **options)

    def set(self, name, value, **options):
        """Writes a parameter of shop-db."""
        return self.put(f"{self.db}/configurations/{name}", {"value": value, "source": "user-override"}, **options)

    def value(self, name):
        """Reads a parameter's properties on shop-db."""
        return self.get(f"{self.db}/configurations/{name}").json["properties"]

    def poll(self, accepted):
        """The body of the status URL right now."""
        return self.get(accepted.headers["azure-asyncoperation"]).json

    def finish(self, accepted, seconds=600):
        """The body of the status URL after a wait."""
        assert accepted.status == 202, accepted
        self.wait(seconds)
        return self.poll(accepted)


@pytest.fixture(scope="session")
def client_of():
    """Makes a client of a world: a built-in name, a world, or the dictionary of one."""

    def make(world="insecure", **options):
        if isinstance(world, str):
            world = World.builtin(world)
        elif isinstance(world, dict):
            world = World.from_dict(world)
        return Client(world, **options)

    return make


@pytest.fixture
def azure(client_of):
    """A client of a fresh insecure world."""
    return client_of()


@pytest.fixture(scope="session")
def world_with():
    """The dictionary of a world with one server, shop-db, made of the given members."""

    def make(*others, **members):
        server = {"name": "shop-db", "location": "westeurope", "version": "16", **members}
        group = {"name": "rg-shop", "location": "westeurope", "servers": [server, *others]}
        subscription = {
            "id": "11111111-1111-1111-1111-111111111111",
            "name": "Contoso",
            "tenant_id": "33333333-3333-3333-3333-333333333333",
            "resource_groups": [group],
        }
        return {"format": 1, "subscriptions": [subscription]}

    return make


@pytest.fixture(scope="session")
def vnet():
    """The members that make a server VNet-integrated."""
    network = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-net/providers/Microsoft.Network"
    return {
        "delegated_subnet_id": f"{network}/virtualNetworks/hub/subnets/db",
        "private_dns_zone_id": f"{network}/privateDnsZones/shop.private.postgres.database.azure.com",
    }
