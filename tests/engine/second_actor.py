"""Somebody else who changes the same server between two requests of flexsec."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from flexsec.model.change import Change
from flexsec.simulator import busy, catalogue
from flexsec.simulator.settling import settle
from flexsec.simulator.state import FirewallRange, ParameterState, Server
from flexsec.testing import Simulation

from .worlds import NAME, Watched


@dataclass(frozen=True)
class Deed:
    """What somebody does to a server, and what then is his.

    Attributes:
        target: the change's target, such as "parameters/log_checkpoints"; "" for a restart.
        value: what the target is then, in the form of `found`.
    """

    target: str
    value: object
    do: Callable[[Server], None] = field(compare=False)


def sets(name: str, value: str) -> Deed:
    """He sets a parameter."""

    def do(server: Server) -> None:
        facts = server.facts(name)
        if facts is None:
            return  # the server has no such parameter
        pending = not facts.is_dynamic
        server.parameters[name] = ParameterState(value, pending=pending, running=facts.value if pending else None)

    return Deed(f"parameters/{name}", value, do)


def removes(name: str) -> Deed:
    """He removes a firewall rule."""
    return Deed(f"firewall/{name}", None, lambda server: server.firewall.pop(name, None) and None)


def allows(name: str, span: str) -> Deed:
    """He adds a firewall rule, or gives it other addresses."""
    start, _, end = span.partition("-")

    def do(server: Server) -> None:
        server.firewall[name] = FirewallRange(start, end)

    return Deed(f"firewall/{name}", (start, end), do)


def protects(state: str) -> Deed:
    """He switches threat protection."""

    def do(server: Server) -> None:
        server.threat_protection.state = state

    return Deed("threat_protection/Default", state, do)


def restarts() -> Deed:
    """He restarts the server."""
    return Deed("", None, Server.restarted)


def found(server: Server, target: str) -> object:
    """What a target is in the world."""
    kind, _, name = target.partition("/")
    if not name:
        return None
    if kind == "firewall":
        rule = server.firewall.get(name)
        return (rule.start, rule.end) if rule else None
    if kind == "threat_protection":
        return server.threat_protection.state
    facts = server.facts(name)
    return server.parameter(facts).value if facts else None


class SecondActor:
    """Does each of his deeds before the request of its number, as soon as the service would let him.

    He waits while an operation holds the server, since the service refuses him too, and he does not get in between
    the look at a target and the write that follows it: no client can see that, for the service has no conditional write.

    Args:
        deeds: by the number of the request, counted from when he is made.
        watched: told what he did himself, so that it is not held against flexsec.

    Attributes:
        his: what he set, by target: the last word counts.
        done: all that he did.
        resting: he does nothing, so that what is so can be looked at.
    """

    def __init__(self, simulation: Simulation, deeds: dict[int, Deed], watched: Watched | None = None) -> None:
        self._simulation = simulation
        self._deeds = sorted(deeds.items(), key=lambda item: item[0])
        self._watched = watched
        self._answer = simulation._answer
        self.requests = 0
        self.his: dict[str, object] = {}
        self.done: list[Deed] = []
        self.resting = False
        simulation._answer = self.answer  # type: ignore[method-assign]

    def answer(self, method: str, url: str, headers: Any, body: bytes) -> Any:
        """The simulator's answer, after what he did before it."""
        self.requests += 1
        if method == "GET":
            self.act()
        return self._answer(method, url, headers, body)

    def act(self) -> None:
        """Do what is due, when the server lets him."""
        world = self._simulation.world
        settle(world, self._simulation.clock.now())
        if self.resting or busy.running(world.state.operations, world.server_id(NAME)):
            return
        while self._deeds and self._deeds[0][0] <= self.requests:
            self.does(self._deeds.pop(0)[1])

    def does(self, deed: Deed) -> None:
        """He does something at once; what was so already does not become his."""
        world = self._simulation.world
        settle(world, self._simulation.clock.now())
        server = world.server(NAME)
        before = found(server, deed.target)
        deed.do(server)
        self.done.append(deed)
        if before != deed.value == found(server, deed.target):
            self.his[deed.target] = deed.value
        if self._watched is not None:
            self._watched.begin_again()

    def overwritten(self, changes: tuple[Change, ...], *, undone: Container[str] = ()) -> list[str]:
        """What he set and is no longer so.

        A value that he put back to what it was before is left out: when the answer to a write is lost, nothing can
        tell whether it was put back or never changed. So is, once a change was undone, the value that it wanted and he
        brought about too: what shows may be its work.

        Args:
            undone: the targets of changes that were sent, may have taken effect, and were to be undone.
        """
        server = self._simulation.world.server(NAME)
        lost = {
            target: f"{target}: he set {value}, it is {now}"
            for target, value in self.his.items()
            if (now := found(server, target)) != value
        }
        for change in changes:
            told = [_plain(change.before)] + [_plain(change.after)] * (change.target in undone)
            if self.his.get(change.target, _NOTHING) in told:
                lost.pop(change.target, None)
        return list(lost.values())


_NOTHING = object()


def _plain(properties: Any) -> object:
    if not properties:
        return None
    if "start" in properties:
        return properties["start"], properties["end"]
    return properties.get("value", properties.get("state"))


_SPANS = ("203.0.113.0-203.0.113.127", "198.51.100.0-198.51.100.127", "192.0.2.1-192.0.2.1", "0.0.0.0-223.255.255.255")
_VALUES = {
    "ssl_max_protocol_version": ("TLSv1.3",),
    "logfiles.retention_days": ("2", "3", "7"),
    "log_error_verbosity": ("verbose",),
    "log_statement": ("mod", "all"),
    "max_connections": ("500", "700"),
    "log_checkpoints": ("on", "off"),
    "require_secure_transport": ("on", "off"),
}


def deeds_on(server: dict[str, Any]) -> st.SearchStrategy[Deed]:
    """What somebody may do to a server of a world file: rules that are there, mostly, and parameters with a third value."""
    listed = catalogue.parameters(server["version"])
    names = [name for name in _VALUES if name in listed]
    rules = (*server["firewall_rules"], "his-own")
    return st.one_of(
        st.sampled_from(names).flatmap(lambda name: st.sampled_from(_VALUES[name]).map(lambda one: sets(name, one))),
        st.sampled_from(rules).map(removes),
        st.tuples(st.sampled_from(rules), st.sampled_from(_SPANS)).map(lambda pair: allows(*pair)),
        st.sampled_from(("Enabled", "Disabled")).map(protects),
        st.just(restarts()),
    )
