"""The activity log of a subscription: who changed what and when; kept for 90 days, newest first.

Documented: the path, the api-version, the members of an event, that a filter begins with a time and that no other
syntax is taken. Reported: the refusal of a start more than 90 days ago. Inferred: the code of a refused filter; that a
client without a name is told by its object id. Events stand here at once (documented: after some minutes), and only of
what took effect.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from . import resource_errors, wire_errors
from .actions import action_of
from .file_reading import written
from .paging import answer_list

if TYPE_CHECKING:
    from .call import Call
    from .file_reading import Node
    from .long_running import Operation
    from .request import Response
    from .world import World

KEPT = timedelta(days=90)
EVENTS_REMEMBERED = 500
ANSWERED_AT_ONCE = frozenset({"group", "tags", "pricings", "registration"})
"""Kinds whose writes have taken effect when they are answered."""
KEYS = ("at", "caller", "action", "resource_id", "method")
TERM = re.compile(r"(\w+)\s+(ge|le|eq)\s+'([^']*)'", re.IGNORECASE)
EQUALITIES = ("resourceuri", "resourcegroupname", "resourceprovider", "correlationid")
MEMBERS = {
    each.lower(): each
    for each in (
        "authorization", "caller", "channels", "claims", "correlationId", "description", "eventDataId", "eventName",
        "category", "eventTimestamp", "httpRequest", "id", "level", "operationId", "operationName", "properties",
        "resourceGroupName", "resourceProviderName", "resourceId", "resourceType", "status", "subStatus",
        "submissionTimestamp", "subscriptionId", "tenantId",
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """One change that took effect: by whom (an object id), which action, on what."""

    at: datetime
    caller: str
    action: str
    resource_id: str
    method: str


def completed(world: World, operation: Operation, now: datetime) -> None:
    """Notes an operation that has taken effect; one that no request began leaves no trace."""
    if operation.action:
        below = "" if operation.action.count("/") == 2 or operation.action.endswith("/action") else operation.kind
        resource_id = f"{operation.server_id}/{below}/{operation.name}" if below else operation.server_id
        _remember(world, Event(now, operation.caller, operation.action, resource_id, operation.method))


def answered(call: Call) -> None:
    """Notes a write that was carried out with its answer."""
    if call.route.kind in ANSWERED_AT_ONCE:
        action = action_of(call.route, call.method) or ""
        _remember(call.world, Event(call.now, call.principal.object_id, action, call.path, call.method))


def _remember(world: World, event: Event) -> None:
    events = world.state.activity
    events.append(event)
    del events[:-EVENTS_REMEMBERED]
    world.touch()


def read(call: Call) -> Response:
    """The events that a filter chooses."""
    subscription = call.subscription()
    first, last, key, value = _filter(call)
    shown = _selected(call.query.get("$select"))
    entries = []
    for event in sorted(call.world.state.activity, key=lambda each: each.at, reverse=True):
        segments = event.resource_id.split("/")
        if len(segments) < 3 or segments[2].lower() != subscription.id.lower():
            continue
        if not max(first, call.now - KEPT) <= event.at <= last:
            continue
        body = _entry(event, subscription.id, subscription.tenant_id)
        if key and _compared(body, key).lower() != value.lower():
            continue
        entries.append({name: each for name, each in body.items() if shown is None or name in shown})
    return answer_list(call, entries)


def read_events(node: Node) -> list[Event]:
    """The events of a world file.

    Raises:
        WorldError: an entry that the simulator cannot have written.
    """
    found = []
    for each in node.items():
        members = each.members(KEYS)
        if len(members) != len(KEYS):
            raise each.fail(f"an event with {', '.join(KEYS)}")
        texts = {key: members[key].text() for key in KEYS[1:]}
        found.append(Event(members["at"].moment(), **texts))
    return found


def write_events(events: list[Event]) -> list[dict[str, Any]]:
    """The entries of a world file."""
    return [{"at": written(each.at), **{key: getattr(each, key) for key in KEYS[1:]}} for each in events]


def _filter(call: Call) -> tuple[datetime, datetime, str, str]:
    """From when, to when, and what else must be equal to what.

    Raises:
        WireError: 400 for a filter that is missing, has no beginning, or is not understood.
    """
    text = call.query.get("$filter", "")
    first, last, others = None, call.now, list[tuple[str, str]]()
    for term in re.split(r"\s+and\s+", text.strip(), flags=re.IGNORECASE):
        found = TERM.fullmatch(term.strip())
        if found is None:
            raise resource_errors.invalid_filter("$filter", text)
        key, operator, value = found[1].lower(), found[2].lower(), found[3]
        if key == "eventtimestamp" and operator == "ge":
            first = _moment(value, text)
        elif key == "eventtimestamp" and operator == "le":
            last = _moment(value, text)
        elif key in EQUALITIES and operator == "eq" and not others:
            others.append((key, value))
        else:
            raise resource_errors.invalid_filter("$filter", text)
    if first is None:
        raise resource_errors.invalid_filter("$filter", text)
    if first < call.now - KEPT:
        raise wire_errors.WireError(400, "BadRequest", "The start time cannot be more than 90 days in the past.")
    key, value = others[0] if others else ("", "")
    return first, last, key, value


def _moment(text: str, whole: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise resource_errors.invalid_filter("$filter", whole) from None
    return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)


def _selected(text: str | None) -> set[str] | None:
    """The members that a $select names; None for all.

    Raises:
        WireError: 400 for one that no event has.
    """
    if text is None:
        return None
    names = [each.strip().lower() for each in text.split(",")]
    if not set(names) <= MEMBERS.keys():
        raise resource_errors.invalid_filter("$select", text)
    return {MEMBERS[each] for each in names}


def _compared(body: dict[str, Any], key: str) -> str:
    found = {
        "resourceuri": body["resourceId"],
        "resourcegroupname": body["resourceGroupName"],
        "resourceprovider": body["resourceProviderName"]["value"],
        "correlationid": body["correlationId"],
    }
    return str(found[key])


def _entry(event: Event, subscription_id: str, tenant_id: str) -> dict[str, Any]:
    own_id = str(
        uuid.uuid5(uuid.NAMESPACE_URL, f"{written(event.at)} {event.caller} {event.action} {event.resource_id}")
    )
    segments = event.resource_id.split("/")
    lowered = [each.lower() for each in segments]
    group = segments[lowered.index("resourcegroups") + 1] if "resourcegroups" in lowered else ""
    provider, _, kind = event.action.rpartition("/")[0].partition("/")
    moment = f"{event.at:%Y-%m-%dT%H:%M:%S}.{event.at.microsecond:06d}0Z"
    return {
        "authorization": {"action": event.action, "scope": event.resource_id},
        "caller": event.caller,
        "channels": "Operation",
        "claims": {
            "http://schemas.microsoft.com/identity/claims/objectidentifier": event.caller,
            "http://schemas.microsoft.com/identity/claims/tenantid": tenant_id,
        },
        "correlationId": own_id,
        "description": "",
        "eventDataId": own_id,
        "eventName": {"value": "EndRequest", "localizedValue": "End request"},
        "category": {"value": "Administrative", "localizedValue": "Administrative"},
        "eventTimestamp": moment,
        "httpRequest": {"clientRequestId": own_id, "method": event.method},
        "id": f"{event.resource_id}/events/{own_id}/ticks/{_ticks(event.at)}",
        "level": "Informational",
        "operationId": own_id,
        "operationName": {"value": event.action, "localizedValue": event.action},
        "resourceGroupName": group,
        "resourceProviderName": {"value": provider, "localizedValue": provider},
        "resourceId": event.resource_id,
        "resourceType": {"value": f"{provider}/{kind}", "localizedValue": f"{provider}/{kind}"},
        "status": {"value": "Succeeded", "localizedValue": "Succeeded"},
        "subStatus": {"value": "OK", "localizedValue": "OK (HTTP Status Code: 200)"},
        "submissionTimestamp": moment,
        "subscriptionId": subscription_id,
        "tenantId": tenant_id,
    }


def _ticks(moment: datetime) -> int:
    """Tenths of a microsecond since the year one, as .NET counts."""
    return (moment - datetime(1, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 10
