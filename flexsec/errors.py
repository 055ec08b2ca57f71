"""Every exception that flexsec raises, so that no caller ever has to catch an Azure one.

The tree, with the exit code that the command line gives each branch (1 failure, 2 usage, 4 unobserved, 5 resumable,
6 refused)::

    FlexSecError                    1
    ├── UsageError                  2   the caller's input is wrong; nothing was sent
    │   ├── InvalidTarget               a server, subscription or resource id that cannot be one
    │   ├── UnknownName                 a control, parameter, baseline, world or format that does not exist
    │   ├── InvalidValue                a parameter value or firewall rule that the service would not take
    │   ├── BaselineInvalid             a baseline file: file, line and what was expected
    │   ├── OutOfScope                  a server that the baseline is not for (by its tags: nothing was written)
    │   └── PlanInvalid                 a plan file that is not one, or was edited by hand
    ├── CredentialUnavailable       1   no identity to sign in with
    ├── ArmError                    1   the service answered with an error
    │   ├── Unauthorized                401
    │   ├── Forbidden                   403, with the missing action and the scope
    │   ├── NotFound                    404
    │   ├── Busy                        the server is busy with another operation: safe to write again
    │   ├── Throttled                   429, with the wait that the service asks for
    │   ├── ServiceFailure              5xx, or an internal error reported by an operation
    │   └── Unreadable                  an answer that is not the JSON it should be
    ├── AnswerLost                  1   the connection broke: what was sent may have taken effect
    ├── DeadlineExceeded            5   the time given is used up; what was begun may still finish
    ├── Refused                     6   flexsec will not do it as asked
    │   ├── LeaveRequired               it needs leave that was not given
    │   ├── GuardRefused                it would lock someone out
    │   ├── StalePlan                   the server is no longer as the plan found it
    │   ├── ApprovalRequired            an approval by a second identity is missing, or one does not count
    │   └── RunInProgress               another run holds this server, or left it unfinished
    ├── RunIncomplete               5   a run that is not complete, for scripts that do not look at its status
    ├── NotObserved                 4   what was asked for could not be read
    ├── SecretStoreFailure          1   the place where passwords are kept cannot be used
    └── JournalDamaged              1   the record of a run cannot be trusted

No error carries a request, its headers or its body: those hold tokens and passwords.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from .model.run import Run


class FlexSecError(Exception):
    """The root: whatever flexsec raises on purpose is one of these."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UsageError(FlexSecError):
    """The caller's input is wrong. Nothing was sent to Azure."""

    exit_code = 2


class InvalidTarget(UsageError):
    """A text that names no flexible server, resource group or subscription."""


class UnknownName(UsageError):
    """A control, parameter, baseline, world or format that does not exist; the message suggests close ones."""


class InvalidValue(UsageError):
    """A value that the service would refuse, refused before any request."""


class BaselineInvalid(UsageError):
    """A baseline that cannot be used; `problems` holds one sentence each, with file and line."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class OutOfScope(UsageError):
    """A server that the baseline is not for, by its name or its tags. Tags have to be read; nothing is written."""


class PlanInvalid(UsageError):
    """A plan file that is not one, is of another version, or was edited after it was made."""


class CredentialUnavailable(FlexSecError):
    """No credential could give a token; the message says which were tried."""


class ArmError(FlexSecError):
    """Azure Resource Manager, or the resource provider, answered with an error.

    Attributes:
        status: the HTTP status (200 for an operation that failed while being polled).
        code: the service's error code; may be empty, as recorded.
        detail: the service's own sentence, scrubbed and cut to 1,000 characters.
        what: what flexsec was doing, in words.
        request_id: x-ms-request-id, for a support ticket.
        correlation_id: x-ms-correlation-request-id.
        tracking_id: the "Tracking ID" inside an internal error's text.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str = "",
        detail: str = "",
        what: str = "",
        request_id: str = "",
        correlation_id: str = "",
        tracking_id: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.detail = detail
        self.what = what
        self.request_id = request_id
        self.correlation_id = correlation_id
        self.tracking_id = tracking_id


class Unauthorized(ArmError):
    """401: the token was not accepted."""


class Forbidden(ArmError):
    """403: `missing_action` over `scope`, both taken from the service's sentence ("" when it names none)."""

    missing_action: str = ""
    scope: str = ""


class NotFound(ArmError):
    """404: the resource, its group or its subscription does not exist, or is not visible to this identity."""


class Busy(ArmError):
    """The server is busy with another operation, told at once (409) or by the operation's poll. Nothing changed."""


class Throttled(ArmError):
    """429: `retry_after` is the wait in seconds that the service asks for (never under 1)."""

    retry_after: float = 1.0


class ServiceFailure(ArmError):
    """5xx, or InternalServerError reported by an operation."""


class Unreadable(ArmError):
    """The answer is HTML, cut off, or not the JSON object that the operation returns."""


class AnswerLost(FlexSecError):
    """The connection broke before the answer was read: what was sent may have taken effect."""


class DeadlineExceeded(FlexSecError):
    """The time given is used up."""

    exit_code = 5


class Refused(FlexSecError):
    """flexsec will not do this as asked; `reasons` holds one sentence each."""

    exit_code = 6

    def __init__(self, reasons: tuple[str, ...] | str) -> None:
        self.reasons = (reasons,) if isinstance(reasons, str) else reasons
        super().__init__("\n".join(self.reasons))


class LeaveRequired(Refused):
    """The change needs leave (an explicit flag or argument) that was not given."""


class GuardRefused(Refused):
    """The change would take away a way in that someone still needs."""


class StalePlan(Refused):
    """The server is no longer as it was when the plan was made."""


class ApprovalRequired(Refused):
    """The plan lacks an approval by a second identity, or what was given as one does not count."""


class RunInProgress(Refused):
    """Another run holds this server's lock, or ended without finishing and must be resumed first."""


class RunIncomplete(FlexSecError):
    """A run that is not complete: raised by `Run.raise_unless_complete` alone. `run` is the run."""

    exit_code = 5

    def __init__(self, message: str, run: Run) -> None:
        super().__init__(message)
        self.run = run


class NotObserved(FlexSecError):
    """What was asked for could not be read; `missing_action` is the RBAC action that would allow it, or ""."""

    exit_code = 4

    def __init__(self, message: str, *, missing_action: str = "") -> None:
        super().__init__(message)
        self.missing_action = missing_action


class SecretStoreFailure(FlexSecError):
    """The place where passwords are kept refused, or cannot be reached; the message names it, never a secret."""


class JournalDamaged(FlexSecError):
    """A journal whose lines do not chain: it was edited, or lines are missing."""
