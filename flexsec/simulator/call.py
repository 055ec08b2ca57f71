"""One request on its way through the simulator: what was asked, by whom, of what, and what became of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from . import wire_errors
from .request import Request, Response
from .state import Principal, ResourceGroup, Server, Subscription, server_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from .faults import Fault
    from .long_running import Operation
    from .routes import Route
    from .world import World


@dataclass(slots=True)
class Call:
    """A request with its surroundings.

    Attributes:
        striking: the faults that befall it, with their running numbers.
        counters: the rate-limit headers of the answer.
        operation: the operation that it started.
    """

    world: World
    request: Request
    method: str
    route: Route
    origin: str
    path: str
    query: Mapping[str, str]
    now: datetime
    principal: Principal
    counters: dict[str, str] = field(default_factory=dict)
    striking: list[tuple[Fault, int]] = field(default_factory=list)
    operation: Operation | None = None

    @property
    def api_version(self) -> str:
        """The api-version as it was sent."""
        return self.query.get("api-version", "")

    def fault(self, fault_id: str) -> Fault | None:
        """The fault of this id that strikes the request, if one does."""
        return next((fault for fault, _ in self.striking if fault.id == fault_id), None)

    def subscription(self) -> Subscription:
        """The subscription of the route.

        Raises:
            WireError: 404 SubscriptionNotFound.
        """
        found = self.world.subscription(self.route.subscription)
        if found is None:
            raise wire_errors.subscription_not_found(self.route.subscription)
        return found

    def group(self) -> ResourceGroup:
        """The resource group of the route.

        Raises:
            WireError: 404 ResourceGroupNotFound.
        """
        found = self.subscription().groups.get(self.route.group.lower())
        if found is None:
            raise wire_errors.resource_group_not_found(self.route.group)
        return found

    def server(self) -> Server:
        """The server of the route.

        Raises:
            WireError: 404 of the server, its group or its subscription.
        """
        group = self.group()
        found = group.servers.get(self.route.server.lower())
        if found is None:
            raise wire_errors.server_not_found(self.route.server, self.route.group)
        return found

    def server_id(self) -> str:
        """The resource id of the route's server, in the service's casing."""
        return server_id(self.subscription(), self.group(), self.server())

    def content(self) -> dict[str, Any]:
        """The body as a JSON object.

        Raises:
            WireError: 400 InvalidRequestContent.
        """
        try:
            parsed = json.loads(self.request.body)
        except (ValueError, RecursionError):
            raise wire_errors.invalid_content("The body is not valid JSON") from None
        if not isinstance(parsed, dict):
            raise wire_errors.invalid_content("The body is not a JSON object")
        return parsed

    def properties(self, allowed: frozenset[str], *, optional: bool = False) -> dict[str, Any]:
        """The body's `properties`, with no member but those allowed and the envelope's own.

        Args:
            allowed: the members.
            optional: whether the body, or its `properties`, may be missing.

        Raises:
            WireError: 400 InvalidRequestContent.
        """
        content = {} if optional and not self.request.body.strip() else self.content()
        for key in content:
            if key not in {"properties", "id", "name", "type", "systemData"}:
                raise wire_errors.invalid_content(f"Could not find member '{key}' on the resource")
        properties = content.get("properties")
        if optional and properties is None:
            return {}
        if not isinstance(properties, dict):
            raise wire_errors.invalid_content("The member 'properties' is missing or not an object")
        for key in properties:
            if key not in allowed:
                raise wire_errors.invalid_content(f"Could not find member '{key}' on 'properties'")
        return properties

    def answer(self, status: int, body: Any = None, headers: Mapping[str, str] | None = None) -> Response:
        """A response with the headers that every answer carries."""
        return self.raw(status, b"" if body is None else compact(body), headers)

    def raw(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> Response:
        """A response with a body that is already bytes."""
        common = common_headers(self.world, self.request, self.now)
        if body:
            common["Content-Type"] = "application/json; charset=utf-8"
        return Response(status, common | self.counters | dict(headers or {}), body)

    def error(self, problem: wire_errors.WireError) -> Response:
        """The response for a refusal."""
        return error_response(self.world, self.request, self.now, problem, self.counters)


def compact(body: Any) -> bytes:
    """JSON without white space, as the service writes it."""
    return json.dumps(body, separators=(",", ":")).encode()


def common_headers(world: World, request: Request, now: datetime) -> dict[str, str]:
    """The headers of every answer.

    Request ids are made from the number of requests so far, so that runs can be compared.
    """
    request_id = world.request_id()
    return {
        "Cache-Control": "no-cache",
        "Pragma": "no-cache",
        "Expires": "-1",
        "x-ms-request-id": request_id,
        "x-ms-correlation-request-id": request.header("x-ms-correlation-request-id") or request_id,
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "Date": format_datetime(now, usegmt=True),
    }


def error_response(
    world: World,
    request: Request,
    now: datetime,
    problem: wire_errors.WireError,
    counters: Mapping[str, str] | None = None,
) -> Response:
    """The response for a refusal: the error object and, where ARM tells, whose refusal it is."""
    headers = common_headers(world, request, now) | {"Content-Type": "application/json; charset=utf-8"}
    if problem.cause is not None:
        headers["x-ms-failure-cause"] = problem.cause
    if problem.cause != "gateway" or problem.status == 429:
        headers |= dict(counters or {})
    return Response(problem.status, headers | problem.headers, compact({"error": problem.error}))
