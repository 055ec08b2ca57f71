"""The world of the tests about key vaults, and a small client of one vault."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from flexsec.simulator import Request, World, answer

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
TENANT = "33333333-3333-3333-3333-333333333333"
VAULT_ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-shop/providers/Microsoft.KeyVault/vaults/kv-shop"
CANARY = "Canary-5f0c-do-not-tell"
SECRETS = "Microsoft.KeyVault/vaults/secrets"
OLD = "0" * 32
PRINCIPALS = {
    "officer": {"object_id": "o-1", "allowed_actions": [], "data_actions": [f"{SECRETS}/*"]},
    "lister": {"object_id": "o-2", "allowed_actions": [], "data_actions": [f"{SECRETS}/readMetadata/action"]},
    "owner": {"object_id": "o-3", "allowed_actions": ["*"]},
}


def world_of(**vault: Any) -> dict[str, Any]:
    """A world with one server and one vault that holds a secret and a key."""
    held = {
        "name": "kv-shop",
        "location": "westeurope",
        "secrets": {
            "shop-db": {
                "versions": [
                    {
                        "id": OLD,
                        "created": "2025-11-01T08:00:00Z",
                        "test_value": CANARY,
                        "content_type": "password",
                        "tags": {"owner": "shop"},
                    }
                ]
            }
        },
        "keys": {
            "tde": {
                "versions": [{"id": "a" * 32, "created": "2025-01-01T00:00:00Z", "expires": "2026-06-01T00:00:00Z"}]
            }
        },
        **vault,
    }
    identity = {
        "name": "id-shop",
        "principal_id": "77777777-7777-7777-7777-777777777777",
        "client_id": "88888888-8888-8888-8888-888888888888",
    }
    group = {"name": "rg-shop", "servers": [{"name": "shop-db"}], "vaults": [held], "identities": [identity]}
    subscription = {"id": SUBSCRIPTION, "name": "Contoso", "tenant_id": TENANT, "resource_groups": [group]}
    return {"format": 1, "subscriptions": [subscription], "principals": PRINCIPALS}


@dataclass
class VaultAnswer:
    """A response, parsed."""

    status: int
    headers: dict[str, str]
    json: Any

    @property
    def error(self) -> tuple[str, str]:
        """Code and inner code of a refusal."""
        found = self.json["error"]
        return found["code"], found.get("innererror", {}).get("code", "")

    @property
    def message(self) -> str:
        """The sentence of a refusal."""
        return self.json["error"]["message"]


class VaultClient:
    """Asks kv-shop; its clock stands still unless it is moved."""

    def __init__(self, world: World | dict[str, Any] | None = None, *, token: str = "anyone") -> None:
        self.world = world if isinstance(world, World) else World.from_dict(world or world_of())
        self.now = self.world.clock
        self.token = token

    @property
    def vault(self):
        return self.world.group(SUBSCRIPTION, "rg-shop").vaults["kv-shop"]

    def ask(
        self, method, path, body=None, *, version="7.6", headers=None, host="kv-shop.vault.azure.net"
    ) -> VaultAnswer:
        mark = "&" if "?" in path else "?"
        url = path if path.startswith("https://") else f"https://{host}/{path}{mark}api-version={version}"
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        head = {"Authorization": f"Bearer {self.token}"} if headers is None else headers
        got = answer(self.world, Request(method, url, head, raw), self.now)
        return VaultAnswer(got.status, {k.lower(): v for k, v in got.headers.items()}, json.loads(got.body or b"null"))

    def get(self, path, **options) -> VaultAnswer:
        return self.ask("GET", path, **options)

    def set(self, name, value, **members) -> VaultAnswer:
        return self.ask("PUT", f"secrets/{name}", {"value": value, **members})
