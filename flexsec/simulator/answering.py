"""The simulated Azure as one function: a request and the time in, an answer out; all state is in the world.

The order is the service's own: is there a token, is there room in the bucket, does the path lead anywhere, may this
principal do it, does the thing exist, does the provider agree.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from . import (
    accepting,
    activity_log,
    fault_effects,
    key_vault,
    polls,
    providers,
    settling,
    sign_in,
    throttling,
    wire_errors,
)
from .actions import action_of, scope_of
from .authorization import allows, authenticate
from .call import Call, error_response
from .file_reading import EARLIEST, LATEST
from .handlers import READERS, WRITERS
from .key_vault_call import address_of
from .request import ConnectionDropped, Request, Response
from .request_log import RequestRecord
from .routes import CHILDREN, Route, find_route, split_url

if TYPE_CHECKING:
    from datetime import datetime

    from .faults import Fault
    from .state import Principal
    from .world import World

MUTATING = frozenset({"PUT", "PATCH", "POST", "DELETE"})
NAMED_ONE_BY_ONE = frozenset({*CHILDREN, "pricings", "locks"})  # their collections take no write


def answer(world: World, request: Request, now: datetime) -> Response:
    """The service's answer to a request at a moment.

    Args:
        world: the whole state; changed by what the request does and by operations that have come due.
        request: any HTTP request.
        now: the simulated time, with its zone.

    Raises:
        ConnectionDropped: a fault resets the connection, before or after the request took effect.
        ValueError: `now` has no time zone, or lies outside the years that a world file can hold.
    """
    now = _utc(now)
    with world.turn():
        state = world.state
        state.clock = max(state.clock, now)
        settling.settle(world, now)
        origin, path, _ = split_url(request.url)
        vault = address_of(origin, path)
        return _logged(world, request, now) if vault is None else key_vault.answer(world, request, vault, now)


def _utc(moment: datetime) -> datetime:
    """A time in UTC.

    Raises:
        ValueError: a time without its offset, or one that no world file can hold.
    """
    if moment.tzinfo is None:
        raise ValueError("now must carry its time zone")
    if not EARLIEST.year <= moment.year <= LATEST.year:
        raise ValueError(f"now must lie between the years {EARLIEST.year} and {LATEST.year}")
    return moment.astimezone(UTC)


def _logged(world: World, request: Request, now: datetime) -> Response:
    """Answers and writes the line in the log, whatever comes of it."""
    origin, path, query = split_url(request.url)
    method = request.method.upper()
    call: Call | None = None
    response: Response | None = None
    mutating = method in MUTATING
    try:
        response = sign_in.respond(world, request, now)
        if response is not None:
            mutating = False  # signing in changes nothing
            return response
        principal = authenticate(world, request, origin, now)
        counters = _draw(world, path, method, principal, now)
        route = find_route(path, query.get("api-version"))
        call = Call(world, request, method, route, origin, path, query, now, principal, counters)
        response = _respond(call)
    except wire_errors.WireError as problem:
        if call is not None:
            response = call.error(problem)
            response = _tampered(call, response)
        else:
            response = error_response(world, request, now, problem)
    finally:
        operation = (
            None if call is None else call.operation or (polls.find(call) if call.route.kind == "poll" else None)
        )
        status = None if response is None else response.status
        operation_id = None if operation is None else operation.id
        version = query.get("api-version")
        world.record(RequestRecord(now, method, path, version, status, operation_id, mutating))
    return response


def _tampered(call: Call, response: Response) -> Response:
    """A refusal can be garbled on its way as well as a success."""
    return fault_effects.after(call, response) if any(fault.id == "X29" for fault, _ in call.striking) else response


def _draw(world: World, path: str, method: str, principal: Principal, now: datetime) -> dict[str, str]:
    """The counters of the answer; with throttling on, a token is taken from the buckets.

    Raises:
        WireError: 429 when a bucket is empty.
    """
    kind = throttling.kind_of(method)
    throttle = world.state.throttle
    segments = path.strip("/").split("/")
    if throttle is None or len(segments) < 2 or segments[0].lower() != "subscriptions":
        return dict(throttling.RECORDED_COUNTERS[kind])
    wait, counters = throttle.draw(segments[1], principal.object_id, kind, now)
    if wait:
        problem = wire_errors.throttled(segments[1], kind, wait, retry_after=str(wait))
        problem.headers |= counters
        raise problem
    return counters


def _respond(call: Call) -> Response:
    action, scope = action_of(call.route, call.method), scope_of(call)
    for fault, number in call.world.faults.striking(
        _aspects(call.route, call.method), call.method, call.path, lambda each: _relevant(call, each, action)
    ):
        call.world.touch()
        call.striking.append((fault, number))
        early = fault_effects.before(call, fault, action, scope)
        if early is not None:
            return early
    if call.route.subscription:
        call.subscription()
    if action is not None and not allows(call.principal, action):
        raise wire_errors.authorization_failed(call.principal.object_id, action, scope)
    return fault_effects.after(call, _carry_out(call))


def _carry_out(call: Call) -> Response:
    """Reads or writes."""
    if call.method == "GET" and call.route.kind in READERS:
        return READERS[call.route.kind](call)
    handler = WRITERS.get((call.route.kind, call.method))
    if handler is None or (call.route.name is None and call.route.kind in NAMED_ONE_BY_ONE):
        if call.route.server:
            call.server()  # recorded: what is missing is told before what cannot be done to it
        raise wire_errors.method_not_allowed(call.method)
    if call.method in MUTATING and call.route.namespace:
        providers.require(call.subscription(), call.route.namespace)
    outcome = handler(call)
    if isinstance(outcome, Response):
        if call.method in MUTATING:
            activity_log.answered(call)
        return outcome
    response = accepting.accept(call, outcome)
    direct = call.fault("X27")
    if direct is None or call.operation is None or call.operation.error is not None:
        return response
    return _resource(call, int(direct.argument("status")))


def _resource(call: Call, status: int) -> Response:
    """The resource itself, as an answer to a write that has taken effect at once."""
    if call.method == "DELETE" or call.route.kind not in READERS:
        return call.raw(200, b"")
    current = READERS[call.route.kind](call)
    return Response(status, current.headers, current.body)


def _aspects(route: Route, method: str) -> frozenset[str]:
    """What a request is, in the words by which faults choose their victims."""
    if route.kind == "poll":
        return frozenset({"any", "poll"})
    access = "read" if method in {"GET", "HEAD"} else "write"
    aspects = {"any", access, f"{route.kind} {access}"}
    if route.server:
        aspects.add("server-scoped")
    if route.collection:
        aspects.add("child")
    return frozenset(aspects)


def _relevant(call: Call, fault: Fault, action: str | None) -> bool:
    """Whether a fault that matches the place has anything to do here; one that has not is not used up."""
    if fault.id == "X26":
        operation = polls.find(call)
        return operation is not None and operation.done and call.route.collection == "azureAsyncOperation"
    if fault.id == "X30" and call.route.name is not None:
        return fault.argument("parameter") in {None, call.route.name}
    return fault_effects.concerns_action(fault, action)


__all__ = ["ConnectionDropped", "answer"]
