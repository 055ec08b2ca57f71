"""What callers give and get, checked in one place: a wrong type, and a part that was not read, are told in words."""

from __future__ import annotations

from typing import TypeVar

from ..errors import InvalidValue, NotObserved
from ..model.connections import Evidence
from ..model.leave import Leave
from ..model.observation import Unobserved

Part = TypeVar("Part")


def observed(part: Part | Unobserved, what: str) -> Part:
    """A part of a server's state that a caller asks for.

    Raises:
        NotObserved: it could not be read, with the reason and the missing action.
    """
    if isinstance(part, Unobserved):
        raise NotObserved(f"{what} could not be read: {part.reason}", missing_action=part.missing_action)
    return part


def check_given(leave: object, evidence: object) -> None:
    """Refuse leave and evidence of another kind.

    Raises:
        InvalidValue: naming what to give instead.
    """
    if not isinstance(leave, Leave):
        raise InvalidValue(f"leave={leave!r} is not leave; give a flexsec.Leave, such as Leave(restart=True)")
    if not isinstance(evidence, Evidence):
        raise InvalidValue("evidence is not of its kind; give a flexsec.Evidence")


def as_value(name: str, value: object) -> str:
    """A parameter's value as the text that the service takes: True and False become on and off.

    Raises:
        InvalidValue: neither a text, a number nor a truth value.
    """
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str | int | float):
        return str(value)
    raise InvalidValue(f"the value of {name} is {type(value).__name__}; give a text, a number, True or False")
