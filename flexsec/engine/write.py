"""Write one change until the server shows it: journal first, one write at a time, a lost answer observed before resent.

The rules, each from recorded behaviour or a public report:

* A busy server accepts the write and fails it in the poll: nothing changed, so the write is sent again (A1, A2, A3).
* An answer that is lost, or an internal error, may hide a write that took effect: the resource is read for as long as
  the operation usually takes, twice over, and only then is the write sent again (G8).
* An operation whose status cannot be read is judged by the resource itself (G5, G6).
* "Succeeded" proves nothing: the change is done when the resource shows it (D1), which stale reads may delay (F11).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_exponential, wait_random

from ..errors import (
    AnswerLost,
    ArmError,
    Busy,
    CredentialUnavailable,
    DeadlineExceeded,
    FlexSecError,
    Forbidden,
    GuardRefused,
    ServiceFailure,
    Throttled,
    Unauthorized,
)
from ..model.acceptance import Acceptance, Ending, EndingKind
from ..model.run import ChangeStatus, Outcome
from .access import ServerWedged
from .account import Account
from .witness import Witness

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..model.event import Listener
    from ..model.subscription import State
    from .access import Access
    from .journal import Journal
    from .turn import Turn

_UNCLEAR_ATTEMPTS = 3  # the first write and two more (B14)
_VERIFY_SECONDS = 60.0
_SHORTEST_SETTLING_SECONDS = 30.0
_AFTER_LOSS = "read back after a lost answer"
_LONGEST_BUSY_WAIT_SECONDS = 30.0  # but three times as long as the first for an operation that begins longer


@dataclass(frozen=True, slots=True)
class Begun:
    """A write that an earlier process sent: accepted as told, or (None) with its answer lost."""

    acceptance: Acceptance | None


@dataclass(frozen=True, slots=True)
class Written:
    """The end of one change.

    Attributes:
        state: what is known of the server afterwards.
        ends_run: nothing more shall be written in this run, and why.
    """

    outcome: Outcome
    state: State
    ends_run: str = ""


class _Unclear(Exception):
    """The write may have been lost; the resource was watched and does not show it."""

    def __init__(self, cause: FlexSecError) -> None:
        super().__init__(cause.message)
        self.cause = cause


class ChangeWriter:
    """Writes one change.

    Args:
        access: the server.
        journal: the run's journal.
        number, total: which change of how many (1-based).
        turn: tells whether the change may be written in a state.
        state: what is known of the server.
        fresh: the state was read just now, so the first request needs no look before it.
        doubted: an earlier process sent the change, did not see it take effect, and gave it up.
        stopped: tells that the user asked to stop: what is in flight is finished, nothing is sent again.
    """

    def __init__(
        self,
        access: Access,
        journal: Journal,
        turn: Turn,
        state: State,
        *,
        fresh: bool,
        doubted: bool,
        number: int,
        total: int,
        on_event: Listener,
        stopped: Callable[[], bool],
    ) -> None:
        self._access = access
        self._turn = turn
        self._change = turn.change
        self._operation = turn.operation
        self._witness = Witness(access, turn.change, state)
        self._account = Account(journal, turn.change, access.clock, number=number, total=total, on_event=on_event)
        self._fresh = fresh
        self._stopped = stopped
        self._attempts = 0
        self._unclear = 0
        self._in_flight = False  # sent, and its end is not known
        self._doubted = doubted  # sent, watched and not seen: it may yet show
        self._last: BaseException | None = None  # why the write is sent again
        self._request_id = ""
        self._before = state  # right before what was sent last
        first = self._operation.again_after
        longest = max(_LONGEST_BUSY_WAIT_SECONDS, 3 * first)
        self._busy_wait = wait_exponential(multiplier=first, max=longest) + wait_random(0, 1)

    def write(self, begun: Begun | None = None, *, settle_only: bool = False) -> Written:
        """Bring the change about, or tell why not. Raises nothing but what makes a journal impossible.

        Args:
            begun: what an earlier process sent.
            settle_only: find out what became of that and send nothing.
        """
        self._account.tell("writing")
        try:
            outcome = self._take_up(begun) if begun else None
            if outcome is None:
                outcome = self._came_to_nothing() if settle_only else self._retrying()(self._attempt)
            ends_run = "" if outcome.status is not ChangeStatus.INDETERMINATE else outcome.message
        except FlexSecError as error:
            outcome, ends_run = self._ended_by(error)
        except _Unclear as error:
            outcome, ends_run = self._ended_by(error.cause)
        if outcome.status is ChangeStatus.APPLIED:
            outcome = self._with_side_effects(outcome)
        self._account.ended(outcome)
        return Written(outcome, self._witness.state, ends_run)

    def _with_side_effects(self, outcome: Outcome) -> Outcome:
        effects = self._witness.side_effects(self._before)
        return replace(outcome, side_effects=effects, warnings=self._warnings())

    # -- one attempt ---------------------------------------------------------------------------------------------

    def _attempt(self) -> Outcome:
        if self._last is not None and self._stopped():
            raise self._last
        if self._change.restarts:
            self._access.wait_until_ready(times=2)
        refused = self._refused()
        if refused is not None:
            return refused
        self._attempts += 1
        self._account.intent(self._attempts)
        self._in_flight = True
        self._before = self._witness.state
        try:
            acceptance = self._operation.write(
                self._access.connection, self._access.target, self._change, self._witness.state
            )
        except (AnswerLost, ServiceFailure) as error:
            self._witness.warnings.append(f"attempt {self._attempts}: {error.message}")
            return self._settled_or_unclear(error, _AFTER_LOSS)
        except FlexSecError as error:
            self._in_flight = False
            if isinstance(error, Busy | Throttled):
                self._account.rejected(self._attempts, error)
            raise
        return self._follow(acceptance)

    def _refused(self) -> Outcome | None:
        """Looks at the server right before a request, unless that was just done, and asks whether it may be sent."""
        readable = self._fresh or self._witness.look()
        self._fresh = False
        if not readable:
            status = ChangeStatus.INDETERMINATE if self._doubted else ChangeStatus.NOT_STARTED
            return self._outcome(status, "what it rests on could not be read again, so nothing was sent")
        refused = self._turn.refused(self._witness.state)
        if refused is None:
            return None
        if refused.status is ChangeStatus.ALREADY and self._doubted:
            return self._outcome(ChangeStatus.APPLIED, "", proof=_AFTER_LOSS)
        return self._outcome(refused.status, refused.message)

    def _came_to_nothing(self) -> Outcome:
        return self._outcome(ChangeStatus.FAILED, "what was begun did not take effect, and it was not sent again")

    def _follow(self, acceptance: Acceptance) -> Outcome:
        self._request_id = acceptance.request_id or self._request_id
        self._witness.warnings.extend(acceptance.warnings)
        self._account.accepted(self._attempts, acceptance)
        return self._followed(acceptance) if acceptance.status_url else self._verified()

    def _followed(self, acceptance: Acceptance) -> Outcome:
        ending = self._access.connection.finish(
            acceptance,
            what=self._change.sentence.rstrip("."),
            deadline=self._access.deadline,
            on_wait=lambda _: self._account.tell("waiting"),
        )
        return self._ended(ending)

    def _ended(self, ending: Ending) -> Outcome:
        match ending.kind:
            case EndingKind.SUCCEEDED:
                return self._verified()
            case EndingKind.UNKNOWN:
                self._witness.warnings.append(ending.reason)
                cause = ending.error or AnswerLost(ending.reason)
                return self._settled_or_unclear(cause, "read back, since the operation's status could not be read")
            case EndingKind.TIMED_OUT:
                return self._outcome(
                    ChangeStatus.INDETERMINATE, "the operation still runs, and the time given is used up"
                )
            case _:
                return self._operation_failed(ending)

    def _operation_failed(self, ending: Ending) -> Outcome:
        self._in_flight = False
        error = ending.error or AnswerLost("the operation failed without saying why")
        if isinstance(error, Busy | Throttled):
            self._account.rejected(self._attempts, error)
            raise error
        if self._witness.shows():
            return self._outcome(ChangeStatus.APPLIED, "", proof="read back, although the operation reported a failure")
        if isinstance(error, ServiceFailure):
            return self._unclear_again(error)
        raise error

    # -- proof ---------------------------------------------------------------------------------------------------

    def _verified(self) -> Outcome:
        self._account.tell("verifying")
        shown = self._witness.watch(_VERIFY_SECONDS)
        proved = self._operation.prove is not None
        if shown:
            return self._outcome(ChangeStatus.APPLIED, "", proof="logged in with it" if proved else "read back")
        if shown is None:
            return self._outcome(
                ChangeStatus.UNVERIFIED,
                f"reported done by the service; it could not be {'tried' if proved else 'read back'}",
                proof="reported done",
            )
        return self._outcome(
            ChangeStatus.FAILED,
            "the service accepted it and reported it done, but "
            + (
                "a login with it is refused"
                if proved
                else f"the {self._access.target.noun} still shows {self._witness.in_words()}"
            ),
            code="NotVerified",
            doubted=True,
        )

    def _settled_or_unclear(self, cause: FlexSecError, proof: str) -> Outcome:
        settling = max(2.0 * self._change.typical_seconds, _SHORTEST_SETTLING_SECONDS)
        shown = self._witness.watch(settling)
        if shown:
            return self._outcome(ChangeStatus.APPLIED, "", proof=proof)
        if shown is None or self._access.deadline.passed:
            return self._outcome(
                ChangeStatus.INDETERMINATE, f"whether it took effect is not known: {cause.message}", error=cause
            )
        return self._unclear_again(cause)

    def _unclear_again(self, cause: FlexSecError) -> Outcome:
        self._unclear += 1
        self._in_flight, self._doubted = False, True
        raise _Unclear(cause)

    # -- taking up what an earlier process began -------------------------------------------------------------------

    def _take_up(self, begun: Begun) -> Outcome | None:
        """Finish what was begun; None when it came to nothing and must be written anew."""
        self._in_flight = True
        if self._witness.shows():
            return self._outcome(ChangeStatus.APPLIED, "", proof="read back on resume")
        try:
            if begun.acceptance is not None and begun.acceptance.status_url:
                return self._followed(begun.acceptance)
            return self._settled_or_unclear(
                AnswerLost("the earlier process ended before an answer"), "read back on resume"
            )
        except (Busy, Throttled, _Unclear):
            self._unclear = 0
            return None

    # -- retrying ------------------------------------------------------------------------------------------------

    def _retrying(self) -> Retrying:
        return Retrying(
            sleep=self._pause,
            wait=self._wait,
            stop=self._shall_stop,
            retry=retry_if_exception_type((Busy, Throttled, _Unclear)),
            before_sleep=self._remember,
            reraise=True,
        )

    def _remember(self, attempt: RetryCallState) -> None:
        self._last = attempt.outcome.exception() if attempt.outcome else None

    def _pause(self, seconds: float) -> None:
        self._account.tell("retrying", f"{self._change.sentence} Again in {seconds:.0f} s.")
        self._access.clock.sleep(seconds)
        if not self._stopped():
            self._access.wait_until_ready()

    def _wait(self, attempt: RetryCallState) -> float:
        error = attempt.outcome.exception() if attempt.outcome else None
        if isinstance(error, Throttled):
            return max(1.0, error.retry_after)
        return self._busy_wait(attempt)

    def _shall_stop(self, attempt: RetryCallState) -> bool:
        spent = self._unclear >= _UNCLEAR_ATTEMPTS
        return spent or self._stopped() or attempt.upcoming_sleep >= self._access.deadline.remaining

    # -- telling -------------------------------------------------------------------------------------------------

    def _ended_by(self, error: FlexSecError) -> tuple[Outcome, str]:
        """What is known of the change when an error ends it, and why nothing more is written, or ""."""
        if self._in_flight:
            message = f"whether it took effect is not known: {error.message}"
            return self._outcome(ChangeStatus.INDETERMINATE, message, error=error), message
        try:
            shown = self._doubted and self._witness.shows()
        except FlexSecError:
            shown = None
        if shown:
            return self._outcome(ChangeStatus.APPLIED, "", proof=_AFTER_LOSS), _ends_run(error)
        if shown is None:
            message = f"whether an earlier attempt took effect is not known: {error.message}"
            return self._outcome(ChangeStatus.INDETERMINATE, message, error=error), message
        return self._failure(error), _ends_run(error)

    def _warnings(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._witness.warnings))

    def _failure(self, error: FlexSecError) -> Outcome:
        match error:
            case Busy():
                message = f"the {self._access.target.noun} stayed busy: {error.message}"
            case Throttled():
                message = (
                    f"the service asks to wait {error.retry_after:.0f} s, more than the time given: {error.message}"
                )
            case _:
                message = error.message
        return self._outcome(ChangeStatus.FAILED, message, error=error)

    def _outcome(
        self,
        status: ChangeStatus,
        message: str,
        *,
        proof: str = "",
        code: str = "",
        error: FlexSecError | None = None,
        doubted: bool = False,
    ) -> Outcome:
        outcome = Outcome(
            change=self._change,
            status=status,
            message=message,
            attempts=self._attempts,
            proof=proof,
            code=code,
            request_id=self._request_id,
            warnings=self._warnings(),
            doubted=doubted or (self._doubted and status in (ChangeStatus.FAILED, ChangeStatus.NOT_STARTED)),
        )
        if isinstance(error, ArmError):
            outcome = replace(
                outcome,
                code=error.code or code,
                request_id=error.request_id or self._request_id,
                tracking_id=error.tracking_id,
            )
        if isinstance(error, Forbidden):
            outcome = replace(outcome, missing_action=error.missing_action, scope=error.scope)
        return outcome


def _ends_run(error: FlexSecError) -> str:
    """Why nothing more can be written after this error, or "" when the next change may be tried."""
    fatal = (Unauthorized, CredentialUnavailable, Throttled, ServerWedged, DeadlineExceeded, GuardRefused, Busy)
    return error.message if isinstance(error, fatal) else ""
