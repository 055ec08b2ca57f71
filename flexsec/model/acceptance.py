"""A write that the service accepted, and how its operation ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ..errors import ArmError


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """The service's answer to a write.

    Attributes:
        status_url: where the operation is polled; signed, so it stands in the journal (0600) and nowhere else.
            Empty when the service answered at once (200, 201 or 204): the write is done.
        retry_after: seconds the service asks to wait between polls; None when it does not say.
        operation: the service's name of the operation ("UpdateOrcasServerParameterManagementOperation").
        request_id: x-ms-request-id of the answer.
        warnings: what the answer says went wrong although the write succeeded.
    """

    status_url: str = field(repr=False)
    retry_after: float | None
    operation: str
    request_id: str
    warnings: tuple[str, ...] = ()


class EndingKind(StrEnum):
    """How an operation ended as far as polling can tell."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"
    UNKNOWN = "unknown"  # the status cannot be read (403, 404, lost, expired): observe the resource instead
    TIMED_OUT = "timed_out"  # still running at the deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The end of a polled operation; `error` is set on failed and canceled, and tells why on unknown."""

    kind: EndingKind
    error: ArmError | None = None
    reason: str = ""
