"""What the acceptance tests share: worlds with one server, all leave at once, and questions to the request log."""

import logging
import re
from typing import Any

from click.testing import CliRunner, Result

from flexsec import Leave
from flexsec.cli.main import root
from flexsec.model.change import CLOSING_CLASSES

GROUP, NAME = "rg-shop", "shop-db"
SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
TARGET = ("-g", GROUP, "-n", NAME)
ALL_LEAVE = Leave(
    restart=True, closing=tuple(CLOSING_CLASSES), without_evidence="a simulated server", lower_security=True
)
ALL_LEAVE_FLAGS = (
    "--allow-restart", "--allow-closing", "firewall", "--without-evidence", "a simulated server", "--yes",
)  # fmt: skip
# Ten dynamic parameters that no control reads, each at a value that a fresh server does not have.
TEN = {
    "enable_bitmapscan": "off",
    "enable_gathermerge": "off",
    "enable_hashagg": "off",
    "enable_hashjoin": "off",
    "enable_incremental_sort": "off",
    "enable_indexonlyscan": "off",
    "enable_indexscan": "off",
    "enable_material": "off",
    "enable_mergejoin": "off",
    "enable_nestloop": "off",
}
THREE_STATIC = {"max_worker_processes": "16", "max_prepared_transactions": "5", "track_commit_timestamp": "on"}


def world(
    *,
    parameters: dict[str, Any] | None = None,
    firewall: dict[str, str] | None = None,
    principals: dict[str, list[str]] | None = None,
    durations: dict[str, float] | None = None,
    **server: Any,
) -> dict[str, Any]:
    """A world with one server; what is not given is as on a fresh server."""
    entry = {"name": NAME, "version": "16", **server}
    entry["parameters"] = parameters or {}
    entry["firewall_rules"] = firewall or {}
    group = {"name": GROUP, "location": "westeurope", "servers": [entry]}
    return {
        "format": 1,
        "clock": "2026-01-05T09:00:00Z",
        "seed": 1,
        "durations": durations or {},
        "principals": {
            token: {"object_id": "44444444-4444-4444-4444-444444444444", "allowed_actions": actions}
            for token, actions in (principals or {}).items()
        },
        "subscriptions": [
            {
                "id": SUBSCRIPTION,
                "name": "Contoso",
                "tenant_id": "33333333-3333-3333-3333-333333333333",
                "resource_groups": [group],
            }
        ],
    }


def shop(simulation, **options):
    """The handle of the one server that most tests are about."""
    return simulation.client(**options).server(GROUP, NAME)


def fault(
    fault_id: str,
    *,
    times: int | None = 1,
    after: int = 0,
    path: str | None = None,
    method: str | None = None,
    **arguments: Any,
) -> dict[str, Any]:
    """A fault in the form of a world file."""
    given = {"path": path, "method": method, "arguments": arguments, "after": after}
    return {"id": fault_id, "times": times, **{key: value for key, value in given.items() if value}}  # fmt: skip


def writes(simulation, pattern: str = "") -> list[Any]:
    """The requests that could change something and whose path matches."""
    return [r for r in simulation.world.requests if r.mutating and re.search(pattern, r.path, re.IGNORECASE)]


def reads(simulation, pattern: str = "") -> list[Any]:
    """The reads whose path matches; polls of operations are not among them."""
    return [
        r
        for r in simulation.world.requests
        if not r.mutating and "/locations/" not in r.path and re.search(pattern, r.path, re.IGNORECASE)
    ]


def polls(simulation) -> list[Any]:
    """The questions about operations."""
    return [r for r in simulation.world.requests if "/locations/" in r.path]


def effects(simulation, name: str = NAME) -> tuple[str, ...]:
    """What took effect on the server, in order."""
    return simulation.world.effects(simulation.world.server_id(name))


def most_in_flight(simulation, name: str = NAME) -> int:
    """How many writes ran on the server at once at most."""
    return simulation.world.max_writes_in_flight(simulation.world.server_id(name))


def value(simulation, parameter: str) -> str:
    """A parameter's value as the simulated server holds it."""
    server = simulation.world.server(NAME)
    return server.parameter(server.facts(parameter)).value


def values(simulation) -> dict[str, Any]:
    """Everything that flexsec may write, as values."""
    server = simulation.world.server(NAME)
    return {
        "parameters": {name: value(simulation, name).casefold() for name in server.parameter_names()},
        "firewall": {name: (rule.start, rule.end) for name, rule in server.firewall.items()},
        "threat protection": server.threat_protection.state,
    }


def verdict(assessment, control: str):
    """One control's verdict."""
    return next(v for v in assessment.verdicts if v.control == control)


def outcome(run, target: str):
    """What became of one change of a run."""
    return next(o for o in run.outcomes if o.change.target == target)


def cli(*words: str) -> Result:
    """Run a command line in this process; loggers are put back as they were."""
    loggers = [logging.getLogger(name) for name in ("flexsec", "azure", "azure.identity")]
    before = [(each, list(each.handlers), each.propagate, each.level) for each in loggers]
    try:
        return CliRunner().invoke(root, [str(word) for word in words])
    finally:
        for each, handlers, propagate, level in before:
            each.handlers[:] = handlers
            each.propagate = propagate
            each.setLevel(level)
