"""Waits for the operation behind a write, and says how it ended as far as the status URL can tell.

The SDK's poller is not used: `result(timeout)` returns normally while the operation still runs, its interval without a
header is 30 s, and it raises on answers that only mean "ask the resource instead".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import AnswerLost, DeadlineExceeded, FlexSecError
from ..model.acceptance import Acceptance, Ending, EndingKind
from .faults import fault, operation_fault, throttle_wait

if TYPE_CHECKING:
    from ..model.clock import Clock, Deadline
    from .answer import Answer

_MOST_FAILURES_IN_A_ROW = 5
_CANCELED = frozenset({"canceled", "cancelled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """What one poll leaves to do: wait. `asked` is what the service asks for; `failed` when nothing was learnt."""

    asked: float | None
    word: str = ""
    throttled: bool = False
    failed: bool = False
    reason: str = ""


def follow(
    acceptance: Acceptance,
    *,
    poll: Callable[[], Answer],
    what: str,
    clock: Clock,
    deadline: Deadline,
    eager: bool,
    on_wait: Callable[[float], None],
) -> Ending:
    """Poll until the operation has ended, cannot be followed, or the deadline has passed.

    The first poll comes after Retry-After; a poll is never sent sooner than asked, except once at the deadline.
    Without a header, and with `eager`, the wait is a tenth of the time since the start, from 1 to 5 s. After a 429
    the header rules.
    """
    begun = clock.monotonic()
    state = Wait(asked=acceptance.retry_after)
    failures = 0
    while True:
        pause = _pause(state, clock.monotonic() - begun, failures, eager=eager)
        left = deadline.remaining
        if left <= 0.0 or (state.throttled and pause > left):
            return _timed_out(state, clock.monotonic() - begun)
        pause = min(pause, left)
        on_wait(pause)
        clock.sleep(pause)
        outcome = _ask(poll, what=what, clock=clock)
        if isinstance(outcome, Ending):
            return outcome
        failures = failures + 1 if outcome.failed else 0
        if failures >= _MOST_FAILURES_IN_A_ROW:
            return Ending(kind=EndingKind.UNKNOWN, reason=outcome.reason)
        eager = eager and not outcome.throttled
        state = outcome


def _pause(state: Wait, elapsed: float, failures: int, *, eager: bool) -> float:
    if failures:
        return max(state.asked or 0.0, 2.0 ** (failures - 1))
    if state.asked is not None and (state.throttled or not eager):
        return max(1.0, state.asked)
    return min(5.0, max(1.0, 0.1 * elapsed))


def _timed_out(state: Wait, elapsed: float) -> Ending:
    last = f"; its last status was {state.word!r}" if state.word else ""
    why = f"; {state.reason}" if state.reason else ""
    return Ending(kind=EndingKind.TIMED_OUT, reason=f"still running after {elapsed:.0f} s{last}{why}")


def _ask(poll: Callable[[], Answer], *, what: str, clock: Clock) -> Ending | Wait:
    try:
        answer = poll()
    except AnswerLost as lost:
        return Wait(asked=None, failed=True, reason=lost.message)
    except DeadlineExceeded as late:
        return Ending(kind=EndingKind.TIMED_OUT, reason=late.message)
    except FlexSecError as error:
        return Ending(kind=EndingKind.UNKNOWN, reason=error.message)
    return _judge(answer, what=what, clock=clock)


def _judge(answer: Answer, *, what: str, clock: Clock) -> Ending | Wait:
    match answer.status:
        case 429:
            wait = throttle_wait(answer, clock.now())
            return Wait(asked=wait, throttled=True, reason=f"Azure is throttling and asks to wait {wait:g} s")
        case 202:
            return Wait(asked=answer.retry_after(clock.now()), word=_word(answer.document))
        case 200 | 201 | 204 if not answer.body:
            # X26; a body that broke off has body None and is asked for again.
            if answer.body is None:
                return Wait(asked=None, failed=True, reason="the status broke off")
            return Ending(kind=EndingKind.UNKNOWN, reason="the status has no body")
        case 200 | 201:
            return _read_status(answer, what=what, clock=clock)
        case status if status >= 500:
            reason = fault(answer, what=f"follow the operation to {what}", now=clock.now()).message
            return Wait(asked=answer.retry_after(clock.now()), failed=True, reason=reason)
        case _:
            error = fault(answer, what=f"follow the operation to {what}", now=clock.now())
            return Ending(kind=EndingKind.UNKNOWN, error=error, reason=error.message)


def _read_status(answer: Answer, *, what: str, clock: Clock) -> Ending | Wait:
    document = answer.document
    if not answer.is_json:
        return Wait(asked=None, failed=True, reason="the status is not JSON")
    word = _word(document)
    if not isinstance(document, Mapping) or not word:
        return Ending(kind=EndingKind.UNKNOWN, reason="the status names no state")
    folded = word.casefold()
    if folded == "succeeded":
        return Ending(kind=EndingKind.SUCCEEDED)
    if folded == "failed" or folded in _CANCELED:
        kind = EndingKind.FAILED if folded == "failed" else EndingKind.CANCELED
        error = operation_fault(document.get("error") or {"code": word}, answer, what=what)
        return Ending(kind=kind, error=error, reason=error.message)
    return Wait(asked=answer.retry_after(clock.now()), word=word)


def _word(document: object) -> str:
    word = document.get("status") if isinstance(document, Mapping) else None
    return word[:50] if isinstance(word, str) else ""
