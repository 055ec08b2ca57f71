"""What callers give and get, checked in one place: a wrong type, and a part that was not read, are told in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from ..errors import InvalidValue, NotObserved
from ..model.change_record import Approval, ChangeRecord
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


def check_given(leave: object, evidence: object, record: object) -> None:
    """Refuse leave, evidence and a change record of another kind.

    Raises:
        InvalidValue: naming what to give instead.
    """
    if not isinstance(leave, Leave):
        raise InvalidValue(f"leave={leave!r} is not leave; give a flexsec.Leave, such as Leave(restart=True)")
    if not isinstance(evidence, Evidence):
        raise InvalidValue("evidence is not of its kind; give a flexsec.Evidence")
    check_record(record)


def check_record(record: object) -> None:
    """Refuse a change record of another kind.

    Raises:
        InvalidValue: naming what to give instead.
    """
    if not isinstance(record, ChangeRecord):
        raise InvalidValue(
            f"record={record!r} is no change record; give a flexsec.ChangeRecord, such as ChangeRecord(reason='...')"
        )


def check_seconds(name: str, seconds: object) -> None:
    """Refuse what is no length of time; None stands for none.

    Raises:
        InvalidValue: neither None nor a number above 0.
    """
    right = isinstance(seconds, int | float) and not isinstance(seconds, bool) and seconds > 0
    if seconds is not None and not right:
        raise InvalidValue(f"{name}={seconds!r} is no length of time; give seconds above 0, or None")


def as_approvals(approvals: object) -> tuple[Approval, ...]:
    """Approvals as a tuple.

    Raises:
        InvalidValue: something else.
    """
    found = tuple(approvals) if isinstance(approvals, list | tuple) else ()
    if not isinstance(approvals, list | tuple) or not all(isinstance(each, Approval) for each in found):
        raise InvalidValue("approvals are not of their kind; give what `FlexSec.approve` returned, in a tuple")
    return found


def check_values(what: str, values: object) -> None:
    """Refuse what is no mapping of names to values.

    Raises:
        InvalidValue: naming what to give instead.
    """
    if not isinstance(values, Mapping):
        raise InvalidValue(f"{what} are given as {type(values).__name__}; give a mapping of names to values")
    for name in values:
        if not isinstance(name, str):
            raise InvalidValue(f"{what}: the name {name!r} is {type(name).__name__}; give names as texts")


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
