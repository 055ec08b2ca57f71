"""Why a run is made and who agreed to it: kept in the plan, the journal and every report of the run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ..errors import InvalidValue

LONGEST_NAME: Final = 100
"""Characters of a reference or a ticket."""
LONGEST_TEXT: Final = 2000
"""Characters of a reason or of an approval's comment."""

# Control characters, halves of characters, and what hides text or turns its direction: a record is read by people who
# decide by it. Several lines are text.
_UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def _check(name: str, text: object, longest: int, *, one_line: bool = False) -> None:
    if not isinstance(text, str):
        raise InvalidValue(f"the {name} is {type(text).__name__}; give a text")
    if text and not text.strip():
        raise InvalidValue(f"the {name} is blank; say something, or leave it out")
    if len(text) > longest:
        raise InvalidValue(f"the {name} has {len(text)} characters; {longest} are allowed")
    if one_line and ("\n" in text or "\t" in text or "\r" in text):
        raise InvalidValue(f"the {name} is more than one line, or holds a tab; give one line without")
    found = _UNFIT.search(text.replace("\r\n", "\n"))
    if found:
        raise InvalidValue(
            f"the {name} holds a character that cannot be shown (U+{ord(found[0]):04X}, at position "
            f"{found.start() + 1}); take it out"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRecord:
    """What the caller says about a change; each "" when not given. It is stored in the clear: no place for secrets.

    Attributes:
        reference: the change's number in the caller's change management; one line.
        reason: free text.
        ticket: an issue or incident; one line.
    """

    reference: str = ""
    reason: str = ""
    ticket: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be kept and shown as it was meant.

        Raises:
            InvalidValue: naming which text, what is wrong with it and what to do.
        """
        _check("change reference", self.reference, LONGEST_NAME, one_line=True)
        _check("reason", self.reason, LONGEST_TEXT)
        _check("ticket", self.ticket, LONGEST_NAME, one_line=True)

    def __bool__(self) -> bool:
        return bool(self.reference or self.reason or self.ticket)

    def overlaid(self, later: ChangeRecord) -> ChangeRecord:
        """This record with what a later one says put over it, text by text."""
        return ChangeRecord(
            reference=later.reference or self.reference,
            reason=later.reason or self.reason,
            ticket=later.ticket or self.ticket,
        )


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

    def __post_init__(self) -> None:
        """Refuse a comment that cannot be kept and shown as it was meant, and a time that tells no moment.

        Raises:
            InvalidValue: naming what is wrong.
        """
        _check("comment", self.comment, LONGEST_TEXT)
        if self.approved_at.tzinfo is None:
            raise InvalidValue(f"the time of an approval, {self.approved_at.isoformat()}, lacks its offset from UTC")
