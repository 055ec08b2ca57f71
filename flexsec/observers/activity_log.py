"""Reads who wrote a resource last, from the subscription's activity log: documented by Microsoft, not recorded.

It is read to explain, never to decide: whatever goes wrong is a reason, not an error. The log keeps 90 days, and an
event may stand in it only some minutes after it happened (documented).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ..errors import FlexSecError, Forbidden
from ..model.clock import Deadline
from ..model.observation import Unobserved
from ..model.ownership import LastWrite
from .reading import word

if TYPE_CHECKING:
    from ..azure.connection import Connection

ACTIONS = ("Microsoft.Insights/eventtypes/values/read",)
API_VERSION = "2015-04-01"
PATIENCE = 20.0
"""Seconds that an explanation is worth."""
_KEPT = timedelta(days=90) - timedelta(hours=1)
_BETWEEN_CLOCKS = timedelta(minutes=5)
_WRITES = ("/write", "/delete")
_CLAIMS = (
    "name",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
    "appid",
    "http://schemas.microsoft.com/identity/claims/objectidentifier",
)


def observe(connection: Connection, resource_id: str, *, since: datetime, ours: str = "") -> LastWrite | Unobserved:
    """Who wrote a resource last since a moment: one request, action Microsoft.Insights/eventtypes/values/read.

    Args:
        resource_id: the ARM id of the very resource, such as that of a parameter.
        since: when a run ended that wrote it; in UTC, by this machine's clock.
        ours: the object id that the run had: what it wrote until a few minutes later is the run's own, since the
            service's clock is another one.
    """
    clock = connection.clock
    until = clock.now()
    start, quoted = max(since, until - _KEPT), resource_id.replace("'", "''")
    try:
        answer = connection.read(
            f"/subscriptions/{connection.subscription_id}/providers/Microsoft.Insights/eventtypes/management/values",
            what="read the activity log",
            deadline=Deadline(clock, PATIENCE),
            api_version=API_VERSION,
            where=f"eventTimestamp ge '{_spoken(start)}' and eventTimestamp le '{_spoken(until)}' "
            f"and resourceUri eq '{quoted}'",
        )
    except Forbidden as error:
        return Unobserved(error.message, error.missing_action or ACTIONS[0])
    except FlexSecError as error:
        return Unobserved(error.message)
    found = parse(answer, resource_id, ours=ours, until=since + _BETWEEN_CLOCKS)
    return found or Unobserved(f"the activity log tells of no write of it since {since:%Y-%m-%d %H:%M} UTC")


def parse(answer: Mapping[str, Any], resource_id: str, *, ours: str, until: datetime) -> LastWrite | None:
    """The latest write of a resource that succeeded, of a page of events; None when there is none with a caller.

    Args:
        ours: an object id whose writes `until` a moment do not count.
    """
    events = answer.get("value")
    found = [
        LastWrite(by=by, at=at)
        for event in (events if isinstance(events, list) else [])
        if isinstance(event, Mapping)
        and _wrote(event, resource_id)
        and (by := _caller(event))
        and (at := _moment(word(event, "eventTimestamp"))) is not None
        and not (at <= until and ours and ours.casefold() in _names(event))
    ]
    return max(found, key=lambda each: each.at, default=None)


def _wrote(event: Mapping[str, Any], resource_id: str) -> bool:
    about = word(event, "resourceId") or word(event, "resourceUri")
    return (
        about.casefold() == resource_id.casefold()
        and _value(event, "status").casefold() == "succeeded"
        and _value(event, "operationName").casefold().endswith(_WRITES)
    )


def _caller(event: Mapping[str, Any]) -> str:
    """Who did it: the user's or application's name where the log tells it, else an id."""
    return next((each for each in _told(event) if each), "")


def _names(event: Mapping[str, Any]) -> set[str]:
    """Everything by which the log names who did it."""
    return {each.casefold() for each in _told(event)}


def _told(event: Mapping[str, Any]) -> list[str]:
    claims = event.get("claims")
    told = [word(claims, each) for each in _CLAIMS] if isinstance(claims, Mapping) else []
    return [word(event, "caller"), *told]


def _value(event: Mapping[str, Any], key: str) -> str:
    found = event.get(key)
    return word(found, "value") if isinstance(found, Mapping) else ""


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)


def _spoken(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
