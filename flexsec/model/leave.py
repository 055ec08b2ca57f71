"""Leave: what the caller allows beyond the harmless, always explicit and always journalled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from ..errors import InvalidValue
from .change import CLOSING_CLASSES


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyWindow:
    """A time of day in UTC, from `start` up to and without `end`; may run over midnight."""

    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> DailyWindow:
        """Read "02:00-04:00".

        Raises:
            InvalidValue: not two times of day.
        """
        try:
            first, _, last = text.partition("-")
            window = cls(start=time.fromisoformat(first.strip()), end=time.fromisoformat(last.strip()))
        except ValueError:
            raise InvalidValue(f"restart window {text!r} is not of the form 02:00-04:00 (UTC)") from None
        if window.start == window.end:
            raise InvalidValue(f"restart window {text!r} is empty: begin and end are the same")
        return window

    def holds(self, moment: datetime) -> bool:
        """Whether the moment (UTC) lies in the window."""
        at = moment.time()
        if self.start < self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M} UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """What a run may do beyond adding and tightening.

    Attributes:
        restart: restart the server, once.
        restart_window: only at this time of day.
        closing: classes of closing changes (see `CLOSING_CLASSES`).
        without_evidence: the reason for closing without evidence of who still connects; "" means not given.
        lower_security: make a passing control fail, or take protection away (a rollback, something set by hand).
        lockout: the roles that may lose their login, each by name.
        subscription_cost: switch on what bills every server of the subscription (the Defender plan).
    """

    restart: bool = False
    restart_window: DailyWindow | None = None
    closing: tuple[str, ...] = ()
    without_evidence: str = ""
    lower_security: bool = False
    subscription_cost: bool = False
    lockout: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a closing class that does not exist, and a reason that says nothing.

        Raises:
            InvalidValue: naming what is wrong, and the classes that exist.
        """
        given: object = self.closing
        if isinstance(given, str):
            raise InvalidValue(f"closing={given!r} is a text; give a tuple of classes: ({given!r},)")
        named: object = self.lockout
        if isinstance(named, str):
            raise InvalidValue(f"lockout={named!r} is a text; give a tuple of roles: ({named!r},)")
        if self.without_evidence and not self.without_evidence.strip():
            raise InvalidValue("the reason for doing without evidence is blank; say why, it is journalled")
        unknown = sorted(set(self.closing) - CLOSING_CLASSES.keys())
        if unknown:
            raise InvalidValue(
                f"there is no class of closing changes {', '.join(map(repr, unknown))}; "
                f"the classes are {', '.join(CLOSING_CLASSES)}"
            )
