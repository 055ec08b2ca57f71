"""Which reads are sent again, after how long, and when it is enough. Writes never come here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenacity import RetryCallState, Retrying

from ..errors import AnswerLost
from .answer import Answer
from .faults import throttle_wait

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..model.clock import Clock, Deadline

RETRIED_STATUSES = frozenset({500, 502, 503, 504})
_MOST_FAILURES = 2
_MOST_BREAKS = 3


def patiently(send: Callable[[], Answer], *, clock: Clock, deadline: Deadline) -> Answer:
    """Send a read until its answer is worth having.

    Again after 429 (as often as the deadline allows, after Retry-After, else the seconds in the message, at least
    1 s), after 500, 502, 503 and 504 (twice) and after a connection that broke or a body that was cut off (three
    times). A wait that would go past the deadline is not begun.

    Returns:
        The last answer, which may be an error.

    Raises:
        AnswerLost: the connection broke each time.
    """
    patience = _Patience(clock, deadline)
    retrying = Retrying(
        retry=patience.again,
        wait=patience.wait,
        stop=patience.stop,
        sleep=clock.sleep,
        retry_error_callback=_last,
    )
    return retrying(send)


class _Patience:
    """Counts what went wrong with one read."""

    def __init__(self, clock: Clock, deadline: Deadline) -> None:
        self._clock = clock
        self._deadline = deadline
        self._failures = 0
        self._breaks = 0

    def again(self, state: RetryCallState) -> bool:
        """Whether the outcome is one that a second try may better."""
        answer = _answer(state)
        if answer is None:
            lost = state.outcome is not None and isinstance(state.outcome.exception(), AnswerLost)
            self._breaks += lost
            return lost
        if answer.status in RETRIED_STATUSES:
            self._failures += 1
            return True
        if answer.status == 200 and not answer.is_json:
            self._breaks += 1
            return True
        return answer.status == 429

    def wait(self, state: RetryCallState) -> float:
        """Seconds until the next try."""
        answer = _answer(state)
        if answer is not None and answer.status == 429:
            return throttle_wait(answer, self._clock.now())
        own = 2.0 ** (max(self._failures, self._breaks) - 1)
        asked = answer.retry_after(self._clock.now()) if answer is not None else None
        return max(own, asked or 0.0)

    def stop(self, state: RetryCallState) -> bool:
        """Whether it is enough, or the wait would go past the deadline."""
        spent = self._failures > _MOST_FAILURES or self._breaks > _MOST_BREAKS
        return spent or state.upcoming_sleep > self._deadline.remaining


def _answer(state: RetryCallState) -> Answer | None:
    if state.outcome is None or state.outcome.failed:
        return None
    result = state.outcome.result()
    return result if isinstance(result, Answer) else None


def _last(state: RetryCallState) -> Answer:
    if state.outcome is None:
        raise AnswerLost("nothing was sent")
    answer: Answer = state.outcome.result()
    return answer
