"""The disposable server that behaviours are shown on, in a resource group of its own."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from .conversation import Answer, Conversation, NotShown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PROVIDER = "/providers/Microsoft.DBforPostgreSQL"
GROUPS_VERSION = "2021-04-01"
_PATIENCE = 3600.0  # seconds in which a server that is at something becomes Ready
_PAUSE = 10.0


def new_password() -> str:
    """A password of every kind of character; hexadecimal digits spell no part of the login."""
    return f"Qx7-{secrets.token_hex(16)}"


class Seen(NamedTuple):
    """What was seen, and whether it is what was expected."""

    holds: bool
    told: str


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One thing that is said of the service.

    Attributes:
        name: how docs/evidence.md calls it.
        claim: what is expected, in one sentence.
        known: how it is known so far: recorded, documented, reported or inferred.
        show: makes it happen.
    """

    name: str
    claim: str
    known: str
    show: Callable[[Scene], Seen]


@dataclass(slots=True)
class Scene:
    """A server of our own, and what can be done to it.

    Attributes:
        password: of its administrator; in memory only.
    """

    azure: Conversation
    subscription_id: str
    location: str
    group: str
    name: str
    version: str = "16"
    login: str = "checkadmin"
    password: str = field(default_factory=new_password, repr=False)

    @property
    def subscription(self) -> str:
        """The path of the subscription."""
        return f"/subscriptions/{self.subscription_id}"

    @property
    def group_path(self) -> str:
        """The path of the resource group."""
        return f"{self.subscription}/resourceGroups/{self.group}"

    @property
    def path(self) -> str:
        """The path of the server."""
        return f"{self.group_path}{PROVIDER}/flexibleServers/{self.name}"

    def ask(self, method: str, below: str = "", body: Any = None) -> Answer:
        """A request to the server, or to what is below it."""
        return self.azure.ask(method, self.path + below, body)

    def end(self, answer: Answer) -> Mapping[str, Any]:
        """The last poll of an accepted write."""
        return self.azure.end(answer)

    def done(self, answer: Answer) -> None:
        """Follows a write that must succeed.

        Raises:
            NotShown: it does not.
        """
        ended = self.end(answer)
        if ended.get("status") != "Succeeded":
            raise NotShown(f"a write that is needed here ended as {told(ended)}")

    def read(self, below: str = "") -> Any:
        """The body of a GET that must succeed.

        Raises:
            NotShown: it does not.
        """
        answer = self.ask("GET", below)
        if answer.status != 200:
            raise NotShown(f"reading {below or 'the server'} was answered {answer}")
        return answer.body

    def names(self, below: str) -> list[str]:
        """The names in a list below the server."""
        return [each["name"] for each in self.read(below)["value"]]

    def state(self) -> str:
        """The server's state."""
        return str(self.read()["properties"]["state"])

    def ready(self, state: str = "Ready") -> None:
        """Waits until the server is Ready, or in another state.

        Raises:
            NotShown: it does not become so.
        """
        for _ in range(int(_PATIENCE / _PAUSE)):
            if self.state() == state:
                return
            self.azure.wait(_PAUSE)
        raise NotShown(f"the server has not become {state} in {_PATIENCE:.0f} s")

    def set(self, parameter: str, value: str) -> Answer:
        """Writes a parameter."""
        body = {"properties": {"value": value, "source": "user-override"}}
        return self.ask("PATCH", f"/configurations/{parameter}", body)

    def parameter(self, name: str) -> Mapping[str, Any]:
        """A parameter's properties."""
        found: Mapping[str, Any] = self.read(f"/configurations/{name}")["properties"]
        return found

    def allow(self, rule: str, start: str = "203.0.113.7", end: str | None = None) -> Answer:
        """Writes a firewall rule for addresses that are nobody's."""
        return self.ask(
            "PUT", f"/firewallRules/{rule}", {"properties": {"startIpAddress": start, "endIpAddress": end or start}}
        )

    def patch(self, **properties: Any) -> Answer:
        """Changes properties of the server."""
        return self.ask("PATCH", "", {"properties": properties})

    def claims(self) -> Mapping[str, Any]:
        """What the token says about who runs this."""
        part = self.azure.token.split(".")[1]
        found: Mapping[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        return found


def refused(answer: Answer, status: int, codes: str | Sequence[str]) -> Seen:
    """Whether a request was refused at once with this status and one of these codes."""
    expected = (codes,) if isinstance(codes, str) else codes
    return Seen(answer.status == status and answer.code in expected, str(answer))


def failed(scene: Scene, answer: Answer, code: str) -> Seen:
    """Whether a write was accepted and then failed with this code."""
    if answer.status != 202:
        return Seen(holds=False, told=f"at once {answer}")
    ended = scene.end(answer)
    holds = ended.get("status") == "Failed" and ended.get("error", {}).get("code") == code
    return Seen(holds, f"202, then {told(ended)}")


def told(ended: Mapping[str, Any]) -> str:
    """The last poll in words."""
    error = ended.get("error")
    return f"{ended.get('status')}" + (f" {error.get('code')!r}: {error.get('message')}" if error else "")
