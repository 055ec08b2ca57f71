"""What the server (or the subscription) shows of one change: the only proof that a write took effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import AnswerLost, ArmError, DeadlineExceeded, FlexSecError, Unauthorized
from ..model.change import in_words

if TYPE_CHECKING:
    from ..model.change import Change
    from ..model.subscription import State
    from .access import Access


class Witness:
    """Reads again what a change is about.

    Attributes:
        state: what is known, as last read.
        warnings: why readings failed, and what else is worth telling.
    """

    def __init__(self, access: Access, change: Change, state: State) -> None:
        self._access = access
        self._change = change
        self._operation = access.operations[change.kind]
        self.state = state
        self.warnings: list[str] = []

    def look(self) -> bool:
        """Read again what the change is about; false when it could not be read.

        Raises:
            Unauthorized: nobody is signed in any more.
        """
        try:
            self.state = self._access.refresh(self.state, self._change)
        except (ArmError, AnswerLost, DeadlineExceeded) as error:
            if isinstance(error, Unauthorized):
                raise
            self.warnings.append(f"reading back failed: {error.message}")
            return False
        return True

    def shows(self) -> bool | None:
        """Whether the server shows the change now; None when that could not be found out.

        Raises:
            Unauthorized: nobody is signed in any more.
        """
        if self._operation.prove is not None:
            return self._operation.prove(self._change)
        return self._operation.holds(self._change, self.state) if self.look() else None

    def watch(self, seconds: float) -> bool | None:
        """Whether the server shows the change within so many seconds; None when it could not be read at the end.

        What cannot be tried from here now cannot be tried a minute later either, so that is not waited for.
        """
        clock, deadline = self._access.clock, self._access.deadline
        end = clock.monotonic() + seconds
        pause = 1.0
        while True:
            shown = self.shows()
            left = min(end - clock.monotonic(), deadline.remaining)
            if shown or left <= 0 or (shown is None and self._operation.prove is not None):
                return shown
            clock.sleep(min(pause, left))
            pause = min(pause * 1.5, 5.0)

    def in_words(self) -> str:
        """What the server showed when it was last read."""
        return in_words(self._operation.current(self._change, self.state))

    def side_effects(self, before: State) -> tuple[str, ...]:
        """What else differs from the state before the write; what cannot be read for it is a warning."""
        affects = self._operation.affects
        if affects:
            try:
                self.state = self._access.refresh_parts(self.state, affects)
            except FlexSecError as error:
                self.warnings.append(f"what else it changed could not be read: {error.message}")
        return self._operation.side_effects(self._change, before, self.state)
