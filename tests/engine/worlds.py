"""Generated worlds of one server, generated faults, and what must be true of a world at every instant."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from flexsec import Evidence, Leave
from flexsec.model.connections import Connection
from flexsec.model.firewall import FirewallRule, RuleClass
from flexsec.simulator import World, catalogue
from flexsec.testing import Simulation

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
TENANT = "33333333-3333-3333-3333-333333333333"
GROUP, NAME = "rg-shop", "shop-db"
CALLER = "203.0.113.9"
CLIENTS = ("198.51.100.7", "203.0.113.3")
EVERYTHING = Leave(
    restart=True, closing=("firewall", "tls-minimum"), without_evidence="a simulated server", lower_security=True
)

PARAMETERS = (
    "require_secure_transport", "ssl_min_protocol_version", "ssl_max_protocol_version", "password_encryption",
    "connection_throttle.enable", "log_connections", "log_disconnections", "log_checkpoints", "logfiles.retention_days",
    "logfiles.download_enable", "log_error_verbosity", "log_statement", "max_connections", "max_worker_processes",
)  # fmt: skip
RANGES = (
    "0.0.0.0-0.0.0.0", "0.0.0.0-255.255.255.255", "0.0.0.1-255.255.255.254", "0.0.0.0-127.255.255.255",
    "128.0.0.0-255.255.255.255", "203.0.113.0-203.0.113.15", "203.0.113.9-203.0.113.9", "198.51.100.0-198.51.100.255",
    "10.0.0.0-10.0.0.255", "192.168.1.1-192.168.1.1", "20.0.0.0-20.255.255.255", "100.0.00.000-100.0.00.010",
)  # fmt: skip
NAMES = (
    "office",
    "Temp-Debug",
    "AllowAllAzureServicesAndResourcesWithinAzureIps_2024-3-1_9-15-0",
    "a1",
    "old.name",
    "z_9",
)


def _spelt(text: str) -> st.SearchStrategy[str]:
    return st.sampled_from((text, text, text.upper(), text.lower(), text.title()))


def _values(facts: catalogue.ParameterFacts) -> st.SearchStrategy[str]:
    allowed = facts.allowed_values or ""
    if facts.data_type == "Integer":
        low, _, high = allowed.partition("-")
        return st.integers(int(low), int(high)).map(str)
    choices = [choice.strip() for choice in allowed.split(",")]
    if facts.data_type == "Set":
        return st.lists(st.sampled_from(choices), min_size=1, max_size=3, unique=True).map(",".join).flatmap(_spelt)
    return st.sampled_from(choices).flatmap(_spelt)


@st.composite
def _parameters(draw: st.DrawFn, version: str) -> dict[str, Any]:
    listed = catalogue.parameters(version)
    found: dict[str, Any] = {}
    for name in draw(st.lists(st.sampled_from([n for n in PARAMETERS if n in listed]), unique=True)):
        value = draw(_values(listed[name]))
        found[name] = value
        if not listed[name].is_dynamic and draw(st.booleans()):
            found[name] = {"value": value, "pending": True, "running": listed[name].value}
        elif listed[name].is_dynamic and draw(st.integers(0, 19)) == 0:
            found[name] = None
    return found


@st.composite
def servers(draw: st.DrawFn) -> dict[str, Any]:
    """An entry of a world file for the server `NAME`, in any state, as the service could have it."""
    version = draw(st.sampled_from(catalogue.versions()))
    server: dict[str, Any] = {"name": NAME, "version": version, "tier": "GeneralPurpose"}
    server["parameters"] = draw(_parameters(version))
    server["firewall_rules"] = draw(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(RANGES), max_size=4))
    server["state"] = draw(st.sampled_from(("Ready",) * 12 + ("Stopped", "Updating", "Inaccessible", "Dropping")))
    match draw(st.sampled_from(("public", "public", "public", "closed", "vnet"))):
        case "closed":
            server["public_network_access"] = "Disabled"
        case "vnet":
            server["delegated_subnet_id"] = "/subscriptions/x/resourceGroups/net/virtualNetworks/v/subnets/s"
            server["private_dns_zone_id"] = "/subscriptions/x/resourceGroups/net/privateDnsZones/z"
    if draw(st.booleans()):
        server["high_availability"] = draw(st.sampled_from(("SameZone", "ZoneRedundant")))
    if draw(st.booleans()):
        server["threat_protection"] = {"state": "Enabled", "since": "2024-03-02T09:00:00Z"}
    if draw(st.booleans()):
        server |= {"entra_auth": "Enabled", "tenant_id": TENANT}
    return server


def world_of(server: dict[str, Any]) -> dict[str, Any]:
    """The world file around one server."""
    group = {"name": GROUP, "servers": [server]}
    subscription = {"id": SUBSCRIPTION, "name": "generated", "tenant_id": TENANT, "resource_groups": [group]}
    return {"format": 1, "clock": "2026-01-05T09:00:00Z", "seed": 7, "subscriptions": [subscription]}


_WRITE_FAULTS: tuple[dict[str, Any], ...] = (
    {"id": "X1"},
    *({"id": "X2", "arguments": {"code": code}} for code in ("ServerIsBusy", "ServerBusy", "ProvisioningServerBusy", "")),
    {"id": "X3"},
    {"id": "X5"},
    {"id": "X5", "arguments": {"form": "early"}},
    *({"id": "X7", "method": "PUT", "arguments": {"form": form, "applied": applied}}
      for form in ("immediate", "poll") for applied in (False, True)),
    {"id": "X7", "method": "POST", "arguments": {"applied": True}},
    {"id": "X12"},
    {"id": "X19", "arguments": {"reads": 2}},
    {"id": "X19", "arguments": {"reads": 6}},
    {"id": "X22", "method": "PUT"},
    {"id": "X22", "method": "DELETE", "arguments": {"retry_after": None, "text": "legacy"}},
    {"id": "X23"},
    {"id": "X23", "arguments": {"status": "Reticulating", "applied": True}},
    {"id": "X27"},
    {"id": "X28", "method": "PUT"},
    *({"id": "X29", "method": method, "arguments": {"form": form, "applied": applied}}
      for method in ("PUT", "POST", "DELETE")
      for form, applied in (("html", True), ("html", False), ("truncated", False), ("empty", False),
                            ("reset_before", False), ("reset_after", False))),
    {"id": "X31"},
    {"id": "X31", "arguments": {"form": "submit", "seconds": 20.0}},
    {"id": "X32", "method": "PUT"},
    {"id": "X33", "arguments": {"form": "zones"}},
    {"id": "X38"},
    {"id": "X38", "arguments": {"spelling": "reversed"}},
    {"id": "X41"},
)  # fmt: skip
_POLL_FAULTS: tuple[dict[str, Any], ...] = (
    {"id": "X22", "path": "azureAsyncOperation"},
    {"id": "X24"}, {"id": "X25"}, {"id": "X26"}, {"id": "X26", "arguments": {"status": 200}}, {"id": "X40"},
    {"id": "X29", "path": "azureAsyncOperation", "arguments": {"form": "reset_before"}},
)  # fmt: skip
_READ_FAULTS: tuple[dict[str, Any], ...] = (
    {"id": "X7", "method": "GET"},
    {"id": "X14"},
    {"id": "X20", "method": "GET", "arguments": {"state": "Stopped"}},
    {"id": "X20", "method": "GET", "arguments": {"state": "Dropping"}},
    {"id": "X22", "method": "GET", "arguments": {"text": "TooManyRequests"}},
    {"id": "X28", "method": "GET"},
    {"id": "X29", "method": "GET", "arguments": {"form": "truncated"}},
    {"id": "X30", "arguments": {"parameter": "log_checkpoints"}},
    {"id": "X33", "arguments": {"states": ["Restarting", "Reticulating", "Ready"]}},
)  # fmt: skip


EVERY_FAULT = (*_WRITE_FAULTS, *_POLL_FAULTS, *_READ_FAULTS)
"""Each fault that matters here, in each of its forms."""
INSECURE: dict[str, Any] = {
    "name": NAME,
    "version": "16",
    "tier": "GeneralPurpose",
    "parameters": {
        "log_checkpoints": "off",
        "log_statement": "ddl",
        "log_error_verbosity": "terse",
        "max_connections": {"value": "1000", "pending": True, "running": "859"},
    },
    "firewall_rules": {"azure": "0.0.0.0-0.0.0.0", "open": "0.0.0.0-255.255.255.255", "office": RANGES[5]},
}
"""A server with something to mend by every kind of change."""


def _placed(kinds: tuple[dict[str, Any], ...]) -> st.SearchStrategy[dict[str, Any]]:
    places = {"after": st.integers(0, 8), "times": st.sampled_from((1, 1, 2, 3, None)), "seed": st.integers(0, 99),
              "probability": st.sampled_from((1, 1, 0.5))}  # fmt: skip
    return st.tuples(st.sampled_from(kinds), st.fixed_dictionaries(places)).map(lambda pair: pair[0] | pair[1])


write_faults = st.lists(_placed((*_WRITE_FAULTS, *_POLL_FAULTS)), max_size=4)
"""What can go wrong with writes and with following them."""
any_faults = st.lists(_placed(EVERY_FAULT), max_size=5)
"""What can go wrong at all."""


def someone_connects(seen: bool) -> Evidence:
    """The caller's address, and clients when somebody looked."""
    connections = tuple(Connection(address=one, tls_version="TLSv1.3") for one in CLIENTS) if seen else None
    return Evidence(connections=connections, source="a session sample" if seen else "", caller_address=CALLER)


def rules(world: World, name: str = NAME) -> list[FirewallRule]:
    """The firewall rules as they are in the world."""
    return [FirewallRule(name, rule.start, rule.end) for name, rule in world.server(name).firewall.items()]


def ways_in(world: World) -> set[str]:
    """The rules that let anyone in at all: rules for private addresses have no effect."""
    return {rule.name for rule in rules(world) if rule.kind not in (RuleClass.PRIVATE, RuleClass.UNREADABLE)}


def admitted(world: World, addresses: tuple[str, ...]) -> set[str]:
    """Those of the addresses that a rule lets in."""
    return {address for address in addresses if any(rule.admits(address) for rule in rules(world))}


class Watched:
    """Looks at a simulation after every request, so that no instant between two effects goes unseen."""

    def __init__(self, simulation: Simulation, *, protected: tuple[str, ...]) -> None:
        self._world = simulation.world
        self._public = self._world.server(NAME).public_network_access == "Enabled"
        self._protected = protected
        self._answer = simulation._answer
        self.broken: list[str] = []
        self.begin_again()
        simulation._answer = self.answer  # type: ignore[method-assign]

    def begin_again(self) -> None:
        """What somebody else did just now is how things are."""
        self._had_way_in = bool(ways_in(self._world))
        self._admitted = admitted(self._world, self._protected)

    def answer(self, method: str, url: str, headers: Any, body: bytes) -> Any:
        """The simulator's answer; what it did is looked at whatever becomes of the answer."""
        try:
            return self._answer(method, url, headers, body)
        finally:
            self._look()

    def _look(self) -> None:
        if not self._public:
            return
        if self._had_way_in and not ways_in(self._world):
            self.broken.append("no way in is left")
        lost = self._admitted - admitted(self._world, self._protected)
        if lost:
            self.broken.append(f"cut off: {', '.join(sorted(lost))}")


def calm(simulation: Simulation) -> None:
    """Ends every fault and what it left behind in the service, so that what follows meets an honest service."""
    world = simulation.world
    world.faults.clear()
    world.state.stale.clear()
    server = world.server(NAME)
    server.wedged, server.busy_until, server.busy_at_submit = False, None, False
    if server.state == "Updating":
        server.state = "Ready"
    for operation in world.state.operations.values():
        operation.says = None
        if operation.due is None:  # it hung; now it is cancelled
            operation.refuse({"code": "OperationCancelled", "message": "cancelled"}, after=0.0, outcome="Canceled")
