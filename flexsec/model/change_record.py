"""Why a run is made and who agreed to it: kept in the plan, the journal and every report of the run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRecord:
    """What the caller says about a change; each "" when not given.

    Attributes:
        reference: the change's number in the caller's change management.
        reason: free text.
        ticket: an issue or incident.
    """

    reference: str = ""
    reason: str = ""
    ticket: str = ""

    def __bool__(self) -> bool:
        return bool(self.reference or self.reason or self.ticket)


NO_RECORD = ChangeRecord()
"""Nothing was said about the change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A second identity's consent to one plan.

    Attributes:
        digest: of the plan that was approved.
        approved_by: object id from the approver's token.
        comment: free text, or "".
    """

    digest: str
    approved_by: str
    approved_at: datetime
    comment: str = ""
