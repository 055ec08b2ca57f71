"""The control endpoint, /_simulator/ on the simulator's own port: what was asked, what goes wrong, and what time it is.

Loopback reaches it and needs no token: whoever is on this machine may change the simulation. A web page that happens to
be open on it may not: browsers say where a request that changes something comes from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from .. import conditions_file
from ..file_reading import WorldError, closest, written
from ..patterns import pattern
from ..request import Response
from .writing import refusal

if TYPE_CHECKING:
    from ..request import Request
    from ..request_log import RequestRecord
    from .application import Application

PREFIX = "/_simulator"
MOST_LISTED = 1000  # requests in one answer, when nothing else is said


_Handler = Callable[["Application", Mapping[str, str], bytes], dict[str, Any]]


class _Wrong(ValueError):
    """What was asked of the control endpoint makes no sense; the message says what would."""


def concerns(path: str) -> bool:
    """Whether a URL without its query is the control endpoint's."""
    words = urlsplit(path).path
    return words == PREFIX or words.startswith(PREFIX + "/")


def answer(application: Application, request: Request) -> Response:
    """The answer to a request for the control endpoint; its errors have the form of the service's own.

    Raises:
        WorldError, OSError: the world's file cannot be used.
    """
    parts = urlsplit(request.url)
    if not _is_own_origin(request, f"{parts.scheme}://{parts.netloc}"):
        return refusal(403, "ForeignOrigin", f"{PREFIX} does not answer the web pages of other origins.")
    name = parts.path.removeprefix(PREFIX).strip("/")
    handlers = {method: each for (path, method), each in HANDLERS.items() if path == name}
    if not handlers:
        known = tuple(dict.fromkeys(path for path, _ in HANDLERS if path))
        return refusal(404, "NotFound", f"{PREFIX}/{name}: expected {closest(name, known)}")
    handler = handlers.get(request.method.upper())
    if handler is None:
        return refusal(405, "MethodNotAllowed", f"{PREFIX}/{name} takes {', '.join(handlers)}")
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    try:
        document = handler(application, query, request.body)
    except _Wrong as problem:
        return refusal(400, "BadRequest", str(problem))
    body = json.dumps(document).encode()
    return Response(200, {**refusal(200, "", "").headers, "Cache-Control": "no-store"}, body)


def _is_own_origin(request: Request, own: str) -> bool:
    """Whether the request comes from no web page, or from one of this very origin; "null" is foreign."""
    said = next((value for name, value in request.headers.items() if name.lower() == "origin"), None)
    return said is None or said.lower() == own.lower()


# What there is


def _index(application: Application, query: Mapping[str, str], body: bytes) -> dict[str, Any]:
    paths: dict[str, list[str]] = {}
    for path, method in HANDLERS:
        if path:
            paths.setdefault(f"{PREFIX}/{path}", []).append(method)
    return paths


def _requests(application: Application, query: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """The log: all that fits the filter is counted, and the last of it listed."""
    application.pace.settle()
    fits = _filter(query)
    limit = _whole(query.get("limit", str(MOST_LISTED)), "limit")
    world = application.world
    with world.turn():
        records, total = world.requests, world.requests_made
        busy = sorted({each.server_id for each in world.state.operations.values()})
    found = [(number, each) for number, each in enumerate(records, total - len(records)) if fits(number, each)]
    return {
        "total": total,
        "count": len(found),
        "max_in_flight": application.most_in_flight,
        "max_writes_in_flight": {server_id: world.max_writes_in_flight(server_id) for server_id in busy},
        "requests": [_record(number, each) for number, each in (found[-limit:] if limit else [])],
    }


def _filter(query: Mapping[str, str]) -> Callable[[int, RequestRecord], bool]:
    known = ("method", "path", "status", "mutating", "after", "limit")
    for key in query:
        if key not in known:
            raise _Wrong(f"unknown filter {key!r}: expected {closest(key, known)}")
    method, status = query.get("method", "").upper(), query.get("status", "")
    if status and not re.fullmatch(r"[1-5](\d\d|xx)|none", status):
        raise _Wrong(f"status {status!r}: expected one such as 202, 4xx, or none for a reset connection")
    mutating = query.get("mutating", "")
    if mutating not in {"", "true", "false"}:
        raise _Wrong(f"mutating {mutating!r}: expected true or false")
    after = _whole(query.get("after", "0"), "after")
    try:
        path = pattern(query.get("path", ""))
    except re.error as problem:
        raise _Wrong(f"path {query['path']!r} is no regular expression: {problem}") from None

    def fits(number: int, each: RequestRecord) -> bool:
        code = "none" if each.status is None else str(each.status)
        return (
            number >= after
            and (not method or each.method == method)
            and (not status or status == code or (status.endswith("xx") and code[0] == status[0]))
            and (not mutating or each.mutating == (mutating == "true"))
            and path.search(each.path) is not None
        )

    return fits


def _record(number: int, each: RequestRecord) -> dict[str, Any]:
    return {
        "number": number,
        "time": written(each.time),
        "method": each.method,
        "path": each.path,
        "api_version": each.api_version,
        "status": each.status,
        "operation_id": each.operation_id,
        "mutating": each.mutating,
        "effect_applied": each.effect_applied,
    }


def _world(application: Application, query: Mapping[str, str], body: bytes) -> dict[str, Any]:
    application.pace.settle()
    return application.world.to_dict()


# What goes wrong


def _faults(application: Application, query: Mapping[str, str], body: bytes) -> dict[str, Any]:
    return {"faults": application.world.faults.to_list()}


def _add_faults(application: Application, query: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """Switches faults on: one, a list, or an object with "faults", as in a world file; all of them or none."""
    document = _json(body)
    if isinstance(document, dict) and "faults" in document:
        document = document["faults"]
    found = _conditions(document if isinstance(document, list) else [document])
    world = application.world
    with world.turn():
        world.faults.add(*found["faults"])
        world.touch()
    return {"faults": world.faults.to_list()}


def _clear_faults(application: Application, query: Mapping[str, str], body: bytes) -> dict[str, Any]:
    world = application.world
    with world.turn():
        world.faults.clear()
        world.touch()
    return {"faults": []}


def _member(name: str) -> dict[tuple[str, str], _Handler]:
    """Reads and replaces a member of the world, in the form and with the checks of a world file."""

    def read(application: Application, query: Mapping[str, str], body: bytes) -> dict[str, Any]:
        return {name: application.world.to_dict().get(name)}

    def put(application: Application, query: Mapping[str, str], body: bytes) -> dict[str, Any]:
        found = _conditions({name: _json(body)})
        world = application.world
        with world.turn():
            conditions_file.impose(found, world.state)
            world.touch()
        return read(application, query, b"")

    return {(name, "GET"): read, (name, "PUT"): put}


def _conditions(document: Any) -> dict[str, Any]:
    try:
        return conditions_file.read(document)
    except WorldError as problem:
        raise _Wrong(str(problem)) from None


# What time it is


def _clock(application: Application, query: Mapping[str, str], body: bytes) -> dict[str, Any]:
    return {"now": written(application.clock.now()), "time_scale": application.clock.scale}


def _advance(application: Application, query: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """Moves the time ahead and carries out what comes due."""
    document = _json(body)
    seconds = document.get("advance_seconds") if isinstance(document, dict) else None
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        raise _Wrong('expected {"advance_seconds": NUMBER}')
    try:
        application.clock.advance(seconds)
    except ValueError as problem:
        raise _Wrong(str(problem)) from None
    application.pace.settle()
    application.pace.wake()
    return _clock(application, query, b"")


def _latency(application: Application, query: Mapping[str, str], body: bytes) -> dict[str, Any]:
    return {"milliseconds": application.latency * 1e3}


def _set_latency(application: Application, query: Mapping[str, str], body: bytes) -> dict[str, Any]:
    document = _json(body)
    found = document.get("milliseconds") if isinstance(document, dict) else None
    if not isinstance(found, int | float) or isinstance(found, bool) or not 0 <= found <= 600_000:
        raise _Wrong('expected {"milliseconds": NUMBER}, from 0 to 600000')
    application.latency = found / 1e3
    return _latency(application, query, b"")


def _json(body: bytes) -> Any:
    try:
        return conditions_file.parse_json(body)
    except ValueError as problem:
        raise _Wrong(f"the body is not JSON: {problem}") from None


def _whole(text: str, name: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise _Wrong(f"{name} {text!r}: expected a whole number")
    return int(text)


HANDLERS: Mapping[tuple[str, str], _Handler] = MappingProxyType(
    {
        ("", "GET"): _index,
        ("requests", "GET"): _requests,
        ("world", "GET"): _world,
        ("faults", "GET"): _faults,
        ("faults", "POST"): _add_faults,
        ("faults", "DELETE"): _clear_faults,
        **_member("throttling"),
        **_member("principals"),
        **_member("sign_in"),
        **_member("durations"),
        ("clock", "GET"): _clock,
        ("clock", "POST"): _advance,
        ("latency", "GET"): _latency,
        ("latency", "PUT"): _set_latency,
    }
)
