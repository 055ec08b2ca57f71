"""A world with two PostgreSQL servers and a MySQL one, for runs that are about the subscription."""

from __future__ import annotations

from typing import Any

from flexsec import Leave
from flexsec.testing import Simulation

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
PRICINGS = r"/pricings/"
EVERYTHING = Leave(subscription_cost=True, lower_security=True)


def world(*, plan: dict[str, Any] | None = None, faults: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """The world; `plan` is the Defender plan for databases, as in a world file."""
    protected = {"state": "Enabled", "since": "2025-01-01T00:00:00Z"}
    shop = {
        "name": "rg-shop",
        "location": "westeurope",
        "servers": [{"name": "shop-db", "version": "16"}, {"name": "shop-own", "threat_protection": protected}],
    }
    crm = {
        "name": "rg-crm",
        "location": "northeurope",
        "servers": [],
        "resources": [
            {"type": "Microsoft.DBforMySQL/flexibleServers", "name": "crm-db", "location": "northeurope"},
            {"type": "Microsoft.Storage/storageAccounts", "name": "files"},
        ],
    }
    subscription = {
        "id": SUBSCRIPTION,
        "name": "Contoso",
        "tenant_id": "33333333-3333-3333-3333-333333333333",
        "resource_groups": [shop, crm],
    }
    if plan is not None:
        subscription["plans"] = {"OpenSourceRelationalDatabases": plan}
    return {"format": 1, "clock": "2026-01-05T09:00:00Z", "seed": 1, "subscriptions": [subscription],
            "faults": faults or []}  # fmt: skip


def puts(simulation: Simulation) -> list[Any]:
    """The requests that would change the plan, answered or refused."""
    return [each for each in simulation.world.requests if each.method == "PUT" and "/pricings/" in each.path]


def tier(simulation: Simulation) -> str:
    """The plan as the world holds it."""
    plan = next(iter(simulation.world.state.subscriptions.values())).plans.get("OpenSourceRelationalDatabases")
    return plan.tier if plan else "Free"
