"""Puts a state into a simulated Azure, looks at it as flexsec does, and as any tool does that asks the service."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flexsec.baselines.baseline import Baseline
from flexsec.baselines.loader import load
from flexsec.simulator import Request, World, answer
from flexsec.testing import simulated
from tests.controls.truth.written import Written

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
TENANT = "33333333-3333-3333-3333-333333333333"
CLOCK = "2026-01-05T09:00:00Z"
BASELINE = Path(__file__).parent / "everything.yaml"
ALL_ACTIONS = (
    "Microsoft.DBforPostgreSQL/flexibleServers/read",
    "Microsoft.DBforPostgreSQL/flexibleServers/configurations/read",
    "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules/read",
    "Microsoft.DBforPostgreSQL/flexibleServers/administrators/read",
    "Microsoft.DBforPostgreSQL/flexibleServers/advancedThreatProtectionSettings/read",
    "Microsoft.DBforPostgreSQL/locations/capabilities/read",
    "Microsoft.Security/pricings/read",
    "Microsoft.KeyVault/vaults/read",
    "Microsoft.KeyVault/vaults/keys/read",
    "Microsoft.KeyVault/vaults/keys/versions/read",
    "Microsoft.Authorization/roleAssignments/read",
    "Microsoft.Authorization/roleDefinitions/read",
)
ALL_DATA_ACTIONS = ("Microsoft.KeyVault/vaults/secrets/readMetadata/action",)
PROVIDER = "providers/Microsoft.DBforPostgreSQL/flexibleServers"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"


def world(written: Written) -> dict[str, Any]:
    """The data of a world file with the state's server, called judged, in it."""
    entries = [{"name": "judged", **written.server}, *written.others]
    plans = {"OpenSourceRelationalDatabases": {"tier": "Standard", "since": "2025-02-11T08:10:00Z"}}
    subscription = {
        "id": SUBSCRIPTION,
        "name": "truth",
        "tenant_id": TENANT,
        "resource_groups": [
            {"name": "rg", "servers": [_placed(each) for each in entries]},
            {"name": "keys", "vaults": list(written.vaults)},
        ],
        "role_assignments": list(written.roles),
        **({"plans": plans} if written.plan == "Standard" else {}),
    }
    allowed = [action for action in ALL_ACTIONS if action not in written.denied]
    data = [action for action in ALL_DATA_ACTIONS if action not in written.denied]
    auditor = {
        "object_id": "55555555-5555-5555-5555-555555555555", "allowed_actions": allowed, "data_actions": data
    }  # fmt: skip
    return {"format": 1, "clock": CLOCK, "subscriptions": [subscription], "principals": {"auditor": auditor}}


def _placed(entry: dict[str, Any]) -> dict[str, Any]:
    names = {"SOURCE": "source", "JUDGED": "judged"}
    source = names.get(entry.get("source_server_id", ""))
    return entry if source is None else {**entry, "source_server_id": f"{GROUP}/{PROVIDER}/{source}"}


def judged(written: Written) -> dict[str, tuple[str, str]]:
    """What flexsec says of the state: status and reason of every control, by the real pipeline and observers."""
    with simulated(world(written), principal="auditor") as azure:
        report = azure.server("rg", "judged").audit(baseline())
    return {each.control: (str(each.status), each.check.reason) for each in report.verdicts}


@cache
def baseline() -> Baseline:
    """The baseline that asks for every control."""
    return load(str(BASELINE))


@dataclass(frozen=True)
class Told:
    """What the service tells a tool that may read everything; None for what it refuses in the server's state.

    Attributes:
        server: the server's resource.
        parameters: values by name.
        pending: the names of parameters that wait for a restart.
        rules: start and end by name of the rule.
        administrators: the properties of each.
        threat_protection: the state of the per-server setting.
        plan: the tier of the subscription's plan.
        zones: whether the region has standby servers in another zone.
    """

    server: dict[str, Any]
    parameters: dict[str, str] | None
    pending: frozenset[str]
    rules: dict[str, tuple[str, str]] | None
    administrators: list[dict[str, Any]] | None
    threat_protection: str | None
    plan: str
    zones: bool

    @property
    def properties(self) -> dict[str, Any]:
        """The server's own properties."""
        return self.server["properties"]


def told(written: Written) -> Told:
    """What the service tells of the state, asked directly and by nothing of flexsec's."""
    azure = World.from_dict(world(written))

    def get(path: str, version: str = "2025-08-01") -> Any:
        request = Request("GET", f"{path}?api-version={version}", {"Authorization": "Bearer everything"}, b"")
        response = answer(azure, request, azure.clock)
        return json.loads(response.body) if response.status == 200 else None

    def children(kind: str) -> list[dict[str, Any]] | None:
        found = get(f"{GROUP}/{PROVIDER}/judged/{kind}")
        return None if found is None else found["value"]

    server = get(f"{GROUP}/{PROVIDER}/judged")
    parameters, rules, people = children("configurations"), children("firewallRules"), children("administrators")
    setting = get(f"{GROUP}/{PROVIDER}/judged/advancedThreatProtectionSettings/Default")
    plan = get(
        f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Security/pricings/OpenSourceRelationalDatabases",
        "2024-01-01",
    )
    location = server["location"].replace(" ", "").lower()
    place = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.DBforPostgreSQL/locations/{location}/capabilities"
    return Told(
        server=server,
        parameters=None if parameters is None else {each["name"]: each["properties"]["value"] for each in parameters},
        pending=frozenset(
            each["name"] for each in parameters or () if each["properties"].get("isConfigPendingRestart")
        ),
        rules=None
        if rules is None
        else {
            each["name"]: (each["properties"]["startIpAddress"], each["properties"]["endIpAddress"]) for each in rules
        },
        administrators=None if people is None else [each["properties"] for each in people],
        threat_protection=None if setting is None else setting["properties"]["state"],
        plan=plan["properties"]["pricingTier"],
        zones=get(place)["value"][0]["zoneRedundantHaSupported"] == "Enabled",
    )
