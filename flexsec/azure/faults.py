"""What an error answer means: any bytes in, one of flexsec's own errors out, never an exception of its own.

The service reports the same thing in many ways: a busy server has at least five codes, one of them empty, and arrives
inside a poll with HTTP 200 (recorded). So the words decide where the code does not. No request is ever looked at:
requests hold tokens and passwords.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from ..errors import ArmError, Busy, Forbidden, NotFound, ServiceFailure, Throttled, Unauthorized, Unreadable
from .answer import seconds_in_words
from .scrub import scrub
from .sentences import sentence
from .service_error import ServiceError, parse_error, parse_operation_error

if TYPE_CHECKING:
    from datetime import datetime

    from .answer import Answer

# Recorded codes, except ServerIsNotReady and the first Entra spelling (public issue threads).
_BUSY_CODES = frozenset(
    {
        "serverisbusy",
        "serverbusy",
        "provisioningserverbusy",
        "virtualendpointownerservernotinreadystate",
        "aadauthoperationcannotbeperformedwhenserverisnotaccessible",
        "serverisnotready",
    }
)
# The last is Microsoft.Security's, for a second change of a subscription's plans (reported in public issue threads).
_BUSY_WORDS = re.compile(
    r"\bis busy\b|not in an accessible state|should be in Ready state|another update operation is in progress",
    re.IGNORECASE,
)
# A restart of a stopped server is refused with the same code as one of a busy server; only the latter passes by itself.
_STATE_IN_WORDS = re.compile(r"Current Server State\s*=\s*(\w+)", re.IGNORECASE)
_LASTING_STATES = frozenset({"stopped", "disabled", "inaccessible", "dropping"})
_NOT_FOUND_CODES = frozenset({"configurationnotexists"})
_MISSING_ACTION = re.compile(
    r"does not have (?:authorization|permission) to perform actions? '([^']{1,300})'", re.IGNORECASE
)
_SCOPE = re.compile(r"\b(?:over|on)(?: the)?(?: linked)? scope(?:\(s\))? '([^']{1,1000})'", re.IGNORECASE)
_Kind = TypeVar("_Kind", bound=ArmError)
_TRACKING = re.compile(r"Tracking ID:?\s*'?([0-9a-zA-Z-]{8,64})", re.IGNORECASE)


def fault(answer: Answer, *, what: str, now: datetime) -> ArmError:
    """The error for an answer that is not a success.

    Args:
        answer: status, headers and body.
        what: what flexsec was doing, in the imperative ("read the parameters of shop-db").
        now: for a Retry-After that is a date.
    """
    told = parse_error(answer)
    return _error(told, answer.status, answer, what=what, wait=throttle_wait(answer, now))


def throttle_wait(answer: Answer, now: datetime) -> float:
    """How long a 429 asks to wait, in seconds: its header, else the seconds in its words, never under 1."""
    asked = answer.retry_after(now) or 0.0
    if asked < 1.0:
        asked = max(asked, seconds_in_words(parse_error(answer).all_words) or 0.0)
    return max(1.0, asked)


def operation_fault(error: object, answer: Answer, *, what: str) -> ArmError:
    """The error of an operation that ended as failed or canceled.

    Args:
        error: the "error" of the poll's body, whatever it is.
        answer: the poll's answer; its HTTP status is 200 although the operation failed (recorded).
        what: what flexsec was doing, in the imperative.
    """
    return _error(parse_operation_error(error), answer.status, answer, what=what, wait=1.0)


def unreadable(answer: Answer, *, what: str, expected: str) -> Unreadable:
    """The error for a successful status whose body is not what it should be."""
    told = parse_error(answer)
    found = told.words or "an empty body"
    return _made(Unreadable, told, answer.status, answer, what=what, message=
        f"could not {what}: the answer ({answer.status}) is not {expected} but {scrub(found, 200)}; "
        "a proxy between here and Azure may have answered, or the answer was cut off"
    )  # fmt: skip


def is_busy(told: ServiceError) -> bool:
    """Whether the service says that another operation holds the server, so that the same write may be sent again."""
    state = _STATE_IN_WORDS.search(told.words)
    if state and state[1].casefold() in _LASTING_STATES:
        return False
    return told.code.casefold() in _BUSY_CODES or _BUSY_WORDS.search(told.words) is not None


def _error(told: ServiceError, status: int, answer: Answer, *, what: str, wait: float) -> ArmError:
    kind = _kind(told, status)
    action, scope = _missing(told.words) if kind is Forbidden else ("", "")
    message = sentence(kind, told, status=status, what=what, action=action, scope=scope, wait=wait)
    error = _made(kind, told, status, answer, what=what, message=message)
    if isinstance(error, Forbidden):
        error.missing_action, error.scope = action, scope
    if isinstance(error, Throttled):
        error.retry_after = wait
    return error


def _kind(told: ServiceError, status: int) -> type[ArmError]:
    match status:
        case 401:
            return Unauthorized
        case 403:
            return Forbidden
        case 404:
            return NotFound
        case 429:
            return Throttled
    if told.code.casefold() in _NOT_FOUND_CODES:
        return NotFound
    if is_busy(told):
        return Busy
    if status >= 500 or told.code.casefold() == "internalservererror":
        return ServiceFailure
    if told.code.casefold() in {"authorizationfailed", "linkedauthorizationfailed"}:
        return Forbidden
    return ArmError


def _missing(words: str) -> tuple[str, str]:
    action = _MISSING_ACTION.search(words)
    if action is None:
        return "", ""
    scope = _SCOPE.search(words, action.end())
    return scrub(action[1], 300), scrub(scope[1]) if scope else ""


def _made(kind: type[_Kind], told: ServiceError, status: int, answer: Answer, *, what: str, message: str) -> _Kind:
    tracking = _TRACKING.search(told.words)
    return kind(
        message,
        status=status,
        code=told.code,
        detail=told.words,
        what=what,
        request_id=answer.request_id,
        correlation_id=answer.correlation_id,
        tracking_id=tracking[1] if tracking else "",
    )
